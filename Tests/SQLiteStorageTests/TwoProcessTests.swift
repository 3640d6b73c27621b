import AuditLedger
import Foundation
import GRDB
import Testing

@testable import SQLiteStorage

@Suite("SQLite: two processes on one data folder", .timeLimit(.minutes(5)))
struct TwoProcessTests {
    let installation: Installation

    init() throws { installation = try Installation.empty() }

    @Test func `extend one whole chain when both write at the same time`() throws {
        defer { installation.remove() }
        let store = try installation.open()
        let children = try (0..<2).map { _ in try ChildProcess("append", on: installation.folder) }
        for child in children { try child.wait(for: "ready") }
        for _ in 0..<300 {
            try store.transaction { try $0.append(event()) }
            usleep(500)
        }
        for child in children {
            _ = try child.rest()
            #expect(child.process.terminationStatus == 0)
        }
        var verifier = LedgerVerifier(node: "node-1")
        let rows = try installation.rows()
        for row in rows { try verifier.check(row) }
        #expect(verifier.checked == 900)
        #expect(rows.count { $0.kind == "token_issued" } == 300)
        // They really took turns.
        let changes = zip(rows, rows.dropFirst()).count { $0.kind != $1.kind }
        #expect(changes > 20)
    }

    @Test func `lose nothing that was durable when one is killed in the middle of it, and the chain is whole`() throws {
        defer { installation.remove() }
        try installation.open().close()
        var durable: Int64 = 0
        for round in 1...5 {
            let child = try ChildProcess("append for ever", on: installation.folder)
            try child.wait(for: "durable")
            usleep(UInt32(round) * 17_000)
            kill(child.process.processIdentifier, SIGKILL)
            let said = try child.rest().compactMap { $0.wholeMatch(of: /durable (\d+)/).flatMap { Int64($0.1) } }
            durable = max(durable, said.max() ?? 0)
            var verifier = LedgerVerifier(node: "node-1")
            for row in try installation.rows() { try verifier.check(row) }
            #expect(verifier.checked >= durable)
            // Each transaction is there whole or not at all.
            #expect(verifier.checked.isMultiple(of: 7))
            #expect(try installation.open().pragma("integrity_check") == "ok")
        }
        #expect(durable > 0)
    }

    @Test func `wait for each other's transactions, and say so when it takes too long`() throws {
        defer { installation.remove() }
        try installation.open().close()
        let store = try SQLiteStore(installation.folder, opening: .requireCurrent, busyTimeout: .milliseconds(100))
        let child = try ChildProcess("hold the database", on: installation.folder)
        try child.wait(for: "holding")
        #expect(throws: StorageError.locked) { try store.transaction { try $0.append(event()) } }
        // Reading goes on meanwhile.
        #expect(try store.read { try $0.lastSequence } == 0)
        #expect(throws: StorageError.locked) {
            try SQLiteStore(installation.folder, opening: .migrate, busyTimeout: .milliseconds(100))
        }
        kill(child.process.processIdentifier, SIGKILL)
        child.process.waitUntilExit()
        // What the killed one had not committed never happened.
        try store.transaction { try $0.append(event(.initialised)) }
        #expect(try installation.rows().map(\.kind) == ["initialised"])
    }

    @Test func `cannot serve both; the kernel frees the lock of one that dies`() throws {
        defer { installation.remove() }
        #expect(try !ServeLock.isHeldByAnother(on: installation.folder))
        let child = try ChildProcess("serve", on: installation.folder)
        try child.wait(for: "serving")
        #expect(try ServeLock.isHeldByAnother(on: installation.folder))
        #expect(throws: StorageError.served) { try ServeLock(on: installation.folder) }
        // `--data` commands do not take it.
        try installation.open().transaction { try $0.append(event()) }
        kill(child.process.processIdentifier, SIGKILL)
        child.process.waitUntilExit()
        #expect(try !ServeLock.isHeldByAnother(on: installation.folder))
        let lock = try ServeLock(on: installation.folder)
        #expect(try ServeLock.isHeldByAnother(on: installation.folder))
        withExtendedLifetime(lock) {}
    }

    @Test func `the lock is taken though others look at it all the time`() async throws {
        defer { installation.remove() }
        let folder = installation.folder
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for _ in 0..<2_000 { _ = try ServeLock.isHeldByAnother(on: folder) }
            }
            group.addTask {
                for _ in 0..<50 {
                    let lock = try ServeLock(on: folder)
                    withExtendedLifetime(lock) {}
                }
            }
            try await group.waitForAll()
        }
    }
}
