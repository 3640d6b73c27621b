import HummingbirdCore
import NIOCore
import Synchronization

/// The connections that a listener has open.
///
/// Where there is no room for another one, whichever of some drawn by lot has been without a request for longest is closed:
/// whoever only holds connections open loses them to those who use theirs.
public final class OpenConnections: Sendable {
    /// One connection, and since when it has nothing to do.
    final class Entry: Sendable {
        fileprivate let channel: any Channel
        fileprivate let place = Atomic<Int>(-1)
        /// Requests that are not answered yet.
        private let requests = Atomic<Int>(0)
        /// When it was opened or the last request was answered.
        private let since = Atomic<UInt64>(NIODeadline.now().uptimeNanoseconds)

        fileprivate init(_ channel: any Channel) { self.channel = channel }

        func requestBegan() { requests.add(1, ordering: .relaxed) }

        func requestsEnded(_ number: Int = 1) {
            since.store(NIODeadline.now().uptimeNanoseconds, ordering: .relaxed)
            requests.subtract(number, ordering: .relaxed)
        }

        /// Since when it is idle; nil while there are requests.
        fileprivate var idleSince: UInt64? {
            requests.load(ordering: .relaxed) == 0 ? since.load(ordering: .relaxed) : nil
        }
    }

    private struct State {
        var entries: [Entry] = []
        var byChannel: [ObjectIdentifier: Entry] = [:]
    }

    /// Among how many drawn by lot the one to close is chosen.
    private static let drawn = 16
    /// Nothing is closed that had a request so short a while ago: its answer may be on its way.
    private static let leastIdleTime = TimeAmount.seconds(1)

    /// When it is looked again where all that were drawn have something to do.
    private static let pause = TimeAmount.milliseconds(100)

    private let number = Atomic<Int>(0)
    private let isWaiting = Atomic<Bool>(false)
    private let state = Mutex(State())

    /// None.
    public init() {}

    /// How many there are now.
    public var count: Int { number.load(ordering: .relaxed) }

    /// Keeps a connection in mind until it closes; where there is no room for another one then, makes some.
    func enter(_ channel: any Channel, maximum: Int) {
        let entry = Entry(channel)
        state.withLock { state in
            entry.place.store(state.entries.count, ordering: .relaxed)
            state.entries.append(entry)
            state.byChannel[ObjectIdentifier(channel)] = entry
        }
        channel.closeFuture.whenComplete { [self] _ in leave(entry) }
        makeRoom(below: maximum)
    }

    /// What is kept of a connection.
    func entry(of channel: any Channel) -> Entry? { state.withLock { $0.byChannel[ObjectIdentifier(channel)] } }

    private func leave(_ entry: Entry) {
        state.withLock { state in
            // Who was chosen to make room has left already.
            guard state.byChannel.removeValue(forKey: ObjectIdentifier(entry.channel)) === entry else { return }
            let place = entry.place.load(ordering: .relaxed)
            guard let last = state.entries.popLast(), last !== entry else { return }
            state.entries[place] = last
            last.place.store(place, ordering: .relaxed)
        }
    }

    /// Closes one that has nothing to do, as soon as those drawn have one, while there are so many.
    private func makeRoom(below maximum: Int) {
        guard count >= maximum else { return }
        let newest = (NIODeadline.now() - Self.leastIdleTime).uptimeNanoseconds
        let idlest = state.withLock { state -> Entry? in
            guard !state.entries.isEmpty else { return nil }
            let lot = (0..<Self.drawn).compactMap { _ -> (entry: Entry, since: UInt64)? in
                let entry = state.entries[Int.random(in: state.entries.indices)]
                guard let since = entry.idleSince, since <= newest else { return nil }
                return (entry, since)
            }
            return lot.min { $0.since < $1.since }?.entry
        }
        // Several may have come at once, and nothing else would come back to it: nobody is let in meanwhile.
        lookAgain(below: maximum)
        guard let idlest else { return }
        // It is not chosen twice.
        leave(idlest)
        let channel = idlest.channel
        channel.eventLoop.execute {
            channel.close(promise: nil)
            channel.cutTLSSoon()
        }
    }

    private func lookAgain(below maximum: Int) {
        guard let loop = state.withLock({ $0.entries.last?.channel.eventLoop }),
            !isWaiting.exchange(true, ordering: .relaxed)
        else { return }
        loop.scheduleTask(in: Self.pause) { [self] in
            isWaiting.store(false, ordering: .relaxed)
            makeRoom(below: maximum)
        }
    }

    fileprivate func opened() { number.add(1, ordering: .relaxed) }

    fileprivate func closed() { number.subtract(1, ordering: .relaxed) }
}

/// Takes no more connections than a listener may have; when all are there, one with nothing to do makes room for the next,
/// and further ones wait in the kernel's queue.
struct ConnectionLimit: AvailableConnectionsDelegate {
    let connections: OpenConnections
    let maximum: Int

    func connectionOpened() { connections.opened() }

    func connectionClosed() { connections.closed() }

    func isAcceptingNewConnections() -> Bool { connections.count < maximum }
}
