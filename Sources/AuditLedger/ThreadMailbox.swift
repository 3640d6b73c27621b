#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What many threads put in and one takes out, all of it at once; the taker sleeps while there is nothing.
///
/// What was taken counts as waiting until it is done with, so that the limit bounds the time that anything waits.
final class ThreadMailbox<Element>: @unchecked Sendable {
    // INVARIANT: everything below is touched only while `mutex` is held; both pthread objects stay at one address from init
    // to deinit.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var elements: [Element] = []
    private var outstanding = 0
    private var isClosed = false
    private var isTakerAsleep = false
    private let limit: Int

    /// How putting something in ended.
    enum Posting: Sendable, Hashable {
        case accepted
        case full
        case closed
    }

    /// A mailbox for at most `limit` elements.
    init(limit: Int) {
        self.limit = limit
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        // The wait must not lengthen when the clock is set back.
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// How many wait or are being dealt with.
    var count: Int { locked { outstanding } }

    /// What nobody has taken out yet.
    var waiting: [Element] { locked { elements } }

    /// Puts an element in.
    func post(_ element: Element) -> Posting {
        locked {
            guard !isClosed else { return .closed }
            guard outstanding < limit else { return .full }
            elements.append(element)
            outstanding += 1
            if isTakerAsleep { pthread_cond_signal(condition) }
            return .accepted
        }
    }

    /// Lets nothing more in; what is in is still taken out.
    func close() {
        locked {
            isClosed = true
            pthread_cond_signal(condition)
        }
    }

    /// Takes out all there is, waiting some seconds for the first; false when the mailbox is closed and empty.
    ///
    /// What is in the buffer is thrown away, and its memory used again.
    func take(into buffer: inout [Element], waiting seconds: Int) -> Bool {
        buffer.removeAll(keepingCapacity: true)
        return locked {
            if elements.isEmpty, !isClosed { sleep(seconds) }
            swap(&elements, &buffer)
            return !(buffer.isEmpty && isClosed)
        }
    }

    /// Sleeps so many seconds, or until the mailbox is closed; elements do not wake the sleeper.
    func pause(seconds: Int) {
        locked {
            var deadline = Self.deadline(in: seconds)
            while !isClosed, pthread_cond_timedwait(condition, mutex, &deadline) == 0 {}
        }
    }

    /// So many of the elements taken out are done with.
    func finish(_ count: Int) { locked { outstanding -= count } }

    private func sleep(_ seconds: Int) {
        var deadline = Self.deadline(in: seconds)
        isTakerAsleep = true
        while elements.isEmpty, !isClosed, pthread_cond_timedwait(condition, mutex, &deadline) == 0 {}
        isTakerAsleep = false
    }

    private static func deadline(in seconds: Int) -> timespec {
        var deadline = timespec()
        clock_gettime(CLOCK_MONOTONIC, &deadline)
        deadline.tv_sec += seconds
        return deadline
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }
}
