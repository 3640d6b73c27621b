import HTTPTypes
import HummingbirdTesting
import JOSE
import NIOCore
import Testing
import TokenIssuance

@Suite("GET /errors: a page for every code")
struct ErrorPagesTests {
    private static let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

    @Test(arguments: ErrorCode.allCases)
    func `shows a page to a browser and JSON to others`(code: ErrorCode) async throws {
        let fixture = Fixture()
        let html = try await fixture.send(.get, "/errors/\(code.rawValue)", headers: [.accept: Self.browser])
        #expect(html.status == .ok)
        #expect(html.headers[.contentType] == "text/html; charset=utf-8")
        #expect(html.headers[.vary] == "Accept")
        let page = ErrorCatalogue.page(code)
        #expect(html.text.contains("<title>\(code.rawValue): \(escaped(page.title))</title>"))
        #expect(page.fixes.allSatisfy { html.text.contains("<li>\(marked($0))</li>") })
        #expect(!html.text.contains("{{"))
        #expect(!html.text.lowercased().contains("<script"))
        let json = try await fixture.send(.get, "/errors/\(code.rawValue)").object()
        #expect(json["code"]?.string == code.rawValue)
        #expect(json["status"]?.integer == Int64(code.status))
        #expect(json["reasons"]?.strings == Refusal.reasons[code])
        #expect(json["example"]?["error_uri"] == .string("https://test.example.no/errors/\(code.rawValue)"))
    }

    @Test(
        arguments: [
            (nil, false), ("*/*", false), ("application/json", false), ("text/html", true), (browser, true),
            ("application/json, text/html;q=0.5", false), ("application/json;q=0.5, text/html", true),
            ("text/html;q=0", false), ("application/json, text/html", true),
        ]
    )
    func `RFC 9110 §12_5_1: gives what is asked for`(accept: String?, html: Bool) async throws {
        var headers: HTTPFields = [:]
        headers[.accept] = accept
        let answer = try await Fixture().send(.get, "/errors/MP-012", headers: headers)
        #expect(answer.headers[.contentType]?.hasPrefix("text/html") == html)
    }

    @Test func `lets a page load its style sheet and nothing else`() async throws {
        let page = try await Fixture().send(.get, "/errors/MP-012", headers: [.accept: Self.browser])
        let policy = try #require(page.headers[.contentSecurityPolicy])
        #expect(policy.hasPrefix("default-src 'none'; style-src 'self';"))
        #expect(!policy.contains("unsafe"))
        #expect(page.text.contains(#"href="style.css""#))
        let style = try await Fixture().send(.get, "/errors/style.css")
        #expect(style.status == .ok)
        #expect(style.headers[.contentType] == "text/css; charset=utf-8")
    }

    @Test func `lists all codes`() async throws {
        let html = try await Fixture().send(.get, "/errors", headers: [.accept: Self.browser])
        #expect(ErrorCode.allCases.allSatisfy { html.text.contains(#"href="errors/\#($0.rawValue)""#) })
        let json = try await Fixture().send(.get, "/errors").object()
        #expect(json["errors"]?.array?.count == ErrorCode.allCases.count)
    }

    @Test(arguments: ["/errors/MP-999", "/errors/", "/errors/mp-012", "/errors/../token", "/errors/MP-012/"])
    func `has no page for what is no code`(path: String) async throws {
        let answer = try await Fixture().send(.get, path)
        #expect(answer.status == .notFound)
        #expect(try answer.object()["code"] == "PV-004")
    }

    @Test func `the pages for programs are those of the golden file`() async throws {
        var text = ""
        for code in ErrorCode.allCases {
            text += try await Fixture().send(.get, "/errors/\(code.rawValue)").text + "\n"
        }
        try Golden.check(text, "error-pages.jsonl")
    }

    /// The text as the page shows it: what stands in backticks as code.
    private func marked(_ text: String) -> String {
        escaped(text).split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .map { $0.offset.isMultiple(of: 2) ? String($0.element) : "<code>\($0.element)</code>" }
            .joined()
    }

    private func escaped(_ text: String) -> String {
        [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;"), ("'", "&#39;")]
            .reduce(text) { $0.replacing($1.0, with: $1.1) }
    }
}
