public import Vocabulary

/// The grants of one scope in the order of their consumers, as the store reads them: there may be a million of them, and a
/// file that was written from the same store asks for them in the same order.
public struct GrantsByConsumer: Sendable, Hashable {
    private var grants: ArraySlice<ScopeAccess>

    /// Grants of one scope, strictly ascending by consumer.
    public init(ascending grants: ArraySlice<ScopeAccess> = []) { self.grants = grants }

    /// The grant of one consumer; setting nil takes it away.
    public subscript(consumer: OrganisationNumber) -> ScopeAccess? {
        get {
            let index = lowerBound(of: consumer, from: grants.startIndex)
            return holds(consumer, at: index) ? grants[index] : nil
        }
        set {
            let index = lowerBound(of: consumer, from: grants.startIndex)
            let range = index..<(holds(consumer, at: index) ? index + 1 : index)
            grants.replaceSubrange(range, with: newValue.map { [$0] } ?? [])
        }
    }

    /// The consumers of a file's list that no grant in force is stored for.
    public func consumersWithoutGrant(in list: [AccessDeclaration]) -> [OrganisationNumber] {
        var walk = Walk(self)
        return list.map(\.consumer).filter { walk.grant(of: $0)?.state != .approved }
    }

    private func holds(_ consumer: OrganisationNumber, at index: Int) -> Bool {
        index < grants.endIndex && grants[index].consumer == consumer
    }

    // The first place from `start` on whose consumer is not smaller.
    private func lowerBound(of consumer: OrganisationNumber, from start: Int) -> Int {
        var (low, high) = (start, grants.endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if grants[middle].consumer < consumer { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension GrantsByConsumer {
    /// Walks through grants beside a list of consumers, and knows afterwards which of them the list left out.
    struct Walk {
        private let all: GrantsByConsumer
        private var isNamed: [Bool]
        private var next: Int

        init(_ all: GrantsByConsumer) {
            self.all = all
            isNamed = [Bool](repeating: false, count: all.grants.count)
            next = all.grants.startIndex
        }

        /// The grant of one consumer, found at once when it follows the one before.
        mutating func grant(of consumer: OrganisationNumber) -> ScopeAccess? {
            let index = all.holds(consumer, at: next) ? next : all.lowerBound(of: consumer, from: all.grants.startIndex)
            guard all.holds(consumer, at: index) else { return nil }
            isNamed[index - all.grants.startIndex] = true
            next = index + 1
            return all.grants[index]
        }

        /// The grants that nobody asked for, by consumer.
        var rest: [ScopeAccess] { zip(all.grants, isNamed).filter { !$1 }.map(\.0) }
    }
}

extension GrantsByConsumer: Sequence {
    /// The grants, by consumer.
    public func makeIterator() -> ArraySlice<ScopeAccess>.Iterator { grants.makeIterator() }
}
