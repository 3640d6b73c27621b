import Administration
import AuditLedger
import Delegations
import Foundation
import GRDB
import JOSE
import Organisations
import Testing
import Vocabulary

@testable import SQLiteStorage

@Suite("Change feeds in the database: batch, cursor, revision and ledger in one act")
struct RegisterSyncStoreTests {
    private let world: RegisterWorld
    private let clock = SteppedClock()

    init() throws {
        world = try RegisterWorld()
        try world.take(RegisterWorld.register(of: 40))
    }

    private func sync() throws -> SQLiteRegisterSync {
        let key = try #require(PseudonymKey(bytes: Array(repeating: 7, count: 32)))
        let actor = Actor(
            operatingSystemUser: "test",
            originalUser: nil,
            host: "here",
            claimed: nil,
            command: "org sync"
        )
        return try SQLiteRegisterSync(
            into: world.store,
            clock: clock,
            pseudonymising: { RoleSetRecord($0, under: key) },
            recording: { $0.ledgerEvent(of: $1, by: actor, at: $2) }
        )
    }

    private func unit(_ index: Int, name: String = "NYTT NAVN AS") -> Organisation {
        Organisation(
            number: RegisterWorld.number(index),
            kind: .mainUnit,
            name: name,
            form: .init(code: "AS", description: nil)
        )
    }

    private func batch(
        _ units: [Organisation],
        behind: FeedCursor? = nil,
        to id: Int64 = 1,
        isLast: Bool = true
    ) -> SyncBatch {
        var batch = SyncBatch(feed: .mainUnits, behind: behind, cursor: .after(id: id))
        batch.units = units
        batch.isLast = isLast
        return batch
    }

    private func state(_ feed: RegisterFeed = .mainUnits) throws -> RegisterFeedState {
        try world.store.read { try $0.registerFeed(feed) }
    }

    private func syncEvents() throws -> [LedgerEvent] {
        var query = LedgerQuery()
        query.kinds = [.registerSynced]
        return try world.store.read { try $0.newestEntries(query, limit: 100).map(\.event) }
    }

    @Test func `a batch that changes something raises the revision once and is one entry`() throws {
        let revision = try world.revision()
        let applied = try sync().apply(batch([unit(0), unit(1, name: "RASK ELG AS"), unit(60)]))
        #expect(applied.changed == 1 && applied.unchanged == 1 && applied.added == 1)
        #expect(try world.revision() == revision + 1)
        #expect(try world.unit(RegisterWorld.number(0))?.name == "NYTT NAVN AS")
        #expect(try syncEvents().count == 1)
        #expect(try syncEvents().first?.details["cursor"] == "1")
        #expect(try state().cursor == .after(id: 1))
        #expect(try state().succeeded == clock.now)
        // One version of each unit, as before.
        #expect(try world.count("organisation") == 41)
    }

    @Test func `a batch that changes nothing moves the cursor and is no entry`() throws {
        let revision = try world.revision()
        _ = try sync().apply(batch([unit(1, name: "RASK ELG AS")], isLast: false))
        #expect(try world.revision() == revision)
        #expect(try syncEvents().isEmpty)
        #expect(try state().cursor == .after(id: 1))
        #expect(try state().succeeded == nil)
    }

    @Test func `a deleted unit keeps what is known of its life, a purged one its number and kind`() throws {
        var deleted = unit(0, name: "")
        deleted.deleted = CalendarDate(parsing: "2026-02-03")
        var purged = unit(1, name: "")
        purged.isPurged = true
        let applied = try sync().apply(batch([deleted, purged]))
        #expect(applied.closed == 2 && applied.purged == 1 && applied.changed == 0)
        let kept = try #require(try world.unit(RegisterWorld.number(0)))
        #expect(kept.name == "RASK ELG AS" && kept.deleted == deleted.deleted)
        #expect(try world.standing(RegisterWorld.number(0))?.impediment == .deleted(deleted.deleted))
        let left = try #require(try world.unit(RegisterWorld.number(1)))
        #expect(left.isPurged && left.name.isEmpty && !left.isLive)
        // Told again, nothing happens.
        let again = try sync().apply(batch([deleted, purged], behind: .after(id: 1), to: 2))
        #expect(!again.changesAnything && again.unchanged == 2)
    }

