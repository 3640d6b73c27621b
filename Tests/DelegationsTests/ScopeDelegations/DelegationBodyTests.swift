import Delegations
import JOSE
import TestSupport
import Testing
import Vocabulary

@Suite("Altinn §3.5: bodies of the older delegation API, and the refusals of giving")
struct DelegationBodyTests {
    private func body(_ text: String) throws -> JSONObject {
        try #require(try JSONValue(parsing: Array(text.utf8)).object)
    }

    private let right = #"{"resource":[{"id":"urn:altinn:resource","value":"acme-schema"}]}"#

    @Test func `one right and one organisation are read on either side`() throws {
        let to = try DelegationRequestBody(
            reading: try body(
                #"{"to":[{"id":"urn:altinn:organizationnumber","value":"991825827"}],"rights":[\#(right)]}"#
            ),
            naming: .receiver
        )
        #expect("\(to.party)" == "991825827")
        #expect(to.resource.rawValue == "acme-schema")
        let from = try DelegationRequestBody(
            reading: try body(
                #"{"from":[{"id":"urn:altinn:organization:identifier-no","value":"991825827"}],"rights":[\#(right)]}"#
            ),
            naming: .giver
        )
        #expect(from.party == to.party)
    }

    @Test(
        arguments: [
            (#"{"rights":[]}"#, .rightCount(0)),
            (#"{"rights":[RIGHT,RIGHT]}"#, .rightCount(2)),
            (#"{"rights":"x"}"#, .malformed("rights")),
            (#"{"rights":[{"resource":[]}]}"#, .malformed("resource")),
            (
                #"{"rights":[{"resource":[{"id":"urn:altinn:org","value":"skd"}]}]}"#,
                .notRegistryResource("urn:altinn:org")
            ),
            (#"{"rights":[{"resource":[{"id":"urn:altinn:resource","value":"A B"}]}]}"#, .resourceIdentifier("A B")),
            (#"{"rights":[RIGHT]}"#, .malformed("to")),
            (#"{"to":[{"id":"urn:altinn:ssn","value":"01017012345"}],"rights":[RIGHT]}"#, .personAsParty("to")),
            (
                #"{"to":[{"id":"urn:altinn:person:identifier-no","value":"01017012345"}],"rights":[RIGHT]}"#,
                .personAsParty("to")
            ),
            (
                #"{"to":[{"id":"urn:altinn:partyid","value":"5"}],"rights":[RIGHT]}"#,
                .partyAttribute("urn:altinn:partyid")
            ),
            (
                #"{"to":[{"id":"urn:altinn:organizationnumber","value":"310000001"}],"rights":[RIGHT]}"#,
                .organisationNumber("to")
            ),
        ] as [(String, DelegationRequestFault)]
    )
    func `everything else is refused by name`(text: String, fault: DelegationRequestFault) throws {
        let object = try body(text.replacing("RIGHT", with: right))
        #expect(throws: fault) { try DelegationRequestBody(reading: object, naming: .receiver) }
        #expect(!"\(fault)".contains("01017012345"))
    }

    @Test func `unknown organisations, oneself, unknown and foreign resources, and ends in the past are refused`()
        throws
    {
        var world = try DelegationWorld()
        world.assign("DAGL")
        let rules = DelegationRules(world.registry)
        let unknown = DelegationWorld.number(31_000_020)
        func give(
            _ id: ResourceID,
            _ consumer: OrganisationNumber,
            _ supplier: OrganisationNumber,
            until: Timestamp? = nil,
            _ rules: DelegationRules<InMemoryRegistry>,
            by right: ActingRight = .operatorsAct
        ) throws {
            try rules.checkGiving(id, from: consumer, to: supplier, until: until, by: right, at: now)
        }
        let schema = world.schema
        let (consumer, supplier) = (world.consumer, world.supplier)
        #expect(throws: DelegationRefusal.sameParty(consumer)) { try give(schema, consumer, consumer, rules) }
        #expect(throws: DelegationRefusal.unknownOrganisation(unknown)) { try give(schema, consumer, unknown, rules) }
        #expect(throws: DelegationRefusal.unknownOrganisation(unknown)) { try give(schema, unknown, supplier, rules) }
        #expect(throws: DelegationRefusal.endsInThePast(until: now)) {
            try give(schema, consumer, supplier, until: now, rules)
        }
        #expect(throws: DelegationRefusal.notSchema(.scopeDelegation, .systemResource)) {
            try give(.scopeDelegation, consumer, supplier, rules)
        }
        let missing = try ResourceID(parsing: "missing")
        #expect(throws: DelegationRefusal.unknownResource("missing")) { try give(missing, consumer, supplier, rules) }
        #expect(throws: Never.self) { try give(schema, consumer, supplier, rules) }
        #expect(throws: Never.self) {
            try give(schema, consumer, supplier, rules, by: .person(world.person, level: 3))
        }
        let stranger = ActingRight.person(PersonPseudonym.sample(2), level: 4)
        #expect {
            try give(schema, consumer, supplier, rules, by: stranger)
        } throws: { error in
            guard case .notAllowed(let result)? = error as? DelegationRefusal else { return false }
            return result.obstacle?.kind == .administrationGate
        }
        world.registry.stored[schema]?.isDelegable = false
        let closed = DelegationRules(world.registry)
        #expect(throws: DelegationRefusal.notDelegable(schema)) { try give(schema, consumer, supplier, closed) }
    }
}
