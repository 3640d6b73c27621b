import GRDB
import Organisations
import Testing
import Vocabulary

@testable import SQLiteStorage

/// What happened to units, from the imports that told of it.
@Suite("What happened to units")
struct OrganisationChangeTests {
    private let world: RegisterWorld

    init() throws { world = try RegisterWorld() }

    private let seen = Timestamp(seconds: 1_700_000_000)

    @Test func `a sub-unit that went elsewhere and a unit that closed are remembered, what is new is not`() throws {
        try world.take(RegisterWorld.register(of: 3))
        try world.take(RegisterWorld.array([RegisterWorld.sub(10, of: 0), RegisterWorld.sub(11, of: 0)]))
        #expect(try world.count("organisation_change") == 0)
        try world.take(RegisterWorld.array([RegisterWorld.sub(10, of: 1), RegisterWorld.sub(11, of: 0)]))
        try world.take(RegisterWorld.array([RegisterWorld.main(1), RegisterWorld.main(2)]))
        try world.store.read { reader throws in
            let move = SeenOrganisationChange(
                OrganisationChange(RegisterWorld.number(10), .moved(from: RegisterWorld.number(0))),
                seen: seen
            )
            #expect(try reader.lastMove(of: RegisterWorld.number(10)) == move)
            #expect(try reader.lastMove(of: RegisterWorld.number(11)) == nil)
            #expect(try reader.moves(from: RegisterWorld.number(0), limit: 10) == [move])
            #expect(try reader.closingSeen(of: RegisterWorld.number(0)) == seen)
            #expect(try reader.closingSeen(of: RegisterWorld.number(1)) == nil)
        }
    }

    @Test func `what an import remembered that never counted does not count, and is gone after the next`() throws {
        try world.take(RegisterWorld.register(of: 2))
        try world.execute(
            """
            INSERT INTO organisation_change (number, kind, generation, seen, before)
            VALUES (\(RegisterWorld.number(0)), 1, 2, 1690000000, NULL), (\(RegisterWorld.number(1)), 1, 1, 1000000000, NULL)
            """
        )
        #expect(try world.store.read { try $0.closingSeen(of: RegisterWorld.number(0)) } == nil)
        #expect(try world.store.read { try $0.closingSeen(of: RegisterWorld.number(1)) } != nil)
        try world.take(RegisterWorld.register(of: 2, name: "NYTT NAVN AS"))
        // The one came with a generation that now came again; the other is older than 400 days.
        #expect(try world.count("organisation_change") == 0)
    }
}
