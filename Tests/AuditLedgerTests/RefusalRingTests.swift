import AuditLedger
import Foundation
import Testing
import Vocabulary

@Suite("Refusals before authentication: a ring of fixed size")
struct RefusalRingTests {
    let folder: URL
    var path: String { folder.appending(path: "refusals.ring").path }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "ring-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func note(_ number: Int, client: String? = "client-a") -> RefusalNote {
        RefusalNote(
            time: epoch + Seconds(Int64(number)),
            trace: TraceID(high: 1, low: UInt64(number + 1)),
            code: "MP-100",
            reason: "client_unknown",
            address: "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
            claimedClient: client
        )
    }

    /// Opens the ring, keeps the notes and stops.
    @discardableResult
    private func keep(_ notes: [RefusalNote], capacity: Int = 10) async throws -> RefusalRing {
        let ring = try RefusalRing(path: path, capacity: capacity, now: epoch)
        ring.start()
        notes.forEach(ring.note)
        await ring.stop()
        return ring
    }

    @Test func `gives back what it was given, oldest first`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let notes = (0..<4).map { note($0) } + [note(4, client: nil)]
        try await keep(notes)
        #expect(try RefusalRing.refusals(in: path).map(\.trace) == notes.map(\.trace))
        let last = try #require(RefusalRing.refusals(in: path).last)
        #expect(last.claimedClient == "")
        #expect(last.time == epoch + 4)
        #expect(last.code == "MP-100")
        #expect(last.reason == "client_unknown")
        #expect(last.address == "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff")
        #expect(!last.isCut)
    }

    @Test func `keeps the newest when it goes round, in one go and in many, and over restarts`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var next = 0
        for count in [7, 7, 1, 10, 3, 9] {
            try await keep((next..<next + count).map { note($0) })
            next += count
            let kept = try RefusalRing.refusals(in: path)
            #expect(kept.map(\.time) == (max(0, next - 10)..<next).map { epoch + Seconds(Int64($0)) })
        }
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        #expect(size == 4_096 + 10 * 256)
    }

    @Test func `loses what comes faster than it can hold, and counts it`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let ring = try RefusalRing(path: path, capacity: 10, now: epoch)
        for number in 0..<25 { ring.note(note(number)) }
        ring.start()
        await ring.stop()
        #expect(ring.lost == 15)
        #expect(try RefusalRing.refusals(in: path).count == 10)
        ring.note(note(1))
        #expect(ring.lost == 16)
    }

    @Test(.timeLimit(.minutes(2))) func `can be read while it is written`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let ring = try RefusalRing(path: path, capacity: 10, now: epoch)
        ring.start()
        for number in 0..<2 {
            ring.note(note(number))
            while try RefusalRing.refusals(in: path).count <= number { try await Task.sleep(for: .milliseconds(20)) }
        }
        #expect(try RefusalRing.refusals(in: path).count == 2)
        await ring.stop()
    }

    @Test func `cuts a stranger's long text and shows nothing that moves a cursor`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let hostile = "\u{1B}[2Jblåbær\n" + String(repeating: "x", count: 10_000)
        try await keep([note(0, client: hostile)])
        let kept = try #require(RefusalRing.refusals(in: path).first)
        #expect(kept.isCut)
        #expect(kept.claimedClient.hasPrefix("?[2Jbl??b??r?xxx"))
        #expect(kept.claimedClient.utf8.count < 256)
        #expect(kept.claimedClient.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
    }

    @Test(arguments: ["", "another program's file", "portvakt refusals 1\n"])
    func `sets a foreign or damaged file aside and says where`(content: String) async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(content.utf8).write(to: URL(filePath: path))
        let ring = try await keep([note(0)])
        let aside = try #require(ring.setAside)
        #expect(aside == path + ".set-aside-\(epoch.seconds)")
        #expect(try Data(contentsOf: URL(filePath: aside)) == Data(content.utf8))
        #expect(try RefusalRing.refusals(in: path).count == 1)
    }

    @Test func `sets a ring of another size aside`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try await keep([note(0)])
        #expect(try await keep([note(1)], capacity: 20).setAside != nil)
        #expect(try await keep([note(2)], capacity: 20).setAside == nil)
        #expect(try RefusalRing.refusals(in: path).count == 2)
    }

    @Test func `passes over a record that is half written`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try await keep((0..<4).map { note($0) })
        let whole = try Data(contentsOf: URL(filePath: path))
        for offset in [0, 7, 9, 20, 33, 60, 255] {
            var broken = whole
            broken[4_096 + 256 + offset] ^= 0xFF
            try broken.write(to: URL(filePath: path))
            #expect(try RefusalRing.refusals(in: path).map(\.time) == [epoch, epoch + 2, epoch + 3])
        }
    }

    @Test func `says that a file which is no ring cannot be read, and that a missing one is empty`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(try RefusalRing.refusals(in: path).isEmpty)
        try Data("nothing of ours".utf8).write(to: URL(filePath: path))
        #expect(throws: RefusalRingError.self) { try RefusalRing.refusals(in: path) }
    }

    @Test func `is readable by its owner alone`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try await keep([])
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }
}
