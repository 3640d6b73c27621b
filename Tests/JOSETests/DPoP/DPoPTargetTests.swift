import JOSE
import Testing

@Suite("RFC 9449 §4.3 item 9: htu in one spelling (RFC 3986 §6.2)")
struct DPoPTargetTests {
    static let same: [(String, String)] = [
        ("https://api.example.no", "https://api.example.no/"),
        ("HTTPS://API.Example.NO/Catch", "https://api.example.no/Catch"),
        ("https://api.example.no:443/a", "https://api.example.no/a"),
        ("https://api.example.no:/a", "https://api.example.no/a"),
        ("http://api.example.no:80/a", "http://api.example.no/a"),
        ("https://api.example.no/a?b=c#d", "https://api.example.no/a"),
        ("https://api.example.no?b=c", "https://api.example.no/"),
        ("https://api.example.no/%7Ea/%c3%b8", "https://api.example.no/~a/%C3%B8"),
        ("https://api.example.no/a/./b/../c", "https://api.example.no/a/c"),
        ("https://api.example.no/a/%2e%2E/c", "https://api.example.no/c"),
        ("https://api.example.no/../../a", "https://api.example.no/a"),
        ("https://api.example.no/a/..", "https://api.example.no/"),
        ("http://[2001:DB8::1]:80/a", "http://[2001:db8::1]/a"),
        ("http://[::1]:7080/token", "http://[::1]:7080/token"),
    ]

    @Test(arguments: same) func `spellings of one URL are the same`(url: String, text: String) throws {
        let target = try #require(DPoPTarget(url))
        #expect(target.text == text)
        #expect(DPoPTarget(text) == target)
    }

    static let different: [(String, String)] = [
        ("https://api.example.no/a", "http://api.example.no/a"),
        ("https://api.example.no/a", "https://api.example.no:8443/a"),
        ("https://api.example.no/a", "https://api.example.no/a/"),
        ("https://api.example.no/a", "https://api.example.no/A"),
        ("https://api.example.no/a", "https://api.example.no.evil.example/a"),
        ("https://api.example.no/a%2Fb", "https://api.example.no/a/b"),
        ("http://api.example.no:443/", "http://api.example.no/"),
    ]

    @Test(arguments: different) func `different URLs stay different`(left: String, right: String) throws {
        #expect(try #require(DPoPTarget(left)) != #require(DPoPTarget(right)))
    }

    @Test(arguments: [
        "", "api.example.no/a", "/a", "ftp://api.example.no/", "https:/api.example.no/", "https:///a", "https://",
        "https://user@api.example.no/", "https://api.example.no:44x/", "https://api.example.no/%2", "https://[::1/a",
        "https://[::1]x/a", "https://api.example.no/a b", "https://api.example.no/ø", "https://api%2Eexample.no/",
        "https://:80/", "https://api.example.no\\@evil.example/", "javascript:alert(1)",
    ])
    func `what is no URL of a request is none`(url: String) { #expect(DPoPTarget(url) == nil) }
}
