/// A request as it came to the API: what the checks of its token need, whatever the framework.
public struct IncomingRequest: Sendable {
    /// The method, as `GET`.
    public var method: String
    /// The path, as it came: percent-encoded, beginning with a slash, without query.
    public var path: String
    /// The query without its question mark; nil when there is none.
    public var query: String?
    /// The values of all `Authorization` fields.
    public var authorization: [String]
    /// The values of all `DPoP` fields.
    public var dpop: [String]
    /// The SHA-256 of the client certificate that the peer has proved to hold, in base64url (`x5t#S256`, RFC 8705 §3.1).
    public var certificateThumbprint: String?
    /// The address of the peer, as text; nil when it is not known.
    public var peer: String?
    /// The values of all `X-Forwarded-Proto` fields; believed only as ``ExternalURL`` says.
    public var forwardedScheme: [String] = []
    /// The values of all `X-Forwarded-Host` fields; believed only as ``ExternalURL`` says.
    public var forwardedHost: [String] = []

    /// A request.
    public init(
        method: String,
        path: String,
        query: String? = nil,
        authorization: [String],
        dpop: [String] = [],
        certificateThumbprint: String? = nil,
        peer: String? = nil
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.authorization = authorization
        self.dpop = dpop
        self.certificateThumbprint = certificateThumbprint
        self.peer = peer
    }
}

extension IncomingRequest: CustomStringConvertible {
    /// Method and path; tokens and proofs never show.
    public var description: String { "\(method) \(path)" }
}
