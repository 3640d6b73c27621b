import Foundation
import JOSE
import Server
import Testing
import Vocabulary

@Suite("RFC 9449 §8: the key of the nonces on disk")
struct ProofNonceKeyFileTests {
    private let now = Timestamp(seconds: 1_800_000_000)

    private func withFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "portvakt-nonce-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.path)
    }

    @Test func `is made once, as a file of its owner's, and all that read it take each other's nonces`() throws {
        try withFolder { folder in
            let made = try ProofNonceKeyFile.readOrMake(in: folder)
            let read = try ProofNonceKeyFile.readOrMake(in: folder)
            #expect(read.time(of: made.nonce(at: now), at: now) == now)
            let attributes = try FileManager.default.attributesOfItem(atPath: ProofNonceKeyFile.path(in: folder))
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            try withFolder { other in
                let foreign = try ProofNonceKeyFile.readOrMake(in: other)
                #expect(foreign.time(of: made.nonce(at: now), at: now) == nil)
            }
        }
    }

    @Test func `is refused when others can read it, or when it is no key`() throws {
        try withFolder { folder in
            _ = try ProofNonceKeyFile.readOrMake(in: folder)
            let path = ProofNonceKeyFile.path(in: folder)
            try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
            let fault = #expect(throws: KeyFileFault.self) { try ProofNonceKeyFile.readOrMake(in: folder) }
            #expect(fault?.description.contains("chmod 600") == true)
            try Data("0123".utf8).write(to: URL(filePath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            #expect(throws: KeyFileFault.self) { try ProofNonceKeyFile.readOrMake(in: folder) }
        }
    }
}
