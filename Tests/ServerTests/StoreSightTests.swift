import GRDB
import HTTPServer
import JOSE
import Logging
import NIOHTTP1
import SQLiteStorage
import Testing
import Vocabulary

@testable import Server

extension OneAtATime {
    @Suite("Readiness sees a database that cannot be read")
    struct StoreSightTests {
        @Test func `a look that fails is noted until one succeeds; keys and key set stay`() throws {
            let world = try World()
            let opened = try OpenedInstallation(world.configuration(), clock: SystemClock())
            let sight = StoreSight()
            let housekeeping = Housekeeping(
                store: opened.store,
                sight: sight,
                register: RegisterSight(maximumAge: nil),
                keys: opened.keys,
                keySet: PublishedDocument(opened.keys.keySet(at: SystemClock().now), maximumAge: 60),
                trust: opened.trust,
                sealTrust: nil,
                identity: nil,
                openConnections: { 0 },
                clock: SystemClock(),
                logger: .silent
            )
            housekeeping.lookAtKeys()
            #expect(!sight.isLost)
            let published = housekeeping.keySet.bytes
            try opened.store.close()
            housekeeping.lookAtKeys()
            #expect(sight.isLost)
            #expect(housekeeping.keySet.bytes == published)
            #expect(sight.note(isLost: false))
            #expect(!sight.note(isLost: false))
        }

        @Test func `/health/ready is 503 as long as the database cannot be read, keys and life go on`() async throws {
            let world = try World()
            let database = try DatabaseQueue(path: DataFolder(path: world.path).database)
            try await world.serving { live in
                let ready = live.url("/health/ready")
                #expect(try await live.get(ready).status == 200)
                let keys = try await live.get(live.url("/jwk"))
                #expect(keys.status == 200)

                try await database.write { try $0.execute(sql: "ALTER TABLE signing_key RENAME TO signing_key_away") }
                #expect(try await eventually { try await live.get(ready).status == 503 })
                let answer = try await live.get(ready)
                #expect(answer.status == 503)
                #expect(try answer.object()["reason"] == "store_unavailable")
                #expect(answer.headers.first(name: "retry-after") == "5")
                #expect(try await live.get(live.url("/health/live")).status == 200)
                #expect(try await live.get(live.url("/jwk")).text == keys.text)
                #expect(try await live.get(live.adminURL("/metrics")).text.contains("portvakt_ready 0\n"))

                try await database.write { try $0.execute(sql: "ALTER TABLE signing_key_away RENAME TO signing_key") }
                #expect(try await eventually { try await live.get(ready).status == 200 })
                #expect(try await live.post(world.form()).status == 200)
            }
            try database.close()
        }
    }
}
