import Scopes
import Testing
import Vocabulary

@Suite("Grants by consumer")
struct GrantsByConsumerTests {
    private static let consumers = (0..<40).compactMap { OrganisationNumber(stem: 31_000_000 + $0 * 7) }.sorted()

    private func grants(_ consumers: some Sequence<OrganisationNumber>) -> GrantsByConsumer {
        GrantsByConsumer(ascending: consumers.map { Sample.access($0, to: "acme:x") }[...])
    }

    private func declarations(_ consumers: [OrganisationNumber]) -> [AccessDeclaration] {
        consumers.map { AccessDeclaration(consumer: $0, line: SourceLine(file: "a.yaml", line: 1), fields: [:]) }
    }

    @Test func `each is found, and nothing between them`() {
        let stored = Self.consumers.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
        let grants = grants(stored)
        for consumer in Self.consumers {
            #expect((grants[consumer]?.consumer == consumer) == stored.contains(consumer))
        }
        #expect(GrantsByConsumer()[Self.consumers[0]] == nil)
    }

    @Test func `setting keeps the order, nil takes away`() {
        var generator = SeededGenerator(seed: 7)
        var grants = GrantsByConsumer()
        for consumer in Self.consumers.shuffled(using: &generator) {
            grants[consumer] = Sample.access(consumer, to: "acme:x")
        }
        #expect(grants.map(\.consumer) == Self.consumers)
        for consumer in Self.consumers.shuffled(using: &generator).prefix(10) { grants[consumer] = nil }
        #expect(grants.count { _ in true } == Self.consumers.count - 10)
    }

    @Test(arguments: [1, 2, 3, 4, 5])
    func `whoever has no grant in force is told, in any order of the list`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let stored = Self.consumers.filter { _ in Bool.random(using: &generator) }
        var grants = grants(stored)
        let denied = stored.filter { _ in Int.random(in: 0..<4, using: &generator) == 0 }
        for consumer in denied { grants[consumer]?.state = .denied }
        let list = Self.consumers.shuffled(using: &generator)
        let missing = grants.consumersWithoutGrant(in: declarations(list))
        #expect(missing == list.filter { !stored.contains($0) || denied.contains($0) })
    }
}
