import Foundation
@testable import Organisations
import Testing

@Suite("Reading a file's bytes")
struct FileByteSourceTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: "portvakt-\(UUID().uuidString)")

    @Test func `a file gives all its bytes and its size`() throws {
        try withFolder {
            let bytes = (0..<600_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let file = folder.appending(path: "register.json")
            try Data(bytes).write(to: file)
            let source = try FileByteSource(path: file.path)
            #expect(source.size == 600_000)
            var read: [UInt8] = []
            while let chunk = try source.nextChunk() { read += chunk }
            #expect(read == bytes)
            #expect(try source.nextChunk() == nil)
        }
    }

    @Test func `a missing file and a folder cannot be read, and say why`() throws {
        try withFolder {
            let missing = folder.appending(path: "missing").path
            #expect(throws: FileByteSource.ReadError(path: missing, errno: ENOENT)) {
                try FileByteSource(path: missing)
            }
            let error = FileByteSource.ReadError(path: folder.path, errno: EISDIR)
            #expect(throws: error) { try FileByteSource(path: folder.path) }
            #expect("\(error)" == "`\(folder.path)` cannot be read: Is a directory")
        }
    }

    @Test func `a pipe has no size and is read to its end`() throws {
        try withFolder {
            let path = folder.appending(path: "pipe").path
            #expect(mkfifo(path, 0o600) == 0)
            let writer = Thread {
                guard let pipe = FileHandle(forWritingAtPath: path) else { return }
                pipe.write(Data("[1,".utf8))
                pipe.write(Data("2]".utf8))
                try? pipe.close()
            }
            writer.start()
            let source = try FileByteSource(path: path)
            #expect(source.size == nil)
            var read: [UInt8] = []
            while let chunk = try source.nextChunk() { read += chunk }
            #expect(read == Array("[1,2]".utf8))
        }
    }

    private func withFolder(_ body: () throws -> Void) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body()
    }
}
