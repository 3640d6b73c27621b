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
        let listen = reader.required(.listen, Values.listenAddress)
        let adminListen = reader.required(.adminListen, Values.listenAddress)
        let isBehindTLSProxy = reader.required(.behindTLSProxy, Values.truth)
        let metricsListen = reader.optional(.metricsListen, Values.listenAddress)
        let addresses: [(ConfigurationKey, ListenAddress?)] = [
            (.listen, listen), (.adminListen, adminListen), (.metricsListen, metricsListen),
        ]
        for (key, address) in addresses {
            reader.checkPlainHTTP(key, address, tls: tls != nil, isBehindTLSProxy: isBehindTLSProxy ?? false)
        }
        if let listen, listen == adminListen, listen.port != 0 {
            reader.refuse(.adminListen, "it is the same as `listen`")
        }
        let proxies = reader.optional(.trustedProxies, Values.trustedProxies)
        let certificates = reader.clientCertificates(.clientCertificates, tls: tls, proxies: proxies)
        let adminCertificates = reader.clientCertificates(.adminClientCertificates, tls: tls, proxies: proxies)
        if let metricsListen, metricsListen.port != 0, metricsListen == listen || metricsListen == adminListen {
            reader.refuse(.metricsListen, "it is the same as another listener's")
        }
        let delay = listen?.isLoopback == true && adminListen?.isLoopback == true ? Seconds(0) : 5
        let issuer = reader.required(.issuer, Values.issuer)
        let environment = reader.required(.environment) { Values.word($0, as: Environment.self) }
        let adminURL = reader.optional(.adminURL, Values.url)
        let portalURL = reader.optional(.portalURL, Values.url)
        let webhookTrust = reader.optional(.webhookTrust, Values.path)
        let revocation = reader.revocation()
        let refresh = reader.required(.revocationRefresh) { Values.duration($0, in: 1...Seconds.hours(24)) }
        let allowsPrivateAddresses = reader.required(.outboundPrivateAddresses, Values.truth)
        let distress = reader.required(.organisationDistress) { Values.word($0, as: DistressPolicy.self) }
        let registerAge = reader.required(.registerMaximumAge) {
            Values.durationOrOff($0, in: Seconds.minutes(1)...Seconds.days(365))
        }
        let retention = reader.required(.auditRetention) {
            Values.durationOrOff($0, in: LedgerPruning.shortestRetention...Seconds.days(36_500))
        }
        let assertionLifetime = reader.required(.maximumAssertionLifetime) {
            Values.duration($0, in: 1...GrantRules.highestMaximumLifetime)
        }
        let tokenLifetime = reader.required(.defaultTokenLifetime) {
            Values.duration($0, in: 1...IssuancePolicy.highestLifetime)
        }
        let algorithm = reader.required(.signingAlgorithm, Values.signingAlgorithm)
        let secrets = reader.signingKeySecrets()
        let keyToken = reader.optional(.signingKeyToken, Values.token)
        let keyRotation = reader.required(.keyRotation) {
            Values.durationOrOff($0, in: Seconds.days(1)...Seconds.days(3_650))
        }
        let proofNonce = reader.required(.dpopNonce) { Values.word($0, as: ProofNonce.self) }
        let keySetMaximumAge = reader.required(.keySetMaximumAge) { Values.duration($0, in: 60...Seconds.hours(24)) }
        let statusListTimeToLive = reader.required(.statusListTimeToLive) {
            Values.duration($0, in: 1...Seconds.hours(1))
        }
        let drainDelay = reader.optional(.drainDelay) { Values.duration($0, in: 0...Seconds.minutes(10)) }
        let drainDeadline = reader.required(.drainDeadline) { Values.duration($0, in: 1...Seconds.minutes(10)) }
        let connections = reader.required(.maximumConnections) { Values.count($0, in: 1...1_000_000) }
        let idleTimeout = reader.required(.idleTimeout) { Values.duration($0, in: 1...Seconds.hours(1)) }
        let admission = reader.admission()
        let logLevel = reader.required(.logLevel) { Values.word($0, as: Logger.Level.self) }
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
        _ parse: (String) -> Result<Value, Unreadable>
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
        _ parse: (String) -> Result<Value, Unreadable>
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
        let certificate = optional(.tlsCertificate, Values.path)
        let key = optional(.tlsKey, Values.path)
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
        let grace = required(.revocationGrace) { Values.duration($0, in: 0...Seconds.days(7)) } ?? 0
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
        let source = required(key) { Values.word($0, as: ClientCertificateSource.self) }
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
        let requests = required(.maximumRequests) { Values.count($0, in: 16...1_000_000) }
        let addressRate = required(.addressRefusalRate) { Values.count($0, in: rates) }
        let addressBurst = required(.addressRefusalBurst) { Values.count($0, in: 1...10_000_000) }
        let clientRate = required(.clientRefusalRate) { Values.count($0, in: rates) }
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
        guard let path = optional(.signingKeyPINFile, Values.path) else {
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
        guard let path = optional(.signingKeyPassphraseFile, Values.path) else {
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

/// Why a text is no value, as the rest of a sentence that begins with it.
private struct Unreadable: Error, ExpressibleByStringLiteral {
    let problem: String

    init(_ problem: String) { self.problem = problem }

    init(stringLiteral problem: String) { self.problem = problem }
}

// MARK: Values

/// Reads single values.
private enum Values {
    static func issuer(_ text: String) -> Result<Issuer, Unreadable> {
        do { return .success(try Issuer(parsing: text)) } catch {
            switch error {
            case .form: return .failure("is no absolute URL in its normal spelling")
            case .insecure: return .failure("must be https: plain http is for loopback hosts")
            case .component: return .failure("must have no query, fragment or user")
            }
        }
    }

    static func listenAddress(_ text: String) -> Result<ListenAddress, Unreadable> {
        do { return .success(try ListenAddress(parsing: text)) } catch {
            return .failure("is not `HOST:PORT`, as `127.0.0.1:7080` or `[::1]:7080`")
        }
    }

    static func trustedProxies(_ text: String) -> Result<TrustedProxies, Unreadable> {
        var ranges: [AddressRange] = []
        for item in text.split(separator: ",").map({ $0.filter { $0 != " " } }) {
            do throws(AddressRange.ParseError) {
                ranges.append(try AddressRange(parsing: item))
            } catch {
                switch error {
                case .form:
                    return .failure(Unreadable("has `\(item)`, which is neither an address nor a range of them"))
                case .length:
                    return .failure(Unreadable("has `\(item)`, whose length is more than an address has bits"))
                case .bitsBeyondPrefix:
                    return .failure(
                        Unreadable("has `\(item)`, an address with bits beyond its length: which is meant?")
                    )
                }
            }
        }
        return .success(TrustedProxies(ranges))
    }

    static func url(_ text: String) -> Result<String, Unreadable> {
        // The same demands as of an issuer; the final slash belongs to it.
        do { return .success(try Issuer(parsing: text).endpoint("")) } catch {
            return .failure("is no https URL (http on loopback) without query and fragment")
        }
    }

    static func token(_ text: String) -> Result<PKCS11URI, Unreadable> {
        do throws(PKCS11URI.Fault) {
            let uri = try PKCS11URI(parsing: text)
            // The label of each key is its own.
            return uri.object == nil ? .success(uri) : .failure("names a key: it must name the token alone")
        } catch {
            return .failure(Unreadable("is no URI of a token: \(error)"))
        }
    }

    static func path(_ text: String) -> Result<String, Unreadable> {
        text.isEmpty ? .failure("is no path") : .success(text)
    }

    static func truth(_ text: String) -> Result<Bool, Unreadable> {
        switch text.lowercased() {
        case "true", "yes", "1": .success(true)
        case "false", "no", "0": .success(false)
        default: .failure("is neither `true` nor `false`")
        }
    }

    static func word<Value: RawRepresentable<String> & CaseIterable>(
        _ text: String,
        as type: Value.Type
    ) -> Result<Value, Unreadable> {
        if let value = Value(rawValue: text) { return .success(value) }
        return .failure(Unreadable("is none of " + type.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")))
    }

    static func signingAlgorithm(_ text: String) -> Result<JWSAlgorithm, Unreadable> {
        let allowed: [JWSAlgorithm] = [.rs256, .ps256, .es256, .edDSA]
        guard let algorithm = JWSAlgorithm(rawValue: text), allowed.contains(algorithm) else {
            return .failure(Unreadable("is none of " + allowed.map { "`\($0.rawValue)`" }.joined(separator: ", ")))
        }
        return .success(algorithm)
    }

    /// A length of time, or `off`: nil.
    static func durationOrOff(_ text: String, in range: ClosedRange<Seconds>) -> Result<Seconds?, Unreadable> {
        // A YAML reader takes a bare `off` for a truth value.
        if ["off", "false"].contains(text.lowercased()) { return .success(nil) }
        return duration(text, in: range).map { .some($0) }
    }

    static func duration(_ text: String, in range: ClosedRange<Seconds>) -> Result<Seconds, Unreadable> {
        guard let duration = DurationText.parse(text) else {
            return .failure("is no length of time, as `90`, `90s`, `5m` or `1h`")
        }
        guard range.contains(duration) else {
            return .failure(Unreadable("is not between \(range.lowerBound.count) s and \(range.upperBound.count) s"))
        }
        return .success(duration)
    }

    static func count(_ text: String, in range: ClosedRange<Int>) -> Result<Int, Unreadable> {
        guard let count = Int(text), range.contains(count) else {
            return .failure(Unreadable("is no number between \(range.lowerBound) and \(range.upperBound)"))
        }
        return .success(count)
    }
}
