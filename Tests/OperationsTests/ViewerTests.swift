import Administration
import AuditLedger
import Clients
import Delegations
import Foundation
import Operations
import Organisations
import SQLiteStorage
import Scopes
import Testing
import Vocabulary

/// A store with two providers, a consumer and a supplier, and what they have to do with each other.
final class SharedWorld {
    static let now = Timestamp(seconds: 1_795_000_000)
    static let provider = number(31_000_012)
    static let consumer = number(31_420_077)
    static let supplier = number(31_234_567)
    static let stranger = number(31_999_999)

    let store: SQLiteStore
    let client: ClientID
    private let folder: DataFolder

    init() throws {
        folder = DataFolder(path: FileManager.default.temporaryDirectory.appending(path: "operations-\(UUID())").path)
        try folder.create()
        store = try SQLiteStore(folder, opening: .migrate)
        let importer = SQLiteOrganisationImport(into: store) { _ in
            LedgerEvent(time: SharedWorld.now, kind: .organisationsImported)
        }
        try importer.begin()
        let units = [Self.provider, Self.consumer, Self.supplier, Self.stranger].sorted().map { number in
            Organisation(
                number: number,
                kind: .mainUnit,
                name: "UNIT \(number)",
                form: Organisation.Form(code: "AS", description: nil)
            )
        }
        try importer.stage(added: units, changed: [])
        try importer.apply(ImportReport(document: .wholeRegister, mode: .update, isDryRun: false))
        let actor = Actor(operatingSystemUser: "kari", host: "vakt1")
        client = try store.transaction { transaction in
            let acts = Administration(in: transaction, by: actor, at: Self.now)
            try acts.assignPrefix(ScopePrefix(parsing: "acme"), to: Self.provider)
            try acts.assignPrefix(ScopePrefix(parsing: "other"), to: Self.stranger)
            for (name, visibility) in [
                ("acme:shown", "PUBLIC"), ("acme:shared", "PRIVATE"), ("acme:inner", "INTERNAL"),
            ] {
                try acts.createScope(
                    ScopeName(parsing: name),
                    [
                        .description: .text("A scope"), .visibility: .text(visibility),
                        .delegationSource: .text("internal"),
                    ],
                    origin: "cli"
                )
            }
            try acts.createScope(ScopeName(parsing: "other:b"), [.description: .text("A scope")], origin: "cli")
            let shared = try ScopeName(parsing: "acme:shared")
            try acts.grantAccess(to: shared, for: Self.consumer, origin: "cli")
            try acts.grantAccess(to: ScopeName(parsing: "other:b"), for: Self.supplier, origin: "cli")
            let draft = ClientDraft(owner: Self.consumer, name: "Payroll", scopes: [shared])
            return try acts.createClient(draft).value.id
        }
    }

    deinit {
        try? store.close()
        try? FileManager.default.removeItem(atPath: folder.path)
    }

    /// The first column of what an inquiry answers to somebody.
    func seen(_ inquiry: some Inquiry, by viewer: Viewer) throws -> [String] {
        try answer(inquiry, to: viewer).items.map { item in
            guard case .object(let members) = item else { return "" }
            return members.first?.value.cell ?? ""
        }
    }

    func answer(_ inquiry: some Inquiry, to viewer: Viewer) throws -> Report {
        try store.read { try inquiry.answer(from: $0, in: OperationContext(viewer: viewer, now: Self.now)) }
    }

    static func number(_ stem: Int) -> OrganisationNumber { OrganisationNumber(stem: stem) ?? number(stem + 1) }
}

@Suite("Viewers: each sees what it owns, may use or takes part in")
struct ViewerTests {
    private let everything = Viewer.operator
    private let provider = Viewer.organisation(SharedWorld.provider)
    private let consumer = Viewer.organisation(SharedWorld.consumer)
    private let stranger = Viewer.organisation(SharedWorld.stranger)

