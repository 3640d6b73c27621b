import Foundation
import JOSE
import LibCrypto
import TestTokens
import Testing
import Vocabulary

@testable import PortvaktClient

@Suite("Configuration from the environment, in NAIS' names")
struct EnvironmentTests {
    private static let jwk = Result {
        String(
            decoding: try JWK.Private(Sample.key, keyID: "k1", algorithm: nil).secretObject().encoded(),
            as: UTF8.self
        )
    }

    private func nais() throws -> [String: String] {
        [
            "MASKINPORTEN_CLIENT_ID": Sample.clientID.rawValue, "MASKINPORTEN_CLIENT_JWK": try Self.jwk.get(),
            "MASKINPORTEN_SCOPES": "a:b a:c",
            "MASKINPORTEN_WELL_KNOWN_URL": "https://test.maskinporten.no/.well-known/oauth-authorization-server",
            "MASKINPORTEN_ISSUER": "https://test.maskinporten.no/",
            "MASKINPORTEN_TOKEN_ENDPOINT": "https://test.maskinporten.no/token",
        ]
    }

    private func faults(_ change: (inout [String: String]) throws -> Void) throws -> [String] {
        var environment = try nais()
        try change(&environment)
        do {
            _ = try ClientConfiguration.fromEnvironment(environment)
            return []
        } catch { return error.faults }
    }

    @Test func `an app moved from NAIS starts unchanged`() throws {
        let configuration = try ClientConfiguration.fromEnvironment(try nais())
        #expect(configuration.clientID == Sample.clientID)
        #expect(configuration.defaultRequest == (try TokenRequest(parsing: "a:b a:c")))
        #expect(configuration.signer.keyReference == .keyID("k1"))
        guard case .metadata(let location) = configuration.server else {
            Issue.record("the metadata are not used")
            return
        }
        #expect(location.issuers == [Sample.issuer])
    }

    @Test func `issuer and token endpoint replace the metadata`() throws {
        var environment = try nais()
        environment["MASKINPORTEN_WELL_KNOWN_URL"] = nil
        let explicit = try ClientConfiguration.fromEnvironment(environment).server
        #expect(explicit == .explicit(issuer: Sample.issuer, tokenEndpoint: "https://test.maskinporten.no/token"))
        environment["MASKINPORTEN_TOKEN_ENDPOINT"] = nil
        #expect(try ClientConfiguration.fromEnvironment(environment).server == .issuer(Sample.issuer))
    }

    @Test func `resource and consumer are read beside the scopes`() throws {
        var environment = try nais()
        environment["MASKINPORTEN_RESOURCE"] = "https://a.example.no https://b.example.no"
        environment["MASKINPORTEN_CONSUMER_ORG"] = "991825827"
        let request = try #require(try ClientConfiguration.fromEnvironment(environment).defaultRequest)
        #expect(request.resource == ["https://a.example.no", "https://b.example.no"])
        #expect(request.consumerOrganisation?.description == "991825827")
    }

    @Test func `keys are read from files, with pass phrases from files`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "portvakt-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let key = folder.appending(path: "key.pem")
        let passphrase = folder.appending(path: "passphrase")
        try Sample.key.pem(encryptedWith: Secret("open sesame")).write(to: key, atomically: true, encoding: .utf8)
        try "open sesame\n".write(to: passphrase, atomically: true, encoding: .utf8)
        var environment = try nais()
        environment["MASKINPORTEN_CLIENT_JWK"] = nil
        environment["MASKINPORTEN_KEY_PATH"] = key.path
        environment["MASKINPORTEN_KEY_PASSPHRASE_FILE"] = passphrase.path
        environment["MASKINPORTEN_KEY_ID"] = "k9"
        let configuration = try ClientConfiguration.fromEnvironment(environment)
        #expect(configuration.signer.keyReference == .keyID("k9"))

