import EnterpriseCertificates
import HTTPServer
import Logging
import NIOPosix
import SQLiteStorage
import ServiceLifecycle
import TokenIssuance
import Vocabulary

/// Looks once a second at what may change while the server runs: the keys' timetable and files, trust, TLS files.
///
/// Each finding is built aside and swapped whole; what has faults leaves the old in force and is logged once.
struct Housekeeping: Service {
    let store: SQLiteStore
    let sight: StoreSight
    let register: RegisterSight
    let keys: LoadedSigningKeys
    let keySet: PublishedDocument
    let trust: ReloadingTrust
    /// The trust in European organisations' seals, where there is any.
    let sealTrust: ReloadingTrust?
    let identity: TLSFileIdentity?
    let openConnections: @Sendable () -> Int
    let memory = MemoryRelease()
    let clock: any WallClock
    let logger: Logger

    static let interval = Duration.seconds(1)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: Self.interval)) != nil { await look() }
        }
    }

    private func look() async {
        // Off the cooperative pool: database and file system may be slow.
        try? await NIOThreadPool.singleton.runIfActive {
            lookAtKeys()
            lookAtRegister()
            lookAt(trust, named: "enterprise certificates")
            if let sealTrust { lookAt(sealTrust, named: "seals") }
            if let identity { report(identity.refresh()) }
            memory.look(connections: openConnections())
        }
    }

    func lookAtKeys() {
        do {
            let (records, revision) = try store.read { (try $0.signingKeys(), try $0.revision) }
            sight.note(revision: revision)
            if sight.note(isLost: false) { logger.notice("the database can be read again") }
            // Looked at after the timetable: a key that was made in this very second is in the set before it signs.
            switch keys.refresh(records, at: clock.now, publish: { keySet.replace(with: $0) }) {
            case .none: break
            case .loaded(let records, let faults):
                logger.notice("signing keys loaded", metadata: ["keys": "\(records.map { $0.id.rawValue })"])
                if !faults.isEmpty {
                    logger.error("signing keys refused", metadata: ["faults": "\(faults.map(\.description))"])
                }
            }
        } catch {
            // Said once; readiness says it as long as it lasts.
            if sight.note(isLost: true) {
                logger.error("the database cannot be read", metadata: ["cause": "\(error)"])
            }
            keySet.replace(with: keys.keySet(at: clock.now))
        }
    }

    /// Another process brings the register up to date; what cannot be read now stays as it was, and only grows older.
    private func lookAtRegister() {
        guard let feeds = try? store.read({ try $0.registerFeeds() }) else { return }
        switch register.note(feeds, at: clock.now) {
        case .none: break
        case .outdated(let age):
            logger.error("the register is older than it may be: no tokens", metadata: ["age": "\(age.count) s"])
        case .upToDate: logger.notice("the register is up to date again")
        }
    }

    private func lookAt(_ trust: ReloadingTrust, named name: String) {
        switch trust.refresh() {
        case .none: break
        case .reloaded(let store):
            logger.notice(
                "trust reloaded",
                metadata: ["trust": "\(name)", "revision": "\(store.revision)", "anchors": "\(store.anchors.count)"]
            )
        case .refused(let faults): logger.error("trust refused", metadata: ["trust": "\(name)", "faults": "\(faults)"])
        }
    }

    private func report(_ change: TLSFileIdentity.Change) {
        switch change {
        case .none: break
        case .reloaded: logger.notice("tls certificate reloaded")
        case .refused(let fault): logger.error("tls certificate refused", metadata: ["fault": "\(fault)"])
        }
    }
}
