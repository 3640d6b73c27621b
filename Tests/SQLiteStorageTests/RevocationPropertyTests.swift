import Delegations
import Foundation
import Testing
import Vocabulary

@testable import SQLiteStorage

/// The promise of DESIGN §8: revoking anything removes exactly the tokens that rested on it.
///
/// A world is drawn, and every request that it knows is put to the real decision on facts of the real store: tokens to
/// `IssuancePolicy`, questions to the decision point. Then one thing after the other is taken away by the act that takes it.
@Suite("Revoking anything removes exactly what rested on it")
struct RevocationPropertyTests {
    @Test(arguments: 1...8)
    func `what was granted before and is refused now is what rested on it`(seed: Int) throws {
        var draws = SeededDraws(seed: UInt64(seed))
        let world = try RevocationWorld()
        var present: Set<RevocationWorld.Thing> = []
        for thing in world.things where !draws.falls(oneIn: 4) {
            try world.give(thing)
            present.insert(thing)
        }
        var before = try world.granted()
        // The test would be worth nothing in a world where all is refused, or nothing.
        #expect(before.count > 8 && before.count < world.requests.count)
        #expect(before == expected(of: world, with: present))
        for thing in draws.shuffled(world.things.filter(present.contains)) {
            let rested = before.subtracting(expected(of: world, with: present.subtracting([thing])))
            try world.take(thing)
            present.remove(thing)
            let after = try world.granted()
            #expect(before.subtracting(after) == rested, "after \(thing)")
            #expect(after.isSubset(of: before), "after \(thing)")
            before = after
        }
        #expect(before.isEmpty)
    }

    /// A request is granted when of each of its demands one thing is there.
    private func expected(
        of world: RevocationWorld,
        with present: Set<RevocationWorld.Thing>
    ) -> Set<RevocationWorld.Request> {
        Set(world.requests.filter { world.demands(of: $0).allSatisfy { !present.isDisjoint(with: $0) } })
    }
}