    @Test func `a deletion of which no more is told closes what lives and nothing else`() throws {
        let day = CalendarDate(parsing: "2026-03-04")
        var batch = batch([])
        batch.deletions = [0, 0, 70].map { .init(number: RegisterWorld.number($0), kind: .mainUnit, day: day) }
        let applied = try sync().apply(batch)
        #expect(applied.closed == 1 && applied.unchanged == 2)
        #expect(try world.unit(RegisterWorld.number(0))?.deleted == day)
        #expect(try world.unit(RegisterWorld.number(70)) == nil)
    }

    @Test func `a batch from elsewhere than the cursor changes nothing`() throws {
        _ = try sync().apply(batch([unit(0)], to: 5))
        #expect(throws: SyncObstacle.cursorMoved) { try sync().apply(batch([unit(1)], behind: .after(id: 3), to: 9)) }
        #expect(throws: SyncObstacle.cursorMoved) { try sync().apply(batch([unit(1)], behind: nil, to: 9)) }
        #expect(try world.unit(RegisterWorld.number(1))?.name == "RASK ELG AS")
        #expect(try state().cursor == .after(id: 5))
    }

    @Test func `an import of its kind takes the cursor back, and counts as success of its kind`() throws {
        _ = try sync().apply(batch([unit(0)], to: 5))
        try world.take(RegisterWorld.register(of: 40))
        #expect(try state().cursor == nil)
        #expect(try state().imported == Timestamp(seconds: 1_700_000_000))
        #expect(try state().start == Timestamp(seconds: 1_700_000_000 - 86_400))
        #expect(try state(.subUnits).updated == nil)
        // A batch read before the import is refused: it would carry the cursor past what the file took back.
        #expect(throws: SyncObstacle.cursorMoved) { try sync().apply(batch([unit(1)], behind: .after(id: 5), to: 9)) }
        // A single unit is no register.
        _ = try sync().apply(batch([unit(0)], to: 6))
        try world.take(RegisterWorld.main(0, name: "ALENE"), mode: .update)
        #expect(try state().cursor == .after(id: 6))
    }

    @Test func `while an import stages nothing is applied, and what a killed one left stays unseen`() throws {
        let importer = world.importer()
        try importer.begin()
        try importer.stage(added: [unit(80, name: "HALVT INNE")], changed: [unit(2, name: "HALVT INNE")])
        try importer.writeWaiting()
        #expect(try sync().isImportRunning)
        #expect(throws: SyncObstacle.importRunning) { try sync().apply(batch([unit(0)])) }
        #expect(try state().cursor == nil)
        try importer.abandon()
        #expect(try !sync().isImportRunning)

        // Killed: the mark stands, rows are left, and nobody holds the lock.
        try world.execute("UPDATE organisation_register SET unswept = 1")
        let record = OrganisationRecord(unit(2, name: "ETTERLATT"))
        let key = OrganisationRow.key(of: record.number, generation: 2)
        try DatabaseQueue(path: world.folder.database).write {
            try $0.execute(
                sql: "INSERT INTO organisation (id, record) VALUES (?, ?)",
                arguments: [key, Data(record.bytes)]
            )
        }
        #expect(try sync().apply(batch([unit(2)])).changed == 1)
        #expect(try world.unit(RegisterWorld.number(2))?.name == "NYTT NAVN AS")
        try world.take(RegisterWorld.main(3, name: "DERETTER"), mode: .update)
        #expect(try world.unit(RegisterWorld.number(2))?.name == "NYTT NAVN AS")
        #expect(try !world.isUnswept())
    }

