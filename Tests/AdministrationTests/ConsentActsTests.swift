import Administration
import AuditLedger
import Delegations
import Foundation
import JOSE
import SQLiteStorage
import Testing
import Vocabulary

@Suite("Consents (altinn.md §7, §9.11)")
struct ConsentActsTests {
    private let world: World
    private let id = "7f8d1b0a-5c0a-4b8a-93d1-0e0f5a5f3e11"
    private let validTo = World.now + .days(30)
    /// A synthetic person who consents for herself.
    private let number: NationalIdentityNumber

    init() throws {
        world = try World()
        try world.prepareSystemUsers()
        number = try #require(NationalIdentityNumber(parsing: "01810190026") ?? Self.synthetic())
        try world.act { administration in
            for (resource, template) in [(World.consentIncome, "poa"), (World.consentDebt, "sblanesoknad")] {
                let rules: [World.Rule] = [
                    ("urn:altinn:rolecode", "UTINN", "consent"), ("urn:altinn:rolecode", "PRIV", "consent"),
                    ("urn:altinn:partytype", "organization", "requestconsent"),
                ]
                try World.put(resource, as: .consent, rules, administration.transaction) { resource in
                    resource.consentTemplate = template
                    resource.consentMetadata = ["year": .init(), "note": .init(isOptional: true)]
                }
            }
        }
    }

    /// The first number of a made-up person (month + 80) whose control digits hold.
    private static func synthetic() -> NationalIdentityNumber? {
        for serial in 10_000...99_999 {
            if let number = NationalIdentityNumber(parsing: "018101\(serial)") { return number }
        }
        return nil
    }

    private var uuid: UUID { UUID(uuidString: id) ?? UUID() }

    private func body(_ changes: JSONObject = [:]) -> JSONObject {
        var body: JSONObject = [
            "id": .string(id),
            "from": .string("urn:altinn:organization:identifier-no:\(World.consumer)"),
            "to": .string("urn:altinn:organization:identifier-no:\(World.other)"),
            "validTo": .string("\(validTo)"),
            "consentRights": [right(World.consentIncome)],
            "redirectUrl": "https://bank.example.no/done",
        ]
        for member in changes.members { body[member.name] = member.value }
        return body
    }

    private func right(_ resource: ResourceID, _ metadata: JSONObject = ["year": "2025"]) -> JSONValue {
        [
            "action": ["consent"],
            "resource": [["type": "urn:altinn:resource", "value": .string(resource.rawValue)]],
            "metaData": .object(metadata),
        ]
    }

    @discardableResult
    private func ask(
        _ changes: JSONObject = [:],
        by organisation: OrganisationNumber? = nil,
        handledBy: OrganisationNumber? = nil
    ) throws -> ConsentRequest {
        try world.act { administration in
            try administration.requestConsent(
                ConsentDraft(reading: body(changes)),
                under: World.pseudonyms,
                by: organisation,
                handledBy: handledBy
            ).value
        }
    }

    private func faults(_ changes: JSONObject) throws -> [ConsentRule] {
        var found: [ConsentRule] = []
        try world.unchanged {
            do {
                try ask(changes)
                Issue.record("the request was stored")
            } catch let faults as ConsentFaults { found = faults.faults.map(\.rule) }
        }
        return found
    }

    private let director = ActingRight.person(World.director, level: 3)

    // MARK: altinn.md §9.11

