import Administration
import AuditLedger
import Clients
import Delegations
import FoundationEssentials
import JOSE
import LibCrypto
import Organisations
import SQLiteStorage
import Scopes
import Server
import TestAuthority
import TokenIssuance
import Vocabulary

/// Fills a new installation, act by act, as an operator would.
struct DemoFilling {
    /// A client as it was declared and as it was registered.
    struct Registration {
        let declared: DemoClient
        let client: Client
        let folder: DemoFolder

        var summary: DemoWorld.RegisteredClient {
            DemoWorld.RegisteredClient(
                name: declared.name,
                id: client.id,
                owner: client.owner,
                title: client.name,
                folder: folder.path
            )
        }
    }

    let store: SQLiteStore
    /// `<data>/demo`.
    let folder: DemoFolder
    let actor: Actor
    let now: Timestamp

    /// The same made-up register each time; nothing in it is random to anyone.
    private static let registerSeed: UInt64 = 974_760_673

    /// Writes the register's three files in the real bulk form, and imports them as any register file is imported.
    func importRegister(mainUnits: Int, subUnits: Int, pseudonyms: PseudonymKey) throws {
        let register = SyntheticRegister(
            seed: Self.registerSeed,
            mainUnits: mainUnits,
            subUnits: subUnits,
            named: try DemoOrganisation.all().map(\.registerUnit)
        )
        for (kind, name) in [(Organisation.Kind.mainUnit, "enheter.json"), (.subUnit, "underenheter.json")] {
            var bytes: [UInt8] = []
            try register.write(kind) { bytes += $0 }
            try folder.write(name, bytes)
            let report = try OrganisationImport(mode: .replace).run(
                try FileByteSource(path: folder.file(name)),
                into: SQLiteOrganisationImport(into: store) { $0.ledgerEvent(by: actor, at: now) }
            )
            guard report.malformedCount == 0 else { throw DemoWorldError.registerMalformed(report.malformedCount) }
        }
        try importRoles(of: register, under: pseudonyms)
    }

    /// Roles in the authorised shape, so that the persons of the demo are known by their numbers.
    private func importRoles(of register: SyntheticRegister, under key: PseudonymKey) throws {
        var bytes: [UInt8] = []
        try register.writeRoles(.authorised, named: DemoPerson.registerRoles()) { bytes += $0 }
        try folder.write("roller.json", bytes)
        let report = try RoleImport(mode: .replace).run(
            try FileByteSource(path: folder.file("roller.json")),
            under: key,
            into: SQLiteRoleImport(into: store) { $0.ledgerEvent(by: actor, at: now) }
        )
        guard report.malformedCount == 0 else { throw DemoWorldError.registerMalformed(report.malformedCount) }
    }

    /// Names the operator, keeps the scope files where its owner can change them, and applies them.
    func declareScopes(keeping folder: DemoFolder) throws {
        let sources = BundledScopeFiles.all
        for source in sources { try folder.write(source.name, source.bytes) }
        let files = try ScopeFile.read(sources.map { ($0.name, String(decoding: $0.bytes, as: UTF8.self)) })
        let operatorOrganisation = try DemoOrganisation.operatorOrganisation().number
        try store.transaction { transaction in
            try transaction.setOperatorOrganisation(operatorOrganisation)
            try Administration(in: transaction, by: actor, at: now).apply(files)
        }
    }

    /// Makes a signing key for each algorithm that a scope demands and the server has none for yet.
    func makeSigningKeys(in keys: SigningKeyFolder) throws {
        let demanded = try store.read { reader in
            try reader.scopes(ScopeQuery()).compactMap { $0.signingAlgorithm.flatMap(JWSAlgorithm.init(rawValue:)) }
        }
        for algorithm in Set(demanded).sorted(by: { $0.rawValue < $1.rawValue }) {
            let known = try store.read { try $0.signingKeys() }
            if known.contains(where: { $0.algorithm == algorithm }) { continue }
            let (id, _) = try keys.makeKey(for: algorithm)
            let key = SigningKeyRecord(id: id, algorithm: algorithm, published: now, activates: now)
            try store.transaction { transaction in
                try transaction.store(key)
                try transaction.append(creation(of: key), claiming: [])
            }
        }
    }

