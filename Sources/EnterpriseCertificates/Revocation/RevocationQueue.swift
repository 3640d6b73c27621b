/// Who is asked about next: each certificate once at a time, so many at once, so many of them at one host, and those that
/// requests wait for before renewals.
struct RevocationQueue {
    private struct Item {
        let id: RevocationQuestion.ID
        let host: String
    }

    private let width: Int
    private let share: Int
    private var urgent: [Item] = []
    private var ordinary: [Item] = []
    private var known: Set<RevocationQuestion.ID> = []
    private var running: [RevocationQuestion.ID: String] = [:]
    private var load: [String: Int] = [:]

    /// An empty queue.
    ///
    /// - Parameters:
    ///   - width: How many may be asked about at once.
    ///   - share: How many of them at one host.
    init(width: Int, share: Int) {
        self.width = width
        self.share = share
    }

    /// Adds one unless it stands in the queue or is being asked about.
    mutating func add(_ id: RevocationQuestion.ID, at host: String, first: Bool) {
        guard running[id] == nil else { return }
        let item = Item(id: id, host: host)
        if known.insert(id).inserted {
            if first { urgent.append(item) } else { ordinary.append(item) }
        } else if first, let index = ordinary.firstIndex(where: { $0.id == id }) {
            urgent.append(ordinary.remove(at: index))
        }
    }

    /// The next to ask about; nil when nobody is left who may, or as many as may are under way.
    mutating func next() -> RevocationQuestion.ID? {
        guard running.count < width, let item = take(from: \.urgent) ?? take(from: \.ordinary) else { return nil }
        known.remove(item.id)
        running[item.id] = item.host
        load[item.host, default: 0] += 1
        return item.id
    }

    private mutating func take(from line: WritableKeyPath<Self, [Item]>) -> Item? {
        guard let index = self[keyPath: line].firstIndex(where: { load[$0.host, default: 0] < share }) else {
            return nil
        }
        return self[keyPath: line].remove(at: index)
    }

    /// One has been asked about.
    mutating func finish(_ id: RevocationQuestion.ID) {
        guard let host = running.removeValue(forKey: id), let number = load[host] else { return }
        load[host] = number > 1 ? number - 1 : nil
    }
}
