import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Gives memory back to the kernel after a crowd of connections has left.
///
/// glibc keeps what was freed for the next crowd: ten thousand connections would leave some 160 MiB behind for ever.
final class MemoryRelease: Sendable {
    private struct State {
        /// The most connections since memory was last given back.
        var peak = 0
        /// What the last connections held is freed a little after they are closed: then it is given back once more.
        var isDueAgain = false
    }

    /// Fewer connections leave nothing behind that is worth the walk through the heap.
    private static let crowd = 512

    private let state = Mutex(State())
    private let release: @Sendable () -> Void

    /// What is to be done is for tests to replace.
    init(release: @escaping @Sendable () -> Void = MemoryRelease.trim) { self.release = release }

    /// Takes note of how many connections there are, and gives memory back when half of a crowd or more has left; may take
    /// milliseconds.
    func look(connections: Int) {
        let isDue = state.withLock { state in
            state.peak = max(state.peak, connections)
            guard state.peak >= Self.crowd, connections <= state.peak / 2 else {
                defer { state.isDueAgain = false }
                return state.isDueAgain
            }
            state = State(peak: connections, isDueAgain: true)
            return true
        }
        if isDue { release() }
    }

    /// malloc_trim(3), where the C library has it: Swift's module of glibc does not show it, and musl keeps nothing.
    private static let trim: @Sendable () -> Void = {
        guard let symbol = dlsym(nil, "malloc_trim") else { return }
        typealias Trim = @convention(c) (Int) -> CInt
        _ = unsafeBitCast(symbol, to: Trim.self)(0)
    }
}
