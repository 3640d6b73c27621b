import Foundation
import Testing

@testable import FuzzTargets

@Suite("Corpora of the fuzz targets")
struct CorpusTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Corpora")

    private static func inputs(of target: String) throws -> [(name: String, bytes: [UInt8])] {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: target).path)
        return try files.sorted().map { name in
            (name, Array(try Data(contentsOf: folder.appending(path: "\(target)/\(name)"))))
        }
    }

    @Test func `every target has a folder of inputs, and every folder a target`() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(folders.sorted() == FuzzTarget.all.map(\.name))
        #expect(folders.count >= 12)
    }

    /// What fuzzing once found is among them: a crash becomes an input here.
    @Test(arguments: FuzzTarget.all.map(\.name)) func `every input is refused or understood in one way`(
        name: String
    ) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        var accepted: Set<String> = []
        let inputs = try Self.inputs(of: name)
        for input in inputs {
            #expect(input.bytes.count <= target.maximumLength, "\(input.name) is longer than what is tried")
            if try target.check(input.bytes) { accepted.insert(input.name) }
        }
        // A corpus that reaches one side only would lead the search nowhere.
        #expect(!accepted.isEmpty, "no input of \(name) is accepted")
        #expect(accepted.count < inputs.count, "every input of \(name) is accepted")
    }

    @Test(arguments: FuzzTarget.all.map(\.name))
    func `inputs cut off anywhere neither stop the program nor contradict it`(
        name: String
    ) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        for input in try Self.inputs(of: name) {
            for length in Set((0..<16).map { input.bytes.count * $0 / 16 }) {
                _ = try target.check(Array(input.bytes.prefix(length)))
            }
        }
    }

    @Test func `the made-up authority is read, and its sound certificates prove their organisation`() throws {
        let authority = try #require(FuzzAuthority.shared)
        #expect(authority.leaves.count == 3)
        let target = try #require(FuzzTarget.all.first { $0.name == "x5c" })
        for (name, isAccepted) in [
            ("leaf_issuing", true), ("leaf_issuing_root", true), ("elliptic", true), ("leaf", false),
            ("reversed", false),
            ("two_leaves", false), ("expired", false), ("authority", false),
        ] {
            let input = try #require(Self.inputs(of: "x5c").first { $0.name == name })
            #expect(try target.check(input.bytes) == isAccepted, "\(name)")
        }
    }

    @Test func `a property that does not hold is thrown with its name`() {
        #expect(throws: BrokenProperty.self) { try demand(1 == 2, "one is two") }
        #expect(throws: Never.self) { try demand(1 == 1, "one is one") }
        #expect(BrokenProperty("one is two").description == "one is two")
    }
}
