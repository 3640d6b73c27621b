import Administration
import HTTPTypes
import HummingbirdTesting
import JOSE
import NIOCore
import Scopes
import Testing
import Vocabulary

@testable import AdminAPI

@Suite("Self-service API §6.4: the open lists are answered from memory")
struct ScopeListingTests {
    private let path = "/api/v1/scopes/all"

    private func names(_ world: AdminWorld, _ query: String = "") async throws -> [String] {
        let answer = try await world.send(.get, path + query)
        #expect(answer.status == .ok, "\(answer.text)")
        return try #require(answer.json().array).compactMap { $0["name"]?.string }
    }

    private func world() async throws -> AdminWorld {
        let world = try SelfServiceWorld().world
        try world.act { administration in
            try administration.changeScope(AdminWorld.scope("acme:write"), [.isAccessibleForAll: .flag(true)])
            for (name, fields) in [
                ("acme:hidden", [.visibility: .text("PRIVATE")]),
                ("acme:old", [.isActive: .flag(false)]),
                ("acme:shared", [.delegationSource: .text("internal")]),
                ("acme:altinn", [.delegationSource: .text("https://tt02.altinn.no/")]),
                ("acme:krr", [.allowedIntegrationTypes: .list(["krr"])]),
            ] as [(String, [ScopeField: ScopeFieldValue])] {
                try administration.createScope(
                    AdminWorld.scope(name),
                    fields.merging([.description: .text(name)]) { $1 },
                    origin: "test"
                )
            }
        }
        try await world.api.refreshListing()
        return world
    }

    @Test func `a list that takes changes alone is the one that is made of all scopes`() throws {
        let issuer = try Issuer(parsing: AdminWorld.issuer)
        var scopes: [ScopeName: Scope] = [:]
        var now = AdminWorld.now
        func change(_ name: String, _ fields: [ScopeField: ScopeFieldValue]) throws {
            let name = try AdminWorld.scope(name)
            var scope =
                scopes[name]
                ?? Scope(name: name, owner: AdminWorld.owner, description: "D", created: now, origin: "cli")
            for (field, value) in fields { try scope.set(field, to: value) }
            scope.lastUpdated = now
            scopes[name] = scope
        }
        func whole() -> ScopeListing {
            let listing = ScopeListing(issuer: issuer)
            listing.take(Array(scopes.values), revision: 1, isWhole: true, at: now)
            return listing
        }
        for name in ["acme:b", "acme:d"] { try change(name, [:]) }
        let listing = whole()
        var tags: Set<String> = [listing.part(.init()).entityTag]
        let changes: [(String, [ScopeField: ScopeFieldValue])] = [
            ("acme:a", [:]), ("acme:c", [.delegationSource: .text("internal")]), ("acme:b", [.isActive: .flag(false)]),
            ("acme:d", [.visibility: .text("PRIVATE")]),
            ("acme:e", [.delegationSource: .text("https://tt02.altinn.no/")]),
            ("acme:a", [.description: .text("Other")]), ("acme:c", [.isActive: .flag(false)]),
        ]
        for (index, (name, fields)) in changes.enumerated() {
            now = now + 7
            try change(name, fields)
            let (_, since) = listing.known(at: now)
            let changed = scopes.values.filter { $0.lastUpdated >= since ?? $0.lastUpdated }
            listing.take(Array(changed), revision: Int64(index) + 2, isWhole: since == nil, at: now)
            let (own, other) = (listing.part(.init()), whole().part(.init()))
            #expect(own.body == other.body && own.entityTag == other.entityTag && own.total == other.total)
            #expect(listing.sources.map(\.issuer) == whole().sources.map(\.issuer))
            tags.insert(own.entityTag)
        }
        #expect(tags.count == changes.count + 1)
    }

    @Test func `what a clock or a queue put into the past is found all the same`() throws {
        let listing = ScopeListing(issuer: try Issuer(parsing: AdminWorld.issuer))
        let now = AdminWorld.now
        #expect(listing.known(at: now).since == nil)
        let scope = Scope(
            name: try AdminWorld.scope("acme:a"),
            owner: AdminWorld.owner,
            description: "D",
            created: now,
            origin: "cli"
        )
        listing.take([scope], revision: 1, isWhole: true, at: now)
        // A change that was asked for a minute ago was written a moment ago.
        #expect(listing.known(at: now + 10).since.map { $0 < now - .minutes(1) } == true)
        // A clock that was set back, or five minutes: all are read.
        #expect(listing.known(at: now - 1).since == nil)
        #expect(listing.known(at: now + .minutes(5)).since == nil)
    }

