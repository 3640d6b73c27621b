import Administration
import HTTPTypes
import Hummingbird
import Operations
import Synchronization
import Testing
import Vocabulary

@testable import WebConsole

@Suite("The console: sessions, headers, views")
struct ConsoleTests {
    static let pages = [
        "/console", "/console/access", "/console/scopes", "/console/organisations", "/console/clients",
        "/console/delegations", "/console/keys", "/console/audit", "/console/scope?scope=acme:a",
        "/console/organisation?org=310000124", "/console/client?client=8e1f", "/console/record?sequence=7",
    ]

    @Test(arguments: pages)
    func `what others wrote never becomes markup`(page: String) async throws {
        let stage = try ConsoleStage()
        let cookie = try await stage.logIn()
        for language in ["en", "nb"] {
            let (response, body) = try await stage.send(.get, page, [.cookie: cookie, .acceptLanguage: language])
            #expect(response.status == .ok)
            #expect(body.contains("&lt;script&gt;"))
            #expect(!body.contains("<script") && !body.contains("<img"))
            // No quotation mark of theirs ends an attribute.
            #expect(!body.contains("')</script>\""))
            #expect(body.contains("<html lang=\"\(language)\">"))
        }
    }

    @Test(arguments: pages)
    func `without a session every page leads to the log-in and asks nothing`(page: String) async throws {
        let count = Mutex(0)
        let stage = try ConsoleStage { _, _ in count.withLock { $0 += 1 } }
        for cookie in ["", "portvakt-console=x", "portvakt-console=\(ConsoleStage.draw().text)"] {
            let (response, body) = try await stage.send(.get, page, [.cookie: cookie])
            #expect(response.status == .seeOther && response.headers[.location] == "/console/login" && body.isEmpty)
        }
        #expect(count.withLock { $0 } == 0)
    }

    @Test(arguments: pages)
    func `an organisation's session asks as that organisation, whatever it asks`(page: String) async throws {
        let organisation = try OrganisationNumber(parsing: "310000124")
        let viewers = Mutex<Set<Viewer>>([])
        let stage = try ConsoleStage { _, viewer in _ = viewers.withLock { $0.insert(viewer) } }
        let cookie = try await stage.logIn(for: organisation)
        let (response, body) = try await stage.send(.get, page, [.cookie: cookie])
        #expect(response.status == .ok)
        #expect(viewers.withLock { $0 } == [.organisation(organisation)])
        // Nothing that it sees can be run by it.
        #expect(!body.contains("class=\"command\""))
    }

    @Test func `two cookies of the name are none: one of them was planted`() async throws {
        let stage = try ConsoleStage()
        let cookie = try await stage.logIn()
        let planted = "portvakt-console=\(ConsoleStage.draw().text)"
        for field in ["\(cookie); \(planted)", "\(planted); \(cookie)"] {
            #expect(try await stage.send(.get, "/console", [.cookie: field]).response.status == .seeOther)
        }
        #expect(try await stage.send(.get, "/console", [.cookie: "other=1; \(cookie)"]).response.status == .ok)
    }

    @Test func `half an hour without use ends it; use keeps it; eight hours end it`() async throws {
        let stage = try ConsoleStage()
        func status(_ cookie: String, after span: Seconds) async throws -> HTTPResponse.Status {
            stage.clock.go(to: ConsoleStage.start + span)
            return try await stage.send(.get, "/console/keys", [.cookie: cookie]).response.status
        }
        let idle = try await stage.logIn()
        #expect(try await status(idle, after: .minutes(30)) == .seeOther)
        stage.clock.go(to: ConsoleStage.start)
        let used = try await stage.logIn()
        for minutes in stride(from: Int64(20), to: 480, by: 20) {
            #expect(try await status(used, after: .minutes(minutes)) == .ok)
        }
        #expect(try await status(used, after: .hours(8)) == .seeOther)
    }

