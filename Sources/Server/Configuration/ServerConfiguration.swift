public import EnterpriseCertificates
public import HTTPServer
public import JOSE
public import LibCrypto
public import Logging
public import Organisations
public import Vocabulary

/// Where a configuration is read from.
public struct ConfigurationInputs: Sendable {
    /// The data folder.
    public var dataFolder: String
    /// The file of `--config`; nil: `portvakt.yaml` in the data folder, if it is there.
    public var file: String?
    /// Values from the command line.
    public var flags: [ConfigurationKey: String]
    /// The environment's variables.
    public var environment: [String: String]

    /// Inputs.
    public init(
        dataFolder: String,
        file: String? = nil,
        flags: [ConfigurationKey: String] = [:],
        environment: [String: String] = [:]
    ) {
        self.dataFolder = dataFolder
        self.file = file
        self.flags = flags
        self.environment = environment
    }
}

/// What a server runs with, read and checked before anything starts.
public struct ServerConfiguration: Sendable {
    /// Test or production.
    public enum Environment: String, Sendable, Hashable, CaseIterable {
        /// Synthetic organisations and persons, certificates of the test authorities.
        case test
        /// Real ones.
        case prod
    }

    /// The certificate and key of TLS, as paths.
    public struct TLSFiles: Sendable, Hashable {
        /// PEM, the server's certificate first.
        public let certificate: String
        /// PEM, not encrypted, the caller's alone.
        public let key: String
    }

    /// Whether DPoP proofs need a nonce of the server (RFC 9449 §8).
    public enum ProofNonce: String, Sendable, Hashable, CaseIterable {
        /// A proof without nonce is taken while its own time is near.
        case optional
        /// A proof without nonce is answered with `use_dpop_nonce`.
        case required
    }

    /// The folder with the installation's state.
    public let dataFolder: String
    /// The server's identifier.
    public let issuer: Issuer
    /// Test or production.
    public let environment: Environment
    /// The public listener.
    public let listen: ListenAddress
    /// The admin listener.
    public let adminListen: ListenAddress
    /// The URL of the admin listener, with a final slash: the `aud` of tokens that administer this server.
    public let adminURL: String
    /// The URL of the portal to which persons are sent, with a final slash; nil when there is none.
    public let portalURL: String?
    /// TLS of both listeners; nil for plain HTTP.
    public let tls: TLSFiles?
    /// Whether a proxy in front speaks TLS.
    public let isBehindTLSProxy: Bool
    /// The proxies whose forwarding fields are believed.
    public let trustedProxies: TrustedProxies
    /// Where the public listener takes client certificates from.
    public let clientCertificates: ClientCertificateSource
    /// Where the admin listener takes client certificates from.
    public let adminClientCertificates: ClientCertificateSource
    /// The listener that serves `/metrics` alone; nil where the admin listener does.
    public let metricsListen: ListenAddress?
    /// How certificates are checked for revocation.
    public let revocation: RevocationMode
    /// How old an answer about revocation may become before it is renewed.
    public let revocationRefresh: Seconds
    /// Whether the server asks others at addresses outside the public internet.
    public let allowsPrivateAddresses: Bool
    /// A PEM file of further issuers for the certificates of webhooks.
    public let webhookTrust: String?
    /// What is done with bankrupt and winding-up organisations.
    public let organisationDistress: DistressPolicy
    /// How old the register of units may become before no token is issued; nil: any age will do.
    public let registerMaximumAge: Seconds?
    /// How long entries of the ledger are kept; nil: for ever.
    public let auditRetention: Seconds?
    /// The longest `exp - iat` of an assertion.
    public let maximumAssertionLifetime: Seconds
    /// The life of a token where neither scope nor client sets one.
    public let defaultTokenLifetime: Seconds
    /// The algorithm of tokens where no scope sets one.
    public let signingAlgorithm: JWSAlgorithm
    /// What opens the signing keys.
    public let signingKeySecrets: SigningKeySecrets
    /// The token in which new signing keys are made; nil: they are files.
    public let signingKeyToken: PKCS11URI?
    /// How long a signing key signs before the server makes it a successor; nil: it makes none by itself.
    public let keyRotation: Seconds?
    /// Whether DPoP proofs need a nonce.
    public let proofNonce: ProofNonce
    /// How long `/jwk` may be cached.
    public let keySetMaximumAge: Seconds
    /// How long a copy of a status list may be used.
    public let statusListTimeToLive: Seconds
    /// How long the server serves on after it has said that it ends.
    public let drainDelay: Seconds
    /// How long requests in flight may then take.
    public let drainDeadline: Seconds
    /// The most connections at once to each listener.
    public let maximumConnections: Int
    /// How long a connection may be silent.
    public let idleTimeout: Seconds
    /// The budgets of addresses and clients, and the bound on work in progress.
    public let admission: AdmissionLimits
    /// What is logged.
    public let logLevel: Logger.Level
    /// Variables that look like ours and are none: a misspelt one would otherwise go unseen.
    public let unknownVariables: [String]

    /// The folder with the trust anchors and the profile.
    public var trustFolder: String { "\(dataFolder)/keys/trust/\(environment.rawValue)" }

    /// The folder of the anchors and the profile of European organisations' seals; without anchors in it none is taken.
    public var sealTrustFolder: String { trustFolder + "-eseal" }

    /// The folder with the signing keys.
    public var signingKeyFolder: String { Self.signingKeyFolder(in: dataFolder) }

    /// The folder with the signing keys of a data folder.
    public static func signingKeyFolder(in dataFolder: String) -> String { "\(dataFolder)/keys/signing" }

    /// The configuration file of a data folder.
    public static func file(in dataFolder: String) -> String { "\(dataFolder)/portvakt.yaml" }

    /// Where it listens.
    var addresses: [ListenAddress] { [listen, adminListen] + [metricsListen].compactMap { $0 } }

    /// Whether `/token` and the admin listener are reached by TLS or from this machine alone.
    var isLoopbackOnly: Bool { listen.isLoopback && adminListen.isLoopback }
}
