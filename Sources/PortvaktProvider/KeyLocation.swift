import JOSE
public import Vocabulary

/// Where an issuer's keys are.
public enum KeyLocation: Sendable, Hashable {
    /// By the issuer: metadata at RFC 8414's place name the keys' URL.
    case issuer(Issuer)
    /// By metadata at another place, which must name this issuer.
    case metadata(url: String, issuer: Issuer)
    /// By the key set's own URL.
    case keys(url: String)

    /// The metadata's URL and the issuer that they must name; nil when the key set's URL is known.
    var metadata: (url: String, issuer: Issuer)? {
        switch self {
        case .issuer(let issuer):
            // RFC 8414 §3.1: between host and path, without the path's last slash.
            let origin = issuer.rawValue.dropLast(issuer.path.count)
            let path = issuer.path.hasSuffix("/") ? String(issuer.path.dropLast()) : issuer.path
            return (origin + "/.well-known/oauth-authorization-server" + path, issuer)
        case .metadata(let url, let issuer): return (url, issuer)
        case .keys: return nil
        }
    }

    /// The key set's URL in a metadata document.
    ///
    /// - Throws: `KeyDocumentFault`, also when the document names another issuer (RFC 8414 §3.3).
    static func keysURL(in document: [UInt8], of issuer: Issuer) throws(KeyDocumentFault) -> String {
        guard let metadata = try? JSONValue(parsing: document).object else { throw .form("metadata") }
        guard let name = metadata["issuer"]?.string, name.utf8.elementsEqual(issuer.rawValue.utf8) else {
            throw .issuer(metadata["issuer"]?.string ?? "")
        }
        // The syntax is that of an issuer: https, or http on loopback.
        guard let url = metadata["jwks_uri"]?.string, (try? Issuer(parsing: url.prefix { $0 != "?" })) != nil else {
            throw .form("`jwks_uri`")
        }
        return url
    }
}

/// Why a document of the issuer is not used.
enum KeyDocumentFault: Error, Equatable {
    /// No answer.
    case transport(KeyTransportError)
    /// Another status than 200.
    case status(Int)
    /// Not what it must be; says what.
    case form(String)
    /// The metadata name another issuer.
    case issuer(String)
    /// More keys than an issuer has.
    case tooManyKeys(Int)
}

extension KeyDocumentFault: CustomStringConvertible {
    var description: String {
        switch self {
        case .transport(let error): "\(error)"
        case .status(let status): "the answer has status \(status)"
        case .form(let what): "\(what) cannot be read"
        case .issuer(let name): "the metadata name another issuer, `\(name)` (RFC 8414 §3.3)"
        case .tooManyKeys(let count): "\(count) keys, more than an issuer has"
        }
    }
}
