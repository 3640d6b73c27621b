import Testing
import Vocabulary

@Suite("Scope names: prefix, colon, subscope (RFC 6749 §3.3)")
struct ScopeNameTests {
    @Test(arguments: [
        ("skatteetaten:inntekt/v2.read", "skatteetaten", "inntekt/v2.read"),
        ("ks:fiks", "ks", "fiks"),
        ("a:b", "a", "b"),
        ("a:b:c", "a", "b:c"),
        ("a::", "a", ":"),
        ("0-_.:x", "0-_.", "x"),
        ("nav:!#$%&'()*+,-./0;<=>?@A[]^_`{|}~", "nav", "!#$%&'()*+,-./0;<=>?@A[]^_`{|}~"),
    ])
    func `parts a name at its first colon`(text: String, prefix: String, subscope: String) throws {
        let name = try ScopeName(parsing: text)
        #expect(name.description == text)
        #expect(name.prefix.rawValue == prefix)
        #expect(name.subscope == subscope)
        #expect(try ScopeName(prefix: name.prefix, subscope: subscope) == name)
    }

    @Test(arguments: ["", "nav", ":", "nav:", ":sub"])
    func `needs a prefix and a subscope`(text: String) {
        #expect(throws: ScopeName.ParseError.form) { try ScopeName(parsing: text) }
    }

    @Test(arguments: [
        "nav:a b", "nav:a\tb", "nav:a\"b", "nav:a\\b", "nav:a\u{7F}", "nav:a\n", "nav:æ", "næv:a", "nav:a\u{0}",
        "nav:a\u{200B}b", "nav:\u{FF0F}",
    ])
    func `refuses what a scope-token must not hold`(text: String) {
        #expect(throws: ScopeName.ParseError.character) { try ScopeName(parsing: text) }
    }

    @Test func `the scope-token bytes are %x21, %x23-5B and %x5D-7E`() {
        let allowed = (UInt8.min...UInt8.max).filter(ScopeName.isScopeTokenByte)
        #expect(allowed == [0x21] + Array(0x23...0x5B) + Array(0x5D...0x7E))
    }

    @Test(arguments: ["NAV:a", "-nav:a", "_nav:a", ".nav:a", "n/v:a", "n+v:a"])
    func `refuses a prefix that cannot be one`(text: String) {
        #expect(throws: ScopeName.ParseError.prefix) { try ScopeName(parsing: text) }
    }

    @Test func `holds 255 bytes and not one more`() throws {
        let longest = "nav:" + String(repeating: "x", count: 251)
        #expect(try ScopeName(parsing: longest).rawValue == longest)
        #expect(throws: ScopeName.ParseError.length) { try ScopeName(parsing: longest + "x") }
    }

    @Test func `orders by bytes`() throws {
        let names = try ["nav:b", "nav:B", "ks:z", "nav:a"].map { try ScopeName(parsing: $0) }
        #expect(names.sorted().map(\.rawValue) == ["ks:z", "nav:B", "nav:a", "nav:b"])
    }
}

@Suite("Scope prefixes: what one organisation owns")
struct ScopePrefixTests {
    @Test func `holds 64 bytes and not one more`() throws {
        let longest = String(repeating: "a", count: ScopePrefix.maximumLength)
        #expect(try ScopePrefix(parsing: longest).rawValue == longest)
        #expect(throws: ScopePrefix.ParseError.self) { try ScopePrefix(parsing: longest + "a") }
        #expect(throws: ScopePrefix.ParseError.self) { try ScopePrefix(parsing: "") }
    }

    @Test(arguments: [
        ("idporten", true), ("altinn", true), ("krr", true), ("portvakt", true), ("nav", false), ("idporten2", false),
    ])
    func `knows those that are the operator's`(text: String, reserved: Bool) throws {
        #expect(try ScopePrefix(parsing: text).isReserved == reserved)
    }

    @Test func `orders by bytes`() throws {
        #expect(try ScopePrefix(parsing: "fint") < ScopePrefix(parsing: "ks"))
    }
}
