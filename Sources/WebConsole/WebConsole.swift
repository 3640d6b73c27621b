import Administration
public import HTTPServer
import HTTPTypes
import Hummingbird
public import Operations
import TokenIssuance
public import Vocabulary

/// Answers an inquiry for a viewer, from one snapshot.
public typealias InquiryAnswering = @Sendable (any Inquiry, Viewer, _ now: Timestamp) async throws -> Report

/// The console: pages for people, on the admin listener under `/console`.
///
/// It only reads; its two forms log in and out.
public struct WebConsole: EndpointTable {
    private let parts: ConsoleParts
    private let style: StaticEndpoint
    private let icon: StaticEndpoint

    /// A console.
    ///
    /// - Parameters:
    ///   - installation: What the pages say of the installation.
    ///   - sessions: Where links and sessions are kept.
    ///   - admission: Bounds the work and the bodies that wait.
    ///   - clock: The clock of every page.
    ///   - generator: Draws the secrets of sessions.
    ///   - ask: Answers inquiries.
    /// - Throws: when a template is broken.
    public init(
        installation: ConsoleInstallation,
        sessions: any SessionKeeping,
        admission: Admission,
        clock: any WallClock,
        generator: @escaping @Sendable () -> any RandomNumberGenerator = { SystemRandomNumberGenerator() },
        ask: @escaping InquiryAnswering
    ) throws {
        parts = ConsoleParts(
            installation: installation,
            gate: SessionGate(cookie: ConsoleCookie(isSecure: installation.isSecure), sessions: sessions),
            admission: admission,
            clock: clock,
            generator: generator,
            templates: try Templates(),
            ask: ask
        )
        style = StaticEndpoint(PackageResources.console_css, mediaType: "text/css; charset=utf-8")
        icon = StaticEndpoint(PackageResources.icon_svg, mediaType: "image/svg+xml")
    }

    /// What its endpoints are called.
    public var names: Set<EndpointName> { [.console] }

    /// The endpoint of a path; nil outside of `/console`.
    public func endpoint(at path: String) -> (any Endpoint)? {
        switch path {
        case "/console/style.css": style
        case "/console/icon.svg": icon
        case "/console/login": LogInEndpoint(console: parts)
        case "/console/logout": LogOutEndpoint(console: parts)
        case "/console": PageEndpoint(console: parts)
        default: path.hasPrefix("/console/") ? PageEndpoint(console: parts) : nil
        }
    }
}

/// What all endpoints of the console share.
struct ConsoleParts: Sendable {
    let installation: ConsoleInstallation
    let gate: SessionGate
    let admission: Admission
    let clock: any WallClock
    let generator: @Sendable () -> any RandomNumberGenerator
    let templates: Templates
    let ask: InquiryAnswering

    /// For whom, and when, the answer to a request is drawn; the only clock read.
    func scene(of request: Request) -> Scene {
        Scene(language: Language(accepting: request.headers[.acceptLanguage]), now: clock.now)
    }

    /// A new secret.
    func drawSecret() -> ConsoleSecret {
        var generator = generator()
        return ConsoleSecret(drawing: &generator)
    }
}

/// The style sheet and the icon: for everybody, fetched once.
struct StaticEndpoint: Endpoint {
    let name = EndpointName.console
    let methods: [HTTPRequest.Method] = [.get, .head]
    private let document: PublishedDocument

    init(_ bytes: [UInt8], mediaType: String) {
        document = PublishedDocument(bytes, maximumAge: 300, mediaType: mediaType)
    }

    func complete(_ response: inout Response, to request: Request) { ConsoleAnswer.complete(&response) }

    func respond(to request: Request, trace: RequestTrace, peer: RequestPeer) async throws -> Response {
        document.response(to: request)
    }
}
