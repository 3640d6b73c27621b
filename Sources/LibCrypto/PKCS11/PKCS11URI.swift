/// A PKCS#11 URI (RFC 7512), as far as it names a token, or a private key in it, and the module by which it is reached.
///
/// `pkcs11:token=portvakt;object=sig-2026?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/portvakt/pin`
public struct PKCS11URI: Sendable, Hashable, CustomStringConvertible {
    /// Why a text is no such URI; says what to mend.
    public struct Fault: Error, Sendable, Hashable, CustomStringConvertible {
        /// What is wrong.
        public let description: String

        /// A fault.
        public init(_ description: String) { self.description = description }
    }

    /// The module's absolute path (`module-path`).
    public let module: String
    /// The token's label (`token`).
    public let token: String
    /// The private key's label (`object`); nil where the URI names the token alone.
    public let object: String?
    /// The file whose first line is the PIN (`pin-source`); nil when the URI does not say.
    public let pinFile: String?

    /// A URI made of its parts.
    public init(module: String, token: String, object: String?, pinFile: String? = nil) {
        self.module = module
        self.token = token
        self.object = object
        self.pinFile = pinFile
    }

    /// Reads a URI.
    ///
    /// - Throws: `Fault` for any other scheme, an attribute that this program does not use, or one that is missing; a
    ///   `pin-value` is refused, for a PIN belongs in a file of its own.
    public init(parsing text: String) throws(Fault) {
        guard text.hasPrefix(Self.scheme) else { throw Fault("a PKCS#11 URI begins with `pkcs11:`") }
        let parts = text.dropFirst(Self.scheme.count).split(
            separator: "?",
            maxSplits: 1,
            omittingEmptySubsequences: false
        )
        let path = try Self.attributes(parts[0], separator: ";")
        let query = try parts.count == 2 ? Self.attributes(parts[1], separator: "&") : [:]
        if query["pin-value"] != nil {
            throw Fault("`pin-value` is not taken: put the PIN into a file and name it with `pin-source`")
        }
        let known: Set<String> = ["token", "object", "type"]
        if let other = path.keys.filter({ !known.contains($0) }).min() {
            throw Fault("`\(other)` is not used here: name the token by `token` and the key by `object`")
        }
        if let other = query.keys.filter({ !["module-path", "pin-source"].contains($0) }).min() {
            throw Fault("`\(other)` is not used here: `module-path` and `pin-source` are")
        }
        if let type = path["type"], type != "private" { throw Fault("`type` must be `private` where it stands") }
        guard let token = path["token"], !token.isEmpty else { throw Fault("`token` is missing") }
        guard let module = query["module-path"], module.hasPrefix("/") else {
            throw Fault("`module-path` is missing, or is no absolute path")
        }
        if path["object"]?.isEmpty == true { throw Fault("`object` is empty") }
        var pinFile = query["pin-source"]
        if let source = pinFile {
            let file =
                source.hasPrefix("file://") ? source.dropFirst(7) : source.dropFirst(source.hasPrefix("file:") ? 5 : 0)
            guard file.hasPrefix("/") else { throw Fault("`pin-source` must name a file by its absolute path") }
            pinFile = String(file)
        }
        self.init(module: module, token: token, object: path["object"], pinFile: pinFile)
    }

    /// The same for another key of the token.
    public func naming(_ object: String) -> PKCS11URI {
        PKCS11URI(module: module, token: token, object: object, pinFile: pinFile)
    }

    /// Where the key is; nil when the URI names the token alone.
    public var location: PKCS11KeyLocation? {
        object.map { PKCS11KeyLocation(module: module, token: token, key: $0) }
    }

    /// The URI, which ``init(parsing:)`` reads.
    public var description: String {
        var text = Self.scheme + "token=" + Self.encoded(token)
        if let object { text += ";object=" + Self.encoded(object) + ";type=private" }
        text += "?module-path=" + Self.encoded(module)
        if let pinFile { text += "&pin-source=file:" + Self.encoded(pinFile) }
        return text
    }

    private static let scheme = "pkcs11:"

    private static func attributes(_ text: Substring, separator: Character) throws(Fault) -> [String: String] {
        var attributes: [String: String] = [:]
        for part in text.split(separator: separator) {
            guard let equals = part.firstIndex(of: "=") else { throw Fault("`\(part)` is no attribute") }
            let name = String(part[..<equals])
            guard let value = decoded(part[part.index(after: equals)...]) else {
                throw Fault("the value of `\(name)` is not percent-encoded UTF-8")
            }
            guard attributes.updateValue(value, forKey: name) == nil else { throw Fault("`\(name)` stands twice") }
        }
        return attributes
    }

    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(Substring(rest.prefix(2))), radix: 16) else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// RFC 3986's unreserved characters, and those that a path needs; all else is percent-encoded.
    private static func encoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "/"), UInt8(ascii: ":"):
                result.append(Character(Unicode.Scalar(byte)))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return result
    }
}
