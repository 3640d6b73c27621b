import Dispatch
import Synchronization

/// Where a validator takes its trust from.
public protocol TrustSource: Sendable {
    /// The trust in force; never waits.
    var current: TrustStore { get }
}

extension TrustStore: TrustSource {
    /// The store itself.
    public var current: TrustStore { self }
}

/// The trust of a folder that is read again when its files change.
///
/// The new trust is built aside and swapped whole. A change that has faults leaves the old trust in force.
public final class ReloadingTrust: TrustSource {
    /// What a look at the folder found.
    public enum Change: Sendable {
        /// Nothing has changed.
        case none
        /// The files have changed, and the new trust is in force.
        case reloaded(TrustStore)
        /// The files have changed and have faults; the old trust stays in force.
        case refused(TrustFaults)
    }

    private struct State {
        var store: TrustStore
        var signature: TrustFolder.Signature?
    }

    private let folder: TrustFolder
    private let state: Mutex<State>

    /// Reads the folder for the first time.
    ///
    /// - Throws: all faults together.
    public init(directory: String) throws(TrustFaults) {
        folder = TrustFolder(path: directory)
        // Before the files: a change in between is then seen by the next look.
        let signature = folder.signature()
        state = Mutex(State(store: try TrustStore(directory: directory), signature: signature))
    }

    /// The trust in force.
    public var current: TrustStore { state.withLock { $0.store } }

    /// Looks at names, sizes and times of the files, and reads them when one has changed; blocks on the file system.
    public func refresh() -> Change {
        let signature = folder.signature()
        guard signature != state.withLock({ $0.signature }) else { return .none }
        do throws(TrustFaults) {
            let store = try TrustStore(directory: folder.path)
            let isSame = state.withLock { state in
                defer { state = State(store: store, signature: signature) }
                return state.store.revision == store.revision
            }
            return isSame ? .none : .reloaded(store)
        } catch {
            // Said once for each state of the files.
            state.withLock { $0.signature = signature }
            return .refused(error)
        }
    }

    /// Looks again and again until the task is cancelled; `report` hears of every change.
    public func run(every interval: Duration, report: @Sendable (Change) -> Void) async {
        while (try? await Task.sleep(for: interval)) != nil {
            // Off the cooperative pool: a file system may be slow.
            let change = await withCheckedContinuation { continuation in
                DispatchQueue.global(qos: .utility).async { continuation.resume(returning: self.refresh()) }
            }
            report(change)
        }
    }
}
