import HTTPServer
import Logging
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
    }
}
