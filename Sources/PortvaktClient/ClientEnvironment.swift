import Foundation
import Vocabulary

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
    public static func fromEnvironment() throws(ConfigurationError) -> ClientConfiguration {
        try fromEnvironment(ProcessInfo.processInfo.environment)
    }

    /// Reads the configuration from variables in NAIS' names.
    ///
    /// `MASKINPORTEN_CLIENT_ID`; `MASKINPORTEN_WELL_KNOWN_URL`, or `MASKINPORTEN_ISSUER` with or without
    /// `MASKINPORTEN_TOKEN_ENDPOINT`; `MASKINPORTEN_SCOPES`. Ours beside them: `MASKINPORTEN_RESOURCE`,
    /// `MASKINPORTEN_CONSUMER_ORG`. The key from exactly one of `MASKINPORTEN_CLIENT_JWK`,
    /// `MASKINPORTEN_CLIENT_JWK_PATH`, `MASKINPORTEN_KEY_PATH` (PEM, with `MASKINPORTEN_KEY_PASSPHRASE_FILE` and
    /// `MASKINPORTEN_CERTIFICATE_PATH`), `MASKINPORTEN_PKCS12_PATH` (with `MASKINPORTEN_PKCS12_PASSWORD_FILE`), each with
    /// `MASKINPORTEN_KEY_ID` when the key is registered under another name than its own.
    ///
    /// A `signer` given takes the place of the variables' key.
    ///
    /// - Throws: `ConfigurationError` with all faults.
    public static func fromEnvironment(
        _ environment: [String: String],
        signer: (any AssertionSigner)? = nil
    ) throws(ConfigurationError) -> ClientConfiguration {
        var reader = EnvironmentReader(environment)
        let clientID = reader.clientID()
        let server = reader.server()
        let signer = signer ?? reader.signer()
        let request = reader.defaultRequest()
        guard reader.faults.isEmpty, let clientID, let server, let signer else {
            throw ConfigurationError(faults: reader.faults)
        }
        var configuration = ClientConfiguration(clientID: clientID, server: server, signer: signer)
        configuration.defaultRequest = request
        return configuration
    }
}

/// Reads variables and gathers what is wrong with them; values that may be secret never stand in a fault.
struct EnvironmentReader {
    private let environment: [String: String]
    private(set) var faults: [String] = []

    init(_ environment: [String: String]) { self.environment = environment.filter { !$0.value.isEmpty } }

    mutating func clientID() -> ClientID? {
        guard let text = environment["MASKINPORTEN_CLIENT_ID"] else {
            return fault("`MASKINPORTEN_CLIENT_ID` is missing")
        }
        guard let clientID = try? ClientID(parsing: text) else {
            return fault("`MASKINPORTEN_CLIENT_ID` is no client id: `\(text)`")
        }
        return clientID
    }

    mutating func server() -> ServerLocation? {
        var issuer: Issuer?
        if let text = environment["MASKINPORTEN_ISSUER"] {
            issuer = try? Issuer(parsing: text)
            if issuer == nil { return fault("`MASKINPORTEN_ISSUER` is no issuer: `\(text)`") }
        }
        if let text = environment["MASKINPORTEN_WELL_KNOWN_URL"] {
            guard let location = try? MetadataLocation(parsing: text, issuer: issuer) else {
                return fault("`MASKINPORTEN_WELL_KNOWN_URL` is no https URL of metadata: `\(text)`")
            }
            return .metadata(location)
        }
        guard let issuer else {
            return fault("`MASKINPORTEN_WELL_KNOWN_URL` is missing, and so is `MASKINPORTEN_ISSUER`")
        }
        guard let endpoint = environment["MASKINPORTEN_TOKEN_ENDPOINT"] else { return .issuer(issuer) }
        guard (try? Issuer(parsing: endpoint)) != nil else {
            return fault("`MASKINPORTEN_TOKEN_ENDPOINT` is no https URL: `\(endpoint)`")
        }
        return .explicit(issuer: issuer, tokenEndpoint: endpoint)
    }

    mutating func signer() -> KeySigner? {
        for name in environment.keys.sorted()
        where name.hasPrefix("MASKINPORTEN_PKCS11_") || name == "MASKINPORTEN_DPOP" {
            // Passed over, it would leave a token unbound, or a key unused, without a word.
            faults.append("`\(name)` is not supported by this version")
        }
        let sources = Self.keySources.filter { environment[$0] != nil }
        guard let source = sources.first else {
            return fault("no key: set one of \(Self.keySources.map { "`\($0)`" }.joined(separator: ", "))")
        }
        guard sources.count == 1 else {
            return fault("more than one key: \(sources.map { "`\($0)`" }.joined(separator: ", "))")
        }
        let before = faults.count
        do throws(KeyLoadingError) {
            return try signer(from: source)
        } catch {
            // A file that could not be read has said so itself.
            return faults.count > before ? nil : fault("`\(source)`: \(error)")
        }
    }

    mutating func defaultRequest() -> TokenRequest? {
        guard let scopes = environment["MASKINPORTEN_SCOPES"] else { return nil }
        guard var request = try? TokenRequest(parsing: scopes) else {
            return fault("`MASKINPORTEN_SCOPES` holds what is no scope: `\(scopes)`")
        }
        request.resource = environment["MASKINPORTEN_RESOURCE"]?.split(separator: " ").map(String.init) ?? []
        if let text = environment["MASKINPORTEN_CONSUMER_ORG"] {
            guard let consumer = try? OrganisationNumber(parsing: text) else {
                return fault("`MASKINPORTEN_CONSUMER_ORG` is no organisation number: `\(text)`")
            }
            request.consumerOrganisation = consumer
        }
        return request
    }

    private static let keySources = [
        "MASKINPORTEN_CLIENT_JWK", "MASKINPORTEN_CLIENT_JWK_PATH", "MASKINPORTEN_KEY_PATH", "MASKINPORTEN_PKCS12_PATH",
    ]

    private mutating func signer(from source: String) throws(KeyLoadingError) -> KeySigner {
        let keyID = environment["MASKINPORTEN_KEY_ID"]
        switch source {
        case "MASKINPORTEN_CLIENT_JWK":
            return try KeySigner(jwk: Array((environment[source] ?? "").utf8), keyID: keyID)
        case "MASKINPORTEN_CLIENT_JWK_PATH": return try KeySigner(jwk: file(source) ?? [], keyID: keyID)
        case "MASKINPORTEN_KEY_PATH":
            return try KeySigner(
                pem: String(decoding: file(source) ?? [], as: UTF8.self),
                passphrase: secret("MASKINPORTEN_KEY_PASSPHRASE_FILE"),
                keyID: keyID,
                certificates: file("MASKINPORTEN_CERTIFICATE_PATH").map { String(decoding: $0, as: UTF8.self) }
            )
        default:
            return try KeySigner(
                pkcs12: file(source) ?? [],
                passphrase: secret("MASKINPORTEN_PKCS12_PASSWORD_FILE") ?? Secret(""),
                keyID: keyID
            )
        }
    }

    private mutating func file(_ name: String) -> [UInt8]? {
        guard let path = environment[name] else { return nil }
        guard let content = try? Data(contentsOf: URL(filePath: path)) else {
            return fault("`\(name)`: the file `\(path)` cannot be read")
        }
        return Array(content)
    }

    private mutating func secret(_ name: String) -> Secret? {
        file(name).map { Secret(String(String(decoding: $0, as: UTF8.self).prefix { !$0.isNewline })) }
    }

    private mutating func fault<Value>(_ text: String) -> Value? {
        faults.append(text)
        return nil
    }
}
