/// By which URL clients know the API, which `htu` of a DPoP proof is compared with (RFC 9449 §4.3 item 9).
///
/// It is never taken from `Host`: whoever gets hold of a request that was meant for his own server could pass it on with the
/// name of his server in it.
public enum ExternalURL: Sendable {
    /// Scheme, host and perhaps the beginning of the path, as `https://api.example.no/fiskeri`; the request's path follows.
    case base(String)
    /// What a proxy says in `X-Forwarded-Proto` and `X-Forwarded-Host`, when it is one of those that `trusts` answers for by
    /// their address, and the host one of `hosts`; else `base`.
    case forwarded(base: String, hosts: Set<String>, trusts: @Sendable (_ peer: String) -> Bool)
    /// What the API itself works out; nil refuses the request.
    case custom(@Sendable (IncomingRequest) -> String?)

    /// The URL of a request without its query; nil when it cannot be told.
    public func url(of request: IncomingRequest) -> String? {
        switch self {
        case .base(let base): Self.joined(base, request.path)
        case .forwarded(let base, let hosts, let trusts):
            Self.forwarded(request, hosts: hosts, trusts: trusts) ?? Self.joined(base, request.path)
        case .custom(let url): url(request)
        }
    }

    private static func forwarded(
        _ request: IncomingRequest,
        hosts: Set<String>,
        trusts: (String) -> Bool
    ) -> String? {
        guard let peer = request.peer, trusts(peer), request.forwardedScheme.count == 1,
            request.forwardedHost.count == 1, let host = request.forwardedHost.first?.lowercased(),
            let scheme = request.forwardedScheme.first?.lowercased(), scheme == "https" || scheme == "http",
            hosts.contains(where: { $0.lowercased() == host })
        else { return nil }
        return joined("\(scheme)://\(host)", request.path)
    }

    private static func joined(_ base: String, _ path: String) -> String {
        (base.hasSuffix("/") ? String(base.dropLast()) : base) + (path.hasPrefix("/") ? path : "/" + path)
    }
}
