/// The protected header of a JWS as the policy needs to see it (RFC 7515 §4): typed, nothing trusted, nothing refused yet.
public struct JOSEHeader: Sendable, Hashable {
    /// What `x5c` is (RFC 7515 §4.1.6).
    public enum CertificateChain: Sendable, Hashable {
        /// Not there.
        case absent
        /// DER of one or more certificates, the signer's first.
        case certificates([[UInt8]])
        /// A text instead of an array of texts, a common mistake.
        case bareString
        /// Neither array nor text, or an empty array.
        case notAnArray
        /// The element at this index is not a text in base64 with padding.
        case malformed(index: Int)
    }

    /// A member whose value has the wrong type.
    public struct NotAString: Error, Equatable, Sendable {
        /// Its name.
        public let member: String

        /// An error about a member.
        public init(member: String) { self.member = member }
    }

    /// The header as it stands.
    public let object: JSONObject
    /// `alg` as written, nil when absent.
    public let algorithmText: String?
    /// `alg` when it is one that we use.
    public let algorithm: JWSAlgorithm?
    /// `kid`.
    public let keyID: String?
    /// `typ` as written.
    public let type: String?
    /// `x5c`.
    public let certificateChain: CertificateChain

    /// Reads a header.
    ///
    /// - Throws: `NotAString` when `alg`, `kid` or `typ` is there and no text.
    public init(_ object: JSONObject) throws(NotAString) {
        self.object = object
        algorithmText = try Self.text("alg", in: object)
        algorithm = algorithmText.flatMap(JWSAlgorithm.init(rawValue:))
        keyID = try Self.text("kid", in: object)
        type = try Self.text("typ", in: object)
        certificateChain = Self.chain(object["x5c"])
    }

    /// `typ` in lower case and without a leading `application/` (RFC 7515 §4.1.9).
    public var normalisedType: String? {
        guard let type = type?.lowercased() else { return nil }
        return type.hasPrefix("application/") ? String(type.dropFirst("application/".count)) : type
    }

    /// Those members that change what is signed or where the key comes from, in the order they stand.
    ///
    /// `crit` and `b64` (RFC 7515 §4.1.11, RFC 7797), `jwk`, `jku`, `x5u` (a key that the sender offers), `zip` and `enc` (RFC 7516).
    public var dangerousMembers: [String] { object.names.filter(Self.dangerous.contains) }

    private static let dangerous: Set<String> = ["crit", "b64", "jwk", "jku", "x5u", "zip", "enc"]

    private static func text(_ name: String, in object: JSONObject) throws(NotAString) -> String? {
        guard let value = object[name] else { return nil }
        guard let text = value.string else { throw NotAString(member: name) }
        return text
    }

    private static func chain(_ value: JSONValue?) -> CertificateChain {
        guard let value else { return .absent }
        if value.string != nil { return .bareString }
        guard let elements = value.array, !elements.isEmpty else { return .notAnArray }
        var certificates: [[UInt8]] = []
        for (index, element) in elements.enumerated() {
            guard let text = element.string, let der = try? Base64.decode(text), !der.isEmpty else {
                return .malformed(index: index)
            }
            certificates.append(der)
        }
        return .certificates(certificates)
    }
}
