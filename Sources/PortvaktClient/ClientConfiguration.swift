public import Vocabulary

/// Who asks, where, with which key.
public struct ClientConfiguration: Sendable {
    /// The client's identifier at the authorization server.
    public var clientID: ClientID
    /// The authorization server.
    public var server: ServerLocation
    /// The key.
    public var signer: any AssertionSigner
    /// What is asked for when a caller names nothing.
    public var defaultRequest: TokenRequest?
    /// How tokens are asked for.
    public var grantStyle = GrantStyle.jwtGrant
    /// Whether tokens are bound to a key.
    public var dpop = DPoPMode.off
    /// When tokens are renewed.
    public var refresh = RefreshPolicy()
    /// How often a request is tried.
    public var retry = RetryPolicy()
    /// Whether a wrong clock is made up for.
    public var clockCorrection = ClockCorrection.standard
    /// How long an assertion is good for: at most 120 s at Maskinporten.
    ///
    /// Longer helps a clock that is behind.
    public var assertionLifetime: Seconds = 110

    /// A configuration.
    public init(clientID: ClientID, server: ServerLocation, signer: any AssertionSigner) {
        self.clientID = clientID
        self.server = server
        self.signer = signer
    }
}

/// Where the authorization server is.
public enum ServerLocation: Sendable, Hashable {
    /// By the URL of its metadata (RFC 8414), for as long as the process runs; the issuer is compared.
    case metadata(MetadataLocation)
    /// By its issuer and token endpoint, when the metadata cannot be read.
    case explicit(issuer: Issuer, tokenEndpoint: String)

    /// By its issuer: the metadata stand at RFC 8414's place.
    public static func issuer(_ issuer: Issuer) -> ServerLocation { .metadata(MetadataLocation(issuer: issuer)) }

    /// What names the server in messages before its issuer is known.
    var name: String {
        switch self {
        case .metadata(let location): location.url
        case .explicit(let issuer, _): issuer.rawValue
        }
    }

    /// What names it in cache keys: another endpoint may be another server, whatever issuer it is said to have.
    var identity: String {
        switch self {
        case .metadata(let location): location.url
        case .explicit(let issuer, let tokenEndpoint): issuer.rawValue + " " + tokenEndpoint
        }
    }
}