    @Test func `public scopes are listed for everybody, by each filter`() async throws {
        let world = try await world()
        #expect(try await names(world) == ["acme:altinn", "acme:krr", "acme:read", "acme:shared", "acme:write"])
        #expect(try await names(world, "?accessible_for_all=true") == ["acme:write"])
        #expect(try await names(world, "?delegated_sources=true") == ["acme:altinn", "acme:shared"])
        #expect(try await names(world, "?delegated_sources=https://tt02.altinn.no/") == ["acme:altinn"])
        #expect(try await names(world, "?delegated_sources=\(AdminWorld.issuer)") == ["acme:shared"])
        #expect(try await names(world, "?integration_type=KRR").count == 5)
        #expect(try await names(world, "?integration_type=MASKINPORTEN").contains("acme:krr") == false)
        #expect(
            try await names(world, "?integration_type=maskinporten&accessible_for_all=false&delegated_sources=false")
                == ["acme:read"]
        )
        for query in ["?integration_type=other", "?accessible_for_all=maybe", "?visibility=PRIVATE"] {
            let answer = try await world.send(.get, path + query)
            #expect(answer.status == .badRequest)
            #expect(try answer.object()["errors"]?.array?.count == 1)
        }
        let sources = try #require(try await world.send(.get, "/api/v1/delegationsources").json().array)
        #expect(sources.compactMap { $0["issuer"]?.string } == [AdminWorld.issuer, "https://tt02.altinn.no/"].sorted())
    }

    @Test func `it is told in parts, with where it goes on`() async throws {
        let world = try await world()
        let answer = try await world.send(.get, path + "?offset=1&limit=2")
        #expect(try answer.json().array?.count == 2)
        #expect(answer.headers[.totalCount] == "5")
        #expect(answer.headers[.link] == "<http://localhost/api/v1/scopes/all?offset=3&limit=2>; rel=\"next\"")
        #expect(try await world.send(.get, path + "?offset=4").headers[.link] == nil)
    }

    @Test func `whoever has it already is told so, until something in it changes`() async throws {
        let world = try await world()
        let first = try await world.send(.get, path)
        let tag = try #require(first.headers[.eTag])
        #expect(first.headers[.cacheControl] == "public, max-age=60" && tag.hasPrefix("\""))
        let known = try await world.send(.get, path, headers: [.ifNoneMatch: "\"x\", \(tag)"])
        #expect(known.status == .notModified && known.body.readableBytes == 0)
        // Another filter is another document.
        #expect(try await world.send(.get, path + "?accessible_for_all=true").headers[.eTag] != tag)
        // A change of something else leaves it as it is, and its tag too.
        try world.act {
            _ = try $0.grantAccess(to: AdminWorld.scope("acme:read"), for: AdminWorld.stranger, origin: "t")
        }
        #expect(try await world.api.refreshListing())
        #expect(try await world.send(.get, path).headers[.eTag] == tag)
        try world.act { _ = try $0.setScope(AdminWorld.scope("acme:read"), active: false) }
        // Requests read no database: before the refresh nothing is seen.
        #expect(try await names(world).contains("acme:read"))
        #expect(try await world.api.refreshListing())
        #expect(try await names(world).contains("acme:read") == false)
        #expect(try await world.api.refreshListing() == false)
        let changed = try await world.send(.get, path, headers: [.ifNoneMatch: tag])
        #expect(changed.status == .ok)
    }

    @Test func `only GET and HEAD, and no token is looked at`() async throws {
        let world = try await world()
        #expect(try await world.send(.post, path).status == .methodNotAllowed)
        #expect(try await world.send(.get, path, token: "nonsense").status == .ok)
        let head = try await world.send(.head, path)
        #expect(head.status == .ok && head.body.readableBytes == 0)
    }
}
