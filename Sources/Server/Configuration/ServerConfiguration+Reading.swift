import EnterpriseCertificates
import FoundationEssentials
import HTTPServer
import JOSE
import LibCrypto
import Logging
import Organisations
import TokenIssuance
import Vocabulary

extension ServerConfiguration {
    /// Reads and checks a configuration.
    ///
    /// - Throws: all that is wrong with it, together.
    public init(_ inputs: ConfigurationInputs) throws(ConfigurationFaults) {
        var reader = ConfigurationReader(inputs)
        let tls = reader.tlsFiles()
        let listen = reader.required(.listen, ConfigurationValues.listenAddress)
        let adminListen = reader.required(.adminListen, ConfigurationValues.listenAddress)
        let isBehindTLSProxy = reader.required(.behindTLSProxy, ConfigurationValues.truth)
        let metricsListen = reader.optional(.metricsListen, ConfigurationValues.listenAddress)
        let addresses: [(ConfigurationKey, ListenAddress?)] = [
            (.listen, listen), (.adminListen, adminListen), (.metricsListen, metricsListen),
        ]
        for (key, address) in addresses {
            reader.checkPlainHTTP(key, address, tls: tls != nil, isBehindTLSProxy: isBehindTLSProxy ?? false)
        }
        if let listen, listen == adminListen, listen.port != 0 {
            reader.refuse(.adminListen, "it is the same as `listen`")
        }
        let proxies = reader.optional(.trustedProxies, ConfigurationValues.trustedProxies)
        let certificates = reader.clientCertificates(.clientCertificates, tls: tls, proxies: proxies)
        let adminCertificates = reader.clientCertificates(.adminClientCertificates, tls: tls, proxies: proxies)
        if let metricsListen, metricsListen.port != 0, metricsListen == listen || metricsListen == adminListen {
            reader.refuse(.metricsListen, "it is the same as another listener's")
        }
        let delay = listen?.isLoopback == true && adminListen?.isLoopback == true ? Seconds(0) : 5
        let issuer = reader.required(.issuer, ConfigurationValues.issuer)
        let environment = reader.required(.environment) { ConfigurationValues.word($0, as: Environment.self) }
        let adminURL = reader.optional(.adminURL, ConfigurationValues.url)
        let portalURL = reader.optional(.portalURL, ConfigurationValues.url)
        let webhookTrust = reader.optional(.webhookTrust, ConfigurationValues.path)
        let revocation = reader.revocation()
        let refresh = reader.required(.revocationRefresh) {
            ConfigurationValues.duration($0, in: 1...Seconds.hours(24))
        }
        let allowsPrivateAddresses = reader.required(.outboundPrivateAddresses, ConfigurationValues.truth)
        let distress = reader.required(.organisationDistress) { ConfigurationValues.word($0, as: DistressPolicy.self) }
        let registerAge = reader.required(.registerMaximumAge) {
            ConfigurationValues.durationOrOff($0, in: Seconds.minutes(1)...Seconds.days(365))
        }
        let retention = reader.required(.auditRetention) {
            ConfigurationValues.durationOrOff($0, in: LedgerPruning.shortestRetention...Seconds.days(36_500))
        }
        let assertionLifetime = reader.required(.maximumAssertionLifetime) {
            ConfigurationValues.duration($0, in: 1...GrantRules.highestMaximumLifetime)
        }
        let tokenLifetime = reader.required(.defaultTokenLifetime) {
            ConfigurationValues.duration($0, in: 1...IssuancePolicy.highestLifetime)
        }
        let algorithm = reader.required(.signingAlgorithm, ConfigurationValues.signingAlgorithm)
        let secrets = reader.signingKeySecrets()
        let keyToken = reader.optional(.signingKeyToken, ConfigurationValues.token)
        let keyRotation = reader.required(.keyRotation) {
            ConfigurationValues.durationOrOff($0, in: Seconds.days(1)...Seconds.days(3_650))
        }
        let proofNonce = reader.required(.dpopNonce) { ConfigurationValues.word($0, as: ProofNonce.self) }
        let keySetMaximumAge = reader.required(.keySetMaximumAge) {
            ConfigurationValues.duration($0, in: 60...Seconds.hours(24))
        }
        let statusListTimeToLive = reader.required(.statusListTimeToLive) {
            ConfigurationValues.duration($0, in: 1...Seconds.hours(1))
        }
        let drainDelay = reader.optional(.drainDelay) { ConfigurationValues.duration($0, in: 0...Seconds.minutes(10)) }
        let drainDeadline = reader.required(.drainDeadline) {
            ConfigurationValues.duration($0, in: 1...Seconds.minutes(10))
        }
        let connections = reader.required(.maximumConnections) { ConfigurationValues.count($0, in: 1...1_000_000) }
        let idleTimeout = reader.required(.idleTimeout) { ConfigurationValues.duration($0, in: 1...Seconds.hours(1)) }
        let admission = reader.admission()
        let logLevel = reader.required(.logLevel) { ConfigurationValues.word($0, as: Logger.Level.self) }
        guard reader.faults.isEmpty, let issuer, let environment, let listen, let adminListen, let isBehindTLSProxy,
            let revocation, let refresh, let allowsPrivateAddresses, let distress, let registerAge, let retention,
            let assertionLifetime,
            let tokenLifetime, let algorithm, let keySetMaximumAge,
            let drainDeadline, let connections, let idleTimeout, let admission, let logLevel,
            let statusListTimeToLive, let proofNonce, let keyRotation
        else { throw ConfigurationFaults(reader.faults) }
        self.dataFolder = inputs.dataFolder
        self.issuer = issuer
        self.environment = environment
        self.listen = listen
        self.adminListen = adminListen
        self.adminURL = adminURL ?? (tls == nil ? "http" : "https") + "://\(adminListen)/"
        self.portalURL = portalURL
        self.webhookTrust = webhookTrust
        self.tls = tls
        self.isBehindTLSProxy = isBehindTLSProxy
        trustedProxies = proxies ?? .none
        clientCertificates = certificates ?? .off
        adminClientCertificates = adminCertificates ?? .off
        self.metricsListen = metricsListen
        self.revocation = revocation
        revocationRefresh = refresh
        self.allowsPrivateAddresses = allowsPrivateAddresses
        self.organisationDistress = distress
        registerMaximumAge = registerAge
        auditRetention = retention
        self.maximumAssertionLifetime = assertionLifetime
        self.defaultTokenLifetime = tokenLifetime
        self.signingAlgorithm = algorithm
        signingKeySecrets = secrets
        signingKeyToken = keyToken
        self.keyRotation = keyRotation
        self.proofNonce = proofNonce
        self.keySetMaximumAge = keySetMaximumAge
        self.statusListTimeToLive = statusListTimeToLive
        self.drainDelay = drainDelay ?? delay
        self.drainDeadline = drainDeadline
        self.maximumConnections = connections
        self.idleTimeout = idleTimeout
        self.admission = admission
        self.logLevel = logLevel
        unknownVariables = reader.unknownVariables
    }
}

