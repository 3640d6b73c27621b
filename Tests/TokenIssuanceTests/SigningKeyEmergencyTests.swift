import JOSE
import Testing
import TokenIssuance
import Vocabulary

@Suite("DESIGN §10: when the next key is due, and what becomes of the timetable when a key is stolen")
struct SigningKeyEmergencyTests {
    private let now = Timestamp(seconds: 1_795_000_000)
    private let schedule = SigningKeySchedule(keySetLifetime: 3_600)

    private func key(
        _ name: String,
        from start: Timestamp,
        until end: Timestamp? = nil,
        _ algorithm: JWSAlgorithm = .rs256
    ) throws -> SigningKeyRecord {
        SigningKeyRecord(
            id: try KeyID(parsing: name),
            algorithm: algorithm,
            published: start,
            activates: start,
            retires: end,
            removed: end.map { $0 + 7_500 }
        )
    }

    // MARK: When the next key is due

    @Test func `the next key is made one lifetime of the key set and a margin ahead, and not a second earlier`() throws
    {
        let first = try key("a", from: now)
        let due = now + .days(90) + Seconds(-3_900)
        #expect(schedule.algorithmsDue(among: [first], every: .days(90), at: due + Seconds(-1)).isEmpty)
        #expect(schedule.algorithmsDue(among: [first], every: .days(90), at: due) == [.rs256])
    }

    @Test func `once it is made nothing is due, until the key that it is has signed for as long`() throws {
        let first = try key("a", from: now)
        let due = now + .days(90) + Seconds(-3_900)
        let id = try KeyID(parsing: "b")
        let made = schedule.rotation(to: id, algorithm: .rs256, among: [first], at: due, immediately: false)
        let keys = made.replaced + [made.new]
        #expect(made.new.activates == now + .days(90))
        #expect(schedule.algorithmsDue(among: keys, every: .days(90), at: due).isEmpty)
        #expect(schedule.algorithmsDue(among: keys, every: .days(90), at: now + .days(179)).isEmpty)
        #expect(schedule.algorithmsDue(among: keys, every: .days(90), at: now + .days(180)) == [.rs256])
    }

    @Test func `each algorithm in use has its own time, and one that nobody uses none`() throws {
        let keys = [
            try key("a", from: now), try key("b", from: now + .days(10), .es256),
            try key("c", from: now, until: now + 1, .edDSA),
        ]
        #expect(schedule.algorithmsDue(among: keys, every: .days(30), at: now + .days(30)) == [.rs256])
        #expect(schedule.algorithmsDue(among: keys, every: .days(30), at: now + .days(41)) == [.rs256, .es256])
    }

    @Test func `a server that was off when a key was due makes it when it is back`() throws {
        let keys = [try key("a", from: now)]
        #expect(schedule.algorithmsDue(among: keys, every: .days(30), at: now + .days(300)) == [.rs256])
    }

    // MARK: Emergency

    private func emergency(
        _ name: String,
        _ keys: [SigningKeyRecord],
        replacement: SigningKeyRecord? = nil
    ) throws -> [SigningKeyRecord] {
        try SigningKeySchedule.emergency(
            withdrawing: KeyID(parsing: name),
            among: keys,
            replacement: replacement,
            at: now
        )
    }

    @Test func `the stolen key leaves use and key set in this second, and the published one takes over`() throws {
        let stolen = try key("a", from: now + Seconds(-100), until: now + 1_000)
        let next = try key("b", from: now + 1_000)
        let other = try key("c", from: now + 2_000)
        let changed = try emergency("a", [stolen, other, next], replacement: key("new", from: now))
        #expect(changed.map(\.id.rawValue) == ["a", "b"])
        #expect(changed[0].state(at: now) == .retired)
        #expect(changed[1].state(at: now) == .active)
    }

    @Test func `the key made for this moment is used where there is no other, and without one nothing is done`() throws
    {
        let stolen = try key("a", from: now + Seconds(-100))
        let foreign = try key("e", from: now + Seconds(-100), .es256)
        let changed = try emergency("a", [stolen, foreign], replacement: key("new", from: now))
        #expect(changed.map(\.id.rawValue) == ["a", "new"])
        #expect(changed[1].state(at: now) == .active)
        #expect(throws: SigningKeySchedule.RetirementRefusal.onlyActive(stolen.id, .rs256)) {
            try emergency("a", [stolen, foreign])
        }
        #expect(throws: SigningKeySchedule.RetirementRefusal.self) {
            try emergency("a", [stolen], replacement: key("new", from: now, .es256))
        }
    }

    @Test func `of two that sign the other goes on`() throws {
        let stolen = try key("a", from: now + Seconds(-100))
        let other = try key("b", from: now + Seconds(-50))
        #expect(try emergency("a", [stolen, other]).map(\.id.rawValue) == ["a"])
    }

    @Test func `when the next key is stolen the present one goes on without an end`() throws {
        let active = try key("a", from: now + Seconds(-100), until: now + 1_000)
        let stolen = try key("b", from: now + 1_000)
        let changed = try emergency("b", [active, stolen])
        #expect(changed.map(\.id.rawValue) == ["b", "a"])
        #expect(changed[0].state(at: now) == .retired)
        #expect(changed[1].retires == nil)
        #expect(changed[1].removed == nil)
    }

    @Test func `a retiring key leaves the key set at once; one that has left it stays as it is`() throws {
        let retiring = try key("a", from: now + Seconds(-1_000), until: now + Seconds(-10))
        let active = try key("b", from: now + Seconds(-10))
        let changed = try emergency("a", [retiring, active])
        #expect(changed.map { $0.state(at: now) } == [.retired])
        #expect(changed[0].retires == retiring.retires)
        #expect(try emergency("a", [changed[0], active]).isEmpty)
        let unknown = SigningKeySchedule.RetirementRefusal.unknown(try KeyID(parsing: "z"))
        #expect(throws: unknown) { try emergency("z", [active]) }
    }
}
