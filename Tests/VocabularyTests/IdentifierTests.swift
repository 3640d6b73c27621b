import Testing
import Vocabulary

@Suite("Identifiers: parsed once, printed as written")
struct IdentifierTests {
    @Test(arguments: ["0b1f4c1e-2f5f-4d4e-9f21-6f0f5a0a7a11", "oidc_old_client", "x", "a/b?c=d", "~!"])
    func `a client identifier is printable ASCII`(text: String) throws {
        #expect(try ClientID(parsing: text).description == text)
    }

    @Test(arguments: ["", " ", "a b", "a\n", "æ", "a\u{0}", "a\u{7F}", "\u{1F600}"])
    func `a client identifier is nothing else`(text: String) {
        #expect(throws: IdentifierParseError.self) { try ClientID(parsing: text) }
    }

    @Test func `a client identifier holds 255 bytes and not one more`() throws {
        let longest = String(repeating: "c", count: ClientID.maximumLength)
        #expect(try ClientID(parsing: longest).rawValue == longest)
        #expect(throws: IdentifierParseError.self) { try ClientID(parsing: longest + "c") }
    }

    @Test(arguments: ["payroll-2026-10", "A.b_c-9", "0"])
    func `a key identifier is of letters, digits, dot, underscore and hyphen`(text: String) throws {
        #expect(try KeyID(parsing: text).description == text)
    }

    @Test(arguments: [
        "", "a b", "../keys", "a/b", "a'b", "a\"b", "a\\b", "a\u{0}b", "æ", "a:b", "a+b", "a=b", "a%00", "{}",
        "' OR 1=1 --",
    ])
    func `a key identifier is nothing else`(text: String) {
        #expect(throws: IdentifierParseError.self) { try KeyID(parsing: text) }
    }

    @Test func `a key identifier holds 255 bytes and not one more`() throws {
        let longest = String(repeating: "k", count: KeyID.maximumLength)
        #expect(try KeyID(parsing: longest).rawValue == longest)
        #expect(throws: IdentifierParseError.self) { try KeyID(parsing: longest + "k") }
    }

    @Test func `a trace identifier is 32 lower-case hexadecimal digits`() throws {
        let text = "0f3c2b1a09f8e7d6c5b4a39281706f5e"
        #expect(try TraceID(parsing: text).description == text)
        #expect(TraceID(high: 0x0f3c_2b1a_09f8_e7d6, low: 0xc5b4_a392_8170_6f5e).rawValue == text)
        #expect(TraceID(high: 0, low: 1).rawValue == "00000000000000000000000000000001")
    }

    @Test(arguments: [
        "", "0f3c2b1a09f8e7d6c5b4a39281706f5", "0f3c2b1a09f8e7d6c5b4a39281706f5e0", "0F3C2B1A09F8E7D6C5B4A39281706F5E",
        "0f3c2b1a09f8e7d6c5b4a39281706f5g", "00000000000000000000000000000000",
    ])
    func `a trace identifier is nothing else, and never all zeros`(text: String) {
        #expect(throws: IdentifierParseError.self) { try TraceID(parsing: text) }
    }

    @Test func `a token identifier is what its source made`() {
        #expect(TokenID("k3Yx0y0l0mJm0pGx5Jr2h0v1qk7sE2b8QmN4cTzWb1A").rawValue.count == 43)
        #expect(TokenID("a") == TokenID("a"))
        #expect(TokenID("a").description == "a")
    }
}

@Suite("Secrets never print themselves")
struct SecretTests {
    private struct Holder {
        let name = "holder"
        let secret = Secret("correct horse battery staple")
    }

    @Test func `not as text, not in a debugger's words, not in a dump, not inside another value`() {
        let secret = Secret("correct horse battery staple")
        var dumped = ""
        dump(secret, to: &dumped)
        dump(Holder(), to: &dumped)
        dump([secret], to: &dumped)
        let shown = [
            "\(secret)", String(describing: secret), String(reflecting: secret), "\(Holder())",
            String(reflecting: Holder()), "\([secret])", "\(Optional(secret) as Any)", dumped,
        ]
        for text in shown { #expect(!text.contains("horse"), "\(text)") }
        #expect("\(secret)" == "<redacted>")
        #expect(secret.exposed == "correct horse battery staple")
    }
}
