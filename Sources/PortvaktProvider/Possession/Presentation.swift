import JOSE
import Vocabulary

/// How a token was shown: what the request proves, or is about to prove, beside the token itself.
struct Presentation: Sendable {
    /// Shown as `DPoP`, with a proof that is compared with `cnf.jkt` afterwards.
    let isProved: Bool
    /// The client certificate of the connection, `x5t#S256`.
    let certificateThumbprint: String?

    /// As a bearer token, over a connection of which nothing is known.
    static let bearer = Presentation(isProved: false, certificateThumbprint: nil)

    /// RFC 9449 §7.1, RFC 8705 §3: a stolen bound token must not pass where nobody asks for the key.
    ///
    /// - Throws: `.bound` when the token names a key that this request does not prove, or in a way that is not known here;
    ///   `.claim`.
    /// - Returns: The keys; nil for a bearer token.
    func check(_ claims: JSONObject) throws(VerificationError) -> Confirmation? {
        guard Self.isKind(claims["token_type"], "bearer") || isProved && Self.isKind(claims["token_type"], "dpop")
        else {
            throw .bound
        }
        guard let claim = claims["cnf"] else { return nil }
        guard case .object(let keys) = claim else { throw .claim("cnf") }
        var confirmation = Confirmation()
        for member in keys.members {
            guard let thumbprint = member.value.string, !thumbprint.isEmpty else { throw .claim("cnf") }
            switch member.name {
            case "jkt": confirmation.keyThumbprint = thumbprint
            case "x5t#S256": confirmation.certificateThumbprint = thumbprint
            // Another way of binding (RFC 7800 §3) that nobody here can prove.
            default: throw .bound
            }
        }
        guard confirmation != Confirmation() else { throw .bound }
        if confirmation.keyThumbprint != nil, !isProved { throw .bound }
        if let expected = confirmation.certificateThumbprint, expected != certificateThumbprint { throw .bound }
        return confirmation
    }

    /// RFC 6749 §5.1: the name has no case; nearly all write it so.
    private static func isKind(_ type: JSONValue?, _ name: String) -> Bool {
        guard let type else { return true }
        guard let text = type.string else { return false }
        // Nearly all write it so.
        return text == "Bearer" && name == "bearer" || text.lowercased() == name
    }
}
