import Foundation
import JOSE
import LibCrypto
import Server
import TestAuthority
import TestSupport
import TestTokens
import Testing
import TokenIssuance
import Vocabulary

@testable import Server

@Suite("DESIGN §10: signing keys in files and tokens", .serialized)
struct SigningKeySourceTests {
    private let temporary: TemporaryFolder
    private let now = Timestamp(seconds: 1_795_000_000)

    init() throws {
        temporary = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: ServerConfiguration.signingKeyFolder(in: temporary.path),
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
    }

    private func folder(passphrase: String? = nil, pin: String? = nil, token: PKCS11URI? = nil) -> SigningKeyFolder {
        SigningKeyFolder(
            dataFolder: temporary.path,
            secrets: SigningKeySecrets(passphrase: passphrase.map { Secret($0) }, pin: pin.map { .file($0) }),
            token: token
        )
    }

    private func file(_ name: String, _ bytes: [UInt8], mode: Int = 0o600) throws -> String {
        let path = "\(temporary.path)/\(name)"
        try Data(bytes).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }

    private func proves(_ key: SigningKey, _ algorithm: JWSAlgorithm = .rs256) throws -> Bool {
        let jws = try CompactJWS.sign(
            header: ["alg": .string(algorithm.rawValue)],
            payload: Array("{}".utf8),
            with: key.makeSigner(algorithm.scheme)
        )
        return try CompactJWS(parsing: jws).isSigned(by: key.publicKey, algorithm: algorithm)
    }

    @Test func `a PEM file is copied, encrypted as it is, and opened by the pass phrase alone`() throws {
        let source = try file("k.pem", Array(TestKeys.rsa.pem(encryptedWith: Secret("sesam")).utf8))
        let (id, _) = try folder(passphrase: "sesam").makeKey(for: .rs256, from: .file(source))
        #expect(try proves(folder(passphrase: "sesam").key(id, for: .rs256)))
        let wrong = #expect(throws: SigningKeyFolder.Fault.self) { try folder(passphrase: "s").key(id, for: .rs256) }
        #expect(wrong?.description.contains("the pass phrase does not open it") == true)
        let none = #expect(throws: SigningKeyFolder.Fault.self) { try folder().key(id, for: .rs256) }
        #expect(none?.description.contains("no pass phrase was given") == true)
    }

