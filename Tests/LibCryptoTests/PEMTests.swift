import LibCrypto
import Testing

@Suite("RFC 7468: text armour")
struct PEMTests {
    private func error(of text: String) -> CryptoError? {
        do throws(CryptoError) {
            _ = try PEM.blocks(in: text)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [0, 1, 2, 3, 47, 48, 49, 96, 97, 1_000]) func `reads back what it writes`(count: Int) throws {
        guard count > 0 else { return }
        let der = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        let text = PEM.encode(der, label: "THING")
        let lines = text.split(separator: "\n")
        #expect(lines.first == "-----BEGIN THING-----")
        #expect(lines.last == "-----END THING-----")
        #expect(lines.dropFirst().dropLast(2).allSatisfy { $0.utf8.count == 64 })
        let blocks = try PEM.blocks(in: text)
        #expect(blocks.count == 1)
        #expect(blocks.first?.label == "THING")
        #expect(blocks.first?.der == der)
    }

    @Test func `reads several blocks, with text around them, in order`() throws {
        let text = "Bag Attributes\n    friendlyName: x\n" + KeyFixture.certificate + "\n\nsubject=y\n"
        let blocks = try PEM.blocks(in: text + KeyFixture.ecPublic)
        #expect(blocks.map(\.label) == ["CERTIFICATE", "PUBLIC KEY"])
    }

    @Test func `reads lines that end in carriage return and line feed, or in blanks`() throws {
        let expected = try PEM.blocks(in: KeyFixture.ecPublic).map(\.der)
        let windows = KeyFixture.ecPublic.split(separator: "\n").joined(separator: "\r\n") + "\r\n"
        #expect(try PEM.blocks(in: windows).map(\.der) == expected)
        let blanks = KeyFixture.ecPublic.split(separator: "\n").map { $0 + " \t" }.joined(separator: "\n")
        #expect(try PEM.blocks(in: blanks).map(\.der) == expected)
    }

    @Test func `a text without blocks has none`() throws {
        #expect(try PEM.blocks(in: "").isEmpty)
        #expect(try PEM.blocks(in: "no key here").isEmpty)
    }

    @Test(
        arguments: [
            ("-----BEGIN A-----\nAAAA\n", "line 1: the `A` block has no end"),
            ("\n-----BEGIN A-----\nAAAA\n-----END B-----\n", "line 4: the end does not name `A`"),
            (
                "-----BEGIN A-----\nAAAA\n-----BEGIN A-----\nAAAA\n-----END A-----\n",
                "line 3: a block begins before the one before it has ended"
            ),
            ("-----BEGIN A-----\nAA=A\n-----END A-----\n", "line 1: the `A` block is not strict base64"),
            ("-----BEGIN A-----\nAAA\n-----END A-----\n", "line 1: the `A` block is not strict base64"),
            ("-----BEGIN A-----\nAB==\n-----END A-----\n", "line 1: the `A` block is not strict base64"),
            ("-----BEGIN A-----\nAA AA\n-----END A-----\n", "line 1: the `A` block is not strict base64"),
            ("-----BEGIN A-----\n-----END A-----\n", "line 1: the `A` block is not strict base64"),
            ("-----BEGIN A-----\nAAAA\nX: y\n-----END A-----\n", "line 3: a header stands among base64"),
        ]
    ) func `says what is wrong and where`(text: String, reason: String) {
        #expect(error(of: text) == .malformedPEM(reason))
    }

    @Test func `an encrypted block is not taken for its content`() {
        #expect(
            error(of: KeyFixture.rsaPKCS1Encrypted) == .malformedPEM("the `RSA PRIVATE KEY` block is encrypted")
        )
    }
}
