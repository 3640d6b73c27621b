public import LibCrypto

/// Why a text is no JWS in compact form.
public enum CompactJWSError: Error, Equatable, Sendable {
    /// A part of the text.
    public enum Part: String, Sendable {
        /// The first.
        case header
        /// The second.
        case payload
        /// The third.
        case signature
    }

    /// Longer than the limit, in bytes.
    case tooLong(limit: Int)
    /// A JSON serialisation (RFC 7515 §7.2), which we do not take: its headers are not all protected.
    case jsonSerialisation
    /// Five parts: a JWE (RFC 7516 §7.1), which is never read.
    case encryption
    /// Another number of parts than three.
    case parts(Int)
    /// A part that is not strict base64url.
    case base64url(Part, Base64URLError)
    /// A part that is not strict JSON.
    case json(Part, JSONError)
    /// A part that is JSON but no object.
    case notAnObject(Part)
}

extension CompactJWSError: CustomStringConvertible {
    /// One line for whoever made the token.
    public var description: String {
        switch self {
        case .tooLong(let limit): "the token is longer than \(limit) bytes"
        case .jsonSerialisation: "a JWS in JSON form; the compact form is expected"
        case .encryption: "an encrypted token (JWE); a signed one is expected"
        case .parts(let count): "a token has three parts between dots, this one has \(count)"
        case .base64url(let part, let error): "the \(part.rawValue) is not base64url: \(error)"
        case .json(let part, let error): "the \(part.rawValue) is not strict JSON: \(error)"
        case .notAnObject(let part): "the \(part.rawValue) is not a JSON object"
        }
    }
}

/// A JSON Web Signature in compact form (RFC 7515 §7.1), taken apart; nothing in it is proven yet.
public struct CompactJWS: Sendable {
    /// The protected header; its typed form is ``JOSEHeader``.
    public let header: JSONObject
    /// The bytes that were signed for.
    public let payload: [UInt8]
    /// The signature, not yet checked.
    public let signature: [UInt8]
    /// Header and payload as they were sent: what the signature covers (RFC 7515 §5.2).
    public let signingInput: [UInt8]

    /// Whether the header was known before.
    package let hasKnownHeader: Bool

    /// The longest token unless another limit is named: 16 KiB.
    public static let defaultMaximumLength = 16_384

    /// Takes a text apart.
    ///
    /// - Throws: `CompactJWSError`.
    public init(
        parsing text: String,
        maximumLength: Int = CompactJWS.defaultMaximumLength
    ) throws(CompactJWSError) {
        guard text.utf8.count <= maximumLength else { throw .tooLong(limit: maximumLength) }
        try self.init(bytes: Array(text.utf8))
    }

    /// Takes a part of a text apart.
    ///
    /// - Throws: `CompactJWSError`.
    public init(
        parsing text: some StringProtocol,
        maximumLength: Int = CompactJWS.defaultMaximumLength
    ) throws(CompactJWSError) {
        try self.init(parsing: text.utf8, maximumLength: maximumLength)
    }

    /// Takes a text apart that is given as UTF-8.
    ///
    /// - Throws: `CompactJWSError`.
    public init(
        parsing text: some Collection<UInt8>,
        maximumLength: Int = CompactJWS.defaultMaximumLength
    ) throws(CompactJWSError) {
        guard text.count <= maximumLength else { throw .tooLong(limit: maximumLength) }
        try self.init(bytes: Array(text))
    }

    /// A header as it was sent, and what it holds: all tokens that an issuer signs by one key have the same.
    package struct KnownHeader: Sendable {
        fileprivate let encoded: ArraySlice<UInt8>
        fileprivate let object: JSONObject
    }

    /// The header of this token, to spare reading it again in the next.
    package var knownHeader: KnownHeader {
        KnownHeader(encoded: signingInput.prefix { $0 != UInt8(ascii: ".") }, object: header)
    }

    /// Takes a text apart, without reading a header that is known already, byte for byte.
    ///
    /// - Throws: `CompactJWSError`.
    package init(parsing text: String, maximumLength: Int, known: KnownHeader?) throws(CompactJWSError) {
        guard text.utf8.count <= maximumLength else { throw .tooLong(limit: maximumLength) }
        try self.init(bytes: Array(text.utf8), known: known)
    }

