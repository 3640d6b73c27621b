import Glibc

/// Carries things from one thread to another, in order and only so much at a time, so that neither runs far ahead.
///
/// What is on it is weighed, commonly in bytes: a taker that stops for a while to write what it has gathered does not stop
/// a putter until that much lies waiting.
final class Conveyor<Element: Sendable>: @unchecked Sendable {
    // INVARIANT: everything below is touched only while `mutex` is held; the pthread objects stay at one address from init
    // to deinit.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let capacity: Int
    private var elements: [(element: Element, weight: Int)] = []
    private var load = 0
    private var isClosed = false
    private var isAbandoned = false

    /// A conveyor that holds elements of so much weight together, or one that is heavier.
    init(capacity: Int) {
        self.capacity = capacity
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Puts an element on, when there is room for it; false when nobody takes anything off any more.
    func put(_ element: Element, weighing weight: Int = 0) -> Bool {
        locked {
            while !elements.isEmpty, load + weight > capacity, !isAbandoned { pthread_cond_wait(condition, mutex) }
            guard !isAbandoned else { return false }
            elements.append((element, weight))
            load += weight
            return true
        }
    }

    /// Takes the next element off, when there is one; nil when nothing more comes.
    func take() -> Element? {
        locked {
            while elements.isEmpty, !isClosed { pthread_cond_wait(condition, mutex) }
            guard !elements.isEmpty else { return nil }
            let first = elements.removeFirst()
            load -= first.weight
            return first.element
        }
    }

    /// Nothing more will be put on.
    func close() { locked { isClosed = true } }

    /// Nothing more will be taken off.
    func abandon() {
        locked {
            isAbandoned = true
            elements = []
        }
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer {
            pthread_cond_broadcast(condition)
            pthread_mutex_unlock(mutex)
        }
        return body()
    }
}

/// Hands a value over to a thread that is about to start.
final class Handover<Value>: @unchecked Sendable {
    // INVARIANT: made by one thread, which uses nothing of the value any more, and then used by the one that it is given to.
    let value: Value

    init(_ value: Value) { self.value = value }
}
