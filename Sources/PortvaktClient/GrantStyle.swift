import JOSE
import Vocabulary

/// How a token is asked for.
public enum GrantStyle: Sendable, Hashable {
    /// By a JWT grant with everything inside the signed assertion (RFC 7523 §2.1): Maskinporten's way, and the default.
    case jwtGrant
    /// By `client_credentials` with `private_key_jwt` (RFC 7523 §2.2): the assertion proves the client, and what is asked
    /// for stands in the form.
    ///
    /// For other authorization servers. There is no acting for another organisation and no person in it.
    case clientCredentials
    /// By `client_credentials` with nothing but the certificate that the transport's HTTP client shows (`tls_client_auth`,
    /// RFC 8705 §2.1): no assertion is signed. ``ClientCertificate/grantStyle`` gives it, with the certificate's SHA-256, so
    /// that tokens bound to another certificate are never mistaken for its own.
    case clientCertificate(thumbprint: String)
}

extension GrantStyle {
    /// What a request holds that this style cannot send; nil when it can all be sent.
    func fault(of request: TokenRequest) -> String? {
        guard self != .jwtGrant else { return nil }
        if request.consumerOrganisation != nil { return "`consumer_org` exists only in the JWT grant" }
        if request.person != nil { return "`pid` exists only in the JWT grant" }
        return nil
    }

    /// The form's fields, in the order that they are sent.
    func form(
        for request: TokenRequest,
        of client: ClientID,
        assertion: String
    ) -> [(name: String, value: String)] {
        switch self {
        case .jwtGrant: return [("grant_type", Assertion.grantType), ("assertion", assertion)]
        case .clientCredentials, .clientCertificate:
            var fields = [("grant_type", "client_credentials")] + authentication(of: client, assertion: assertion)
            if !request.scopes.isEmpty { fields.append(("scope", request.scopeText)) }
            // RFC 8707 §2: one field for each.
            fields += request.resource.map { ("resource", $0) }
            if !request.authorizationDetails.isEmpty {
                let details = JSONValue.array(request.authorizationDetails.map { .object($0.object) })
                fields.append(("authorization_details", String(decoding: details.encoded(), as: UTF8.self)))
            }
            return fields
        }
    }

    /// How the client proves who it is where it asks for no token: a grant's assertion would ask for one.
    var ofAuthentication: GrantStyle { self == .jwtGrant ? .clientCredentials : self }

    /// The fields that prove who the client is (RFC 7521 §4.2, RFC 8705 §2); none in the JWT grant, which does it itself.
    func authentication(of client: ClientID, assertion: String) -> [(name: String, value: String)] {
        switch self {
        case .jwtGrant: []
        case .clientCredentials:
            [("client_assertion_type", Assertion.clientAssertionType), ("client_assertion", assertion)]
        case .clientCertificate: [("client_id", client.rawValue)]
        }
    }
}

/// `application/x-www-form-urlencoded` (RFC 6749 appendix B).
enum FormEncoding {
    /// The body of fields.
    static func body(of fields: [(name: String, value: String)]) -> [UInt8] {
        var body: [UInt8] = []
        for field in fields {
            if !body.isEmpty { body.append(UInt8(ascii: "&")) }
            append(field.name, to: &body)
            body.append(UInt8(ascii: "="))
            append(field.value, to: &body)
        }
        return body
    }

    private static func append(_ text: String, to body: inout [UInt8]) {
        for octet in text.utf8 {
            switch octet {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                body.append(octet)
            default:
                body.append(UInt8(ascii: "%"))
                body.append(hexadecimal[Int(octet >> 4)])
                body.append(hexadecimal[Int(octet & 0xF)])
            }
        }
    }

    private static let hexadecimal = Array("0123456789ABCDEF".utf8)
}
