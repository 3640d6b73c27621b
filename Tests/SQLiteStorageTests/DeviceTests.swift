import AuditLedger
import Foundation
import GRDB
import TestSupport
import Testing
import Vocabulary

@testable import SQLiteStorage

/// A file system in memory, of a size that can be filled.
private final class SmallDevice {
    let path: String

    /// Mounts it.
    ///
    /// - Throws: A cancellation where this process may not mount.
    init(kilobytes: Int) throws {
        path = FileManager.default.temporaryDirectory.appending(path: "device-\(UUID())").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        guard try Self.run("mount", "-t", "tmpfs", "-o", "size=\(kilobytes)k,mode=0700", "tmpfs", path) else {
            try? FileManager.default.removeItem(atPath: path)
            try Test.cancel("needs the right to mount a small file system")
        }
    }

    func remount(readOnly: Bool) throws -> Bool {
        try Self.run("mount", "-o", "remount,\(readOnly ? "ro" : "rw")", path)
    }

    deinit {
        _ = try? Self.run("umount", "-l", path)
        try? FileManager.default.removeItem(atPath: path)
    }

    private static func run(_ command: String...) throws -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}

@Suite("SQLite: a device that is full, read-only or damaged", .timeLimit(.minutes(2)))
struct DeviceTests {
    @Test func `a full device fails the batch, loses nothing before it, and is used again when there is room`() throws {
        let device = try SmallDevice(kilobytes: 2_048)
        let folder = DataFolder(path: device.path + "/var")
        try folder.create()
        let store = try SQLiteStore(folder, opening: .migrate)
        try store.transaction { try $0.append(event(.initialised)) }
        let ballast = device.path + "/ballast"
        // Takes what is left but for a few pages.
        let free = try #require(
            FileManager.default.attributesOfFileSystem(forPath: device.path)[.systemFreeSize] as? Int
        )
        try Data(count: free - 65_536).write(to: URL(filePath: ballast))
        var written: Int64 = 1
        let full = #expect(throws: StorageError.self) {
            for _ in 0..<10_000 {
                try store.transaction { transaction in for _ in 0..<10 { try transaction.append(event()) } }
                written += 10
            }
        }
        #expect(full == .full)
        #expect(full?.description == "no space is left on the database's device")
        #expect(try store.read { try $0.lastSequence } == written)
        try FileManager.default.removeItem(atPath: ballast)
        try store.transaction { try $0.append(event(.accessGranted)) }
        var verifier = LedgerVerifier(node: "node-1")
        try store.read { reader in try reader.visitRows { try verifier.check($0) } }
        #expect(verifier.checked == written + 1)
        try store.close()
    }

    @Test func `a device that cannot be written is named, at opening and later`() throws {
        let device = try SmallDevice(kilobytes: 8_192)
        let folder = DataFolder(path: device.path + "/var")
        try folder.create()
        try SQLiteStore(folder, opening: .migrate).close()
        try #require(try device.remount(readOnly: true))
        let error = #expect(throws: StorageError.self) { try SQLiteStore(folder, opening: .requireCurrent) }
        #expect(error == .readOnly(path: folder.database))
        let missing = DataFolder(path: device.path + "/other")
        #expect(throws: StorageError.self) { try missing.create() }
    }

    @Test func `damage in the middle of the file is told from every other error`() throws {
        let installation = try Installation.empty()
        defer { installation.remove() }
        let store = try installation.open()
        try store.transaction { transaction in for _ in 0..<2_000 { try transaction.append(event()) } }
        try store.close()
        var file = try Data(contentsOf: URL(filePath: installation.folder.database))
        let pages = file.count / 4_096
        for page in pages / 2..<pages / 2 + 20 {
            file.replaceSubrange(page * 4_096..<page * 4_096 + 64, with: Data(count: 64))
        }
        try file.write(to: URL(filePath: installation.folder.database))
        chmod(installation.folder.database, 0o600)
        let error = #expect(throws: StorageError.self) { try installation.rows() }
        guard case .corrupt = error else {
            Issue.record("not told as damage: \(String(describing: error))")
            return
        }
    }
}
