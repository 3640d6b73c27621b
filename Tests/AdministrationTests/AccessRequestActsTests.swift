import Administration
import AuditLedger
import JOSE
import SQLiteStorage
import Scopes
import Testing
import Vocabulary

private let scope = World.scope("acme:read")
private let purpose: [AccessField: AccessFieldValue] = [.purpose: .text("Statistics")]

@Suite("Requests for access: asked by consumers, answered by owners")
struct AccessRequestActsTests {
    private let world: World

    init() throws {
        world = try World()
        try world.act { administration in
            try administration.assignPrefix(World.prefix("acme"), to: World.owner)
            try administration.createScope(scope, [.description: .text("D")], origin: "cli")
        }
    }

    private func access() throws -> ScopeAccess? {
        try world.store.read { try $0.access(to: scope, of: World.consumer) }
    }

    private func kept() throws -> AccessRequest? {
        try world.store.read { try $0.accessRequest(to: scope, of: World.consumer) }
    }

    @discardableResult
    private func ask(
        _ fields: [AccessField: AccessFieldValue] = purpose,
        accepting terms: String? = nil
    ) throws -> AdministrationOutcome<AccessRequest> {
        try world.act { try $0.requestAccess(to: scope, for: World.consumer, fields, accepting: terms) }
    }

    private func change(_ fields: [ScopeField: ScopeFieldValue]) throws {
        try world.act { try $0.changeScope(scope, fields) }
    }

    // MARK: Asking

    @Test func `a first request is kept and recorded, and gives no right`() throws {
        let sequence = try world.lastSequence()
        let until = World.now + .days(30)
        var fields = purpose
        fields[.legalBasis] = .text("GDPR 6 (1) e")
        fields[.validUntil] = .time(until)
        let outcome = try ask(fields)
        #expect(outcome.hasChanged)
        let request = try #require(try kept())
        #expect(request.state == .pending)
        #expect(request.wanted.validUntil == until)
        #expect(request.wanted.legalBasis == "GDPR 6 (1) e")
        #expect(request.requested == World.now)
        #expect(try access()?.state == .requested)
        #expect(try access()?.impediment(at: World.now, requiredTerms: nil) == .requested)
        let event = try #require(try world.events(after: sequence).first)
        #expect(event.kind == .accessRequested)
        #expect(event.scopes == [scope] && event.consumer == World.consumer)
        #expect(event.details["request"]?["purpose"] == "Statistics")
    }

    @Test func `asking the same again changes nothing, asking otherwise replaces it`() throws {
        try ask()
        let again = try world.unchanged { try ask() }
        #expect(!again.hasChanged)
        try ask([.purpose: .text("Research")])
        #expect(try kept()?.wanted.purpose == "Research")
    }

    @Test func `it says what for`() throws {
        for fields in [[:], [.purpose: .text(" ")]] as [[AccessField: AccessFieldValue]] {
            try world.refused(.accessRequest(.purposeMissing)) {
                try $0.requestAccess(to: scope, for: World.consumer, fields, accepting: nil)
            }
        }
    }

    @Test func `nobody asks for what is open, deactivated, unknown or past, nor does whom the register does not know`()
        throws
    {
        try world.refused(.unknownOrganisation(World.stranger)) {
            try $0.requestAccess(to: scope, for: World.stranger, purpose, accepting: nil)
        }
        try world.refused(.unknownScope(World.scope("acme:none"))) {
            try $0.requestAccess(to: World.scope("acme:none"), for: World.consumer, purpose, accepting: nil)
        }
        var past = purpose
        past[.validUntil] = .time(World.now)
        try world.refused(.accessEndsInThePast(until: World.now)) {
            try $0.requestAccess(to: scope, for: World.consumer, past, accepting: nil)
        }
        try change([.isAccessibleForAll: .flag(true)])
        try world.refused(.accessRequest(.scopeOpenToAll(scope))) {
            try $0.requestAccess(to: scope, for: World.consumer, purpose, accepting: nil)
        }
        try change([.isAccessibleForAll: .flag(false), .isActive: .flag(false)])
        try world.refused(.accessRequest(.scopeInactive(scope))) {
            try $0.requestAccess(to: scope, for: World.consumer, purpose, accepting: nil)
        }
    }

