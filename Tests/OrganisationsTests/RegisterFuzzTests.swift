import Organisations
import Testing

@Suite("Register files: broken at random, the same way each time")
struct RegisterFuzzTests {
    /// A small generator (xorshift64*), so that a failure can be repeated by its seed.
    private struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state ^= state >> 12
            state ^= state << 25
            state ^= state >> 27
            return state &* 0x2545_F491_4F6C_DD1D
        }
    }

    /// One to four bytes changed, put in, taken out, or a piece doubled.
    private static func broken(_ bytes: [UInt8], _ dice: inout Dice) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &dice) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &dice)
            let telling = Array(#"[]{}",:\ 0"#.utf8) + [0x00, 0x1F, 0x7F, 0x80, 0xC3, 0xFF]
            switch Int.random(in: 0..<4, using: &dice) {
            case 0: bytes[place] = telling.randomElement(using: &dice) ?? 0
            case 1: bytes.insert(telling.randomElement(using: &dice) ?? 0, at: place)
            case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...9, using: &dice)))
            default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 20)], at: place)
            }
        }
        return bytes
    }

    @Test func `a broken text gives units that are sound, or an error; never a crash`() {
        let text = Array(RegisterFileTests.tricky.utf8)
        var refused = 0
        for seed in 1...1_500 {
            var dice = Dice(state: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15)
            do {
                let result = try ReadResult(Self.broken(text, &dice), chunkSize: Int.random(in: 1...700, using: &dice))
                #expect(Set(result.units.map(\.number)).count == result.units.count, "seed \(seed)")
                #expect(result.units.allSatisfy { $0.kind == .mainUnit || $0.parent != nil }, "seed \(seed)")
            } catch {
                #expect(error is RegisterFileError, "seed \(seed): \(error)")
                refused += 1
            }
        }
        // Most breaks hit a text inside a unit; some hit the frame.
        #expect((50...1_450).contains(refused))
    }

    @Test func `a broken packed file gives the very same units, or an error`() throws {
        let packed = Samples.gzip(Array(RegisterFileTests.tricky.utf8))
        let whole = try ReadResult(packed)
        for seed in 1...1_500 {
            var dice = Dice(state: UInt64(seed) &* 0xD134_2543_DE82_EF95)
            do {
                let result = try ReadResult(
                    Self.broken(packed, &dice),
                    chunkSize: Int.random(in: 1...700, using: &dice)
                )
                // The header's time and system may be anything.
                #expect(result == whole, "seed \(seed)")
            } catch {
                #expect(error is RegisterFileError, "seed \(seed): \(error)")
            }
        }
    }
}
