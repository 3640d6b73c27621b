import HTTPTypes
import HTTPServer
import Hummingbird
import NIOCore

/// Answers of the console: every one with the header fields that keep a page to itself.
enum ConsoleAnswer {
    /// Nothing runs on a page; it loads our own style sheet and icon, posts to us, and stands in nobody's frame.
    static let policy =
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

    /// Adds what belongs to every answer, refusals too.
    static func complete(_ response: inout Response) {
        response.headers[.contentSecurityPolicy] = policy
        response.headers[.crossOriginOpenerPolicy] = "same-origin"
        response.headers[.crossOriginResourcePolicy] = "same-origin"
        // What only somebody logged in may see is kept by no cache, and is gone from the browser's at log-out.
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    }

    /// A page.
    static func page(_ html: ByteBuffer, _ language: Language, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [
                .contentType: "text/html; charset=utf-8", .contentLanguage: language.rawValue,
                .vary: "Accept-Language, Cookie",
            ],
            body: ResponseBody(byteBuffer: html)
        )
    }

    /// Rows in another form, as a file.
    static func file(_ bytes: [UInt8], type: String, name: String) -> Response {
        Response(
            status: .ok,
            headers: [
                .contentType: type, .contentDisposition: "attachment; filename=\"\(name)\"", .vary: "Cookie",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }

    /// Leads on to another page; always with GET.
    static func redirect(to place: String, cookie: String? = nil) -> Response {
        var fields: HTTPFields = [.location: place]
        if let cookie { fields[.setCookie] = cookie }
        return Response(status: .seeOther, headers: fields)
    }
}

extension EndpointName {
    /// Everything below `/console`: one thing to an operator.
    static let console = EndpointName("console")
}