    @Test func `a scope with terms is asked for with exactly those`() throws {
        try world.refused(.accessRequest(.terms(accepted: "1", required: nil))) {
            try $0.requestAccess(to: scope, for: World.consumer, purpose, accepting: "1")
        }
        try change([.requiredTermsVersion: .text("2")])
        for accepted in [nil, "1"] as [String?] {
            try world.refused(.accessRequest(.terms(accepted: accepted, required: "2"))) {
                try $0.requestAccess(to: scope, for: World.consumer, purpose, accepting: accepted)
            }
        }
        try ask(accepting: "2")
        try world.act { try $0.approveRequest(for: scope, of: World.consumer, origin: "api") }
        #expect(try access()?.impediment(at: World.now, requiredTerms: "2") == nil)
    }

    @Test func `what was asked for can be taken back until it is answered`() throws {
        try ask()
        #expect(try world.act { try $0.withdrawRequest(for: scope, of: World.consumer) }.hasChanged)
        #expect(try kept()?.state == .withdrawn)
        #expect(try access()?.state == .denied)
        let again = try world.unchanged { try world.act { try $0.withdrawRequest(for: scope, of: World.consumer) } }
        #expect(!again.hasChanged)
        // And asked for again.
        try ask()
        #expect(try access()?.state == .requested)
    }

    // MARK: Answers

    @Test func `an approval gives what was asked for, and no more`() throws {
        let (from, until) = (World.now + .days(1), World.now + .days(30))
        var fields = purpose
        fields[.validFrom] = .time(from)
        fields[.validUntil] = .time(until)
        try ask(fields)
        for (field, value) in [(AccessField.validFrom, from - 1), (.validUntil, until + 1)] {
            try world.refused(.accessRequest(.wider(field))) {
                try $0.approveRequest(for: scope, of: World.consumer, [field: .time(value)], origin: "api")
            }
        }
        try world.refused(.accessRequest(.wider(.validUntil))) {
            try $0.approveRequest(for: scope, of: World.consumer, [.validUntil: .absent], origin: "api")
        }
        let sequence = try world.lastSequence()
        let given = try world.act {
            try $0.approveRequest(for: scope, of: World.consumer, [.validUntil: .time(until - 1)], origin: "api")
        }
        #expect(given.value.state == .approved)
        #expect(given.value.validFrom == from && given.value.validUntil == until - 1)
        #expect(given.value.purpose == "Statistics" && given.value.origin == "api")
        #expect(try kept()?.state == .approved)
        #expect(try world.events(after: sequence).map(\.kind) == [.accessGranted])
        try world.refused(.accessRequest(.notPending(scope, World.consumer))) {
            try $0.approveRequest(for: scope, of: World.consumer, origin: "api")
        }
    }