    @Test func `roles take the place of roles, with the index of holders`() throws {
        let (unit, first, second) = (RegisterWorld.number(0), RegisterWorld.number(1), RegisterWorld.number(2))
        func roles(_ holder: OrganisationNumber?) -> SyncBatch {
            let cursor = try? world.store.read { try $0.registerFeed(.roles).cursor }
            var batch = SyncBatch(
                feed: .roles,
                behind: cursor ?? nil,
                cursor: .after(id: Int64.random(in: 1...1_000_000))
            )
            batch.roles = [
                RegisteredRoles(
                    number: unit,
                    roles: holder.map {
                        [.init(code: "REVI", holder: .organisation($0)), .init(code: "XYZ", holder: .organisation($0))]
                    } ?? []
                )
            ]
            return batch
        }
        #expect(try sync().apply(roles(first)).added == 1)
        #expect(try sync().apply(roles(first)).unchanged == 1)
        #expect(try sync().apply(roles(second)).changed == 1)
        #expect(try world.store.read { try $0.assignments(heldBy: .organisation(first)) }.isEmpty)
        #expect(
            try world.store.read { try $0.assignments(heldBy: .organisation(second)) }.map(\.organisation) == [unit]
        )
        #expect(try world.count("role_holder") == 1 && world.count("role_set") == 1)
        #expect(try sync().apply(roles(nil)).changed == 1)
        #expect(try world.count("role_holder") == 0 && world.count("role_set") == 0)
    }

    @Test func `roles are kept as an import keeps them, byte by byte`() throws {
        let roles = try RoleWorld()
        let unit = RoleWorld.unit(
            RoleWorld.number(0),
            [
                RoleWorld.role("DAGL", person: RoleWorld.person(try RoleWorld.identity(0))),
                RoleWorld.role("LEDE", person: RoleWorld.named("Åse  Łucja")),
                RoleWorld.role("REVI", unit: RoleWorld.number(1)), RoleWorld.role("TULL", unit: RoleWorld.number(2)),
            ]
        )
        try roles.take(RoleWorld.file([unit]))
        var reader = RegisterFileReader(MemoryByteSource(RoleWorld.file([unit])), of: .roles)
        _ = try reader.forEachBatch { batch in
            for registered in try batch.roles {
                let record = RoleSetRecord(registered, under: roles.key)
                let known = try roles.store.read { try VersionTable.roles.newest(of: record.number, $0) { Array($0) } }
                #expect(known == record.bytes && !record.bytes.isEmpty)
            }
        }
    }

    @Test func `a purge takes the unit's roles with it`() throws {
        var roles = SyncBatch(feed: .roles, behind: nil, cursor: .after(id: 1))
        roles.roles = [
            RegisteredRoles(
                number: RegisterWorld.number(0),
                roles: [.init(code: "DAGL", holder: .named("KARI ELG", birthDate: nil))]
            )
        ]
        #expect(try sync().apply(roles).added == 1)
        var purged = unit(0, name: "")
        purged.isPurged = true
        _ = try sync().apply(batch([purged]))
        #expect(try world.count("role_set") == 0 && world.count("role_holder") == 0)
    }

    @Test func `failures are counted until a success`() throws {
        for cause in ["status 500", "status 503"] {
            try world.store.transaction { try $0.noteFailure(of: .roles, cause: cause, at: clock.now) }
        }
        #expect(try state(.roles).failures == 2)
        #expect(try state(.roles).failure == "status 503")
        var batch = SyncBatch(feed: .roles, behind: nil, cursor: .since(clock.now))
        _ = try sync().apply(batch)
        #expect(try state(.roles).failures == 2)
        batch = SyncBatch(feed: .roles, behind: .since(clock.now), cursor: .since(clock.now))
        batch.isLast = true
        _ = try sync().apply(batch)
        #expect(try state(.roles).failures == 0)
        #expect(try state(.roles).failed == nil && state(.roles).failure == nil)
    }

    @Test func `the step that adds the feeds finds earlier imports in the ledger`() throws {
        try world.take(RegisterWorld.array([RegisterWorld.sub(50, of: 0)]))
        // What an older program left: its ledger, and no feeds.
        try world.store.transaction { transaction in
            let event = LedgerEvent(
                time: Timestamp(seconds: 1_600_000_000),
                kind: .organisationsImported,
                details: ["document": "whole_register", "kinds": ["sub_unit"]]
            )
            try transaction.append(event)
            try transaction.grdb.execute(sql: "DROP TABLE register_feed")
            try transaction.grdb.execute(sql: Migration.registerFeeds.sql)
        }
        #expect(try state(.subUnits).imported == Timestamp(seconds: 1_600_000_000))
        #expect(try state(.mainUnits).imported == nil)
    }
}

/// A clock that stands still.
private struct SteppedClock: WallClock {
    let now = Timestamp(seconds: 1_790_000_000)
}
