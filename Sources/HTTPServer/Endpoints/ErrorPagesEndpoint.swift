import HTTPTypes
import Hummingbird
import JOSE
import Mustache
import NIOCore
import TokenIssuance
import Vocabulary

/// `GET /errors` and `GET /errors/{code}`: what each error code means and what mends it.
///
/// All pages are made at start from the one table of codes: a page for a browser, JSON for everybody else.
struct ErrorPagesEndpoint: Endpoint {
    private struct Page: Sendable {
        let html: ByteBuffer
        let json: ByteBuffer
    }

    let name = EndpointName.errors
    let methods: [HTTPRequest.Method] = [.get, .head]

    private let pages: [String: Page]
    private let stylePath: String
    private let style = ByteBuffer(bytes: PackageResources.error_style_css)

    /// The pages of a server below `base`, the path of `/errors`.
    ///
    /// - Throws: when a template is broken.
    init(issuer: Issuer, base: String) throws {
        let pageTemplate = try MustacheTemplate(string: Self.text(PackageResources.error_page_mustache))
        let indexTemplate = try MustacheTemplate(string: Self.text(PackageResources.error_index_mustache))
        var pages: [String: Page] = [:]
        for page in ErrorCatalogue.pages {
            pages["\(base)/\(page.code.rawValue)"] = Page(
                html: ByteBuffer(string: pageTemplate.render(page.fields(issuer: issuer))),
                json: ByteBuffer(bytes: page.document(issuer: issuer).encoded())
            )
        }
        let index: [String: Any] = [
            "issuer": issuer.rawValue, "pages": ErrorCatalogue.pages.map { $0.fields(issuer: issuer) },
        ]
        pages[base] = Page(
            html: ByteBuffer(string: indexTemplate.render(index)),
            json: ByteBuffer(bytes: Self.index(issuer: issuer).encoded())
        )
        self.pages = pages
        stylePath = "\(base)/style.css"
    }

    func respond(to request: Request, trace: RequestTrace, peer: RequestPeer) async throws -> Response {
        let path = request.uri.path
        if path == stylePath { return answer(style, type: "text/css; charset=utf-8") }
        guard let page = pages[path] else { throw Refusal.notFound(path: String(path.prefix(200))) }
        return MediaRange.prefersHTML(request.headers[.accept])
            ? answer(page.html, type: "text/html; charset=utf-8") : answer(page.json, type: "application/json")
    }

    private func answer(_ body: ByteBuffer, type: String) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: type,
                .cacheControl: "public, max-age=3600",
                .vary: "Accept",
                // Nothing on these pages runs, frames, posts or loads anything but our own style sheet.
                .contentSecurityPolicy:
                    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            ],
            body: ResponseBody(byteBuffer: body)
        )
    }

    private static func index(issuer: Issuer) -> JSONObject {
        let errors = ErrorCatalogue.pages.map { page -> JSONValue in
            [
                "code": .string(page.code.rawValue),
                "status": .integer(Int64(page.code.status)),
                "error": .string(page.code.oauthError.rawValue),
                "title": .string(page.title),
                "error_uri": .string(issuer.endpoint("errors/\(page.code.rawValue)")),
            ]
        }
        return ["errors": .array(errors)]
    }

    private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

extension ErrorPage {
    /// The page for programs.
    func document(issuer: Issuer) -> JSONObject {
        [
            "code": .string(code.rawValue),
            "status": .integer(Int64(code.status)),
            "error": .string(code.oauthError.rawValue),
            "title": .string(title),
            "meaning": .string(meaning),
            "causes": .strings(causes),
            "fixes": .strings(fixes),
            "reasons": .strings(reasons),
            "example": .object(exampleAnswer(issuer: issuer)),
        ]
    }

    /// What the templates show.
    fileprivate func fields(issuer: Issuer) -> [String: Any] {
        [
            "issuer": issuer.rawValue,
            "code": code.rawValue,
            "status": code.status,
            "error": code.oauthError.rawValue,
            "title": title,
            "meaning": Self.parts(of: meaning),
            "causes": causes.map(Self.parts),
            "fixes": fixes.map(Self.parts),
            "reasons": reasons,
            "example": exampleAnswer(issuer: issuer).pretty(),
        ]
    }

    /// A text in which backticks enclose code, as the templates want it: each piece of text with the code after it.
    private static func parts(of text: String) -> [String: Any] {
        let pieces = text.split(separator: "`", omittingEmptySubsequences: false).map(String.init)
        let parts = stride(from: 0, to: pieces.count, by: 2).map { index -> [String: Any] in
            guard index + 1 < pieces.count else { return ["plain": pieces[index]] }
            return ["plain": pieces[index], "marked": pieces[index + 1]]
        }
        return ["parts": parts]
    }

    /// An answer as a client gets it, with a made-up trace id and without details.
    private func exampleAnswer(issuer: Issuer) -> JSONObject {
        let traceID = "4bf92f3577b34da6a3ce929d0e0e4736"
        return [
            "error": .string(code.oauthError.rawValue),
            "error_description": .string("\(example) (trace_id: \(traceID))"),
            "error_uri": .string(issuer.endpoint("errors/\(code.rawValue)")),
            "code": .string(code.rawValue),
            "reason": reasonOfExample.map(JSONValue.string) ?? .null,
            "trace_id": .string(traceID),
            "details": [:],
        ]
    }
}

/// `Accept` (RFC 9110 §12.5.1), as far as two media types ask for it.
enum MediaRange {
    /// Whether a page is wanted rather than JSON: only when HTML is named, and JSON is not named with a higher weight.
    static func prefersHTML(_ accept: String?) -> Bool {
        guard let accept else { return false }
        let html = max(weight(of: "text/html", in: accept), weight(of: "application/xhtml+xml", in: accept))
        return html > 0 && html >= weight(of: "application/json", in: accept)
    }

    private static func weight(of type: String, in accept: String) -> Double {
        for range in accept.split(separator: ",") {
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            guard parts.first == type else { continue }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }
            return quality.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
        }
        return 0
    }
}