/// Reads values one by one and gathers what is wrong with them.
private struct ConfigurationReader {
    private(set) var faults: [ConfigurationFault]
    let unknownVariables: [String]
    private let layers: ConfigurationLayers

    init(_ inputs: ConfigurationInputs) {
        let path = inputs.file ?? ServerConfiguration.file(in: inputs.dataFolder)
        let isThere = inputs.file != nil || FileManager.default.fileExists(atPath: path)
        let file = isThere ? ConfigurationFile(reading: path) : ConfigurationFile()
        layers = ConfigurationLayers(inputs, file: file)
        faults = file.faults
        unknownVariables = inputs.environment.keys.filter { name in
            name.hasPrefix("PORTVAKT_") && !ConfigurationKey.allCases.contains { $0.environmentVariable == name }
                && !Self.variablesOfOthers.contains { name.hasPrefix($0) }
        }.sorted()
    }

    /// Variables of the command line and the tests.
    ///
    /// Orchestrators also set some for a service of our name, which is why an unknown variable is told and no fault.
    private static let variablesOfOthers = [
        "PORTVAKT_DATA", "PORTVAKT_SERVER", "PORTVAKT_CONTEXT", "PORTVAKT_VECTORS", "PORTVAKT_TEST",
        "PORTVAKT_SERVICE_",
        "PORTVAKT_PORT",
    ]

    mutating func refuse(_ key: ConfigurationKey, _ problem: String) {
        faults.append(ConfigurationFault(key: key.rawValue, origin: layers.value(key)?.origin, problem: problem))
    }

    /// A value that must be there; nil, and a fault, when it is not or `parse` cannot read it.
    mutating func required<Value>(
        _ key: ConfigurationKey,
        _ parse: (String) -> Result<Value, UnreadableValue>
    ) -> Value? {
        guard layers.value(key) != nil else {
            faults.append(ConfigurationFault(key: key.rawValue, origin: nil, problem: "it must be set"))
            return nil
        }
        return optional(key, parse)
    }

    /// A value that may be there.
    mutating func optional<Value>(
        _ key: ConfigurationKey,
        _ parse: (String) -> Result<Value, UnreadableValue>
    ) -> Value? {
        guard let found = layers.value(key) else { return nil }
        switch parse(found.text) {
        case .success(let value): return value
        case .failure(let unreadable):
            let shown = key.isSecret ? "<redacted>" : found.text
            let problem = "`\(shown)` \(unreadable.problem)"
            faults.append(ConfigurationFault(key: key.rawValue, origin: found.origin, problem: problem))
            return nil
        }
    }