    /// Registers a client with its key, or none, and writes what its owner holds.
    func register(
        _ declared: DemoClient,
        certificates: DemoWorld.Certificates,
        issuer: Issuer
    ) throws -> Registration {
        let home = try folder.folder("clients").folder(declared.name)
        let files = DemoClientFiles(folder: home, issuer: issuer)
        let key = try declared.newKey(at: now)
        let draft = ClientDraft(owner: declared.owner, name: declared.title, scopes: declared.scopes)
        let client = try store.transaction { transaction in
            try Administration(in: transaction, by: actor, at: now)
                .createClient(draft, keys: key.map { [$0.publicJWK] } ?? []).value
        }
        if let key { try files.write(key, of: client) }
        if let certificate = certificates.current[declared.name] { try files.write(certificate, of: client) }
        if let certificate = certificates.revoked[declared.name] { try files.writeRevoked(certificate) }
        return Registration(declared: declared, client: client, folder: home)
    }

    /// Writes what the holders of electronic seals have; nothing of them is registered.
    func writeSeals(_ seals: [(holder: DemoSealHolder, certificate: IssuedCertificate)], issuer: Issuer) throws {
        for (holder, certificate) in seals {
            let home = try folder.folder("seals").folder(holder.folder)
            try DemoClientFiles(folder: home, issuer: issuer).write(certificate, of: holder)
        }
    }

    /// Writes `world.json`: what there is, for scripts and people.
    func describe(_ clients: [Registration], _ delegated: JSONObject, of issuer: Issuer) throws {
        let scopes = try store.read { try $0.scopes(ScopeQuery()) }
        let description: JSONObject = [
            "schema": "portvakt.demo-world.v1",
            "issuer": .string(issuer.rawValue),
            "clients": .array(clients.map { .object($0.description) }),
            "delegations": .object(delegated),
            "seals": .array(try DemoSealHolder.all().map { .object($0.description) }),
            "persons": .array(try DemoPerson.all().map { .object($0.description) }),
            "scopes": .array(
                scopes.map { scope in
                    var object: JSONObject = ["name": .string(scope.name.rawValue), "owner": .string("\(scope.owner)")]
                    object["signing_algorithm"] = scope.signingAlgorithm.map { .string($0) }
                    return .object(object)
                }
            ),
        ]
        try folder.write("world.json", description)
    }

    private func creation(of key: SigningKeyRecord) -> LedgerEvent {
        var event = LedgerEvent(
            time: now,
            kind: .signingKeyCreated,
            details: [
                "kid": .string(key.id.rawValue), "alg": .string(key.algorithm.rawValue),
                "activates": .string(key.activates.description),
            ]
        )
        event.actor = actor.description
        return event
    }
}

extension DemoClient {
    /// A fresh key, named for its client and year, as owners name theirs; nil for one that authenticates by certificate.
    fileprivate func newKey(at now: Timestamp) throws -> JWK.Private? {
        guard case .registeredKey(let algorithm) = credential else { return nil }
        let key = try PrivateKey.generate(algorithm == .es256 ? .ec(.p256) : .rsa(bits: 2_048))
        return JWK.Private(key, keyID: "\(name)-\(now.description.prefix(4))", algorithm: algorithm)
    }
}

extension DemoFilling.Registration {
    fileprivate var description: JSONObject {
        var object: JSONObject = [
            "name": .string(declared.name),
            "client_id": .string(client.id.rawValue),
            "organisation": .string("\(client.owner)"),
            "authentication": .string(client.authentication.rawValue),
            "scopes": .strings(client.scopes.map(\.rawValue)),
            "folder": .string("clients/\(declared.name)"),
        ]
        object["key_id"] = client.keys.first.map { .string($0.id.rawValue) }
        return object
    }
}
