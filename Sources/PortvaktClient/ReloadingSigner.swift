public import CoreMetrics
import Fetching
public import JOSE
import LibCrypto
public import Logging
import Synchronization

/// A signer that takes a new key from its files while the program runs.
///
/// Before an assertion is signed the files are looked at, at most once an `interval`, and at once when the server refuses
/// the key. A new key is taken when its files have rested for a moment, were the same before and after they were read,
/// and hold a key that can be used: so a file half written is never taken. While the files are broken the old key signs
/// on, and the log says why, once for each state of the files; so it does while a look at them hangs.
public final class ReloadingSigner: AssertionSigner {
    /// Makes the signer from its files.
    public typealias Load = @Sendable () throws(KeyLoadingError) -> any AssertionSigner

    private struct State {
        var signer: any AssertionSigner
        /// How the files were when `signer` was made of them.
        var adopted: FileStamps
        /// How they were when they were found broken; not tried again until they change.
        var broken: FileStamps?
        var nextLook: Duration
        var look: SharedFetch<Bool, Never>?
        /// Whether the look has outlasted the patience of who signs.
        var isLookSlow = false
    }

    /// Files that changed less than this ago may still be written.
    static let rest = Duration.milliseconds(200)
    /// How long a signature waits for a look at the files before the present key signs on.
    static let patience = Duration.seconds(2)
    /// How often a look begins anew because the files keep changing.
    static let mostRounds = 10

    private let paths: [String]
    private let reading = FileReading()
    private let interval: Duration
    private let clock: any ClientClock
    private let logger: Logger
    private let load: Load
    private let outcomes: KeyReloadMetrics
    private let state: Mutex<State>

    /// Makes the first signer from its files, and watches them.
    ///
    /// `paths` are all files that `load` reads: key, certificates, pass phrase. The logger takes `key_reloaded` and
    /// `key_not_reloaded`. Without `metrics` those of the process are used.
    ///
    /// - Throws: what `load` throws for the first key.
    public init(
        watching paths: [String],
        interval: Duration = .seconds(5),
        clock: any ClientClock = SystemClientClock(),
        logger: Logger = Logger(label: "portvakt.client") { _ in SwiftLogNoOpLogHandler() },
        metrics: (any MetricsFactory)? = nil,
        load: @escaping Load
    ) throws(KeyLoadingError) {
        self.paths = paths
        self.interval = interval
        self.clock = clock
        self.logger = logger
        self.load = load
        outcomes = KeyReloadMetrics(metrics)
        let stamps = FileStamps(of: paths)
        state = Mutex(State(signer: try load(), adopted: stamps, nextLook: clock.elapsed + interval))
    }

    /// The algorithm of the present key.
    public var algorithm: JWSAlgorithm { present.algorithm }

    /// How the present key is named.
    public var keyReference: KeyReference { present.keyReference }

    /// A signature by the present key; header and signature agree only by ``current()``.
    ///
    /// - Throws: `SigningError`.
    public func sign(_ signingInput: [UInt8]) async throws(SigningError) -> [UInt8] {
        try await present.sign(signingInput)
    }

    /// The signer of the present key, after a look at the files if one is due.
    public func current() async -> any AssertionSigner {
        _ = await look(atOnce: false)
        return present
    }

    /// Looks at once; whether there is another key than the one refused.
    public func renew(after refused: KeyReference) async -> Bool {
        // Another request may have found it already.
        if present.keyReference != refused { return true }
        return await look(atOnce: true)
    }

    private var present: any AssertionSigner { state.withLock(\.signer) }

    /// Whether a new key was taken; of many who ask one looks.
    private func look(atOnce: Bool) async -> Bool {
        let now = clock.elapsed
        let (fetch, isNew) = state.withLock { state -> (SharedFetch<Bool, Never>?, Bool) in
            if let look = state.look { return (state.isLookSlow && !atOnce ? nil : look, false) }
            guard atOnce || now >= state.nextLook else { return (nil, false) }
            let look = SharedFetch<Bool, Never>()
            state.look = look
            state.isLookSlow = false
            state.nextLook = now + interval
            return (look, true)
        }
        guard let fetch else { return false }
        if isNew {
            fetch.run { [self] in
                let isTaken = await takeNewKey(evenIfUnchanged: atOnce)
                state.withLock { $0.look = nil }
                return .success(isTaken)
            }
        }
        // Who was refused has no use for the present key, and has a time of its own.
        let outcome = atOnce ? await fetch.outcome() : await fetch.outcome(within: Self.patience)
        if case .success(let isTaken) = outcome { return isTaken }
        state.withLock { if !atOnce, $0.look === fetch { $0.isLookSlow = true } }
        return false
    }

    private func takeNewKey(evenIfUnchanged: Bool) async -> Bool {
        for _ in 0..<Self.mostRounds {
            let before = await reading.run { [paths] in FileStamps(of: paths) }
            let (adopted, broken) = state.withLock { ($0.adopted, $0.broken) }
            if before == broken { return false }
            // A PIN that the token has refused would be tried a second time.
            if before == adopted, !evenIfUnchanged || isPINRefused { return false }
            if before != adopted { try? await clock.sleep(for: Self.rest) }
            let read = await reading.run { [paths, load] in
                let start = FileStamps(of: paths)
                let loaded: Result<any AssertionSigner, KeyLoadingError>
                do throws(KeyLoadingError) { loaded = .success(try load()) } catch { loaded = .failure(error) }
                return (start, loaded, FileStamps(of: paths))
            }
            // Still being written: a state between would be a key without its certificate, or worse.
            guard read.0 == before, read.2 == before else { continue }
            switch read.1 {
            case .success(let signer): return take(signer, from: before)
            case .failure(let error):
                refuse(error, before)
                return false
            }
        }
        return false
    }

    private var isPINRefused: Bool { (present as? any PINHolder)?.isPINRefused ?? false }

    private func take(_ signer: any AssertionSigner, from stamps: FileStamps) -> Bool {
        let isNew = state.withLock { state in
            let isNew = stamps != state.adopted || signer.keyReference != state.signer.keyReference
            if isNew { state.signer = signer }
            state.adopted = stamps
            state.broken = nil
            return isNew
        }
        guard isNew else { return false }
        outcomes.taken.increment()
        logger.notice("key_reloaded", metadata: ["key": "\(signer.keyReference.label)"])
        return true
    }

    private func refuse(_ error: KeyLoadingError, _ stamps: FileStamps) {
        // A token out of reach may come back; everything else needs other files, a wrong PIN above all.
        if !error.mayPass { state.withLock { $0.broken = stamps } }
        outcomes.refused.increment()
        logger.error("key_not_reloaded", metadata: ["fault": "\(error)"])
    }
}

extension ReloadingSigner: CustomStringConvertible, CustomReflectable {
    /// How the present key is named.
    public var description: String { "reloaded key, now \(keyReference.label)" }

    /// Shows nothing of the content.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension KeyReference {
    /// What a log says of a key: its `kid`, or that it has a certificate.
    var label: String {
        switch self {
        case .keyID(let keyID): "`\(keyID)`"
        case .certificates: "an enterprise certificate"
        }
    }
}

extension KeyLoadingError {
    /// Whether the same files may give a key later.
    fileprivate var mayPass: Bool {
        guard case .token(let error) = self else { return false }
        return error != .pinIncorrect && error != .pinLocked
    }
}
