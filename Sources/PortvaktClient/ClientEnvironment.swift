import Foundation
public import Logging

/// What is wrong with a client's configuration, all faults together.
public struct ConfigurationError: Error, Sendable, Equatable {
    /// One line for each fault, with the variable's name.
    public let faults: [String]

    /// An error.
    public init(faults: [String]) { self.faults = faults }
}

extension ConfigurationError: CustomStringConvertible {
    /// The faults, one a line.
    public var description: String { faults.joined(separator: "\n") }
}

extension ClientConfiguration {
    /// Reads the configuration from this process's environment, in NAIS' names.
    ///
    /// An app that ran beside NAIS' Maskinporten support starts unchanged.
    ///
    /// - Throws: `ConfigurationError` with all faults.
    public static func fromEnvironment(
        logger: Logger = Logger(label: "portvakt.client") { _ in SwiftLogNoOpLogHandler() }
    ) throws(ConfigurationError) -> ClientConfiguration {
        try fromEnvironment(ProcessInfo.processInfo.environment, logger: logger)
    }

    /// Reads the configuration from variables in NAIS' names.
    ///
    /// `MASKINPORTEN_CLIENT_ID`; `MASKINPORTEN_WELL_KNOWN_URL`, or `MASKINPORTEN_ISSUER` with or without
    /// `MASKINPORTEN_TOKEN_ENDPOINT`; `MASKINPORTEN_SCOPES`. Ours beside them: `MASKINPORTEN_RESOURCE`,
    /// `MASKINPORTEN_CONSUMER_ORG`. The key from exactly one of `MASKINPORTEN_CLIENT_JWK`,
    /// `MASKINPORTEN_CLIENT_JWK_PATH`, `MASKINPORTEN_KEY_PATH` (PEM, with `MASKINPORTEN_KEY_PASSPHRASE_FILE` and
    /// `MASKINPORTEN_CERTIFICATE_PATH`), `MASKINPORTEN_PKCS12_PATH` (with `MASKINPORTEN_PKCS12_PASSWORD_FILE`),
    /// `MASKINPORTEN_PKCS11_MODULE` (with `MASKINPORTEN_PKCS11_TOKEN`, `MASKINPORTEN_PKCS11_LABEL`,
    /// `MASKINPORTEN_PKCS11_PIN_FILE` and `MASKINPORTEN_CERTIFICATE_PATH`), each with `MASKINPORTEN_KEY_ID` when the key
    /// is registered under another name than its own. Ours may be written with `CLIENT_` too:
    /// `MASKINPORTEN_CLIENT_PKCS11_MODULE`.
    ///
    /// `MASKINPORTEN_DPOP` binds tokens to a key that is made anew: `on` or an algorithm, as `ES256`, `EdDSA`;
    /// `MASKINPORTEN_DPOP_JWK_PATH` to the private JWK of a file.
    ///
    /// A key in files is reloaded when they change (``ReloadingSigner``, which tells the logger). A `signer` given takes
    /// the place of the variables' key.
    ///
    /// - Throws: `ConfigurationError` with all faults.
    public static func fromEnvironment(
        _ environment: [String: String],
        signer: (any AssertionSigner)? = nil,
        logger: Logger = Logger(label: "portvakt.client") { _ in SwiftLogNoOpLogHandler() }
    ) throws(ConfigurationError) -> ClientConfiguration {
        var reader = EnvironmentReader(environment, logger: logger)
        let clientID = reader.clientID()
        let server = reader.server()
        let signer = signer ?? reader.signer()
        let dpop = reader.dpop()
        let request = reader.defaultRequest()
        guard reader.faults.isEmpty, let clientID, let server, let signer, let dpop else {
            throw ConfigurationError(faults: reader.faults)
        }
        var configuration = ClientConfiguration(clientID: clientID, server: server, signer: signer)
        configuration.defaultRequest = request
        configuration.dpop = dpop
        return configuration
    }
}
