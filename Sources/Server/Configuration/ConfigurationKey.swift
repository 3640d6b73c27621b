/// Every key of the configuration: the one table behind the reader, the file that `init` writes and the document.
public enum ConfigurationKey: String, Sendable, Hashable, CaseIterable {
    /// The server's identifier.
    case issuer
    /// `test` or `prod`.
    case environment
    /// Where the public listener listens.
    case listen
    /// Where the admin listener listens.
    case adminListen = "admin_listen"
    /// The URL by which the admin listener is known.
    case adminURL = "admin_url"
    /// The portal to which persons are sent to answer requests.
    case portalURL = "portal_url"
    /// The certificate chain of TLS.
    case tlsCertificate = "tls_cert"
    /// The private key of TLS.
    case tlsKey = "tls_key"
    /// Plain HTTP is allowed elsewhere than on loopback.
    case behindTLSProxy = "behind_tls_proxy"
    /// The proxies whose forwarding fields are believed.
    case trustedProxies = "trusted_proxies"
    /// Where `/metrics` has a listener of its own.
    case metricsListen = "metrics_listen"
    /// Where the public listener takes client certificates from.
    case clientCertificates = "client_certificates"
    /// Where the admin listener takes client certificates from.
    case adminClientCertificates = "admin_client_certificates"
    /// How certificates are checked for revocation.
    case revocation
    /// How much longer a cached answer about revocation serves.
    case revocationGrace = "revocation_grace"
    /// How old an answer in use may become before it is renewed.
    case revocationRefresh = "revocation_refresh"
    /// Whether the server asks others at addresses outside the public internet.
    case outboundPrivateAddresses = "outbound_private_addresses"
    /// Further issuers that the certificates of webhooks may rest on.
    case webhookTrust = "webhook_trust"
    /// What is done with bankrupt and winding-up organisations.
    case organisationDistress = "organisation_distress"
    /// How old the local register may become before no token is issued.
    case registerMaximumAge = "register_max_age"
    /// How long entries of the ledger are kept.
    case auditRetention = "audit_retention"
    /// The longest life of an assertion.
    case maximumAssertionLifetime = "maximum_assertion_lifetime"
    /// The life of a token where nothing else is said.
    case defaultTokenLifetime = "default_token_lifetime"
    /// The algorithm of tokens where no scope says otherwise.
    case signingAlgorithm = "signing_algorithm"
    /// The pass phrase of encrypted signing keys.
    case signingKeyPassphrase = "signing_key_passphrase"
    /// The file with that pass phrase.
    case signingKeyPassphraseFile = "signing_key_passphrase_file"
    /// The user's PIN of the token with the signing keys.
    case signingKeyPIN = "signing_key_pin"
    /// The file with that PIN.
    case signingKeyPINFile = "signing_key_pin_file"
    /// The token in which new signing keys are made.
    case signingKeyToken = "signing_key_token"
    /// How long a signing key signs before the server makes its successor.
    case keyRotation = "key_rotation"
    /// Whether DPoP proofs need a nonce of the server.
    case dpopNonce = "dpop_nonce"
    /// How long providers may keep the key set.
    case keySetMaximumAge = "jwks_max_age"
    /// How long providers may keep a status list.
    case statusListTimeToLive = "status_list_ttl"
    /// How long the server goes on serving after it has said that it ends.
    case drainDelay = "drain_delay"
    /// How long requests in flight may then take.
    case drainDeadline = "drain_deadline"
    /// The most connections at once.
    case maximumConnections = "max_connections"
    /// How long a connection may be silent.
    case idleTimeout = "idle_timeout"
    /// The most requests of clients in work at once.
    case maximumRequests = "max_requests"
    /// How many refusals a second an address gets before authentication.
    case addressRefusalRate = "address_refusal_rate"
    /// How many it gets at once.
    case addressRefusalBurst = "address_refusal_burst"
    /// How many refusals a second a client gets after authentication.
    case clientRefusalRate = "client_refusal_rate"
    /// What is logged.
    case logLevel = "log_level"
}

