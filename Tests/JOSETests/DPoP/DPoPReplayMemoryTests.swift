import JOSE
import Testing
import Vocabulary

@Suite("RFC 9449 §11.1: the memory of used proofs")
struct DPoPReplayMemoryTests {
    private let now = Timestamp(seconds: 1_800_000_000)

    private func key(_ number: Int) -> [UInt8] { (0..<32).map { UInt8(truncatingIfNeeded: number >> (($0 % 8) * 8)) } }

    @Test func `of many at once exactly one is the first`() async {
        let (memory, key, now) = (DPoPReplayMemory(), key(1), now)
        let firsts = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<1_000 { group.addTask { memory.claim(key, until: now + 60, at: now) == .new } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(firsts == 1)
    }

    @Test func `a proof is held while it could be accepted, and a little longer`() {
        let memory = DPoPReplayMemory()
        #expect(memory.claim(key(1), until: now + 60, at: now) == .new)
        #expect(memory.claim(key(1), until: now + 60, at: now + 60) == .replayed)
        // A clock set back by less than ten seconds frees nothing either.
        #expect(memory.claim(key(2), until: now + 71, at: now + 70) == .new)
        #expect(memory.claim(key(1), until: now + 60, at: now + 60) == .replayed)
        #expect(memory.claim(key(3), until: now + 90, at: now + 72) == .new)
        #expect(memory.count == 2)
    }

    @Test func `when it is full nothing is forgotten early`() {
        let memory = DPoPReplayMemory(limit: 2)
        #expect(memory.claim(key(1), until: now + 60, at: now) == .new)
        #expect(memory.claim(key(2), until: now + 60, at: now) == .new)
        #expect(memory.claim(key(3), until: now + 60, at: now) == .full)
        #expect(memory.claim(key(1), until: now + 60, at: now) == .replayed)
        #expect(memory.claim(key(3), until: now + 200, at: now + 80) == .new)
        #expect(memory.count == 1)
    }

    @Test func `a hundred thousand proofs of a minute leave nothing behind`() {
        let memory = DPoPReplayMemory(limit: 10_000)
        for number in 0..<100_000 {
            let now = now + Seconds(Int64(number / 100))
            #expect(memory.claim(key(number), until: now + 60, at: now) == .new)
        }
        #expect(memory.count <= 7_200)
        _ = memory.claim(key(-1), until: now, at: now + 10_000)
        #expect(memory.count == 1)
    }

    @Test func `a clock that stood ahead for a moment keeps nothing for ever`() {
        let memory = DPoPReplayMemory(limit: 100)
        #expect(memory.claim(key(0), until: now + .days(365), at: now + .days(365)) == .new)
        for number in 1...1_000 {
            let now = now + Seconds(Int64(number * 2))
            #expect(memory.claim(key(number), until: now + 60, at: now) == .new)
        }
        #expect(memory.count <= 40)
    }
}
