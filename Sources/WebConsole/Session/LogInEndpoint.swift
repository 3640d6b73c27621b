import Administration
import HTTPServer
import HTTPTypes
import Hummingbird
import TokenIssuance
import Vocabulary

/// `GET /console/login`: a page with a button; `POST`: a one-time code becomes a session.
///
/// The link itself logs nobody in: programs that look links up before a person does would use it up.
struct LogInEndpoint: Endpoint {
    let name = EndpointName.console
    let methods: [HTTPRequest.Method] = [.get, .head, .post]
    let console: ConsoleParts

    private static let bodyLimit = 1_024

    func readsBody(of request: Request) -> Bool {
        request.method == .post && !RequestBodyReading.declaresMore(than: Self.bodyLimit, request)
    }

    func complete(_ response: inout Response, to request: Request) { ConsoleAnswer.complete(&response) }

    func respond(to request: Request, trace: RequestTrace, peer: RequestPeer) async throws -> Response {
        let scene = console.scene(of: request)
        guard request.method == .post else { return show(request, scene) }
        guard FormOrigin.isOwn(request) else {
            return failure(
                scene.text(
                    "The form was sent from another site, or from another address of this one. Open the link itself.",
                    "Skjemaet ble sendt fra et annet nettsted, eller fra en annen adresse til dette. Åpne selve lenken."
                ),
                .forbidden,
                scene
            )
        }
        let body = try await RequestBodyReading.collect(
            request,
            from: trace,
            upTo: Self.bodyLimit,
            admission: console.admission
        )
        let form = try? ConsoleForm(parsing: String(decoding: body, as: UTF8.self))
        let code = form?["code"].flatMap { ConsoleSecret(parsing: $0) }
        let secret = console.drawSecret()
        guard let code,
            try await console.gate.sessions.logIn(
                code,
                as: secret,
                replacing: console.gate.cookie.secret(in: request),
                trace: trace.traceID,
                at: scene.now
            ) != nil
        else {
            return failure(
                scene.text(
                    "The link does not hold: it was used before, or more than a minute has passed since it was made. Make a new one:",
                    "Lenken gjelder ikke: Den er brukt før, eller det er mer enn ett minutt siden den ble laget. Lag en ny:"
                ),
                .forbidden,
                scene
            )
        }
        return ConsoleAnswer.redirect(to: "/console", cookie: console.gate.cookie.setting(secret))
    }

    private func show(_ request: Request, _ scene: Scene) -> Response {
        let query = try? ConsoleForm(parsing: request.uri.query ?? "")
        guard let code = query?["code"].flatMap({ ConsoleSecret(parsing: $0) }) else {
            return page(
                LogInView(
                    words: scene.text(
                        "A one-time link opens the console. It holds for one minute and is made where the server's data is:",
                        "En engangslenke åpner konsollen. Den gjelder i ett minutt, og lages der tjenerens data er:"
                    ),
                    command: command
                ),
                .ok,
                scene
            )
        }
        return page(
            LogInView(
                words: scene.text(
                    "You were given a one-time link. It opens the console in this browser until you log out, for eight hours at most.",
                    "Du har fått en engangslenke. Den åpner konsollen i denne nettleseren til du logger ut, i høyst åtte timer."
                ),
                form: (code.text, scene.text("Log in", "Logg inn"))
            ),
            .ok,
            scene
        )
    }

    /// Whoever reads it is a stranger yet: where the data lies is nothing for it.
    private var command: String { "portvakt web --data DIR" }

    private func failure(_ words: String, _ status: HTTPResponse.Status, _ scene: Scene) -> Response {
        page(LogInView(words: words, command: command), status, scene)
    }

    private func page(_ view: LogInView, _ status: HTTPResponse.Status, _ scene: Scene) -> Response {
        var page = PageView(scene.text("Log in", "Logg inn"), [.logIn(view)])
        page.isDated = false
        return ConsoleAnswer.page(
            console.templates.render(page, for: nil, console.installation, scene),
            scene.language,
            status: status
        )
    }
}

/// `POST /console/logout`.
struct LogOutEndpoint: Endpoint {
    let name = EndpointName.console
    let methods: [HTTPRequest.Method] = [.post]
    let console: ConsoleParts

    private static let bodyLimit = 1_024

    func readsBody(of request: Request) -> Bool { !RequestBodyReading.declaresMore(than: Self.bodyLimit, request) }

    func complete(_ response: inout Response, to request: Request) { ConsoleAnswer.complete(&response) }

    func respond(to request: Request, trace: RequestTrace, peer: RequestPeer) async throws -> Response {
        let body = try await RequestBodyReading.collect(
            request,
            from: trace,
            upTo: Self.bodyLimit,
            admission: console.admission
        )
        let form = try? ConsoleForm(parsing: String(decoding: body, as: UTF8.self))
        // Without the session's own word nothing is ended: the form was made by somebody else.
        guard let secret = console.gate.cookie.secret(in: request), FormOrigin.isOwn(request),
            form?["word"] == secret.formWord
        else { return ConsoleAnswer.redirect(to: "/console") }
        try await console.gate.sessions.logOut(secret, trace: trace.traceID, at: console.clock.now)
        return ConsoleAnswer.redirect(to: "/console/login", cookie: console.gate.cookie.removing)
    }
}

/// What the page of a log-in shows.
struct LogInView: Sendable {
    let words: String
    var command: String?
    var form: (code: String, button: String)?

    /// What the templates show.
    var fields: [String: Any] {
        [
            "loginWords": words, "loginCommand": command.map { [$0] } ?? [],
            "loginForm": form.map { [["loginCode": $0.code, "loginButton": $0.button]] } ?? [],
        ]
    }
}
