import AuditLedger
import JOSE
import TestSupport
import Testing
import Vocabulary

@Suite("C2SP signed-note and tlog-checkpoint")
struct CheckpointNoteTests {
    // The example of golang.org/x/mod/sumdb/note: key, text and signature as they stand in its documentation.
    private static let publicText = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    private static let privateText =
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
    private static let note = """
        If you think cryptography is the answer to your problem,
        then you don't know what your problem is.

        \u{2014} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=

        """

    private let key: CheckpointKey

    init() throws { key = try #require(try CheckpointKey.generate(named: "vakt.example.no/audit/node-1")) }

    private func note(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func `reads and writes keys and notes as Go's sumdb does`() throws {
        let verifier = try #require(CheckpointVerifier(Self.publicText))
        #expect("\(verifier)" == Self.publicText)
        let signer = try #require(CheckpointKey(Self.privateText))
        #expect(signer.verifier == verifier)
        #expect(signer.secretText == Self.privateText)
        let parsed = try SignedNote(parsing: note(Self.note))
        #expect(parsed.description == Self.note)
        #expect(throws: Never.self) { try parsed.check(by: verifier) }
    }

    @Test func `a key shows nothing of itself, and its text is read back`() throws {
        #expect("\(key)" == "checkpoint key vakt.example.no/audit/node-1")
        #expect(!"\(String(reflecting: key))".contains("PRIVATE"))
        #expect(try #require(CheckpointKey(key.secretText)).verifier == key.verifier)
        #expect(try CheckpointKey.generate(named: "a b") == nil)
        #expect(try CheckpointKey.generate(named: "a+b") == nil)
    }

    @Test(arguments: [
        "", "PeterNeumann", "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T", "Peter Neumann+c74f20a3+AA==",
        "Someone+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+Ahpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ])
    func `no key`(text: String) { #expect(CheckpointVerifier(text) == nil) }

    @Test func `a checkpoint is read back, and only by its own key`() throws {
        let root = [UInt8](repeating: 9, count: 32)
        let stored = try key.checkpoint(size: 1_234, root: root, at: epoch)
        let lines = stored.note.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.prefix(4) == ["vakt.example.no/audit/node-1", "1234", Substring(Base64.encode(root)), ""])
        let checkpoint = try Checkpoint(note: note(stored.note), by: key.verifier)
        #expect(checkpoint == Checkpoint(origin: key.name, size: 1_234, root: root))
        let other = try #require(try CheckpointKey.generate(named: key.name))
        #expect(throws: SignedNote.Fault.unsigned(key: key.name)) {
            try Checkpoint(note: note(stored.note), by: other.verifier)
        }
    }

    @Test func `a note with any byte changed is not believed`() throws {
        let bytes = note(try key.checkpoint(size: 77, root: [UInt8](repeating: 200, count: 32), at: epoch).note)
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            #expect(throws: SignedNote.Fault.self, "byte \(index)") {
                try Checkpoint(note: changed, by: key.verifier)
            }
        }
    }

    @Test func `signatures of others beside ours are passed over`() throws {
        let witness = try #require(try CheckpointKey.generate(named: "witness.example.org"))
        let origin = Checkpoint(origin: key.name, size: 5, root: TreeHash.empty)
        let cosigned =
            try origin.signed(by: key).description
            + (origin.signed(by: witness).description.split(separator: "\n").last.map { "\($0)\n" } ?? "")
        let note = try SignedNote(parsing: Array(cosigned.utf8))
        #expect(note.signatures.map(\.name) == [key.name, witness.name])
        #expect(try Checkpoint(note: Array(cosigned.utf8), by: key.verifier) == origin)
    }

    @Test(arguments: [
        "", "\n", "text\n", "text\n\n", "text\n\nno signature\n", "text\n\n- name AAAAAAA=\n",
        "text\n\n\u{2014} name AAAA\n",
        "text\n\n\u{2014} name AAAAAAA=", "te\txt\n\n\u{2014} name AAAAAAA=\n", "\n\u{2014} name AAAAAAA=\n",
        "text\n\n\u{2014} na+me AAAAAAA=\n", "text\n\n\u{2014}  AAAAAAA=\n", "text\n\u{2014} name AAAAAAA=\n",
    ])
    func `no note`(text: String) {
        #expect(throws: SignedNote.Fault.self) { try SignedNote(parsing: note(text)) }
    }

    @Test(arguments: ["origin\n1\n", "origin\n01\nAAAA\n", "origin\n-1\n", "origin\n1\nAAAA\n", "origin\nx\n"])
    func `a signed text that is no checkpoint`(text: String) throws {
        let signer = try #require(CheckpointKey(Self.privateText))
        // Signed by a stranger, but read all the same: the form is judged by itself.
        let line = try Checkpoint(origin: "x", size: 0, root: TreeHash.empty).signed(by: signer).description
            .split(separator: "\n").last
        let bytes = note(text + "\n\(try #require(line))\n")
        #expect(throws: SignedNote.Fault.self) { try Checkpoint(reading: try SignedNote(parsing: bytes)) }
    }

    @Test(arguments: [
        ("https://vakt.example.no/", "vakt.example.no/audit/node-1"),
        ("http://127.0.0.1:7080", "127.0.0.1:7080/audit/node-1"),
        ("https://id.example.no/a/b", "id.example.no/a/b/audit/node-1"),
    ])
    func `the origin is the issuer without its scheme`(issuer: String, origin: String) throws {
        #expect(Checkpoint.origin(of: try Issuer(parsing: issuer), node: "node-1") == origin)
    }
}