    private init(bytes text: [UInt8], known: KnownHeader? = nil) throws(CompactJWSError) {
        let (first, second) = try Self.dots(in: text)
        if let known, text[..<first] == known.encoded {
            header = known.object
            hasKnownHeader = true
        } else {
            header = try Self.object(.header, try Self.decode(.header, text, 0..<first))
            hasKnownHeader = false
        }
        payload = try Self.decode(.payload, text, first + 1..<second)
        signature = try Self.decode(.signature, text, second + 1..<text.count)
        signingInput = Array(text[..<second])
    }

    /// The payload as a JSON object.
    ///
    /// - Throws: `CompactJWSError.json`, `.notAnObject`.
    public func payloadObject(limits: JSONLimits = .default) throws(CompactJWSError) -> JSONObject {
        try Self.object(.payload, payload, limits)
    }

    /// Whether the key's holder signed it by this algorithm.
    ///
    /// The algorithm is what the verifier expects of the key; the header must name it, the key must fit it
    /// (RFC 8725 §3.1): false otherwise.
    public func isSigned(by key: PublicKey, algorithm: JWSAlgorithm) -> Bool {
        header["alg"]?.string == algorithm.rawValue && algorithm.fits(key.kind)
            && key.isValidSignature(signature, of: signingInput, scheme: algorithm.scheme)
    }

    /// The positions of the two dots.
    private static func dots(in text: [UInt8]) throws(CompactJWSError) -> (Int, Int) {
        if let first = text.first(where: { $0 > 0x20 }), first == UInt8(ascii: "{") { throw .jsonSerialisation }
        let (first, second, count) = text.withUnsafeBufferPointer { text in
            var first: Int?
            var second: Int?
            var count = 0
            for index in 0..<text.count where text[index] == UInt8(ascii: ".") {
                count += 1
                if first == nil { first = index } else if second == nil { second = index }
            }
            return (first, second, count)
        }
        let parts = count + 1
        guard let first, let second, parts == 3 else { throw parts == 5 ? .encryption : .parts(parts) }
        return (first, second)
    }

    private static func decode(
        _ part: CompactJWSError.Part,
        _ text: [UInt8],
        _ range: Range<Int>
    ) throws(CompactJWSError) -> [UInt8] {
        do throws(Base64URLError) {
            return try Base64URL.decode(text, in: range)
        } catch {
            throw .base64url(part, error)
        }
    }

    private static func object(
        _ part: CompactJWSError.Part,
        _ bytes: [UInt8],
        _ limits: JSONLimits = .default
    ) throws(CompactJWSError) -> JSONObject {
        let value: JSONValue
        do throws(JSONError) { value = try JSONValue(parsing: bytes, limits: limits) } catch {
            throw .json(part, error)
        }
        guard case .object(let object) = value else { throw .notAnObject(part) }
        return object
    }
}

// MARK: Signing

extension CompactJWS {
    /// Signs a payload with a key, and writes the whole.
    ///
    /// - Throws: `CryptoError.unsupportedKey` when the algorithm does not fit the key, `.operation`.
    public static func sign(
        header: JSONObject,
        payload: [UInt8],
        with key: PrivateKey,
        algorithm: JWSAlgorithm
    ) throws(CryptoError) -> String {
        guard algorithm.fits(key.kind) else {
            throw .unsupportedKey("a key of kind \(key.kind) does not fit \(algorithm.rawValue)")
        }
        return try sign(header: header, payload: payload, with: key.makeSigner(algorithm.scheme))
    }

    /// Signs a payload with a thread's own signer, and writes the whole.
    ///
    /// The header is the caller's, `alg` included: it must name the signer's algorithm.
    /// - Throws: `CryptoError.operation`.
    public static func sign(
        header: JSONObject,
        payload: [UInt8],
        with signer: ThreadBoundSigner
    ) throws(CryptoError) -> String {
        var encodedHeader: [UInt8] = []
        Base64URL.encode(header.encoded(), into: &encodedHeader)
        return try sign(encodedHeader: encodedHeader, payload: payload, with: signer)
    }

    /// Signs a payload under a header that has been encoded once for many tokens.
    ///
    /// - Throws: `CryptoError.operation`.
    public static func sign(
        encodedHeader: [UInt8],
        payload: [UInt8],
        with signer: ThreadBoundSigner
    ) throws(CryptoError) -> String {
        var token = encodedHeader
        token.reserveCapacity(encodedHeader.count + payload.count * 4 / 3 + 700)
        token.append(UInt8(ascii: "."))
        Base64URL.encode(payload, into: &token)
        let signature = try signer.sign(token)
        token.append(UInt8(ascii: "."))
        Base64URL.encode(signature, into: &token)
        return String(decoding: token, as: UTF8.self)
    }
}
