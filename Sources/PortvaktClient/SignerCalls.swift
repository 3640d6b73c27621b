import Fetching
import Synchronization
import Tracing

/// Calls of a signer, whose module or service may hang: nobody waits beyond a time, and calls do not pile up behind one
/// that hangs.
final class SignerCalls: Sendable {
    /// A call that has outlasted its caller's time and has not ended; whoever comes waits for it first.
    private let hung = Mutex<(any Ending)?>(nil)

    /// What the work gives; nil when it does not end within the time, in which case it goes on with nobody waiting.
    ///
    /// The time is the machine's own, as a transport's is.
    func run<Value: Sendable>(
        within time: Duration,
        _ work: @escaping @Sendable () async -> Value
    ) async -> Value? {
        let end = ContinuousClock.now + time
        while let call = hung.withLock({ $0 }) {
            guard await call.ends(within: end - .now) else { return nil }
            hung.withLock { if $0 === call { $0 = nil } }
        }
        let call = SharedFetch<Value, Never>()
        // A key service's spans belong to the fetch.
        let context = ServiceContext.current
        call.run { .success(await ServiceContext.$current.withValue(context) { await work() }) }
        if case .success(let value) = await call.outcome(within: end - .now) { return value }
        // Of several that hang at once one stands for all: as long as it hangs no more begin.
        hung.withLock { if $0 == nil { $0 = call } }
        return nil
    }
}

/// A piece of work whose end can be waited for, whatever it gives.
private protocol Ending: AnyObject, Sendable {
    /// Whether it ends within a time.
    func ends(within time: Duration) async -> Bool
}

extension SharedFetch: Ending {
    fileprivate func ends(within time: Duration) async -> Bool { await outcome(within: time) != nil }
}
