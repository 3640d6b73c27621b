/// The form of a token request (RFC 6749 §3.2, §4.4.2; RFC 7523 §2.1, §2.2), well-formed and complete, nothing believed.
public struct TokenForm: Sendable, Hashable {
    /// The grants that are served.
    public enum Grant: Sendable, Hashable {
        /// `urn:ietf:params:oauth:grant-type:jwt-bearer`: everything stands inside the signed assertion (RFC 7523 §2.1).
        case jwtBearer(assertion: String)
        /// `client_credentials`: scope and resource stand in the form; the client is proved by `client_assertion`
        /// (RFC 7523 §2.2), or without one by the certificate at the connection (RFC 8705 §2).
        case clientCredentials(scope: String, resource: String?, authorizationDetails: String?)
    }

    /// The largest form in bytes.
    public static let maximumLength = 64 * 1024

    /// The `grant_type` of a JWT authorisation grant.
    public static let jwtBearerGrantType = "urn:ietf:params:oauth:grant-type:jwt-bearer"

    /// The `grant_type` of the client credentials grant.
    public static let clientCredentialsGrantType = "client_credentials"

    /// The `client_assertion_type` of a JWT.
    public static let jwtClientAssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

    /// The grant.
    public let grant: Grant
    /// The client assertion; allowed beside an `assertion`.
    public let clientAssertion: String?
    /// `client_id`; beside an assertion it must name the same client (RFC 7521 §4.2), without one it names the client alone
    /// (RFC 8705 §2) and is always there.
    public let clientID: String?

    /// Parses the body of a token request.
    ///
    /// Unknown parameters are ignored (RFC 6749 §3.2), but none may come twice.
    ///
    /// - Throws: `.bodyTooLarge`, `.mediaType`, `.formMalformed`, `.formParameterTwice`, `.formParameterMissing`,
    ///   `.formParameterValue`, `.grantType`.
    public init(parsing body: [UInt8], mediaType: String?) throws(Refusal) {
        let fields = try Self.fields(of: body, mediaType: mediaType)
        switch try fields.required("grant_type") {
        case Self.jwtBearerGrantType:
            grant = .jwtBearer(assertion: try fields.required("assertion"))
            clientAssertion = try Self.clientAssertion(in: fields, required: false)
        case Self.clientCredentialsGrantType:
            clientAssertion = try Self.clientAssertion(in: fields, required: fields["client_id"] == nil)
            grant = .clientCredentials(
                scope: try fields.required("scope"),
                resource: fields["resource"],
                authorizationDetails: fields["authorization_details"]
            )
        case let other:
            throw .grantType(received: String(other.prefix(100)))
        }
        clientID = fields["client_id"]
    }

    /// The fields of a form within the limits of this server.
    static func fields(of body: [UInt8], mediaType: String?) throws(Refusal) -> FormFields {
        guard body.count <= maximumLength else { throw .bodyTooLarge(limit: maximumLength) }
        guard isForm(mediaType) else { throw .mediaType(received: mediaType) }
        return try FormFields(parsing: body)
    }

    static func clientAssertion(in fields: FormFields, required: Bool) throws(Refusal) -> String? {
        guard required || fields["client_assertion"] != nil || fields["client_assertion_type"] != nil else {
            return nil
        }
        // RFC 7521 §4.2: the type says how to read the assertion; ours is a JWT and nothing else.
        guard try fields.required("client_assertion_type") == jwtClientAssertionType else {
            throw .formParameterValue("client_assertion_type", expected: jwtClientAssertionType)
        }
        return try fields.required("client_assertion")
    }

    /// RFC 9110 §8.3: type and subtype without case, parameters such as `charset` after a semicolon.
    private static func isForm(_ mediaType: String?) -> Bool {
        // What nearly everybody sends.
        if mediaType == formType { return true }
        guard let essence = mediaType?.split(separator: ";", omittingEmptySubsequences: false).first else {
            return false
        }
        var text = essence[...]
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text.lowercased() == formType
    }

    private static let formType = "application/x-www-form-urlencoded"
}

/// The fields of an `application/x-www-form-urlencoded` body (WHATWG URL §5.1), each name once.
struct FormFields {
    private var values: [String: String] = [:]

    /// Reads the bytes of an array, and of no other collection.
    ///
    /// Over any collection the compiler would call each step through a table, which cost a sixth of the CPU of an ES256
    /// token.
    init(parsing body: [UInt8]) throws(Refusal) {
        var start = 0
        while start < body.count {
            let end = Self.first(UInt8(ascii: "&"), in: body, start..<body.count)
            defer { start = end + 1 }
            guard end > start else { continue }
            let equals = Self.first(UInt8(ascii: "="), in: body, start..<end)
            let name = try Self.decode(body, start..<equals)
            let value = try equals == end ? "" : Self.decode(body, equals + 1..<end)
            guard values.updateValue(value, forKey: name) == nil else {
                throw .formParameterTwice(String(name.prefix(100)))
            }
        }
    }

    subscript(name: String) -> String? {
        // RFC 6749 §3.2: a parameter without a value counts as left out.
        guard let value = values[name], !value.isEmpty else { return nil }
        return value
    }

    func required(_ name: String) throws(Refusal) -> String {
        guard let value = self[name] else { throw .formParameterMissing(name) }
        return value
    }

    /// The position of a byte within a range, or the range's end.
    private static func first(_ wanted: UInt8, in body: [UInt8], _ range: Range<Int>) -> Int {
        body.withUnsafeBufferPointer { body in
            var index = range.lowerBound
            while index < range.upperBound, body[index] != wanted { index += 1 }
            return index
        }
    }

    private static func decode(_ body: [UInt8], _ range: Range<Int>) throws(Refusal) -> String {
        guard let text = try isPlain(body, range) ? plainText(body, range) : decoded(body[range]) else {
            throw .formMalformed
        }
        return text
    }

    /// Whether every byte stands for itself, as those of an assertion do.
    private static func isPlain(_ body: [UInt8], _ range: Range<Int>) -> Bool {
        body.withUnsafeBufferPointer { body in
            var escapes: UInt8 = 0
            for byte in UnsafeBufferPointer(rebasing: body[range]) {
                escapes |= (byte == UInt8(ascii: "%") ? 1 : 0) | (byte == UInt8(ascii: "+") ? 1 : 0)
            }
            return escapes == 0
        }
    }

    private static func plainText(_ body: [UInt8], _ range: Range<Int>) -> String? {
        body.withUnsafeBufferPointer {
            String(validating: UnsafeBufferPointer(rebasing: $0[range]), as: UTF8.self)
        }
    }

    private static func decoded(_ encoded: ArraySlice<UInt8>) throws(Refusal) -> String? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(encoded.count)
        var rest = encoded.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.next().flatMap(hexadecimal), let low = rest.next().flatMap(hexadecimal) else {
                    throw .formMalformed
                }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
