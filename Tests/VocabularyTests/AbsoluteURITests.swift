import Testing
import Vocabulary

@Suite("RFC 3986 §4.3, RFC 8707 §2: absolute URIs without fragment")
struct AbsoluteURITests {
    @Test(arguments: [
        "https://api.example.no", "https://api.example.no/", "HTTPS://api.example.no:8443/a/b;c?d=e&f=%C3%A6",
        "http://[::1]:7080/", "urn:altinn:resource:x", "a:b", "mailto:post@example.no", "x+y.z-1://h",
    ])
    func `is kept byte for byte`(text: String) throws {
        #expect(try AbsoluteURI(parsing: text).description == text)
    }

    @Test(arguments: [
        ("", AbsoluteURI.ParseError.form), ("api.example.no", .form), ("/path", .form), ("//host/path", .form),
        ("https:", .form), (":x", .form), ("1a:b", .form), ("a b:c", .form), ("https://a b", .form),
        ("https://æ.no", .form), ("https://a/\u{0}", .form), ("https://a/%", .form), ("https://a/%4", .form),
        ("https://a/%zz", .form), ("https://a/<b>", .form), ("https://a/\"", .form), ("https://a\\b", .form),
        ("https://a/{b}", .form), ("https://", .host), ("https:///path", .host), ("https://:80", .host),
        ("http:host", .host), ("https://?x", .host), ("https://a#b", .fragment), ("urn:a#", .fragment),
    ])
    func `is nothing else`(text: String, error: AbsoluteURI.ParseError) {
        #expect(throws: error) { try AbsoluteURI(parsing: text) }
    }

    @Test func `holds 1,024 bytes and not one more`() throws {
        let longest = "https://a/" + String(repeating: "x", count: AbsoluteURI.maximumLength - 10)
        #expect(try AbsoluteURI(parsing: longest).rawValue == longest)
        #expect(throws: AbsoluteURI.ParseError.length) { try AbsoluteURI(parsing: longest + "x") }
    }
}

@Suite("Did you mean")
struct SpellingTests {
    @Test(arguments: [
        ("descripton", "description"), ("consumer_orgno", "consumer_org"), ("Scope", "scope"), ("orgnr", "orgno"),
        ("untill", "until"),
    ])
    func `a misspelt word is recognised`(word: String, meant: String) {
        let words = ["description", "consumer_org", "scope", "orgno", "until", "iss_onbehalfof"]
        #expect(Spelling.nearest(to: word, among: words) == meant)
    }

    @Test(arguments: ["contact", "x", "", "descr", String(repeating: "scope", count: 14)])
    func `a word of its own is not`(word: String) {
        #expect(Spelling.nearest(to: word, among: ["description", "consumer_org", "scope", "until"]) == nil)
    }

    @Test func `a word is not proposed for itself, and the first of equals wins`() {
        #expect(Spelling.nearest(to: "scope", among: ["scope"]) == nil)
        #expect(Spelling.nearest(to: "scopa", among: ["scopb", "scopc"]) == "scopb")
    }
}
