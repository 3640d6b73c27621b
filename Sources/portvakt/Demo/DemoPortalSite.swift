import Foundation
import FoundationEssentials
import HTTPTypes
import Hummingbird
import JOSE
import Logging
import NIOCore
import Server
import UnixSignals

/// The pages of the demo portal: one for each kind of request, and one to choose who to be.
struct DemoPortalSite: Sendable {
    private let address: ListenAddress
    private let persons: [DemoPerson]
    private let api: DemoPortalAPI

    /// The largest form, in bytes.
    private static let formLimit = 4_096

    init(address: ListenAddress, persons: [DemoPerson], api: DemoPortalAPI) {
        self.address = address
        self.persons = persons
        self.api = api
    }

    /// Serves until it is told to stop.
    func run(logger: Logger, whenReady: @escaping @Sendable () -> Void) async throws {
        let application = Application(
            router: router(),
            configuration: .init(address: .hostname(address.host, port: address.port), serverName: "demo-portal"),
            onServerRunning: { _ in whenReady() },
            logger: logger
        )
        try await application.runService(gracefulShutdownSignals: [.sigterm, .sigint])
    }

    /// The routes.
    func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.get("style.css") { _, _ in Self.response(.ok, DemoPortalPage.style, type: "text/css; charset=utf-8") }
        router.get("") { request, _ in try await home(request) }
        router.get("accessmanagement/ui/:kind/:page") { request, context in
            try await show(request, try subject(of: request, context))
        }
        router.post("accessmanagement/ui/:kind/:page") { request, context in
            try await answer(request, try subject(of: request, context))
        }
        return router
    }

    // MARK: Pages

    private func home(_ request: Request) async throws -> Response {
        try guardHost(request)
        return page(.home(persons: persons.map(\.name), language: language(of: request)))
    }

    private func show(_ request: Request, _ subject: DemoPortalSubject) async throws -> Response {
        try guardHost(request)
        let language = language(of: request)
        guard let index = request.uri.queryParameters.get("person").flatMap(Int.init), persons.indices.contains(index)
        else { return page(.choice(of: subject, persons: persons, language: language)) }
        return await self.request(subject, index, language)
    }

    private func answer(_ request: Request, _ subject: DemoPortalSubject) async throws -> Response {
        try guardHost(request)
        // A page elsewhere must not make a browser press a button here.
        let own = ["http://\(address)", "http://localhost:\(address.port)"]
        if let origin = request.headers[.origin], !own.contains(origin) { throw HTTPError(.forbidden) }
        let form = Form(try await request.body.collect(upTo: Self.formLimit))
        guard let index = form["person"].flatMap(Int.init), persons.indices.contains(index), let act = form["act"],
            ["approve", "accept", "reject", "revoke", "end"].contains(act)
        else { throw HTTPError(.badRequest) }
        let (person, language) = (persons[index], form["lang"] == "en" ? "en" : "nb")
        do {
            guard let found = try await api.find(subject, as: person) else {
                return await self.request(subject, index, language)
            }
            if act == "end" {
                try await api.end(subject, of: found.party, as: person)
            } else {
                try await api.answer(act, subject, of: found.party, as: person)
            }
        } catch let refusal as DemoPortalAPI.Unsuccessful {
            return await self.request(subject, index, language, refusal: refusal.detail)
        }
        // Shown by GET, so that reloading the page presses no button again.
        var response = Response(status: .seeOther)
        response.headers[.location] = "\(request.uri.path)?id=\(subject.id)&person=\(index)&lang=\(language)"
        return response
    }

    private func request(
        _ subject: DemoPortalSubject,
        _ index: Int,
        _ language: String,
        refusal: String? = nil
    ) async -> Response {
        let person = persons[index]
        do {
            guard let found = try await api.find(subject, as: person) else {
                return page(.unseen(subject, by: person, index, language: language), status: .forbidden)
            }
            let resources = DemoPortalPage.resources(in: found.object)
            var titles: [String: String] = [:]
            for resource in resources {
                titles[resource] = await api.title(of: resource, in: language, as: person)
            }
            let model = DemoPortalPage.request(
                subject,
                found.object,
                titles: titles,
                by: person,
                index,
                language: language,
                refusal: refusal
            )
            return page(model, status: refusal == nil ? .ok : .conflict)
        } catch let refusal as DemoPortalAPI.Unsuccessful where refusal.status == 403 || refusal.status == 404 {
            return page(.unseen(subject, by: person, index, language: language), status: .forbidden)
        } catch let refusal as DemoPortalAPI.Unsuccessful {
            return page(.fault(refusal.detail, language: language), status: .badGateway)
        } catch {
            return page(.fault("\(error)", language: language), status: .badGateway)
        }
    }

    // MARK: Parts

    private func subject(of request: Request, _ context: BasicRequestContext) throws -> DemoPortalSubject {
        let (kind, page) = (context.parameters.get("kind") ?? "", context.parameters.get("page") ?? "")
        guard let subject = DemoPortalSubject(page: "\(kind)/\(page)", id: request.uri.queryParameters.get("id"))
        else { throw HTTPError(.notFound) }
        return subject
    }

    /// A page elsewhere can make a browser resolve its own name to this address; it cannot make it send another name.
    private func guardHost(_ request: Request) throws {
        guard ["\(address)", "localhost:\(address.port)"].contains(request.head.authority ?? "") else {
            throw HTTPError(.misdirectedRequest)
        }
    }

    private func language(of request: Request) -> String {
        request.uri.queryParameters.get("lang") == "en" ? "en" : "nb"
    }

    private func page(_ page: DemoPortalPage, status: HTTPResponse.Status = .ok) -> Response {
        Self.response(status, page.html, type: "text/html; charset=utf-8")
    }

    private static func response(_ status: HTTPResponse.Status, _ text: String, type: String) -> Response {
        var headers: HTTPFields = [
            .contentType: type,
            .cacheControl: "no-store",
            .contentSecurityPolicy:
                "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ]
        if let name = HTTPField.Name("X-Content-Type-Options") { headers[name] = "nosniff" }
        if let name = HTTPField.Name("Referrer-Policy") { headers[name] = "no-referrer" }
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// A form of a browser; the last of equal names counts.
    private struct Form {
        private var values: [String: String] = [:]

        init(_ buffer: ByteBuffer) {
            for pair in String(buffer: buffer).split(separator: "&") {
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                values[parts[0]] = parts.count > 1 ? parts[1].removingPercentEncoding ?? "" : ""
            }
        }

        subscript(name: String) -> String? { values[name] }
    }
}