extension ConfigurationKey {
    /// What the key says when nobody sets it; nil: it must be set, or depends on others.
    public var defaultText: String? {
        switch self {
        case .issuer, .environment, .adminURL, .portalURL, .tlsCertificate, .tlsKey, .revocation, .signingKeyPassphrase,
            .signingKeyPassphraseFile, .signingKeyPIN, .signingKeyPINFile, .signingKeyToken, .drainDelay,
            .trustedProxies, .metricsListen, .webhookTrust:
            nil
        case .listen: "127.0.0.1:7080"
        case .adminListen: "127.0.0.1:7081"
        case .behindTLSProxy: "false"
        case .revocationGrace: "0"
        case .revocationRefresh: "1h"
        case .outboundPrivateAddresses: "false"
        case .organisationDistress: "warn"
        case .registerMaximumAge: "off"
        case .auditRetention: "off"
        case .maximumAssertionLifetime: "120"
        case .defaultTokenLifetime: "120"
        case .signingAlgorithm: "RS256"
        case .keyRotation: "off"
        case .clientCertificates, .adminClientCertificates: "off"
        case .dpopNonce: "optional"
        case .keySetMaximumAge: "1h"
        case .statusListTimeToLive: "30s"
        case .drainDeadline: "10s"
        case .maximumConnections: "16000"
        case .idleTimeout: "60s"
        case .maximumRequests: "2048"
        case .addressRefusalRate: "200"
        case .addressRefusalBurst: "2000"
        case .clientRefusalRate: "1000"
        case .logLevel: "notice"
        }
    }

