import Administration
import AuditLedger
import Delegations
import JOSE
import Operations
import SQLiteStorage
import Testing
import Vocabulary

@Suite("Persons in operations: their numbers come in bodies, and stay nowhere")
struct PersonOperationsTests {
    private static let number = "01019010046"
    private static let consent = "0196a1f0-9d3b-7c55-8a51-1f1f6a3d2b10"

    private let world: SharedWorld
    private let key: PseudonymKey

    init() throws {
        world = try SharedWorld()
        key = try #require(PseudonymKey(bytes: Array(repeating: 7, count: PseudonymKey.length)))
    }

    private var context: OperationContext {
        OperationContext(viewer: .operator, now: SharedWorld.now, pseudonyms: { [key] _ in key })
    }

    private func within<Result>(
        _ body: (Administration<SQLiteTransaction>) throws -> Result
    ) throws -> Result {
        try world.store.transaction { transaction in
            let actor = Actor(operatingSystemUser: "kari", host: "vakt1")
            return try body(Administration(in: transaction, by: actor, at: SharedWorld.now, reason: "Innsyn 7"))
        }
    }

    private func events() throws -> [LedgerEvent] {
        try world.store.read { reader in
            var events: [LedgerEvent] = []
            try reader.visitEntries(LedgerQuery()) { content in
                events.append(content.event)
                return true
            }
            return events
        }
    }

    @Test func `no inquiry that takes a person's number or a document is asked in an address`() {
        for inquiry in OperationCatalogue.inquiries {
            let isPrivate = inquiry.parameters.contains { $0.kind == .identityNumber || $0.kind == .object }
            #expect(!isPrivate || inquiry.asksInBody, "\(inquiry.name)")
        }
    }

    @Test func `a report on a person is in the ledger before it is given, by pseudonym and with its reason`() throws {
        let person = key.pseudonym(of: try #require(NationalIdentityNumber(parsing: Self.number)))
        let inquiry = try ReportPerson(["person": Self.number])
        #expect(ReportPerson.isRecorded)
        try within { try inquiry.note(in: $0, context) }
        let event = try #require(try events().last)
        #expect(event.kind == .personReported && event.actor == "kari@vakt1")
        #expect(event.details["person"]?.string == "\(person)")
        #expect(event.details["reason"]?.string == "Innsyn 7")
        let texts = try events().map { event in JSONValue.object(event.details).text() }
        #expect(!texts.contains { $0.contains(Self.number) })
        // The person finds it among what is kept.
        let report = try world.store.read { try inquiry.answer(from: $0, in: context) }
        #expect(report.items.map { $0["what"] } == [.text("person_reported")])
    }

    @Test func `a role is given to a person and found by the number, which no answer holds`() throws {
        let given: Arguments = ["org": "\(SharedWorld.consumer)", "role": "APIADM", "holder_person": Self.number]
        let report = try within { try GiveRole(given).perform(in: $0, context) }
        #expect(report["result"] == .text("given"))
        let found = try world.store.read { try ListRoles(["person": Self.number]).answer(from: $0, in: context) }
        #expect(found.items.map { $0["role"] } == [.text("APIADM")])
        for text in [report.json, found.json] { #expect(!text.contains(Self.number)) }
    }

    @Test func `what is no number is not repeated`() throws {
        for name in ["holder_person", "person", "acting_person"] {
            let fault = #expect(throws: OperationFault.self) {
                switch name {
                case "person": _ = try ListRoles(["person": "01019010047"])
                case "acting_person": _ = try AcceptConsent(["id": Self.consent, "acting_person": "01019010047"])
                default:
                    _ = try GiveRole([
                        "org": "\(SharedWorld.consumer)", "role": "APIADM", "holder_person": "01019010047",
                    ])
                }
            }
            #expect(fault?.message.contains("no national identity number") == true)
            #expect(fault?.message.contains("0101901") == false)
        }
    }

    @Test func `without a key nobody is found, and none is made`() throws {
        let context = OperationContext(viewer: .operator, now: SharedWorld.now)
        let found = try world.store.read { try ListRoles(["person": Self.number]).answer(from: $0, in: context) }
        #expect(found.items.isEmpty)
    }

    @Test func `an organisation reads no roles, and reports on nobody`() throws {
        let viewer = Viewer.organisation(SharedWorld.consumer)
        #expect(throws: OperationFault.self) {
            try world.answer(ListRoles(["org": "\(SharedWorld.consumer)"]), to: viewer)
        }
        #expect(throws: OperationFault.self) { try world.answer(ReportPerson(["person": Self.number]), to: viewer) }
    }
}
