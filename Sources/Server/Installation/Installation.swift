import AuditLedger
public import EnterpriseCertificates
import FoundationEssentials
import JOSE
public import SQLiteStorage
public import TokenIssuance
public import Vocabulary

/// A new installation: what `init` makes.
public struct Installation: Sendable {
    /// What is to be made.
    public struct Plan: Sendable {
        /// The data folder, made when it is missing.
        public var dataFolder: String
        /// The server's identifier.
        public var issuer: Issuer
        /// Test or production.
        public var environment: ServerConfiguration.Environment
        /// The files of the trust folder.
        public var trust: [TrustStore.File]
        /// The files of the trust folder of European organisations' seals.
        public var sealTrust: [TrustStore.File]
        /// Further lines of the configuration file.
        public var settings: [ConfigurationKey: String]
        /// Whether what is there already is set aside; else a folder that holds anything is refused.
        public var replacesExisting: Bool
        /// Who makes it, for the ledger.
        public var actor: String

        /// A plan with the trust and the revocation mode of its environment.
        public init(
            dataFolder: String,
            issuer: Issuer,
            environment: ServerConfiguration.Environment,
            trust: [TrustStore.File]? = nil,
            sealTrust: [TrustStore.File]? = nil,
            settings: [ConfigurationKey: String] = [:],
            replacesExisting: Bool = false,
            actor: String
        ) {
            self.dataFolder = dataFolder
            self.issuer = issuer
            self.environment = environment
            let bundled = environment == .prod ? BundledTrust.prod : .test
            self.trust = trust ?? BundledTrust.files(for: bundled)
            self.sealTrust = sealTrust ?? BundledTrust.sealFiles(for: bundled)
            // DESIGN §6: there is no default of the server, so the file says it.
            var defaults: [ConfigurationKey: String] =
                environment == .prod ? [.revocation: "require", .revocationGrace: "1h"] : [.revocation: "off"]
            // A plain-HTTP issuer is this machine, so it is where the server must listen itself.
            if !issuer.isSecure, let port = issuer.authority.split(separator: ":").last, UInt16(port) != nil {
                defaults[.listen] = issuer.authority
            }
            self.settings = defaults.merging(settings) { $1 }
            self.replacesExisting = replacesExisting
            self.actor = actor
        }
    }

    /// The data folder.
    public let dataFolder: String
    /// The open database, for whoever fills it; close it.
    public let store: SQLiteStore
    /// The first signing key.
    public let signingKey: SigningKeyRecord
    /// Where what was there before has gone; nil when there was nothing.
    public let setAside: String?

    /// Makes an installation.
    ///
    /// - Throws: `InstallationFault`, `StorageError`, `SigningKeyFolder.Fault`, `KeyFileFault`.
    public static func make(_ plan: Plan, at now: Timestamp) throws -> Installation {
        let folder = DataFolder(path: plan.dataFolder)
        let setAside = try InstallationFolder.prepare(folder, replacesExisting: plan.replacesExisting, at: now)
        try InstallationFolder.write(plan)
        let store = try SQLiteStore(folder, opening: .migrate)
        do {
            let key = try makeSigningKey(plan, at: now)
            _ = try PseudonymKeyFile.readOrMake(in: plan.dataFolder, isUsed: false)
            _ = try CheckpointKeyFile.readOrMake(
                in: plan.dataFolder,
                named: Checkpoint.origin(of: plan.issuer, node: store.read { try $0.node }),
                isUsed: false
            )
            try store.transaction { transaction in
                try transaction.set("issuer", to: plan.issuer.rawValue)
                try transaction.set("environment", to: plan.environment.rawValue)
                try transaction.set("created", to: now.description)
                try transaction.append(initialised(plan, at: now))
                try transaction.store(key)
                try transaction.append(created(key, plan, at: now))
            }
            return Installation(dataFolder: plan.dataFolder, store: store, signingKey: key, setAside: setAside)
        } catch {
            try? store.close()
            throw error
        }
    }

    /// The first key of an installation signs at once: nobody has a key set that lacks it.
    private static func makeSigningKey(_ plan: Plan, at now: Timestamp) throws -> SigningKeyRecord {
        let algorithm = plan.settings[.signingAlgorithm].flatMap(JWSAlgorithm.init(rawValue:)) ?? .rs256
        let (id, _) = try SigningKeyFolder(dataFolder: plan.dataFolder).makeKey(for: algorithm)
        return SigningKeyRecord(id: id, algorithm: algorithm, published: now, activates: now)
    }

    private static func initialised(_ plan: Plan, at now: Timestamp) -> LedgerEvent {
        var event = LedgerEvent(
            time: now,
            kind: .initialised,
            details: [
                "issuer": .string(plan.issuer.rawValue), "environment": .string(plan.environment.rawValue),
            ]
        )
        event.actor = plan.actor
        return event
    }

    private static func created(_ key: SigningKeyRecord, _ plan: Plan, at now: Timestamp) -> LedgerEvent {
        var event = LedgerEvent(
            time: now,
            kind: .signingKeyCreated,
            details: [
                "kid": .string(key.id.rawValue), "alg": .string(key.algorithm.rawValue),
                "activates": .string(key.activates.description),
            ]
        )
        event.actor = plan.actor
        return event
    }
}

/// Why no installation can be made there.
public enum InstallationFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// The folder holds something already.
    case notEmpty(String)
    /// A server runs on it.
    case served(String)
    /// A file or folder cannot be made or moved; says why.
    case unwritable(String, cause: String)

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .notEmpty(let path):
            "`\(path)` is not empty: name another folder, or give `--force` to set aside what is in it"
        case .served(let path): "a server runs on `\(path)`: stop it first"
        case .unwritable(let path, let cause): "cannot make `\(path)`: \(cause)"
        }
    }
}