    @Test func `a PKCS#12 file is a key, and one that others can open is not`() throws {
        let authority = try CertificateAuthority(.buypass, at: now)
        let issued = try authority.issue(
            EnterpriseCertificateRequest(organisation: try #require(OrganisationNumber(stem: 31_000_000)), name: "X")
        )
        let container = try PKCS12.make(
            key: try #require(issued.key),
            certificateDER: issued.der,
            chainDER: [],
            passphrase: Secret("sesam")
        )
        let open = try file("open.p12", container, mode: 0o640)
        let exposed = #expect(throws: SigningKeyFolder.Fault.self) {
            try folder(passphrase: "sesam").makeKey(for: .rs256, from: .file(open))
        }
        #expect(exposed?.description.contains("chmod 600") == true)
        let (id, _) = try folder(passphrase: "sesam").makeKey(for: .rs256, from: .file(try file("k.p12", container)))
        #expect(FileManager.default.fileExists(atPath: "\(folder().path)/\(id).p12"))
        #expect(try proves(folder(passphrase: "sesam").key(id, for: .rs256)))
        let unfit = #expect(throws: SigningKeyFolder.Fault.self) {
            try folder(passphrase: "sesam").key(id, for: .es256)
        }
        #expect(unfit?.description.contains("does not sign ES256") == true)
    }

    @Test func `the same key is not taken twice`() throws {
        let source = try file("k.pem", Array(TestKeys.rsa.pem().utf8))
        _ = try folder().makeKey(for: .rs256, from: .file(source))
        #expect(throws: SigningKeyFolder.Fault.self) { try folder().makeKey(for: .rs256, from: .file(source)) }
    }

    // MARK: Tokens

    private static let hasToken = SoftHSM.isInstalled
    private var otherToken: PKCS11URI {
        PKCS11URI(module: SoftHSM.modulePath, token: SoftHSM.otherTokenLabel, object: nil)
    }

    @Test(.enabled(if: hasToken, Comment(rawValue: SoftHSM.absence)), arguments: [JWSAlgorithm.rs256, .es256])
    func `a key is made in the token, and found there again by its URI`(algorithm: JWSAlgorithm) throws {
        _ = try SoftHSM.shared()
        let pin = try file("pin-\(algorithm.rawValue)", Array("\(SoftHSM.pin.exposed)\n".utf8))
        let token = PKCS11URI(module: SoftHSM.modulePath, token: SoftHSM.tokenLabel, object: nil)
        let folder = folder(pin: pin, token: token)
        let (id, made) = try folder.makeKey(for: algorithm, at: now)
        #expect(try proves(made, algorithm))
        let reference = try String(contentsOfFile: "\(folder.path)/\(id).pkcs11", encoding: .utf8)
        #expect(reference.hasPrefix("pkcs11:token=pr%C3%B8ve%20token;object=portvakt%20\(algorithm.rawValue)%20"))
        #expect(!reference.contains(SoftHSM.pin.exposed))
        let again = try folder.key(id, for: algorithm)
        guard case .inToken = again else {
            Issue.record("not in the token")
            return
        }
        #expect(try proves(again, algorithm))
    }

    @Test(.enabled(if: hasToken, Comment(rawValue: SoftHSM.absence)))
    func `a wrong PIN is tried once, told at once, and mended without a restart`() throws {
        _ = try SoftHSM.shared()
        let right = try file("right", Array(SoftHSM.pin.exposed.utf8))
        let id: KeyID
        do {
            // Gone at the end of this block, and the login with it: else any PIN would do.
            (id, _) = try folder(pin: right, token: otherToken).makeKey(for: .es256, at: now)
        }
        let pin = try file("pin", Array("0000\n".utf8))
        let keys = LoadedSigningKeys(folder: folder(pin: pin))
        let record = SigningKeyRecord(id: id, algorithm: .es256, published: now, activates: now)
        guard case .loaded(let loaded, let faults) = keys.refresh([record], at: now) else {
            Issue.record("nothing was said")
            return
        }
        #expect(loaded.isEmpty)
        #expect(faults.first?.description.contains("the token refused the PIN") == true)
        #expect(faults.first?.isFinal == true)
        // Looked at again, as every second, without another login; also by whoever asks anew.
        guard case .none = keys.refresh([record], at: now + 1) else {
            Issue.record("tried again")
            return
        }
        let again = #expect(throws: SigningKeyFolder.Fault.self) { try folder(pin: pin).key(id, for: .es256) }
        #expect(again?.isFinal == true)
        try FileManager.default.removeItem(atPath: pin)
        _ = try file("pin", Array("\(SoftHSM.pin.exposed)\n".utf8))
        guard case .loaded([record], faults: let none) = keys.refresh([record], at: now + 2) else {
            Issue.record("the mended PIN is not taken")
            return
        }
        #expect(none.isEmpty)
        #expect(keys.ring.active(.es256, at: now + 2)?.record.id == id)
    }

    @Test(arguments: [
        ("pkcs11:token=a;object=b?module-path=/m", nil),
        ("pkcs11:object=b?module-path=/m", "`token` is missing"),
        ("pkcs11:token=a?module-path=m", "`module-path` is missing"),
        ("pkcs11:token=a?module-path=/m&pin-value=1234", "`pin-value` is not taken"),
        ("pkcs11:token=a;serial=1?module-path=/m", "`serial` is not used"),
        ("pkcs11:token=a;token=b?module-path=/m", "stands twice"),
        ("pkcs11:token=%ZZ?module-path=/m", "percent-encoded"),
        ("pkcs11:token=a?module-path=/m&pin-source=|cat", "must name a file"),
        ("https://a", "begins with `pkcs11:`"),
    ])
    func `a URI is read strictly`(text: String, fault: String?) throws {
        guard let fault else {
            let uri = try PKCS11URI(parsing: text)
            #expect(try PKCS11URI(parsing: uri.description) == uri)
            return
        }
        let error = #expect(throws: PKCS11URI.Fault.self) { try PKCS11URI(parsing: text) }
        #expect(error?.description.contains(fault) == true, "\(error?.description ?? "")")
    }
}

extension OneAtATime {
    @Suite("A server does not start on signing keys that it cannot use")
    struct SigningKeyStartTests {
        private func faults(_ world: World, _ flags: [ConfigurationKey: String] = [:]) throws -> String {
            let error = #expect(throws: StartFaults.self) { try world.server(flags) }
            return error.map { "\($0)" } ?? ""
        }

        @Test func `because the file is missing, or others can open it`() throws {
            let world = try World()
            let path = ServerConfiguration.signingKeyFolder(in: world.path) + "/\(world.signingKey).pem"
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
            #expect(try faults(world).contains("chmod 600"))
            try FileManager.default.removeItem(atPath: path)
            #expect(try faults(world).contains("cannot read `\(path)`"))
        }

        @Test func `because the PIN is missing or its file is open`() throws {
            let world = try World()
            let folder = ServerConfiguration.signingKeyFolder(in: world.path)
            let path = "\(folder)/\(world.signingKey)"
            try FileManager.default.removeItem(atPath: path + ".pem")
            let uri = PKCS11URI(module: "/nowhere/module.so", token: "t", object: "k")
            try Data("\(uri)\n".utf8).write(to: URL(filePath: path + ".pkcs11"))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path + ".pkcs11")
            #expect(try faults(world).contains("no PIN is set"))
            let pin = world.folder.path + "/pin"
            try Data("1234".utf8).write(to: URL(filePath: pin))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: pin)
            #expect(try faults(world, [.signingKeyPINFile: pin]).contains("module `/nowhere/module.so` cannot be used"))
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: pin)
            let refused = #expect(throws: ConfigurationFaults.self) {
                try world.configuration([.signingKeyPINFile: pin])
            }
            #expect(refused.map { "\($0)" }?.contains("chmod 600") == true)
        }
    }
}