    @Test func `a denial has a reason, which the consumer sees`() throws {
        try ask()
        try world.refused(.accessRequest(.reasonMissing)) { try $0.denyRequest(for: scope, of: World.consumer) }
        try world.act(reason: "No legal basis") { try $0.denyRequest(for: scope, of: World.consumer) }
        #expect(try kept()?.state == .denied)
        #expect(try kept()?.answer == "No legal basis")
        #expect(try access()?.state == .denied)
        #expect(try access()?.reason == "No legal basis")
        #expect(throws: AdministrationRefusal.accessRequest(.notPending(scope, World.consumer))) {
            try world.act(reason: "Again") { try $0.denyRequest(for: scope, of: World.consumer) }
        }
    }

    @Test func `a grant by the owner's own act answers a request too, and keeps the terms that were accepted`() throws {
        try change([.requiredTermsVersion: .text("2")])
        try ask(accepting: "2")
        try world.act { try $0.grantAccess(to: scope, for: World.consumer, origin: "cli") }
        #expect(try kept()?.state == .approved)
        #expect(try access()?.acceptedTermsVersion == "2")
        // So does a withdrawal of what was only asked for.
        try world.act { try $0.revokeAccess(to: scope, for: World.consumer) }
        try ask(accepting: "2")
        try world.act { try $0.revokeAccess(to: scope, for: World.consumer) }
        #expect(try kept()?.state == .denied)
    }

    // MARK: Prolongation

    @Test func `while a grant is in force a request is for its prolongation, and the grant stands till it is answered`()
        throws
    {
        let end = World.now + .days(10)
        try world.act {
            try $0.grantAccess(to: scope, for: World.consumer, [.validUntil: .time(end)], origin: "cli")
        }
        var fields = purpose
        fields[.validFrom] = .time(end + 1)
        try world.refused(.accessRequest(.beginsAfterGrant(until: end))) {
            try $0.requestAccess(to: scope, for: World.consumer, fields, accepting: nil)
        }
        fields[.validFrom] = .time(end)
        fields[.validUntil] = .time(end + .days(10))
        try ask(fields)
        #expect(try access()?.state == .approved)
        #expect(try access()?.validUntil == end)
        // A no leaves the grant as it was.
        try world.act(reason: "Not longer") { try $0.denyRequest(for: scope, of: World.consumer) }
        #expect(try access()?.state == .approved)
        try ask(fields)
        let longer = try world.act { try $0.approveRequest(for: scope, of: World.consumer, origin: "api") }
        #expect(longer.value.validFrom == nil)
        #expect(longer.value.validUntil == end + .days(10))
        #expect(longer.value.impediment(at: World.now, requiredTerms: nil) == nil)
    }

    @Test func `a grant without an end is not asked for again, one that is over is`() throws {
        try world.act { try $0.grantAccess(to: scope, for: World.consumer, origin: "cli") }
        try world.refused(.accessRequest(.alreadyGranted)) {
            try $0.requestAccess(to: scope, for: World.consumer, purpose, accepting: nil)
        }
        try world.act {
            try $0.grantAccess(to: scope, for: World.consumer, [.validUntil: .time(World.now + 1)], origin: "cli")
        }
        world.now = World.now + 1
        try ask()
        #expect(try access()?.state == .approved)
        try world.act { try $0.approveRequest(for: scope, of: World.consumer, origin: "api") }
        #expect(try access()?.impediment(at: world.now, requiredTerms: nil) == nil)
    }

    // MARK: Terms

    @Test func `new terms stop tokens until the consumer accepts them`() throws {
        try world.act { try $0.grantAccess(to: scope, for: World.consumer, origin: "cli") }
        try change([.requiredTermsVersion: .text("2")])
        #expect(try access()?.impediment(at: World.now, requiredTerms: "2") == .terms(required: "2", accepted: nil))
        try world.refused(.accessRequest(.terms(accepted: "1", required: "2"))) {
            try $0.acceptTerms(of: scope, version: "1", for: World.consumer)
        }
        let sequence = try world.lastSequence()
        try world.act { try $0.acceptTerms(of: scope, version: "2", for: World.consumer) }
        #expect(try access()?.impediment(at: World.now, requiredTerms: "2") == nil)
        #expect(try world.events(after: sequence).map(\.kind) == [.termsAccepted])
        let again = try world.unchanged {
            try world.act { try $0.acceptTerms(of: scope, version: "2", for: World.consumer) }
        }
        #expect(!again.hasChanged)
    }

    @Test func `whoever only accepted terms has nothing when the scope is open no more, and may accept again later`()
        throws
    {
        func accept() throws -> AdministrationOutcome<ScopeAccess> {
            try world.act { try $0.acceptTerms(of: scope, version: "2", for: World.consumer) }
        }
        try change([.isAccessibleForAll: .flag(true), .requiredTermsVersion: .text("2")])
        #expect(try accept().value.state == .approved)
        try world.act { try $0.acceptTerms(of: scope, version: "2", for: World.other) }
        // To one of them the owner itself grants access.
        try world.act { try $0.grantAccess(to: scope, for: World.other, origin: "cli") }
        let sequence = try world.lastSequence()
        try change([.isAccessibleForAll: .flag(false)])
        #expect(try access()?.impediment(at: World.now, requiredTerms: "2") == .denied)
        let granted = try world.store.read { try $0.access(to: scope, of: World.other) }
        #expect(granted?.impediment(at: World.now, requiredTerms: "2") == nil)
        #expect(try world.events(after: sequence).map(\.kind) == [.scopeChanged, .accessRevoked])
        try world.refused(.accessRequest(.notGranted(scope))) {
            try $0.acceptTerms(of: scope, version: "2", for: World.consumer)
        }
        try change([.isAccessibleForAll: .flag(true)])
        #expect(try accept().hasChanged)
        #expect(try access()?.impediment(at: World.now, requiredTerms: "2") == nil)
        #expect(try access()?.reason == nil && access()?.origin == "terms")
    }

    @Test func `terms are accepted by whoever has access, or for what is open to all, and never after a withdrawal`()
        throws
    {
        try change([.requiredTermsVersion: .text("2")])
        try world.refused(.accessRequest(.notGranted(scope))) {
            try $0.acceptTerms(of: scope, version: "2", for: World.consumer)
        }
        try change([.isAccessibleForAll: .flag(true)])
        let open = try world.act { try $0.acceptTerms(of: scope, version: "2", for: World.consumer) }
        #expect(open.value.state == .approved && open.value.origin == "terms")
        try world.act { try $0.revokeAccess(to: scope, for: World.consumer) }
        try world.refused(.accessRequest(.notGranted(scope))) {
            try $0.acceptTerms(of: scope, version: "2", for: World.consumer)
        }
    }

    // MARK: Processor agreements

    @Test func `an agreement is registered, changed and taken back, each recorded`() throws {
        let sequence = try world.lastSequence()
        func agree(_ reference: String, until: Timestamp? = nil) throws -> Bool {
            try world.act {
                try $0.registerAgreement(
                    on: scope,
                    of: World.consumer,
                    with: World.other,
                    reference: reference,
                    until: until
                ).hasChanged
            }
        }
        #expect(try agree("Case 1"))
        let again = try world.unchanged { try agree("Case 1") }
        #expect(!again)
        #expect(try agree("Case 2", until: World.now + 1))
        let kept = try #require(
            try world.store.read { try $0.processorAgreement(on: scope, of: World.consumer, with: World.other) }
        )
        #expect(kept.reference == "Case 2" && kept.isInForce(at: World.now) && !kept.isInForce(at: World.now + 1))
        try world.act { try $0.removeAgreement(on: scope, of: World.consumer, with: World.other) }
        #expect(try world.store.read { try $0.processorAgreements(ProcessorAgreementQuery()) }.isEmpty)
        #expect(
            try world.events(after: sequence).map(\.kind) == [
                .processorAgreementRegistered, .processorAgreementRegistered, .processorAgreementRemoved,
            ]
        )
    }

    @Test func `no agreement with oneself, without a word, or over already`() throws {
        for (supplier, reference, until, fault) in [
            (World.consumer, "Case", nil, AccessRequestFault.sameParty), (World.other, " ", nil, .reference),
            (World.other, "a\nb", nil, .reference), (World.other, String(repeating: "a", count: 256), nil, .reference),
            (World.other, "Case", World.now, .agreementEndsInThePast(until: World.now)),
        ] as [(OrganisationNumber, String, Timestamp?, AccessRequestFault)] {
            try world.refused(.accessRequest(fault)) {
                try $0.registerAgreement(
                    on: scope,
                    of: World.consumer,
                    with: supplier,
                    reference: reference,
                    until: until
                )
            }
        }
    }

    // MARK: Lists

    @Test func `grants that are about to end are those that have not ended and will`() throws {
        try world.act {
            try $0.grantAccess(
                to: scope,
                for: World.consumer,
                [.validUntil: .time(World.now + .days(7))],
                origin: "cli"
            )
            try $0.grantAccess(to: scope, for: World.other, [.validUntil: .time(World.now + 1)], origin: "cli")
        }
        func ending(within days: Int64, at now: Timestamp) throws -> [OrganisationNumber] {
            var query = AccessQuery()
            query.endingAfter = now
            query.endingBefore = now + .days(days)
            return try world.store.read { try $0.accesses(query).map(\.consumer) }
        }
        #expect(try ending(within: 7, at: World.now) == [World.other])
        #expect(try Set(ending(within: 8, at: World.now)) == [World.consumer, World.other])
        #expect(try ending(within: 8, at: World.now + 1) == [World.consumer])
    }
}
