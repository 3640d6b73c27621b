import Attention
import AuditLedger
import Delegations
import EnterpriseCertificates
import JOSE
import SQLiteStorage
import TokenIssuance
import Vocabulary

/// What a server needs of its data folder and its machine, opened and found sound.
struct OpenedInstallation {
    let lock: ServeLock
    let store: SQLiteStore
    let ring: RefusalRing
    let trust: ReloadingTrust
    /// The trust in European organisations' seals; nil where there are no anchors for any.
    let seals: SealTrust?
    /// What responders and lists have said before.
    let evidence: [RevocationRecord]
    let identity: TLSFileIdentity?
    let keys: LoadedSigningKeys
    let records: [SigningKeyRecord]
    /// The key under which persons are known.
    let pseudonyms: PseudonymKey
    /// The nonces of DPoP proofs.
    let proofNonces: DPoPNonces
    /// Signs notices to webhooks.
    let webhooks: WebhookSigner
    /// Signs checkpoints of the ledger.
    let checkpointKey: CheckpointKey
    /// The issuer that the installation was made for, when it is another one.
    let formerIssuer: String?

    /// Opens it.
    ///
    /// - Throws: all faults together. The database is opened, and so perhaps migrated, only when all else is sound.
    init(_ configuration: ServerConfiguration, clock: any WallClock) throws(StartFaults) {
        var faults: [String] = []
        func attempt<Value>(_ body: () throws -> Value) -> Value? {
            do { return try body() } catch {
                faults += "\(error)".split(separator: "\n").map(String.init)
                return nil
            }
        }
        let folder = DataFolder(path: configuration.dataFolder)
        let lock = attempt {
            try folder.requirePrivate()
            guard folder.hasDatabase else { throw StorageError.missing(path: folder.database) }
            return try ServeLock(on: folder)
        }
        let trust = attempt { try ReloadingTrust(directory: configuration.trustFolder) }
        let seals = attempt { try SealTrust(directory: configuration.sealTrustFolder) }
        let identity = configuration.tls.flatMap { files in attempt { try TLSFileIdentity(files) } }
        faults += configuration.addresses.compactMap { $0.obstacle() }
        guard faults.isEmpty, let lock, let trust else { throw StartFaults(faults) }

        let store = attempt { try SQLiteStore(folder, opening: .migrate, stopsAtDamage: true) }
        let ring = attempt { try RefusalRing(path: folder.refusalRing, now: clock.now) }
        let keys = LoadedSigningKeys(folder: SigningKeyFolder(configuration))
        let facts = store.flatMap { store in
            attempt {
                try store.read { (try $0.signingKeys(), try $0.setting("issuer"), try $0.setting("environment")) }
            }
        }
        if let (records, _, environment) = facts {
            if let environment, environment != configuration.environment.rawValue {
                faults.append(
                    "the installation was made for `\(environment)`, not `\(configuration.environment.rawValue)`"
                )
            }
            switch keys.refresh(records, at: clock.now) {
            case .loaded(_, faults: let found) where !found.isEmpty: faults += found.map(\.description)
            case .none, .loaded:
                if keys.ring.active(configuration.signingAlgorithm, at: clock.now) == nil {
                    faults.append(
                        "no signing key for \(configuration.signingAlgorithm.rawValue) is active: make one with "
                            + "`portvakt keys rotate --alg \(configuration.signingAlgorithm.rawValue)`"
                    )
                }
            }
        }
        let pseudonyms = store.flatMap { store in
            attempt {
                try PseudonymKeyFile.readOrMake(
                    in: configuration.dataFolder,
                    isUsed: store.read { try $0.hasPersons() }
                )
            }
        }
        let proofNonces = attempt { try ProofNonceKeyFile.readOrMake(in: configuration.dataFolder) }
        let webhooks = attempt { try WebhookKeyFile.readOrMake(in: configuration.dataFolder) }
        let checkpointKey = store.flatMap { store in
            attempt {
                let (node, isUsed) = try store.read { (try $0.node, try $0.latestCheckpoint != nil) }
                return try CheckpointKeyFile.readOrMake(
                    in: configuration.dataFolder,
                    named: Checkpoint.origin(of: configuration.issuer, node: node),
                    isUsed: isUsed
                )
            }
        }
        var evidence: [RevocationRecord]? = []
        if case .require = configuration.revocation {
            evidence = store.flatMap { store in attempt { try store.read { try $0.revocationRecords() } } }
        }
        guard faults.isEmpty, let store, let ring, let (records, issuer, _) = facts, let pseudonyms, let proofNonces,
            let webhooks, let checkpointKey, let evidence
        else {
            try? store?.close()
            throw StartFaults(faults)
        }
        self.lock = lock
        self.store = store
        self.ring = ring
        self.trust = trust
        self.seals = seals.flatMap { $0 }
        self.evidence = evidence
        self.identity = identity
        self.keys = keys
        self.records = records
        self.pseudonyms = pseudonyms
        self.proofNonces = proofNonces
        self.webhooks = webhooks
        self.checkpointKey = checkpointKey
        formerIssuer = issuer == configuration.issuer.rawValue ? nil : issuer
    }
}