    @Test func `the cookie is for nobody but the server`() async throws {
        let plain = try ConsoleStage()
        let secure = try ConsoleStage(isSecure: true)
        func field(_ stage: ConsoleStage) async throws -> String {
            let code = ConsoleStage.draw()
            stage.sessions.link(code, until: stage.clock.now + 60)
            return try await stage.send(.post, "/console/login", body: "code=\(code.text)").response.headers[.setCookie]
                ?? ""
        }
        let plainField = try await field(plain)
        #expect(
            plainField.hasPrefix("portvakt-console=")
                && plainField.hasSuffix("; Path=/console; HttpOnly; SameSite=Strict")
        )
        let secureField = try await field(secure)
        // RFC 6265bis §4.1.3.2: the prefix holds with Secure, Path=/ and no Domain.
        #expect(secureField.hasPrefix("__Host-portvakt-console="))
        #expect(secureField.hasSuffix("; Path=/; Secure; HttpOnly; SameSite=Strict"))
    }

    @Test func `a log-in from elsewhere, a used link and a planted code open nothing`() async throws {
        let stage = try ConsoleStage()
        let code = ConsoleStage.draw()
        stage.sessions.link(code, until: stage.clock.now + 60)
        let elsewhere: [HTTPFields] = [
            [.secFetchSite: "cross-site"], [.secFetchSite: "same-site"], [.origin: "https://evil.example"],
            [.origin: "http://vakt:9999"],
        ]
        for fields in elsewhere {
            let (response, _) = try await stage.send(.post, "/console/login", fields, body: "code=\(code.text)")
            #expect(response.status == .forbidden && response.headers[.setCookie] == nil)
        }
        for body in ["", "code=", "code=x", "code=\(ConsoleStage.draw().text)", "code=\(code.text)&code=\(code.text)"] {
            #expect(try await stage.send(.post, "/console/login", body: body).response.status == .forbidden)
        }
        let own: HTTPFields = [.secFetchSite: "same-origin", .origin: "null"]
        #expect(
            try await stage.send(.post, "/console/login", own, body: "code=\(code.text)").response.status == .seeOther
        )
        #expect(
            try await stage.send(.post, "/console/login", own, body: "code=\(code.text)").response.status == .forbidden
        )
    }

    @Test func `a log-in gives a new secret and ends the session that was there`() async throws {
        let stage = try ConsoleStage()
        let first = try await stage.logIn()
        let code = ConsoleStage.draw()
        stage.sessions.link(code, until: stage.clock.now + 60)
        let (response, _) = try await stage.send(.post, "/console/login", [.cookie: first], body: "code=\(code.text)")
        let second = String((response.headers[.setCookie] ?? "").prefix { $0 != ";" })
        #expect(second != first && !second.contains(code.text))
        #expect(try await stage.send(.get, "/console/keys", [.cookie: first]).response.status == .seeOther)
        #expect(try await stage.send(.get, "/console/keys", [.cookie: second]).response.status == .ok)
    }

    @Test func `only the session's own form logs out`() async throws {
        let stage = try ConsoleStage()
        let cookie = try await stage.logIn()
        let (_, page) = try await stage.send(.get, "/console/keys", [.cookie: cookie])
        let word = String(try #require(page.firstMatch(of: /name="word" value="([^"]+)"/)).1)
        for body in ["", "word=x", "word=\(word.dropLast())"] {
            _ = try await stage.send(.post, "/console/logout", [.cookie: cookie], body: body)
        }
        _ = try await stage.send(
            .post,
            "/console/logout",
            [.cookie: cookie, .secFetchSite: "cross-site"],
            body: "word=\(word)"
        )
        #expect(try await stage.send(.get, "/console/keys", [.cookie: cookie]).response.status == .ok)
        let (response, _) = try await stage.send(.post, "/console/logout", [.cookie: cookie], body: "word=\(word)")
        #expect(response.headers[.setCookie]?.contains("Max-Age=0") == true)
        #expect(try await stage.send(.get, "/console/keys", [.cookie: cookie]).response.status == .seeOther)
    }

    @Test(arguments: pages + ["/console/login", "/console/style.css", "/console/nothing"])
    func `every answer keeps to itself`(page: String) async throws {
        let stage = try ConsoleStage()
        let (response, _) = try await stage.send(.get, page, [.cookie: try await stage.logIn()])
        #expect(
            response.headers[.contentSecurityPolicy]
                == "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        )
        #expect(response.headers[.crossOriginOpenerPolicy] == "same-origin")
        #expect(response.headers[.crossOriginResourcePolicy] == "same-origin")
        let isOpen = page == "/console/style.css"
        #expect(response.headers[.cacheControl] == (isOpen ? "public, max-age=300" : "no-store"))
    }

    @Test(arguments: ["/console/scope?scope=acme:a", "/console/client?client=8e1f"])
    func `a command that is copied takes a name as one word, whatever it holds`(page: String) async throws {
        let stage = try ConsoleStage()
        let cookie = try await stage.logIn()
        let (_, body) = try await stage.send(.get, page + "%3Breboot%60id%60", [.cookie: cookie])
        let commands = body.matches(of: /portvakt (?:access|scope|client|audit) [^<]*reboot[^<]*/).map {
            String($0.output)
        }
        #expect(commands.count == 3)
        for command in commands { #expect(command.contains(";reboot`id`&#39;")) }
    }

    @Test func `a stranger at the door learns nothing of where the data lies`() async throws {
        let stage = try ConsoleStage()
        for (method, body) in [(HTTPRequest.Method.get, ""), (.post, "code=x")] {
            let (_, page) = try await stage.send(method, "/console/login", body: body)
            #expect(page.contains("portvakt web --data DIR"))
            #expect(!page.contains("--data &#39;"))
        }
    }

    @Test func `a spreadsheet takes nothing in a file for a formula`() async throws {
        let stage = try ConsoleStage()
        let (response, body) = try await stage.send(.get, "/console/clients.csv", [.cookie: try await stage.logIn()])
        #expect(response.headers[.contentType] == "text/csv; charset=utf-8")
        #expect(body.contains("client_id") && body.split(separator: "\r\n").count == 3)
    }
}
