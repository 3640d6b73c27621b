import JOSE
import LibCrypto
import Logging
import Vocabulary

/// Reads variables and gathers what is wrong with them; values that may be secret never stand in a fault.
struct EnvironmentReader {
    private(set) var faults: [String] = []

    private var environment: [String: String]
    /// How a variable was written, where it was written the longer way.
    private var written: [String: String] = [:]
    private let logger: Logger

    /// Ours beside those of NAIS; each may be written with `CLIENT_` too, as NAIS writes the client's own.
    private static let ours = [
        "KEY_PATH", "KEY_ID", "KEY_PASSPHRASE_FILE", "CERTIFICATE_PATH", "PKCS12_PATH", "PKCS12_PASSWORD_FILE",
        "PKCS11_MODULE", "PKCS11_TOKEN", "PKCS11_LABEL", "PKCS11_PIN_FILE", "RESOURCE", "CONSUMER_ORG", "DPOP",
        "DPOP_JWK_PATH",
    ]

    /// What may name the key; exactly one of them does.
    private static let keySources = [
        "MASKINPORTEN_CLIENT_JWK", "MASKINPORTEN_CLIENT_JWK_PATH", "MASKINPORTEN_KEY_PATH", "MASKINPORTEN_PKCS12_PATH",
        "MASKINPORTEN_PKCS11_MODULE",
    ]

    init(_ environment: [String: String], logger: Logger) {
        self.environment = environment.filter { !$0.value.isEmpty }
        self.logger = logger
        for name in Self.ours {
            let short = "MASKINPORTEN_" + name
            let long = "MASKINPORTEN_CLIENT_" + name
            guard let value = self.environment[long] else { continue }
            if self.environment[short] != nil { faults.append("`\(short)` is set twice, also as `\(long)`") }
            self.environment[short] = value
            written[short] = long
        }
    }

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

    mutating func signer() -> (any AssertionSigner)? {
        let sources = Self.keySources.filter { environment[$0] != nil }
        guard let source = sources.first else {
            return fault("no key: set one of \(Self.keySources.map { "`\($0)`" }.joined(separator: ", "))")
        }
        guard sources.count == 1 else {
            return fault("more than one key: \(sources.map { "`\(name($0))`" }.joined(separator: ", "))")
        }
        let keyID = environment["MASKINPORTEN_KEY_ID"]
        do throws(KeyLoadingError) {
            // A key in a variable stays as long as the process; one in files may be replaced.
            if source == "MASKINPORTEN_CLIENT_JWK" {
                return try KeySigner(jwk: Array((environment[source] ?? "").utf8), keyID: keyID)
            }
            return try keySource(source)?.reloading(keyID: keyID, logger: logger)
        } catch {
            return fault("`\(name(source))`: \(error)")
        }
    }

    /// `MASKINPORTEN_DPOP` names an algorithm or says yes or no; `MASKINPORTEN_DPOP_JWK_PATH` says yes by itself.
    mutating func dpop() -> DPoPMode? {
        let path = environment["MASKINPORTEN_DPOP_JWK_PATH"]
        var algorithm: JWSAlgorithm?
        switch environment["MASKINPORTEN_DPOP"]?.lowercased() {
        case nil, "true", "on", "1": break
        case "false", "off", "0":
            guard path == nil else {
                return fault(
                    "`\(name("MASKINPORTEN_DPOP"))` is off, but `\(name("MASKINPORTEN_DPOP_JWK_PATH"))` is set"
                )
            }
            return .off
        case .some:
            // An unknown word, passed over, would leave a token unbound without a word.
            let text = environment["MASKINPORTEN_DPOP"] ?? ""
            algorithm = JWSAlgorithm(rawValue: text)
            if algorithm == nil {
                return fault("`\(name("MASKINPORTEN_DPOP"))` is neither on, off nor an algorithm: `\(text)`")
            }
        }
        do throws(KeyLoadingError) {
            if let path { return .key(try ProofKey(jwk: KeySource.content(path), algorithm: algorithm)) }
            return environment["MASKINPORTEN_DPOP"] == nil ? .off : try .ephemeral(algorithm ?? .es256)
        } catch {
            return fault("`\(name(path == nil ? "MASKINPORTEN_DPOP" : "MASKINPORTEN_DPOP_JWK_PATH"))`: \(error)")
        }
    }

    mutating func defaultRequest() -> TokenRequest? {
        guard let scopes = environment["MASKINPORTEN_SCOPES"] else {
            // Passed over, the token would be another than the one that was meant.
            for variable in ["MASKINPORTEN_RESOURCE", "MASKINPORTEN_CONSUMER_ORG"] where environment[variable] != nil {
                faults.append("`\(name(variable))` is set, but not `MASKINPORTEN_SCOPES`")
            }
            return nil
        }
        guard var request = try? TokenRequest(parsing: scopes) else {
            return fault("`MASKINPORTEN_SCOPES` holds what is no scope: `\(scopes)`")
        }
        request.resource = environment["MASKINPORTEN_RESOURCE"]?.split(separator: " ").map(String.init) ?? []
        if let text = environment["MASKINPORTEN_CONSUMER_ORG"] {
            guard let consumer = try? OrganisationNumber(parsing: text) else {
                return fault("`\(name("MASKINPORTEN_CONSUMER_ORG"))` is no organisation number: `\(text)`")
            }
            request.consumerOrganisation = consumer
        }
        return request
    }

    /// The files of a key; nil after a fault.
    private mutating func keySource(_ variable: String) -> KeySource? {
        let value = environment[variable] ?? ""
        let certificates = environment["MASKINPORTEN_CERTIFICATE_PATH"]
        switch variable {
        case "MASKINPORTEN_CLIENT_JWK_PATH": return .jwk(path: value)
        case "MASKINPORTEN_KEY_PATH":
            let passphrase = environment["MASKINPORTEN_KEY_PASSPHRASE_FILE"]
            return .pem(path: value, passphraseFile: passphrase, certificates: certificates)
        case "MASKINPORTEN_PKCS12_PATH":
            return .pkcs12(path: value, passwordFile: environment["MASKINPORTEN_PKCS12_PASSWORD_FILE"])
        default:
            let parts = ["TOKEN", "LABEL", "PIN_FILE"]
            let values = parts.compactMap { environment["MASKINPORTEN_PKCS11_" + $0] }
            guard values.count == parts.count else {
                // In the manner of the one that is set.
                let stem = name(variable).dropLast("MODULE".count)
                let missing = parts.filter { environment["MASKINPORTEN_PKCS11_" + $0] == nil }.map { "`\(stem)\($0)`" }
                return fault("`\(name(variable))` is set, but not \(missing.joined(separator: ", "))")
            }
            let location = PKCS11KeyLocation(module: value, token: values[0], key: values[1])
            return .pkcs11(location, pinFile: values[2], certificates: certificates)
        }
    }

    private func name(_ variable: String) -> String { written[variable] ?? variable }

    private mutating func fault<Value>(_ text: String) -> Value? {
        faults.append(text)
        return nil
    }
}
