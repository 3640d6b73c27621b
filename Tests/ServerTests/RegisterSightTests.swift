import GRDB
import JOSE
import Logging
import NIOHTTP1
import Organisations
import SQLiteStorage
import Testing
import TokenIssuance
import Vocabulary

@testable import Server

@Suite("The age of the register, as a server sees it")
struct RegisterSightTests {
    private let now = Timestamp(seconds: 1_790_000_000)

    private func feed(_ feed: RegisterFeed, age: Seconds?, imported: Seconds? = nil) -> RegisterFeedState {
        var state = RegisterFeedState(feed: feed)
        state.succeeded = age.map { now - $0 }
        state.imported = imported.map { now - $0 }
        return state
    }

    @Test("yellow from 24 hours on, red from 7 days on") func states() {
        #expect(RegisterFreshness(age: .hours(24) + -1) == .green)
        #expect(RegisterFreshness(age: .hours(24)) == .yellow)
        #expect(RegisterFreshness(age: .days(7) + -1) == .yellow)
        #expect(RegisterFreshness(age: .days(7)) == .red)
    }

    @Test func `an import counts as a success of its kind, and a clock that was set back makes nothing young`() {
        #expect(feed(.mainUnits, age: 100, imported: 10).age(at: now) == 10)
        #expect(feed(.mainUnits, age: 5, imported: 10).age(at: now) == 5)
        #expect(feed(.mainUnits, age: nil).age(at: now) == nil)
        #expect(feed(.mainUnits, age: -5).age(at: now) == 0)
    }

    @Test func `the older of main units and sub-units counts, roles never, and what was never there does not`() {
        let sight = RegisterSight(maximumAge: 100)
        #expect(sight.obstacle(at: now) == nil)
        sight.note([feed(.mainUnits, age: 100), feed(.subUnits, age: nil), feed(.roles, age: 9_999)])
        #expect(sight.obstacle(at: now) == nil)
        #expect(sight.obstacle(at: now + 1) == .registerOutdated)
        sight.note([feed(.mainUnits, age: 0), feed(.subUnits, age: 101)])
        #expect(sight.obstacle(at: now) == .registerOutdated)
        let lax = RegisterSight(maximumAge: nil)
        lax.note([feed(.mainUnits, age: .days(900))])
        #expect(lax.obstacle(at: now) == nil)
    }

    @Test func `passing the limit is told once, and so is the way back`() {
        let sight = RegisterSight(maximumAge: 100)
        #expect(sight.note([feed(.mainUnits, age: 1)], at: now) == .none)
        #expect(sight.note([feed(.mainUnits, age: 101)], at: now) == .outdated(101))
        #expect(sight.note([feed(.mainUnits, age: 102)], at: now) == .none)
        #expect(sight.note([feed(.mainUnits, age: 1)], at: now) == .upToDate)
    }

    @Test func `a follower waits longer with each failure, an hour at the most`() {
        let waits = (0...9).map { RegisterFollower.wait(after: $0, every: .seconds(300)) / .seconds(1) }
        #expect(waits == [300, 600, 1_200, 2_400, 3_600, 3_600, 3_600, 3_600, 3_600, 3_600])
        #expect(RegisterFollower.wait(after: 3, every: .seconds(7_200)) == .seconds(7_200))
    }

    @Test(
        "the address is https, or plain http of this machine",
        arguments: [
            ("https://data.brreg.no/enhetsregisteret/api/", "https://data.brreg.no/enhetsregisteret/api"),
            ("http://127.0.0.1:8080/api", "http://127.0.0.1:8080/api"), ("http://[::1]:1/", "http://[::1]:1"),
            ("http://localhost:1/a", "http://localhost:1/a"), ("http://data.brreg.no/api", nil),
            ("http://127.0.0.1.example.no/api", nil), ("http://10.0.0.1/", nil), ("https://a/?x=1", nil),
            ("https://u@a/", nil), ("data.brreg.no", nil),
        ]
    )
    func address(text: String, expected: String?) {
        #expect((try? RegisterSource(parsing: text))?.url == expected)
    }
}

extension OneAtATime {
    @Suite("register_max_age")
    struct RegisterMaximumAgeTests {
        @Test func `tokens are refused while the register is older than it may be, and given again after a success`()
            async throws
        {
            let world = try World(settings: [.registerMaximumAge: "1h"])
            let database = try DatabaseQueue(path: DataFolder(path: world.path).database)
            let now = SystemClock().now.seconds
            @Sendable func set(age: Int64) async throws {
                try await database.write {
                    try $0.execute(
                        sql: "UPDATE register_feed SET succeeded = ?, imported = NULL WHERE feed = 'main_units'",
                        arguments: [now - age]
                    )
                }
            }
            try await set(age: 7_200)
            try await world.serving { live in
                let form = try world.form()
                let refused = try await live.post(form)
                #expect(refused.status == 503)
                let body = try refused.object()
                #expect(body["code"] == "PV-008" && body["reason"] == "register_outdated")
                #expect(refused.headers.first(name: "retry-after") == "30")
                #expect(try await live.get(live.url("/health/ready")).status == 503)
                let metrics = try await live.get(live.adminURL("/metrics")).text
                #expect(metrics.contains(#"portvakt_register_state{feed="main_units",state="green"} 1"#))
                #expect(metrics.contains(#"portvakt_register_sync_failures{feed="main_units"} 0"#))

                try await set(age: 60)
                #expect(try await eventually { try await live.get(live.url("/health/ready")).status == 200 })
                // Nothing was claimed: the very assertion that was refused.
                #expect(try await live.post(form).status == 200)
            }
            try database.close()
        }
    }
}