        let jwk = folder.appending(path: "key.json")
        try Self.jwk.get().write(to: jwk, atomically: true, encoding: .utf8)
        environment = try nais()
        environment["MASKINPORTEN_CLIENT_JWK"] = nil
        environment["MASKINPORTEN_CLIENT_JWK_PATH"] = jwk.path
        #expect(try ClientConfiguration.fromEnvironment(environment).signer.keyReference == .keyID("k1"))
    }

    @Test func `all faults are told together`() throws {
        let faults = try faults { environment in
            environment = [
                "MASKINPORTEN_CLIENT_ID": "not one", "MASKINPORTEN_SCOPES": "x", "MASKINPORTEN_CLIENT_JWK": "",
                "MASKINPORTEN_WELL_KNOWN_URL": "http://m.no/",
            ]
        }
        #expect(
            faults == [
                "`MASKINPORTEN_CLIENT_ID` is no client id: `not one`",
                "`MASKINPORTEN_WELL_KNOWN_URL` is no https URL of metadata: `http://m.no/`",
                "no key: set one of `MASKINPORTEN_CLIENT_JWK`, `MASKINPORTEN_CLIENT_JWK_PATH`, `MASKINPORTEN_KEY_PATH`, `MASKINPORTEN_PKCS12_PATH`, `MASKINPORTEN_PKCS11_MODULE`",
                "`MASKINPORTEN_SCOPES` holds what is no scope: `x`",
            ]
        )
    }

    @Test func `two keys are a fault that names both`() throws {
        let faults = try faults { $0["MASKINPORTEN_KEY_PATH"] = "/nowhere" }
        #expect(faults == ["more than one key: `MASKINPORTEN_CLIENT_JWK`, `MASKINPORTEN_KEY_PATH`"])
    }

    @Test func `each single fault is told with its variable`() throws {
        #expect(try faults { $0["MASKINPORTEN_CLIENT_ID"] = nil } == ["`MASKINPORTEN_CLIENT_ID` is missing"])
        #expect(try faults { $0["MASKINPORTEN_ISSUER"] = "x" } == ["`MASKINPORTEN_ISSUER` is no issuer: `x`"])
        #expect(
            try faults { environment in
                environment["MASKINPORTEN_WELL_KNOWN_URL"] = nil
                environment["MASKINPORTEN_ISSUER"] = nil
            } == ["`MASKINPORTEN_WELL_KNOWN_URL` is missing, and so is `MASKINPORTEN_ISSUER`"]
        )
        #expect(
            try faults { environment in
                environment["MASKINPORTEN_CLIENT_JWK"] = nil
                environment["MASKINPORTEN_KEY_PATH"] = "/nowhere/key.pem"
            } == ["`MASKINPORTEN_KEY_PATH`: the file `/nowhere/key.pem` cannot be read"]
        )
        #expect(
            try faults { $0["MASKINPORTEN_CONSUMER_ORG"] = "991825828" }
                == ["`MASKINPORTEN_CONSUMER_ORG` is no organisation number: `991825828`"]
        )
        // Without scopes there is no request that they could change.
        #expect(
            try faults { environment in
                environment["MASKINPORTEN_SCOPES"] = nil
                environment["MASKINPORTEN_RESOURCE"] = "https://api.example.no/"
                environment["MASKINPORTEN_CLIENT_CONSUMER_ORG"] = "991825827"
            } == [
                "`MASKINPORTEN_RESOURCE` is set, but not `MASKINPORTEN_SCOPES`",
                "`MASKINPORTEN_CLIENT_CONSUMER_ORG` is set, but not `MASKINPORTEN_SCOPES`",
            ]
        )
        #expect(
            try faults { $0["MASKINPORTEN_DPOP"] = "HS256" }
                == ["`MASKINPORTEN_DPOP` is neither on, off nor an algorithm: `HS256`"]
        )
    }

    @Test func `ours may be written as NAIS writes the client's own, but once`() throws {
        var environment = try nais()
        environment["MASKINPORTEN_CLIENT_KEY_ID"] = "k7"
        #expect(try ClientConfiguration.fromEnvironment(environment).signer.keyReference == .keyID("k7"))
        let faults = try faults { environment in
            environment["MASKINPORTEN_KEY_ID"] = "k7"
            environment["MASKINPORTEN_CLIENT_KEY_ID"] = "k8"
        }
        #expect(faults == ["`MASKINPORTEN_KEY_ID` is set twice, also as `MASKINPORTEN_CLIENT_KEY_ID`"])
    }

    @Test func `a key in a token needs all four of its variables`() throws {
        let faults = try faults { environment in
            environment["MASKINPORTEN_CLIENT_JWK"] = nil
            environment["MASKINPORTEN_CLIENT_PKCS11_MODULE"] = "/no/module.so"
            environment["MASKINPORTEN_CLIENT_PKCS11_TOKEN"] = "t"
        }
        #expect(
            faults == [
                "`MASKINPORTEN_CLIENT_PKCS11_MODULE` is set, but not `MASKINPORTEN_CLIENT_PKCS11_LABEL`, `MASKINPORTEN_CLIENT_PKCS11_PIN_FILE`"
            ]
        )
    }

    @Test(.enabled(if: SoftHSM.isInstalled, Comment(rawValue: SoftHSM.absence)))
    func `a key in a token is used, and a wrong label told`() async throws {
        let folder = try TemporaryFolder()
        let token = try SoftHSM.shared()
        var environment = try nais()
        environment["MASKINPORTEN_CLIENT_JWK"] = nil
        environment["MASKINPORTEN_CLIENT_PKCS11_MODULE"] = SoftHSM.modulePath
        environment["MASKINPORTEN_CLIENT_PKCS11_TOKEN"] = SoftHSM.tokenLabel
        environment["MASKINPORTEN_CLIENT_PKCS11_LABEL"] = "rsa"
        environment["MASKINPORTEN_CLIENT_PKCS11_PIN_FILE"] = try folder.write(SoftHSM.pin.exposed + "\n", to: "pin")
        environment["MASKINPORTEN_KEY_ID"] = "in-token"
        let signer = try ClientConfiguration.fromEnvironment(environment).signer
        #expect(signer.algorithm == .rs256)
        #expect(signer.keyReference == .keyID("in-token"))
        let input = Array("input".utf8)
        let key = try PKCS11Key(token.location("rsa"), pin: SoftHSM.pin)
        let signature = try await signer.sign(input)
        #expect(key.publicKey.isValidSignature(signature, of: input, scheme: .rsaPKCS1(.sha256)))
        environment["MASKINPORTEN_CLIENT_PKCS11_LABEL"] = "nobody"
        let error = #expect(throws: ConfigurationError.self) {
            try ClientConfiguration.fromEnvironment(environment)
        }
        #expect(
            error?.faults.first?.hasPrefix(
                "`MASKINPORTEN_CLIENT_PKCS11_MODULE`: the token has no private key labelled `nobody`; there is `"
            ) == true
        )
    }

    @Test func `no fault shows a key`() throws {
        let secret = try Self.jwk.get().dropLast()
        let faults = try faults { $0["MASKINPORTEN_CLIENT_JWK"] = String(secret) }
        #expect(faults.count == 1)
        #expect(
            faults.allSatisfy { $0.hasPrefix("`MASKINPORTEN_CLIENT_JWK`: not a private JWK") && !$0.contains("\"d\"") }
        )
    }
}