    // MARK: Rules over several keys

    mutating func tlsFiles() -> ServerConfiguration.TLSFiles? {
        let certificate = optional(.tlsCertificate, ConfigurationValues.path)
        let key = optional(.tlsKey, ConfigurationValues.path)
        switch (certificate, key) {
        case (let certificate?, let key?): return ServerConfiguration.TLSFiles(certificate: certificate, key: key)
        case (.some, nil) where layers.value(.tlsKey) == nil: refuse(.tlsCertificate, "`tls_key` must be set too")
        case (nil, .some) where layers.value(.tlsCertificate) == nil:
            refuse(.tlsKey, "`tls_cert` must be set too")
        default: break
        }
        return nil
    }

    mutating func checkPlainHTTP(
        _ key: ConfigurationKey,
        _ address: ListenAddress?,
        tls: Bool,
        isBehindTLSProxy: Bool
    ) {
        guard let address, !address.isLoopback, !tls, !isBehindTLSProxy else { return }
        refuse(
            key,
            "plain HTTP on `\(address)` would show tokens to the network: set `tls_cert` and `tls_key`, or "
                + "`behind_tls_proxy` when a proxy in front of it speaks TLS"
        )
    }

    mutating func revocation() -> RevocationMode? {
        let grace = required(.revocationGrace) { ConfigurationValues.duration($0, in: 0...Seconds.days(7)) } ?? 0
        return required(.revocation) { text in
            do throws(RevocationMode.NamingFault) {
                return .success(try RevocationMode(named: text, grace: grace))
            } catch {
                switch error {
                case .unknown: return .failure("is none of `off`, `crl_files`, `require`, `grace`")
                case .graceWithoutTime: return .failure("needs `revocation_grace` to be more than 0")
                }
            }
        }
    }

    /// Where client certificates come from, which must be a place where some can come from.
    mutating func clientCertificates(
        _ key: ConfigurationKey,
        tls: ServerConfiguration.TLSFiles?,
        proxies: TrustedProxies?
    ) -> ClientCertificateSource? {
        let source = required(key) { ConfigurationValues.word($0, as: ClientCertificateSource.self) }
        switch source {
        case .ask where tls == nil:
            refuse(key, "without `tls_cert` and `tls_key` there is no handshake that could ask for one")
        case .proxy where proxies?.isEmpty ?? true:
            refuse(key, "`trusted_proxies` must say whose `Client-Cert` is believed")
        case nil, .off, .ask, .proxy: break
        }
        return source
    }

    mutating func admission() -> AdmissionLimits? {
        let rates = 1...1_000_000
        let requests = required(.maximumRequests) { ConfigurationValues.count($0, in: 16...1_000_000) }
        let addressRate = required(.addressRefusalRate) { ConfigurationValues.count($0, in: rates) }
        let addressBurst = required(.addressRefusalBurst) { ConfigurationValues.count($0, in: 1...10_000_000) }
        let clientRate = required(.clientRefusalRate) { ConfigurationValues.count($0, in: rates) }
        guard let requests, let addressRate, let addressBurst, let clientRate else { return nil }
        return AdmissionLimits(
            addresses: BudgetRate(perSecond: addressRate, burst: addressBurst),
            clients: BudgetRate(perSecond: clientRate, burst: clientRate),
            maximumRequests: requests
        )
    }

    mutating func signingKeySecrets() -> SigningKeySecrets {
        SigningKeySecrets(passphrase: passphrase(), pin: pin())
    }

    /// The PIN's file is looked at now, so that one which is missing is told at once, and read when it is needed.
    private mutating func pin() -> SigningKeySecrets.PINSource? {
        guard let path = optional(.signingKeyPINFile, ConfigurationValues.path) else {
            return layers.value(.signingKeyPIN).map { .given(Secret($0.text)) }
        }
        if layers.value(.signingKeyPIN) != nil {
            refuse(.signingKeyPIN, "`signing_key_pin_file` is set too; set one of them")
        }
        do throws(PrivateFile.Fault) {
            _ = try PrivateFile.read(path)
            return .file(path)
        } catch {
            refuse(.signingKeyPINFile, "\(error)")
            return nil
        }
    }

    private mutating func passphrase() -> Secret? {
        guard let path = optional(.signingKeyPassphraseFile, ConfigurationValues.path) else {
            return layers.value(.signingKeyPassphrase).map { Secret($0.text) }
        }
        if layers.value(.signingKeyPassphrase) != nil {
            refuse(.signingKeyPassphrase, "`signing_key_passphrase_file` is set too; set one of them")
        }
        do throws(PrivateFile.Fault) {
            return try SigningKeySecrets.firstLine(of: path)
        } catch {
            refuse(.signingKeyPassphraseFile, "\(error)")
            return nil
        }
    }
}
