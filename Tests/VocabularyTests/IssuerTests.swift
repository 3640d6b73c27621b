import Testing
import Vocabulary

@Suite("RFC 8414 §2: the issuer identifier, byte for byte")
struct IssuerTests {
    @Test(arguments: [
        ("https://maskinporten.no/", "maskinporten.no", "/"),
        ("https://maskinporten.no", "maskinporten.no", ""),
        ("https://maskinporten.no:8443/tenant", "maskinporten.no:8443", "/tenant"),
        ("https://maskinporten.no/tenant/", "maskinporten.no", "/tenant/"),
        ("https://xn--mskinporten-x8a.no/", "xn--mskinporten-x8a.no", "/"),
        ("http://127.0.0.1:7080/", "127.0.0.1:7080", "/"),
        ("http://127.255.0.9", "127.255.0.9", ""),
        ("http://localhost:1", "localhost:1", ""),
        ("http://[::1]:7080/", "[::1]:7080", "/"),
        ("https://[2001:db8::1]/", "[2001:db8::1]", "/"),
        ("https://a.no:65535/", "a.no:65535", "/"),
    ])
    func `keeps it as given`(text: String, authority: String, path: String) throws {
        let issuer = try Issuer(parsing: text)
        #expect(issuer.rawValue == text)
        #expect(issuer.description == text)
        #expect(issuer.authority == authority)
        #expect(issuer.path == path)
        #expect(issuer.isSecure == text.hasPrefix("https"))
    }

    @Test func `a slash makes another issuer`() throws {
        #expect(try Issuer(parsing: "https://a.no") != Issuer(parsing: "https://a.no/"))
    }

    @Test(arguments: [
        ("https://a.no", "https://a.no/token"), ("https://a.no/", "https://a.no/token"),
        ("https://a.no/t", "https://a.no/t/token"), ("https://a.no/t/", "https://a.no/t/token"),
    ])
    func `an endpoint is the issuer, exactly one slash, the name`(text: String, endpoint: String) throws {
        #expect(try Issuer(parsing: text).endpoint("token") == endpoint)
    }

    @Test(arguments: [
        "", "maskinporten.no", "ftp://a.no/", "HTTPS://a.no/", "https:/a.no", "https://", "https:///path",
        "https://A.no/", "https://a.no:0/", "https://a.no:65536/", "https://a.no:/", "https://a.no:x/",
        "https://a.no:+80/", "https://a.no:080/", "https://a .no/", "https://a.no/\n", "https://æ.no/",
        "https://a\\b.no/", "https://a\"b.no/", "https://a%62.no/", "https://[::1/", "https://[::1]x/",
        "https://[::g]/", "https://a..no/", "https://.no/",
    ])
    func `refuses what is no absolute URL in the plain form`(text: String) {
        #expect(throws: Issuer.ParseError.form) { try Issuer(parsing: text) }
    }

    @Test(arguments: ["https://a.no/?x", "https://a.no/#x", "https://user@a.no/", "http://127.0.0.1@evil.no/"])
    func `refuses query, fragment and user information`(text: String) {
        #expect(throws: Issuer.ParseError.component) { try Issuer(parsing: text) }
    }

    @Test(arguments: [
        "http://maskinporten.no/", "http://127.example.com/", "http://127.0.0.1.example.com/", "http://128.0.0.1/",
        "http://10.0.0.1/", "http://localhost.example.com/", "http://127.0.0/", "http://127.0.0.256/",
        "http://0.0.0.0/",
        "http://127.000.0.1/", "http://[::2]/",
    ])
    func `plain http only on loopback`(text: String) {
        #expect(throws: Issuer.ParseError.insecure) { try Issuer(parsing: text) }
    }

    @Test func `holds 512 bytes and not one more`() throws {
        let longest = "https://a.no/" + String(repeating: "x", count: 499)
        #expect(try Issuer(parsing: longest).rawValue.utf8.count == 512)
        #expect(throws: Issuer.ParseError.form) { try Issuer(parsing: longest + "x") }
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.1.2.3", true), ("::1", true), ("[::1]", true), ("localhost", true),
        ("127.+0.0.1", false), ("127.0.0.1.", false), ("127.0.0", false), ("0.0.0.0", false), ("::", false),
        ("LOCALHOST", false), ("127.0.0.01", false),
    ])
    func `knows this machine's own names`(host: String, expected: Bool) {
        #expect(Issuer.isLoopback(host) == expected)
    }
}
