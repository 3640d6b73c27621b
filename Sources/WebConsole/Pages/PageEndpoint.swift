import Administration
import HTTPServer
import HTTPTypes
import Hummingbird
import Operations
import TokenIssuance
import Vocabulary

/// Every page: looks who asks, reads what was asked, asks the inquiries, draws.
struct PageEndpoint: Endpoint {
    let name = EndpointName.console
    let methods: [HTTPRequest.Method] = [.get, .head]
    let console: ConsoleParts

    func complete(_ response: inout Response, to request: Request) { ConsoleAnswer.complete(&response) }

    func respond(to request: Request, trace: RequestTrace, peer: RequestPeer) async throws -> Response {
        let scene = console.scene(of: request)
        let shown = console.gate.cookie.secret(in: request)
        guard let (secret, session) = try await console.gate.session(shown, at: scene.now) else {
            return ConsoleAnswer.redirect(
                to: "/console/login",
                cookie: shown == nil ? nil : console.gate.cookie.removing
            )
        }
        let viewer = session.organisation.map { Viewer.organisation($0) } ?? .operator
        let call = PageCall(
            path: request.uri.path,
            query: request.uri.query ?? "",
            viewer: viewer,
            scene: scene,
            console: console
        )
        let visitor = Visitor(
            organisation: session.organisation,
            name: try await name(of: session, call),
            word: secret.formWord
        )
        do throws(PageFault) {
            switch try await ConsolePages.answer(call) {
            case .page(let page): return draw(page, .ok, visitor, scene)
            case .file(let bytes, let type, let name): return ConsoleAnswer.file(bytes, type: type, name: name)
            }
        } catch {
            switch error {
            case .absent(let words):
                return draw(fault(scene.text("Not found", "Finnes ikke"), words), .notFound, visitor, scene)
            case .query(let page): return draw(page, .badRequest, visitor, scene)
            case .ours(let error): throw error
            }
        }
    }

    private func draw(_ page: PageView, _ status: HTTPResponse.Status, _ visitor: Visitor, _ scene: Scene) -> Response {
        ConsoleAnswer.page(
            console.templates.render(page, for: visitor, console.installation, scene),
            scene.language,
            status: status
        )
    }

    private func fault(_ title: String, _ words: String) -> PageView {
        var page = PageView(title, [.fault(words)])
        page.isDated = false
        return page
    }

    private func name(of session: ConsoleSession, _ call: PageCall) async throws -> String {
        guard let organisation = session.organisation else { return call.scene.text("Operator", "Driftsansvarlig") }
        let report = try? await call.ask(ShowOrganisationFacts.self, ["org": "\(organisation)"])
        return "\(report?.value("name")?.cell ?? "") (\(organisation))"
    }
}

/// Why a page is not shown.
enum PageFault: Error {
    /// There is no such page, or nothing of that name that the viewer may see.
    case absent(String)
    /// What was asked cannot be: the page says why.
    case query(PageView)
    /// A fault of ours, or of the store.
    case ours(any Error)
}

/// What a page gives.
enum PageAnswer {
    /// A page.
    case page(PageView)
    /// A file.
    case file([UInt8], type: String, name: String)
}

/// One request for a page.
struct PageCall: Sendable {
    /// The page's address without query and form: `/console/access`.
    let path: String
    /// The form that the rows are wanted in.
    let format: Format
    /// What the query says; nil when it cannot be read.
    let query: ConsoleForm?
    /// Who looks.
    let viewer: Viewer
    /// For whom it is drawn.
    let scene: Scene
    /// The console.
    let console: ConsoleParts

    /// A form of rows.
    enum Format: String, Sendable, CaseIterable {
        case html, csv, json
    }

    init(path: String, query: String, viewer: Viewer, scene: Scene, console: ConsoleParts) {
        let format = Format.allCases.first { $0 != .html && path.hasSuffix(".\($0.rawValue)") } ?? .html
        self.format = format
        self.path = format == .html ? path : String(path.dropLast(format.rawValue.count + 1))
        self.query = try? ConsoleForm(parsing: query)
        self.viewer = viewer
        self.scene = scene
        self.console = console
    }

    /// Asks an inquiry for the viewer.
    func ask(_ inquiry: (some Inquiry).Type, _ arguments: Arguments) async throws(PageFault) -> Report {
        do {
            var arguments = arguments
            arguments.naming = .members
            return try await console.ask(try inquiry.init(arguments), viewer, scene.now)
        } catch let fault as OperationFault {
            switch fault.kind {
            case .absent: throw .absent(fault.message)
            default: throw .query(PageView(scene.text("Not understood", "Ikke forstått"), [.fault(fault.text)]))
            }
        } catch {
            throw .ours(error)
        }
    }

    /// A command with what it needs to reach this installation.
    func command(_ purpose: String, _ words: String) -> CommandView {
        CommandView(purpose: purpose, command: "portvakt \(words) \(console.installation.commandSuffix)")
    }
}

extension OperationFault {
    /// What is wrong and what to do about it.
    var text: String { message + (hint.map { ": \($0)" } ?? "") }
}

extension Report {
    /// The value of a record's member, or of a fact about a list.
    func value(_ name: String) -> OutputValue? {
        let members =
            switch content {
            case .record(let members): members
            case .table: facts
            }
        return members.first { $0.name == name }.map(\.value)
    }
}
