import Fetching
import JOSE
import Vocabulary

/// What the token endpoint answered.
enum TokenResponse: Sendable {
    /// A token (RFC 6749 §5.1); `lifetime` is nil when the server did not tell.
    case token(value: String, kind: AccessToken.Kind, lifetime: Seconds?, scopes: Set<ScopeName>?, traceID: String?)
    /// A refusal that stands (RFC 6749 §5.2).
    case refused(ServerRefusal)
    /// Too many requests; wait so long.
    case rateLimited(retryAfter: Duration?, ServerRefusal?)
    /// The server has trouble.
    case unavailable(retryAfter: Duration?, ServerRefusal?)
    /// Not what the standards demand.
    case invalid(String)

    /// Reads an answer.
    init(_ response: TransportResponse) {
        let document = try? JSONValue(parsing: response.body).object
        let refusal = document.flatMap { ServerRefusal($0, traceID: response.traceID) }
        let retryAfter = response.retryAfter
        switch response.status {
        case 200: self = document.map { Self.token($0, response) } ?? .invalid("the answer is not a JSON object")
        case 429: self = .rateLimited(retryAfter: retryAfter, refusal)
        case 400..<500:
            self = refusal.map { .refused($0) } ?? .invalid("status \(response.status) without an OAuth error")
        case 500..<600: self = .unavailable(retryAfter: retryAfter, refusal)
        default: self = .invalid("status \(response.status), which a token endpoint does not give")
        }
    }

    private static func token(_ document: JSONObject, _ response: TransportResponse) -> TokenResponse {
        guard let value = document["access_token"]?.string, !value.isEmpty,
            value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return .invalid("`access_token` is missing or malformed") }
        // RFC 6749 §5.1: a client must not use a token whose type it does not understand.
        guard let kind = document["token_type"]?.string.flatMap(AccessToken.Kind.init(anyCase:)) else {
            return .invalid("`token_type` is neither `Bearer` nor `DPoP`")
        }
        var lifetime: Seconds?
        if let member = document["expires_in"] {
            guard let seconds = member.integer, (1...31_536_000).contains(seconds) else {
                return .invalid("`expires_in` is no number of seconds")
            }
            lifetime = Seconds(seconds)
        }
        let names = document["scope"]?.string?.split(separator: " ").compactMap { try? ScopeName(parsing: $0) }
        return .token(
            value: value,
            kind: kind,
            lifetime: lifetime,
            scopes: names.map { Set($0) },
            traceID: document["trace_id"]?.string ?? response.traceID
        )
    }
}

extension AccessToken.Kind {
    /// RFC 6749 §5.1: the name has no case.
    fileprivate init?(anyCase text: String) {
        switch text.lowercased() {
        case "bearer": self = .bearer
        case "dpop": self = .dpop
        default: return nil
        }
    }
}

extension ServerRefusal {
    /// Reads the error document; nil when it has no `error`.
    fileprivate init?(_ document: JSONObject, traceID: String?) {
        guard let error = document["error"]?.string else { return nil }
        self.init(
            error: error,
            code: document["code"]?.string,
            reason: document["reason"]?.string,
            description: document["error_description"]?.string,
            uri: document["error_uri"]?.string,
            traceID: document["trace_id"]?.string ?? traceID
        )
    }
}

extension TransportResponse {
    /// The trace id in the answer's head, which is there also when the body tells nothing.
    fileprivate var traceID: String? { header("Portvakt-Trace-Id") ?? header("X-Trace-Id") }

    /// The pause that the server asks for (RFC 9110 §10.2.3): in seconds, or until a time by its own clock.
    fileprivate var retryAfter: Duration? {
        guard let text = header("Retry-After") else { return nil }
        if !text.isEmpty, text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) {
            return .seconds(UInt32(text) ?? .max)
        }
        guard let end = Timestamp(parsingHTTPDate: text),
            let now = header("Date").flatMap(Timestamp.init(parsingHTTPDate:))
        else { return nil }
        return .seconds(max(0, (end - now).count))
    }
}