    @Test func `scopes: one's own, those one may use, public ones; not another's inner ones`() throws {
        let world = try SharedWorld()
        let list = try ListScopes([:])
        #expect(try world.seen(list, by: everything) == ["acme:inner", "acme:shared", "acme:shown", "other:b"])
        #expect(try world.seen(list, by: provider) == ["acme:inner", "acme:shared", "acme:shown", "other:b"])
        #expect(try world.seen(list, by: consumer) == ["acme:shared", "acme:shown", "other:b"])
        #expect(try world.seen(list, by: stranger) == ["acme:shown", "other:b"])
        #expect(throws: OperationFault(.absent, "scope_not_found", "there is no scope `acme:inner`")) {
            try world.answer(ShowScope(["scope": "acme:inner"]), to: consumer)
        }
    }

    @Test func `how many use a scope is told to its owner alone`() throws {
        let world = try SharedWorld()
        let list = try ListScopes(["prefix": "acme"])
        func counts(_ viewer: Viewer) throws -> [OutputValue] {
            try world.answer(list, to: viewer).items.map { $0["consumers"] }
        }
        #expect(try counts(provider) == [.number(0), .number(1), .number(0)])
        #expect(try counts(consumer) == [.none, .none])
    }

    @Test func `access: to what one owns, and one's own; whoever is no part of it sees nothing`() throws {
        let world = try SharedWorld()
        let list = try ListAccess([:])
        #expect(try world.seen(list, by: everything) == ["acme:shared", "other:b"])
        #expect(try world.seen(list, by: provider) == ["acme:shared"])
        #expect(try world.seen(list, by: consumer) == ["acme:shared"])
        #expect(try world.seen(list, by: stranger) == ["other:b"])
        let named = try ListAccess(["org": "\(SharedWorld.consumer)"])
        #expect(try world.seen(named, by: stranger) == [])
        #expect(try world.seen(named, by: consumer) == ["acme:shared"])
    }

    @Test func `clients and their keys are their owner's`() throws {
        let world = try SharedWorld()
        #expect(try world.seen(ListClients([:]), by: consumer) == [world.client.rawValue])
        #expect(try world.seen(ListClients([:]), by: provider) == [])
        let absent = OperationFault(.absent, "client_not_found", "there is no client `\(world.client)`")
        #expect(throws: absent) { try world.answer(ShowClient(["client": world.client.rawValue]), to: provider) }
        #expect(throws: absent) { try world.answer(ListKeysOfClient(["client": world.client.rawValue]), to: provider) }
    }

    @Test func `another organisation's page shows what the two have to do with each other`() throws {
        let world = try SharedWorld()
        let show = try ShowOrganisation(["org": "\(SharedWorld.consumer)"])
        let own = try world.answer(show, to: consumer)
        #expect(own["clients"] == .list([.text(world.client.rawValue)]))
        let partner = try world.answer(show, to: provider)
        #expect(partner["clients"] == .list([]))
        #expect(partner["access_in"] == .list([.text("acme:shared")]))
        #expect(try world.answer(show, to: stranger)["access_in"] == .list([]))
    }

    @Test func `prefixes are their owner's`() throws {
        let world = try SharedWorld()
        #expect(try world.seen(ListPrefixes([:]), by: everything) == ["acme", "other"])
        #expect(try world.seen(ListPrefixes([:]), by: provider) == ["acme"])
        #expect(try world.seen(ListPrefixes([:]), by: consumer) == [])
    }

    @Test func `another organisation's page does not tell its prefixes`() throws {
        let world = try SharedWorld()
        let number = "\(SharedWorld.provider)"
        for viewer in [everything, provider] {
            #expect(try world.answer(ShowOrganisation(["org": number]), to: viewer)["prefixes"].cell == "acme")
            #expect(
                try world.answer(ShowOrganisationFacts(["org": number]), to: viewer)["prefixes"].cell == "acme"
            )
        }
        #expect(try world.answer(ShowOrganisation(["org": number]), to: stranger)["prefixes"] == .list([]))
        #expect(try world.answer(ShowOrganisationFacts(["org": number]), to: stranger)["prefixes"] == .list([]))
    }

    @Test func `where a scope and a grant were declared is their owner's to know`() throws {
        let world = try SharedWorld()
        for (viewer, origin) in [(everything, OutputValue.text("cli")), (provider, .text("cli")), (consumer, .none)] {
            #expect(try world.answer(ShowScope(["scope": "acme:shared"]), to: viewer)["origin"] == origin)
            let rows: [[OutputValue]] = [
                try world.answer(ListAccess(["scope": "acme:shared"]), to: viewer).items.map { $0["origin"] },
                try world.answer(BrowseAccess(["scope": "acme:shared"]), to: viewer).items.map { $0["origin"] },
                try world.answer(ListScopes(["prefix": "acme"]), to: viewer).items
                    .filter { $0["scope"] == .text("acme:shared") }.map { $0["source"] },
            ]
            for row in rows { #expect(row == [origin]) }
        }
    }

    @Test func `of whoever acted for the operator or for another a party is told the organisation`() throws {
        let world = try SharedWorld()
        let caller = Actor.Caller(
            client: try ClientID(parsing: "provider-admin"),
            organisation: SharedWorld.provider,
            tokenID: TokenID("admin-jti"),
            traceID: TraceID(high: 7, low: 7)
        )
        try world.store.transaction { transaction in
            let actor = Actor(caller, command: "PUT /api/v1/scopes/access/{consumer_orgno}")
            let acts = Administration(in: transaction, by: actor, at: SharedWorld.now)
            try acts.grantAccess(to: ScopeName(parsing: "acme:shown"), for: SharedWorld.consumer, origin: "api")
        }
        func entries(_ inquiry: some Inquiry, _ viewer: Viewer) throws -> [OutputValue] {
            try world.answer(inquiry, to: viewer).items.filter { $0["event"] == .text("access_granted") }
        }
        let inquiries: [any Inquiry] = [try BrowseAudit([:]), try SearchAudit([:]), try TailAudit([:])]
        for inquiry in inquiries {
            let seen = try entries(inquiry, consumer)
            #expect(Set(seen.map { $0["actor"].cell }) == ["operator", "\(SharedWorld.provider)"])
            for entry in seen {
                for hidden in ["kari", "vakt1", "admin-jti", "provider-admin", "{consumer_orgno}", "\"origin\""] {
                    #expect(!entry.json().contains(hidden))
                }
            }
            #expect(try entries(inquiry, everything).contains { $0["actor"] == .text("kari@vakt1") })
        }
        guard case .number(let sequence)? = try entries(BrowseAudit([:]), consumer).first?["sequence"] else {
            Issue.record("the newest entry has no number")
            return
        }
        let shown = try world.answer(ShowAuditEntry(["sequence": Int(sequence)]), to: consumer)
        #expect(shown["actor"] == .text("\(SharedWorld.provider)"))
        // A proof would show the whole entry.
        #expect(throws: OperationFault(.absent, "entry_not_found", "there is no entry `\(sequence)`")) {
            try world.answer(ProveAudit(["sequence": Int(sequence)]), to: consumer)
        }
        // To a scope's owner its tokens are shown, and no token is a grant.
        let grants = try SearchAudit(["scope": "acme:shown", "event": ["access_granted"]])
        #expect(try world.answer(grants, to: provider).items.isEmpty)
        // Nor is it found out by looking for parts of it.
        for part in ["kari", "vakt", "provider-admin"] {
            #expect(try entries(BrowseAudit(["actor": part]), consumer).isEmpty)
            #expect(try entries(SearchAudit(["actor": part]), consumer).isEmpty)
        }
        #expect(try entries(BrowseAudit(["actor": "kari"]), everything).count == 2)
        #expect(try entries(BrowseAudit(["actor": "operator"]), consumer).count == 1)
    }
}
