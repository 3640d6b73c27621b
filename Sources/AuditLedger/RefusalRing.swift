#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif
internal import Synchronization
public import Vocabulary

/// Keeps the newest refusals from before authentication in a file of fixed size, so that strangers cannot fill the disk
/// and a trace id can still be looked up (DESIGN §2 item 6).
///
/// A thread of its own writes once a second and never syncs: what a power cut takes is at most what it would take anyway.
public final class RefusalRing: Sendable {
    /// How many refusals are kept.
    public static let defaultCapacity = 100_000

    /// Where a file that is no ring was moved to when this one was opened; nil when there was none.
    public let setAside: String?

    private let mailbox: ThreadMailbox<RefusalNote>
    private let file: RefusalRingFile
    private let firstSequence: Int64
    private let ending = ThreadEnding()
    private let losses = Atomic<Int>(0)
    private let isStarted = Atomic<Bool>(false)

    /// Opens the ring, or makes it; a damaged or foreign file is set aside under another name.
    ///
    /// - Throws: `RefusalRingError` when the file cannot be opened, made or moved.
    public init(path: String, capacity: Int = defaultCapacity, now: Timestamp) throws(RefusalRingError) {
        var setAside: String?
        switch try RefusalRingFile.open(path, forWriting: true) {
        case .ours(let found) where found.capacity == capacity: file = found
        case .missing: file = try RefusalRingFile.create(path, capacity: capacity)
        case .ours, .foreign:
            let aside = "\(path).set-aside-\(now.seconds)"
            guard rename(path, aside) == 0 else { throw RefusalRingError(path: path) }
            setAside = aside
            file = try RefusalRingFile.create(path, capacity: capacity)
        }
        self.setAside = setAside
        var newest: Int64 = 0
        file.visit { slot, record in
            let sequence = Int64(bitPattern: UInt64(bigEndian: record, at: 0))
            // A number that does not belong to its slot was not written by us.
            if sequence > newest, (sequence - 1) % Int64(capacity) == Int64(slot) { newest = sequence }
        }
        firstSequence = newest + 1
        mailbox = ThreadMailbox(limit: capacity)
    }

    deinit { file.closeFile() }

    /// Starts the thread that writes; ``stop()`` must follow.
    public func start() {
        precondition(!isStarted.exchange(true, ordering: .relaxed), "a ring is started once")
        startThread(named: "refusal-ring") { [self] in
            var sequence = firstSequence
            var notes: [RefusalNote] = []
            while mailbox.take(into: &notes, waiting: 1) {
                let records = notes.enumerated().map { $1.record(sequence: sequence + Int64($0)) }
                if !file.write(records, from: sequence) { losses.add(notes.count, ordering: .relaxed) }
                sequence += Int64(notes.count)
                mailbox.finish(notes.count)
                mailbox.pause(seconds: 1)
            }
            ending.end()
        }
    }

    /// Keeps a refusal; returns at once.
    public func note(_ refusal: RefusalNote) {
        if mailbox.post(refusal) != .accepted { losses.add(1, ordering: .relaxed) }
    }

    /// Writes what is not written yet and ends the thread.
    public func stop() async {
        mailbox.close()
        guard isStarted.load(ordering: .relaxed) else { return }
        await ending.wait()
    }

    /// How many refusals were not kept: the disk was full, or more came in one second than the ring holds.
    public var lost: Int { losses.load(ordering: .relaxed) }

    /// The refusals that a ring holds, oldest first, while a server may be writing it; empty when there is no such file.
    ///
    /// - Throws: `RefusalRingError` when it cannot be opened or is no ring.
    public static func refusals(in path: String) throws(RefusalRingError) -> [RefusalNote] {
        switch try RefusalRingFile.open(path, forWriting: false) {
        case .missing: return []
        case .foreign:
            errno = EINVAL
            throw RefusalRingError(path: path)
        case .ours(let file):
            defer { file.closeFile() }
            var found: [(sequence: Int64, note: RefusalNote)] = []
            file.visit { _, record in
                if let read = RefusalNote.read(record) { found.append(read) }
            }
            return found.sorted { $0.sequence < $1.sequence }.map(\.note)
        }
    }
}
