import Administration
import AuditLedger
import HTTPTypes
import HummingbirdTesting
import JOSE
import Scopes
import Testing
import Vocabulary

@testable import AdminAPI

@Suite("Requests for access over the API")
struct AccessRequestAPITests {
    private let world: AdminWorld
    private let own = "/api/v1/scopes/access/request?scope=acme:read"
    private let received = "/api/v1/scopes/access/requests"

    init() throws {
        world = try AdminWorld()
        try world.know(AdminWorld.owner, AdminWorld.consumer, AdminWorld.supplier)
        try world.act { administration in
            try administration.assignPrefix(ScopePrefix(parsing: "acme"), to: AdminWorld.owner)
            try administration.createScope(
                ScopeName(parsing: "acme:read"),
                [.description: .text("D"), .requiredTermsVersion: .text("2")],
                origin: "cli"
            )
        }
    }

    private func ask(
        _ body: String? = nil,
        of consumer: OrganisationNumber = AdminWorld.consumer
    ) async throws
        -> TestResponse
    {
        try await world.call(
            .put,
            own,
            .clientsWrite,
            of: consumer,
            body: body ?? #"{"purpose":"Statistics","until":"2027-06-30","accepted_terms_version":"2"}"#
        )
    }

    private func answer(
        _ word: String,
        _ body: String?,
        of owner: OrganisationNumber = AdminWorld.owner
    ) async throws
        -> TestResponse
    {
        let path = "\(received)/\(AdminWorld.consumer)/\(word)?scope=acme:read"
        return try await world.call(.put, path, .scopesWrite, of: owner, body: body)
    }

