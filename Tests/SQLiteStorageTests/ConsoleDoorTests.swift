import Administration
import AuditLedger
import Testing
import Vocabulary

@testable import SQLiteStorage

@Suite("DESIGN §11: a one-time link becomes a session of the console")
struct ConsoleDoorTests {
    private let now = DelegationWorld.now
    private let trace = TraceID(high: 1, low: 2)

    private func draw() -> ConsoleSecret {
        var generator: any RandomNumberGenerator = SystemRandomNumberGenerator()
        return ConsoleSecret(drawing: &generator)
    }

    private func link(
        _ world: DelegationWorld,
        for organisation: OrganisationNumber? = nil
    ) throws -> ConsoleSecret {
        let code = draw()
        _ = try world.act { try $0.makeConsoleLink(code, for: organisation) }
        return code
    }

    private func logIn(
        _ world: DelegationWorld,
        _ code: ConsoleSecret,
        as secret: ConsoleSecret,
        replacing: ConsoleSecret? = nil,
        after seconds: Seconds = 0
    ) throws -> ConsoleSession? {
        try world.store.transaction {
            try ConsoleDoor(in: $0, at: now + seconds).logIn(code, as: secret, replacing: replacing, trace: trace)
        }
    }

    @Test func `once, and never again`() throws {
        let world = try DelegationWorld()
        let (code, secret) = (try link(world), draw())
        let session = try #require(try logIn(world, code, as: secret))
        #expect(session.hash == secret.hash && session.organisation == nil && session.madeBy == "kari@vakt")
        #expect(try logIn(world, code, as: draw()) == nil)
        #expect(try world.store.read { try $0.consoleSession(secret.hash) } == session)
        #expect(try world.store.read { try $0.consoleSession(code.hash) } == nil)
    }

    @Test func `in its last second, and not in the one after`() throws {
        let world = try DelegationWorld()
        #expect(try logIn(world, try link(world), as: draw(), after: 59) != nil)
        #expect(try logIn(world, try link(world), as: draw(), after: 60) == nil)
    }

    @Test func `for an organisation that the register knows, and for its view alone`() throws {
        let world = try DelegationWorld()
        let session = try logIn(world, try link(world, for: world.consumer), as: draw())
        #expect(session?.organisation == world.consumer)
        let stranger = RegisterWorld.number(77)
        #expect(throws: AdministrationRefusal.unknownOrganisation(stranger)) { try link(world, for: stranger) }
    }

    @Test func `a log-in ends the session that the browser had`() throws {
        let world = try DelegationWorld()
        let (first, second) = (draw(), draw())
        _ = try logIn(world, try link(world), as: first)
        _ = try logIn(world, try link(world), as: second, replacing: first)
        #expect(try world.store.read { try $0.consoleSession(first.hash) } == nil)
        #expect(try world.store.read { try $0.consoleSession(second.hash) } != nil)
    }

    @Test func `the ledger says who made the link, who came and who went, and holds no secret`() throws {
        let world = try DelegationWorld()
        let (code, secret) = (try link(world, for: world.consumer), draw())
        _ = try logIn(world, code, as: secret)
        try world.store.transaction { try ConsoleDoor(in: $0, at: now + 5).logOut(secret, trace: trace) }
        try world.store.transaction { try ConsoleDoor(in: $0, at: now + 6).logOut(secret, trace: trace) }
        let entries = try world.store.read { try $0.newestEntries(LedgerQuery(), limit: 3) }.map(\.event).reversed()
        #expect(entries.map(\.kind) == [.consoleLinkMade, .consoleLoggedIn, .consoleLoggedOut])
        #expect(entries.allSatisfy { $0.actor == "kari@vakt" && $0.consumer == world.consumer })
        #expect(entries.dropFirst().allSatisfy { $0.traceID == trace })
        let text = try world.store.read { reader in
            try (1...(try reader.lastSequence)).map {
                String(decoding: try reader.row($0)?.entry.body ?? [], as: UTF8.self)
            }
            .joined()
        }
        #expect(!text.contains(code.text) && !text.contains(secret.text))
    }

    @Test func `a session ends after half an hour without use, and after eight hours whatever was asked`() throws {
        func session(used: Seconds) -> ConsoleSession {
            ConsoleSession(hash: [1], organisation: nil, madeBy: "kari@vakt", began: now, used: now + used)
        }
        #expect(session(used: 0).stands(at: now + .minutes(30) - 1))
        #expect(!session(used: 0).stands(at: now + .minutes(30)))
        #expect(session(used: .minutes(29)).stands(at: now + .minutes(58)))
        #expect(session(used: .minutes(479)).stands(at: now + .hours(8) - 1))
        #expect(!session(used: .minutes(479)).stands(at: now + .hours(8)))
        // A clock that was set back far opens nothing.
        #expect(!session(used: 0).stands(at: now - .hours(1)))
    }

    @Test func `use is noted and never taken back`() throws {
        let world = try DelegationWorld()
        let secret = draw()
        let session = try #require(try logIn(world, try link(world), as: secret))
        for seconds in [Seconds(300), 100] {
            try world.store.transaction { try ConsoleDoor(in: $0, at: now + seconds).noteUse(of: session) }
        }
        #expect(try world.store.read { try $0.consoleSession(secret.hash)?.used } == now + 300)
    }

    @Test func `a secret is read back from its text and from nothing else`() {
        let secret = draw()
        #expect(ConsoleSecret(parsing: secret.text) == secret)
        #expect(secret.text.utf8.count == 43 && "\(secret)" == "<redacted>")
        for text in ["", "x", secret.text + "A", String(secret.text.dropLast()), secret.text.dropLast() + "="] {
            #expect(ConsoleSecret(parsing: text) == nil)
        }
        #expect(secret.formWord != secret.text)
    }
}
