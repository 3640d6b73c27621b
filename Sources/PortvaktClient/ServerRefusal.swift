/// What a server said when it refused (RFC 6749 §5.2), with what Maskinporten and Portvakt add.
public struct ServerRefusal: Sendable, Equatable {
    /// `error`, as `invalid_grant`.
    public let error: String
    /// The code that integrators search for, `MP-012`: the member `code`, or the end of `error_uri`.
    public let code: String?
    /// The finer reason, `assertion_replayed`; Portvakt only.
    public let reason: String?
    /// `error_description`, without the trace id that servers put behind it.
    public let description: String?
    /// `error_uri`: where the code is explained.
    public let uri: String?
    /// The trace id, from its member or from the description's end.
    public let traceID: String?

    /// A refusal.
    public init(
        error: String,
        code: String?,
        reason: String?,
        description: String?,
        uri: String?,
        traceID: String?
    ) {
        self.error = error
        self.code = code ?? uri.flatMap(Self.code(atEndOf:))
        self.reason = reason
        self.uri = uri
        let parts = description.map(Self.splitTraceID)
        self.description = parts?.text
        self.traceID = traceID ?? parts?.traceID
    }

    /// What to do about it, for the codes that Maskinporten has published and ours; nil for others.
    public var hint: String? {
        switch code {
        case "MP-011": "the assertion is malformed, or holds a claim that the server does not know"
        case "MP-012": "an assertion can be used once: two callers share a `jti`, or a proxy sent the request twice"
        case "MP-100": "check the client id, and that it was registered in this environment"
        case "MP-110": "`aud` must be the server's issuer, byte for byte, with or without the slash as it publishes it"
        case "MP-120":
            "the enterprise certificate is not accepted: expired, revoked, or of another environment (test or production)"
        case "MP-121": "the client's key has expired: register a new key, then configure its `kid`"
        case "MP-122": "the certificate belongs to another organisation than the client"
        case "MP-123": "`x5c` must be an array of base64 certificates, the client's own first"
        case "MP-124": "the assertion was signed with another key than the `kid` or certificate names"
        case "MP-130": "the assertion had expired when it arrived: check this machine's clock"
        case "MP-200": "add the scope to the client"
        case "MP-201": "the scope is not meant for machine-to-machine clients"
        case "MP-250": "ask the scope's owner to grant your organisation access"
        case "MP-251": "the consumer must delegate the scope to your organisation"
        case "MP-301": "the type of `authorization_details` is not supported here"
        case "PV-007": "ask less often: keep one token client for the whole process and let it cache"
        case "PV-010": "check the `kid`, and that the key is registered on this client"
        case "PV-011": "the client has registered keys: sign with one and name its `kid`, do not send the certificate"
        case "PV-012": "this machine's clock is ahead of the server's"
        case "PV-014": "the client is disabled; its owner must enable it"
        case "PV-028": "the DPoP proof was not taken: its reason tells which check failed"
        case "PV-029": "the server gave no usable nonce for the DPoP proof"
        case "PV-030": "the token must be bound to a key: set `ClientConfiguration.dpop`, or `MASKINPORTEN_DPOP`"
        default: nil
        }
    }

    /// Whether the assertion was refused for its times, so that a wrong clock may be the cause.
    var concernsTime: Bool {
        if code == "MP-130" || code == "PV-012" { return true }
        if let reason { return Self.reasonsOfTime.contains(reason) }
        guard code == nil, let text = description?.lowercased() else { return false }
        // Maskinporten numbers only one of its refusals for time; the others are known by their words.
        return ["issue time", "jwt is expired", "issued in the future", "not yet valid"].contains { text.contains($0) }
    }

    private static let reasonsOfTime = [
        "assertion_expired", "iat_in_future", "nbf_in_future", "dpop_stale", "dpop_not_yet_valid",
    ]

    /// Whether the key was refused, so that a new one in the key's files may be the cure.
    var concernsKey: Bool {
        if let reason { return ["key_unknown", "key_expired", "signature"].contains(reason) || code == "MP-120" }
        if let code { return ["PV-010", "MP-120", "MP-121", "MP-124"].contains(code) }
        // Maskinporten does not number its refusal of a `kid` that it does not know.
        return description?.lowercased().contains("unknown key identifier") == true
    }

    private static func code(atEndOf uri: String) -> String? {
        let last = uri.split(separator: "/").last ?? ""
        let parts = last.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count == 2, parts[0].allSatisfy({ $0.isASCII && $0.isUppercase }),
            parts[1].count == 3, parts[1].allSatisfy({ $0.isASCII && $0.isWholeNumber })
        else { return nil }
        return String(last)
    }

    private static func splitTraceID(_ description: String) -> (text: String, traceID: String?) {
        for opening in [" (trace_id: ", " (correlation id: "] where description.hasSuffix(")") {
            guard let found = description.ranges(of: opening).last else { continue }
            let traceID = description[found.upperBound...].dropLast()
            guard !traceID.isEmpty, !traceID.contains(")") else { continue }
            return (String(description[..<found.lowerBound]), String(traceID))
        }
        return (description, nil)
    }
}