    @Test func `from the request over the approval to the grant, each side seeing where it stands`() async throws {
        let asked = try await ask()
        #expect(asked.status == .ok)
        let object = try asked.object()
        #expect(object["state"] == "REQUESTED")
        #expect(object["until"] == "2027-07-01T00:00:00Z")
        #expect(object["owner_organization_name"] == .string("DEMO \(AdminWorld.owner)"))
        let mine = try await world.call(
            .get,
            "/api/v1/scopes/access/request",
            .clientsRead,
            of: AdminWorld.consumer
        )
        #expect(try mine.array().count == 1)
        let waiting = try await world.call(.get, received + "?state=REQUESTED", .scopesWrite)
        #expect(try waiting.array().map { $0["consumer_orgno"] } == [.string("\(AdminWorld.consumer)")])
        let given = try await answer("approval", #"{"until":"2027-03-31","reason":"Agreement 14"}"#)
        #expect(given.status == .ok)
        #expect(try given.object()["state"] == "APPROVED")
        #expect(try given.object()["until"] == "2027-04-01T00:00:00Z")
        #expect(try given.object()["accepted_terms_version"] == "2")
        let event = try #require(try world.lastEvent())
        #expect(event.kind == .accessGranted)
        #expect(event.details["actor_organisation"] == .string("\(AdminWorld.owner)"))
        let answered = try await world.call(.get, own, .clientsRead, of: AdminWorld.consumer)
        #expect(try answered.array().first?["state"] == "APPROVED")
        #expect(try await answer("approval", nil).object()["reason"] == "request_not_pending")
    }

    @Test func `a denial wants a reason, and gives it`() async throws {
        _ = try await ask()
        #expect(try await answer("denial", "{}").status == .badRequest)
        #expect(try await answer("denial", #"{"reason":"a\nb"}"#).status == .badRequest)
        let denied = try await answer("denial", #"{"reason":"No legal basis"}"#)
        #expect(try denied.object()["state"] == "DENIED")
        #expect(try denied.object()["answer"] == "No legal basis")
    }

    @Test func `only the owner of a scope answers, and only the consumer takes back`() async throws {
        _ = try await ask()
        for word in ["approval", "denial"] {
            #expect(try await answer(word, #"{"reason":"x"}"#, of: AdminWorld.supplier).status == .notFound)
        }
        let foreign = try await world.call(.get, received, .scopesWrite, of: AdminWorld.supplier)
        #expect(try foreign.array().isEmpty)
        #expect(try await world.call(.delete, own, .clientsWrite, of: AdminWorld.supplier).status == .notFound)
        let withdrawn = try await world.call(.delete, own, .clientsWrite, of: AdminWorld.consumer)
        #expect(try withdrawn.object()["state"] == "WITHDRAWN")
    }

    @Test(
        arguments: [
            (#"{"accepted_terms_version":"2"}"#, "body_member"), (#"{"purpose":"x"}"#, "access_terms"),
            (#"{"purpose":"x","accepted_terms_version":"1"}"#, "access_terms"),
            (#"{"purpose":"x","accepted_terms_version":"2","until":"soon"}"#, "body_member"),
            (#"{"purpose":7,"accepted_terms_version":"2"}"#, "body_member"), ("[]", "body_member"),
        ]
    )
    func `what is wrong with a request is told`(body: String, reason: String) async throws {
        let answer = try await ask(body)
        #expect(answer.status.code >= 400 && answer.status.code < 500)
        #expect(try answer.object()["reason"] == .string(reason))
    }

    @Test func `terms are accepted by the version in force`() async throws {
        try world.act {
            try $0.grantAccess(to: ScopeName(parsing: "acme:read"), for: AdminWorld.consumer, origin: "cli")
        }
        let path = "/api/v1/scopes/access/terms?scope=acme:read"
        for (version, status) in [("1", 400), ("2", 200), ("", 400)] {
            let body = #"{"version":"\#(version)"}"#
            let answer = try await world.call(.put, path, .clientsWrite, of: AdminWorld.consumer, body: body)
            #expect(answer.status.code == status, "\(version)")
        }
    }

    @Test func `an owner answers what it has read: a request that was changed meanwhile is not answered`() async throws
    {
        let tag = try #require(try await ask().headers[.eTag])
        let path = "\(received)/\(AdminWorld.consumer)"
        let read = try await world.call(.get, path + "?scope=acme:read", .scopesWrite)
        #expect(read.headers[.eTag] == tag)
        #expect(try read.object()["purpose"] == "Statistics")
        // The consumer asks for more, a moment before the owner says yes.
        let more = try await ask(#"{"purpose":"Everything","accepted_terms_version":"2"}"#)
        #expect(more.headers[.eTag] != tag)
        for word in ["approval", "denial"] {
            let answer = try await world.call(
                .put,
                "\(path)/\(word)?scope=acme:read",
                .scopesWrite,
                headers: [.ifMatch: tag],
                body: #"{"reason":"x"}"#
            )
            #expect(answer.status == .preconditionFailed)
        }
        let current = try #require(more.headers[.eTag])
        let answer = try await world.call(
            .put,
            "\(path)/approval?scope=acme:read",
            .scopesWrite,
            headers: [.ifMatch: current]
        )
        #expect(answer.status == .ok)
        let foreign = try await world.call(.get, path + "?scope=acme:read", .scopesWrite, of: AdminWorld.supplier)
        let absent = try await world.call(.get, "\(received)/\(AdminWorld.supplier)?scope=acme:read", .scopesWrite)
        #expect(foreign.status == .notFound && absent.status == .notFound)
    }

    @Test func `a scope that is its owner's alone is told to nobody who guesses its name`() async throws {
        try world.act { administration in
            for (name, visibility) in [("acme:inner", "INTERNAL"), ("acme:private", "PRIVATE")] {
                try administration.createScope(
                    ScopeName(parsing: name),
                    [.description: .text("D"), .visibility: .text(visibility), .requiredTermsVersion: .text("2")],
                    origin: "cli"
                )
            }
        }
        func statuses(_ scope: String) async throws -> [Int] {
            let base = "/api/v1/scopes/access"
            let calls: [(HTTPRequest.Method, String, String?)] = [
                (.put, "\(base)/request?scope=\(scope)", #"{"purpose":"x","accepted_terms_version":"2"}"#),
                (.put, "\(base)/terms?scope=\(scope)", #"{"version":"2"}"#),
                (.put, "\(base)/agreements/\(AdminWorld.supplier)?scope=\(scope)", #"{"reference":"x"}"#),
                (.delete, "\(base)/agreements/\(AdminWorld.supplier)?scope=\(scope)", nil),
            ]
            var found: [Int] = []
            for (method, path, body) in calls {
                let answer = try await world.call(method, path, .clientsWrite, of: AdminWorld.consumer, body: body)
                found.append(answer.status.code)
            }
            return found
        }
        #expect(try await statuses("acme:inner") == statuses("acme:absent"))
        #expect(try await statuses("acme:inner") == [404, 404, 404, 404])
        // A private one may be asked for by whoever was told its name; from then on it has a part in it.
        #expect(try await statuses("acme:private").first == 200)
    }

    @Test func `requests and agreements come part by part`() async throws {
        _ = try await ask()
        _ = try await ask(of: AdminWorld.supplier)
        let part = try await world.call(.get, received + "?limit=1", .scopesWrite)
        #expect(try part.array().count == 1 && part.headers[.totalCount] == "2")
        #expect(
            part.headers[.link]?.hasSuffix("/api/v1/scopes/access/requests?offset=1&limit=1>; rel=\"next\"") == true
        )
        let rest = try await world.call(.get, received + "?limit=1&offset=1", .scopesWrite)
        #expect(try rest.array().count == 1 && rest.headers[.link] == nil)
        for path in [received, "/api/v1/scopes/access/agreements"] {
            #expect(try await world.call(.get, path + "?limit=0", .scopesWrite).status == .badRequest)
        }
    }

    @Test func `both sides of an agreement see it, and the scope's owner; a stranger does not`() async throws {
        let path = "/api/v1/scopes/access/agreements"
        let one = "\(path)/\(AdminWorld.supplier)?scope=acme:read"
        let made = try await world.call(
            .put,
            one,
            .clientsWrite,
            of: AdminWorld.consumer,
            body: #"{"reference":"Case 14","until":"2027-06-30"}"#
        )
        #expect(made.status == .ok)
        for (organisation, demand, count) in [
            (AdminWorld.consumer, AdministrativeScope.clientsRead, 1), (AdminWorld.supplier, .clientsRead, 1),
            (AdminWorld.owner, .scopesWrite, 1), (AdminWorld.owner, .clientsRead, 0),
            (AdminWorld.supplier, .scopesWrite, 0),
        ] {
            let seen = try await world.call(.get, path, demand, of: organisation).array()
            #expect(seen.count == count, "\(organisation) \(demand)")
        }
        #expect(try await world.call(.delete, one, .clientsWrite, of: AdminWorld.owner).status == .notFound)
        #expect(try await world.call(.delete, one, .clientsWrite, of: AdminWorld.consumer).status == .ok)
    }
}