    @Test func `§9.11: expired and wrong from are reported both`() throws {
        try ask()
        let consent = try world.act { try $0.acceptConsent(uuid, on: director).value }
        let now = validTo
        #expect(
            consent.impediments(from: .organisation(World.vendor), to: World.other, at: now)
                == [.fromMismatch, .expired]
        )
        #expect(consent.impediments(from: .organisation(World.consumer), to: World.other, at: now - 1).isEmpty)
        #expect(
            consent.impediments(from: .organisation(World.vendor), to: World.vendor, at: now)
                == [.notFound, .fromMismatch, .expired]
        )
    }

    @Test func `§9.11: handledBy accepted as to`() throws {
        try ask(handledBy: World.bankrupt)
        let consent = try world.act { try $0.acceptConsent(uuid, on: director).value }
        #expect(consent.handledBy == World.bankrupt)
        #expect(consent.impediments(from: .organisation(World.consumer), to: World.bankrupt, at: World.now).isEmpty)
    }

    @Test func `§9.11: two templates refused`() throws {
        #expect(
            try faults(["consentRights": [right(World.consentIncome), right(World.consentDebt)]]) == [.template]
        )
    }

    // MARK: Asking

    @Test func `all faults of a request are told together`() throws {
        let found = try faults([
            "id": "x", "from": "310000001", "validTo": .string("\(World.now)"),
            "redirectUrl": "http://bank.example.no/",
            "consentRights": [
                ["action": [], "resource": [["type": "urn:altinn:resource", "value": "acme-income"]]],
                right(World.consentIncome, ["years": "2025", "note": " "]),
            ],
        ])
        #expect(
            found == [
                .form, .party, .action, .form, .validTo, .resource, .metadataUnknown, .metadataEmpty, .metadataMissing,
            ]
        )
        #expect(try faults(["consentRights": []]) == [.rights])
        #expect(try faults(["to": "urn:altinn:person:identifier-no:01810190026"]) == [.party])
        #expect(
            try faults(["to": .string("urn:altinn:organization:identifier-no:\(World.stranger)")]) == [.party]
        )
        let two: JSONValue = [
            "action": ["consent"],
            "resource": [
                ["type": "urn:altinn:resource", "value": .string(World.consentIncome.rawValue)],
                ["type": "urn:altinn:resource", "value": .string(World.consentIncome.rawValue)],
            ],
        ]
        #expect(try faults(["consentRights": [two]]) == [.resource])
    }

    @Test func `the same request again is the one that is stored, another of the same identifier is refused`() throws {
        let first = try ask()
        try world.unchanged {
            let again = try ask()
            #expect(again == first)
        }
        try world.refused(.identifierTaken) { administration in
            let other = ConsentDraft(
                reading: body(["from": .string("urn:altinn:organization:identifier-no:\(World.vendor)")])
            )
            _ = try administration.requestConsent(other, under: World.pseudonyms)
        }
    }

    @Test func `who asks must be the recipient, and have the right requestconsent`() throws {
        try world.refused(.notAuthorised) { administration in
            _ = try administration.requestConsent(
                ConsentDraft(reading: body()),
                under: World.pseudonyms,
                by: World.vendor
            )
        }
        try world.act { administration in
            try World.put(
                World.consentIncome,
                as: .consent,
                [("urn:altinn:rolecode", "UTINN", "consent")],
                administration.transaction
            ) { $0.consentMetadata = ["year": .init()] }
        }
        try world.refused(.notAuthorised) { administration in
            _ = try administration.requestConsent(ConsentDraft(reading: body()), under: World.pseudonyms)
        }
    }

    @Test func `times with an offset and a fraction are read to the second`() throws {
        let consent = try ask(["validTo": "2027-06-30T12:30:00.4177+02:00"])
        #expect(consent.validTo == Timestamp(parsing: "2027-06-30T10:30:00Z"))
    }

    // MARK: Answering

    @Test func `accepted once, by whoever may give every action on`() throws {
        try ask()
        try world.refused(.notAuthorised) { _ = try $0.acceptConsent(uuid, on: .person(World.person(9), level: 3)) }
        try world.refused(.notAuthorised) { _ = try $0.acceptConsent(uuid, on: .person(World.director, level: 2)) }
        let before = try world.lastSequence()
        let consent = try world.act { try $0.acceptConsent(uuid, on: director).value }
        #expect(consent.consented == World.now)
        try world.unchanged {
            let again = try world.act { try $0.acceptConsent(uuid, on: director) }
            #expect(!again.hasChanged)
        }
        #expect(try world.events(after: before).map(\.kind) == [.consentAccepted])
        #expect(try events() == [.created, .accepted])
        try world.refused(.cannotBeRejected) { _ = try $0.rejectConsent(uuid, on: director) }
    }

    @Test(arguments: [false, true])
    func `nobody answers for a party that he has nothing to do with, however open the policy`(isUnlessDeny: Bool) throws
    {
        try ask()
        try world.act { administration in
            let stored = try #require(try administration.transaction.policyDocument(of: World.consentIncome))
            let text = String(decoding: stored, as: UTF8.self)
            let open =
                isUnlessDeny
                ? text.replacing("deny-overrides", with: "permit-unless-deny")
                : text.replacing(/<AnyOf>(?:(?!<AnyOf>).)*?access-subject.*?<\/AnyOf>/, with: "")
            try #require(open != text)
            // Past the act, which takes no such policy: one may stand in the store from before.
            try administration.transaction.setPolicy(Array(open.utf8), of: World.consentIncome, at: World.now)
            try administration.transaction.raiseRevision()
        }
        let stranger = ActingRight.person(World.person(9), level: 4)
        try world.refused(.notAuthorised) { _ = try $0.acceptConsent(uuid, on: stranger) }
        try world.refused(.notAuthorised) { _ = try $0.rejectConsent(uuid, on: stranger) }
        try world.refused(.notAuthorised) { _ = try $0.revokeConsent(uuid, on: stranger) }
    }

    @Test func `the required delegator alone may answer`() throws {
        try ask(["requiredDelegator": .string("urn:altinn:person:identifier-no:\(number.exposed)")])
        try world.refused(.notAuthorised) { _ = try $0.acceptConsent(uuid, on: director) }
        let required = World.pseudonyms.pseudonym(of: number)
        try world.act { try World.give("UTINN", of: World.consumer, to: .person(required), $0.transaction) }
        #expect(try world.act { try $0.acceptConsent(uuid, on: .person(required, level: 3)) }.hasChanged)
    }

    @Test func `a person consents for herself, and stands nowhere by number`() throws {
        try ask(["from": .string("urn:altinn:person:identifier-no:\(number.exposed)")])
        try world.refused(.notAuthorised) { _ = try $0.acceptConsent(uuid, on: director) }
        let herself = World.pseudonyms.pseudonym(of: number)
        let consent = try world.act { try $0.acceptConsent(uuid, on: .person(herself, level: 3)).value }
        #expect(consent.from == .person(herself))
        #expect(try world.store.read { try $0.party(named: Party.person(herself).uuid) } == .person(herself))
        for event in try world.events() {
            #expect(!JSONValue.object(event.details).text().contains(number.exposed))
        }
        let naming = PartyNaming()
        let object = consent.jsonObject(events: [], at: World.now, naming: naming, portal: "https://p.example.no")
        #expect(!JSONValue.object(object).text().contains(number.exposed))
        let told = PartyNaming(sent: [.person(number)], under: World.pseudonyms)
        #expect(told.urn(of: consent.from) == "urn:altinn:person:identifier-no:\(number.exposed)")
    }

    @Test func `revoked once, and never accepted again`() throws {
        try ask()
        try world.refused(.cannotBeRevoked) { _ = try $0.revokeConsent(uuid, on: director) }
        try world.act { try $0.acceptConsent(uuid, on: director) }
        let consent = try world.act { try $0.revokeConsent(uuid, on: director).value }
        try world.unchanged {
            let again = try world.act { try $0.revokeConsent(uuid, on: director) }
            #expect(!again.hasChanged)
        }
        try world.refused(.cannotBeAccepted) { _ = try $0.acceptConsent(uuid, on: director) }
        #expect(consent.impediments(from: consent.from, to: World.other, at: World.now) == [.revoked])
        #expect(try events() == [.created, .accepted, .revoked])
    }

    @Test func `an expired request is not accepted, and shows the event`() throws {
        let consent = try ask()
        world.now = validTo
        try world.refused(.cannotBeAccepted) { _ = try $0.acceptConsent(uuid, on: director) }
        #expect(consent.status(at: validTo - 1) == .created)
        #expect(consent.status(at: validTo) == .expired)
        let object = consent.jsonObject(
            events: try world.store.read { try $0.events(of: uuid) },
            at: validTo,
            portal: "https://portal.example.no"
        )
        let kinds = object["consentRequestEvents"]?.array?.compactMap { $0["eventType"]?.string }
        #expect(kinds == ["Created", "Expired"])
    }

    @Test func `a request is taken back by whoever asked, through its supplier too, before it is answered`() throws {
        try ask(handledBy: World.bankrupt)
        try world.refused(.notFound) { _ = try $0.deleteConsent(uuid, by: World.vendor) }
        // What it handles is the supplier's only as far as the consumer still lets it act.
        try world.refused(.notFound) { _ = try $0.deleteConsent(uuid, by: World.bankrupt) }
        try world.refused(.notFound) { _ = try $0.deleteConsent(uuid, by: World.other, through: World.vendor) }
        let deleted = try world.act { try $0.deleteConsent(uuid, by: World.other, through: World.bankrupt) }
        #expect(deleted.value.answer == .deleted)
        try world.refused(.cannotBeAccepted) { _ = try $0.acceptConsent(uuid, on: director) }
        try world.refused(.notFound) { _ = try $0.acceptConsent(UUID(), on: director) }
    }

    @Test func `events are listed in order, page by page, to those concerned`() throws {
        try ask(handledBy: World.bankrupt)
        try world.act { try $0.acceptConsent(uuid, on: director) }
        try world.store.read { reader in
            func events(
                to organisation: OrganisationNumber,
                through supplier: OrganisationNumber? = nil,
                after sequence: Int64 = 0,
                limit: Int = 10
            ) throws -> [ConsentEvent] {
                try reader.consentEvents(to: organisation, through: supplier, after: sequence, limit: limit)
            }
            let first = try events(to: World.other, limit: 1)
            #expect(first.map(\.kind) == [.created])
            let next = try events(to: World.other, through: World.bankrupt, after: first[0].sequence)
            #expect(next.map(\.kind) == [.accepted])
            #expect(next.first?.by == .person(World.director))
            #expect(try events(to: World.other, through: World.vendor).isEmpty)
            #expect(try events(to: World.bankrupt).isEmpty)
            #expect(try events(to: World.vendor).isEmpty)
        }
    }

    private func events() throws -> [ConsentEvent.Kind] {
        try world.store.read { try $0.events(of: uuid).map(\.kind) }
    }
}
