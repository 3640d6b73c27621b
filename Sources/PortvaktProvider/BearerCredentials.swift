/// Finds the token of a request (RFC 6750 §2): in the `Authorization` field, and nowhere else.
///
/// A form's body is never looked at (RFC 6750 §2.2 leaves that to the API), and a token in the URL, which ends in logs,
/// is refused (RFC 6750 §2.3, RFC 9700 §4.3.2).
public enum BearerCredentials {
    /// Why a request's credentials cannot be used; each is an `invalid_request` (RFC 6750 §3.1).
    public enum Fault: Error, Sendable, Equatable, CaseIterable {
        /// The `Authorization` field stands more than once.
        case repeated
        /// What follows `Bearer` is no token of the form of RFC 6750 §2.1.
        case malformed
        /// A token in the URL's query.
        case inQuery
    }

    /// The token, nil when the request brings none or credentials of another scheme.
    ///
    /// - Parameters:
    ///   - authorization: The values of all `Authorization` fields.
    ///   - query: The URL's query, without its question mark.
    /// - Throws: `VerificationError.request`.
    /// - Returns: The token as it stands, not yet looked at.
    public static func token(authorization: [String], query: String?) throws(VerificationError) -> String? {
        // Two could be read by two parties in two ways.
        guard authorization.count <= 1 else { throw .request(.repeated) }
        if let query, holdsToken(query) { throw .request(.inQuery) }
        guard let field = authorization.first else { return nil }
        return try token(in: field, scheme: "bearer")
    }

    /// The token of a request that proves its key by DPoP (RFC 9449 §7.1), nil when the request brings none of that scheme.
    ///
    /// - Throws: `VerificationError.request`.
    static func boundToken(authorization: [String], query: String?) throws(VerificationError) -> String? {
        guard authorization.count <= 1 else { throw .request(.repeated) }
        if let query, holdsToken(query) { throw .request(.inQuery) }
        return try authorization.first.flatMap { field throws(VerificationError) in
            try token(in: field, scheme: "dpop")
        }
    }

    private static func token(in field: String, scheme name: String) throws(VerificationError) -> String? {
        let text = field.utf8
        let scheme = text.prefix { $0 != UInt8(ascii: " ") }
        guard isScheme(scheme, name) else { return nil }
        let token = text[scheme.endIndex...].drop { $0 == UInt8(ascii: " ") }
        guard !token.isEmpty, token.allSatisfy(isTokenByte) else { throw .request(.malformed) }
        return String(Substring(token))
    }

    /// RFC 9110 §11.1: the scheme's name has no case.
    private static func isScheme(_ scheme: Substring.UTF8View, _ name: String) -> Bool {
        // Setting this bit makes ASCII letters small, and makes no letter of anything that stands in another name.
        scheme.count == name.utf8.count && zip(scheme, name.utf8).allSatisfy { $0 | 0x20 == $1 }
    }

    private static func holdsToken(_ query: String) -> Bool {
        query.utf8.split(separator: UInt8(ascii: "&")).contains { $0.starts(with: "access_token=".utf8) }
    }

    /// RFC 6750 §2.1, `b64token`.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "+"),
            UInt8(ascii: "/"), UInt8(ascii: "="):
            true
        default: false
        }
    }
}

extension BearerCredentials.Fault: CustomStringConvertible {
    /// One line for whoever sent the request.
    public var description: String {
        switch self {
        case .repeated: "the `Authorization` field stands more than once"
        case .malformed: "the `Authorization` field does not hold `Bearer` and one token"
        case .inQuery: "a token in the URL is not taken; send it in the `Authorization` field"
        }
    }
}
