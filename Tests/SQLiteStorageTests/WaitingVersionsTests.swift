@testable import SQLiteStorage
import Testing
import Vocabulary

@Suite("Versions that wait to be written")
struct WaitingVersionsTests {
    private static let numbers = (0..<200).compactMap { OrganisationNumber(stem: 31_000_000 + $0) }

    private func taken(_ numbers: [OrganisationNumber]) -> [String] {
        var waiting = WaitingVersions()
        for number in numbers { Array("\(number)".utf8).withUnsafeBytes { waiting.append(number, $0) } }
        var rows: [String] = []
        waiting.take { count, version in
            rows = (0..<count).map {
                let (number, bytes) = version($0)
                return "\(number) \(String(decoding: bytes, as: UTF8.self))"
            }
        }
        waiting.take { count, _ in #expect(count == 0) }
        return rows
    }

    @Test func `they are written in the order of their numbers, each with its own bytes, whatever order they came in`()
    {
        let rising = Self.numbers.map { "\($0) \($0)" }
        #expect(rising.count > 100)
        for numbers in [Self.numbers, Self.numbers.reversed(), Self.numbers.shuffled()] {
            #expect(taken(numbers) == rising)
        }
    }

    @Test func `of numbers that do not rise more is gathered`() throws {
        let mebibyte = [UInt8](repeating: 7, count: 1_048_576)
        for (numbers, expected) in [(Self.numbers, 8), (Self.numbers.reversed(), 48)] {
            var waiting = WaitingVersions()
            var count = 0
            while !waiting.isDue {
                mebibyte.withUnsafeBytes { waiting.append(numbers[count], $0) }
                count += 1
            }
            #expect(count == expected)
        }
    }
}