    /// What it is for, and what may stand there.
    public var meaning: String {
        switch self {
        case .issuer:
            "The server's identifier, byte for byte: an https URL (http on loopback), with or without a final slash. "
                + "Required."
        case .environment: "`test` or `prod`: which trust folder counts and whether synthetic persons do. Required."
        case .listen: "`HOST:PORT` of the public listener."
        case .adminListen: "`HOST:PORT` of the admin listener."
        case .adminURL:
            "The URL by which the admin listener is reached: its host is answered to, and tokens that administer this "
                + "server have it as `aud`. Default: `http://` (with TLS `https://`), `admin_listen` and `/`."
        case .portalURL:
            "The URL of the portal on which persons approve requests for system users and consents: `confirmUrl` and "
                + "`viewUri` begin with it. None: such requests have no link."
        case .tlsCertificate: "PEM file with the certificate chain of both listeners, the server's own first."
        case .tlsKey:
            "PEM file with its private key, not encrypted, mode 0600. Both files are read again when they change."
        case .behindTLSProxy:
            "`true` allows plain HTTP on other addresses than loopback, behind a proxy that speaks TLS. No header is "
                + "trusted by it."
        case .trustedProxies:
            "Addresses and ranges of the proxies in front, as `[192.0.2.7, 2001:db8::/64]`: of them alone `Forwarded`, "
                + "`X-Forwarded-For` and, where `client_certificates` says `proxy`, `Client-Cert` are believed. None: of nobody."
        case .metricsListen:
            "`HOST:PORT` of a listener that serves `/metrics` alone, to everybody who reaches it. None: `/metrics` stands on "
                + "the admin listener, for peers on loopback without a proxy and for tokens with `portvakt:operator`."
        case .clientCertificates:
            "Where client certificates (`tls_client_auth`, tokens bound to a certificate) come from on the public listener: "
                + "`off`; `ask`: the TLS handshake asks for one, and who shows none is served too; `proxy`: from `Client-Cert` "
                + "(RFC 9440) of a proxy in `trusted_proxies`, which must set that field anew on every request or take it away."
        case .adminClientCertificates:
            "The same for the admin listener, for portals whose tokens are bound to a certificate. With `ask` a browser may "
                + "show whoever opens the console a list of certificates to choose from."
        case .revocation:
            "How enterprise certificates are checked for revocation: `off`, `crl_files` (the lists in `crl/` beside the "
                + "anchors), `require` (OCSP and lists from the network must answer) or `grace` (the same, and "
                + "`revocation_grace` must be set). Required."
        case .revocationGrace:
            "How much longer than it says itself a cached answer serves under `require` when no newer one can be had, up to "
                + "7 days; never one that says `revoked` or `unknown`."
        case .revocationRefresh:
            "An answer in use is renewed after half its life, and after this time at the latest, 1 s to 24 h: so long may a "
                + "revocation go unseen."
        case .outboundPrivateAddresses:
            "`true` lets the server ask responders, lists and registers at addresses outside the public internet: loopback, "
                + "private and link-local networks."
        case .webhookTrust:
            "PEM file of issuers that the TLS certificates of webhooks may rest on, beside those of the machine. None: those of "
                + "the machine alone."
        case .organisationDistress:
            "Bankrupt and winding-up organisations: `allow`, `warn` (marked in the ledger) or `refuse`."
        case .registerMaximumAge:
            "How old the local register of main units and sub-units may become, 1 min to 365 days, since a change feed or an "
                + "import brought it up to date: then `/token` answers 503 (`register_outdated`) and readiness is red. `off`: "
                + "any age will do."
        case .auditRetention:
            "How long entries of the ledger are kept, `1d` to `36500d`; `off`: for ever. Older ones are let go once an hour, "
                + "at a checkpoint, which with the leaves of the tree stays the proof of what they were."
        case .maximumAssertionLifetime:
            "The longest `exp - iat` of an assertion, 1 s to 180 s. The skew is 10 s, always."
        case .defaultTokenLifetime: "The life of a token where neither scope nor client sets one, 1 s to 2 h."
        case .signingAlgorithm: "The algorithm of tokens where no scope sets one: `RS256`, `PS256`, `ES256` or `EdDSA`."
        case .signingKeyPassphrase:
            "The pass phrase of encrypted signing keys and PKCS#12 files. Only from the environment; a file is better."
        case .signingKeyPassphraseFile: "A file, mode 0600, whose first line is that pass phrase."
        case .signingKeyPIN:
            "The user's PIN of the PKCS#11 token that holds signing keys. Only from the environment; a file is better."
        case .signingKeyPINFile:
            "A file, mode 0600, whose first line is that PIN; read again when it changes. A PIN that the token has refused "
                + "is not sent a second time."
        case .signingKeyToken:
            "The PKCS#11 URI (RFC 7512) of the token in which new signing keys are made, as "
                + "`pkcs11:token=portvakt?module-path=/usr/lib/softhsm/libsofthsm2.so`. None: they are files."
        case .keyRotation:
            "How long a signing key signs before another takes over, 1 d to 3650 d: the server makes the next one a "
                + "`jwks_max_age` and 5 min ahead. `off`: `portvakt keys rotate` does."
        case .dpopNonce:
            "Whether a DPoP proof must hold a nonce of this server: `optional` (a nonce that is there must be good, else the "
                + "proof's own time counts) or `required` (a client's first request costs it a second one)."
        case .keySetMaximumAge:
            "How long `/jwk` may be cached, 1 min to 24 h; a new key signs only after that time has passed."
        case .statusListTimeToLive:
            "How long a copy of a status list may be used before another one is fetched, 1 s to 1 h: a provider that checks "
                + "offline learns of an ended token a second later at most. A list lasts twenty times as long (1 min at least) "
                + "for a provider that cannot reach the server."
        case .drainDelay:
            "How long the server goes on serving, not ready, after SIGTERM: 0 s when both listeners are on loopback, else 5 s."
        case .drainDeadline: "How long requests in flight may then take, and idle HTTP/2 clients to leave."
        case .maximumConnections: "The most connections at once to each listener."
        case .idleTimeout: "How long a connection may be silent, 1 s to 1 h."
        case .maximumRequests:
            "The most requests of clients in work at once; further ones are answered 503 before they are read, 16 to 1,000,000."
        case .addressRefusalRate:
            "How many requests of one address (of version 6: of one network of 64 bits) may be refused a second before or at "
                + "authentication; beyond that the address gets 429, 1 to 1,000,000."
        case .addressRefusalBurst: "How many of these may come at once, 1 to 10,000,000."
        case .clientRefusalRate:
            "How many requests of one client may be refused a second after authentication, and how many at once; beyond that "
                + "the client gets 429, 1 to 1,000,000."
        case .logLevel:
            "`trace`, `debug`, `info` (each token), `notice` (proved clients refused), `warning`, `error` or `critical`."
        }
    }

    /// Whether the file may hold a list, which the environment writes with commas.
    var isList: Bool { self == .trustedProxies }

    /// Whether its value never shows, and never stands in the file.
    public var isSecret: Bool { self == .signingKeyPassphrase || self == .signingKeyPIN }

    /// The environment variable.
    public var environmentVariable: String { "PORTVAKT_" + rawValue.uppercased() }

    /// The flag of `serve`; nil when it has none.
    public var flag: String? {
        switch self {
        case .listen, .adminListen, .tlsCertificate, .tlsKey, .behindTLSProxy, .metricsListen, .drainDelay,
            .logLevel:
            "--" + rawValue.replacing("_", with: "-")
        default: nil
        }
    }

    /// The table of `docs/configuration.md`.
    public static var markdown: String {
        let rows = allCases.map { key in
            let names = [key.environmentVariable, key.flag].compactMap { $0 }.map { "`\($0)`" }.joined(separator: ", ")
            return "| `\(key.rawValue)` | \(names) | \(key.defaultText.map { "`\($0)`" } ?? "") | \(key.meaning) |\n"
        }
        return "| Key | Also | Default | Meaning |\n|---|---|---|---|\n" + rows.joined()
    }
}
