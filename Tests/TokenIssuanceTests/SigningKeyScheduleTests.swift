import JOSE
import Testing
import TokenIssuance
import Vocabulary

@Suite("DESIGN §10: the timetable of signing keys")
struct SigningKeyScheduleTests {
    private let now = Timestamp(seconds: 1_795_000_000)
    private let schedule = SigningKeySchedule(keySetLifetime: 3_600)

    private func key(_ name: String) throws -> KeyID { try KeyID(parsing: name) }

    @Test func `the first key of an algorithm signs at once`() throws {
        let rotation = schedule.rotation(to: try key("a"), algorithm: .rs256, among: [], at: now, immediately: false)
        #expect(rotation.new.state(at: now) == .active)
        #expect(rotation.replaced.isEmpty)
    }

    @Test
    func `a new key is published one key-set lifetime before it signs, and the old one stays until its tokens end`()
        throws
    {
        let old = SigningKeyRecord(id: try key("a"), algorithm: .rs256, published: now - 9_000, activates: now - 9_000)
        let rotation = schedule.rotation(to: try key("b"), algorithm: .rs256, among: [old], at: now, immediately: false)
        let start = now + 3_600 + SigningKeySchedule.margin
        #expect(rotation.new.activates == start)
        #expect(rotation.new.state(at: start - 1) == .next)
        #expect(rotation.new.state(at: start) == .active)
        let replaced = try #require(rotation.replaced.first)
        #expect(replaced.state(at: start - 1) == .active)
        #expect(replaced.state(at: start) == .retiring)
        let end = start + IssuancePolicy.highestLifetime + SigningKeySchedule.margin
        #expect(replaced.state(at: end - 1) == .retiring)
        #expect(replaced.state(at: end) == .retired)
    }

    @Test func `rotating now ends the old key at once and keeps it published`() throws {
        let old = SigningKeyRecord(id: try key("a"), algorithm: .rs256, published: now - 9_000, activates: now - 9_000)
        let rotation = schedule.rotation(to: try key("b"), algorithm: .rs256, among: [old], at: now, immediately: true)
        #expect(rotation.new.state(at: now) == .active)
        #expect(rotation.replaced.map { $0.state(at: now) } == [.retiring])
    }

    @Test func `leaves keys of another algorithm alone`() throws {
        let old = SigningKeyRecord(id: try key("a"), algorithm: .es256, published: now - 9_000, activates: now - 9_000)
        let rotation = schedule.rotation(to: try key("b"), algorithm: .rs256, among: [old], at: now, immediately: false)
        #expect(rotation.replaced.isEmpty)
        #expect(rotation.new.state(at: now) == .active)
    }
}
