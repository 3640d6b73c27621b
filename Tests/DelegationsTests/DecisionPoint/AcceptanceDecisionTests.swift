import Delegations
import Testing
import Vocabulary
import XACML

@Suite("altinn.md §9.9: the decision point")
struct AcceptanceDecisionTests {
    @Test func `§9-9 no rule hit is NotApplicable`() throws {
        let outcome = try DecisionWorld().decide(.party(.person(DecisionWorld.member)))
        #expect(outcome.result.decision == .notApplicable)
        #expect(outcome.result.status == .ok)
        #expect(outcome.basis == .policy)
    }

    @Test func `§9-9 an access list miss is Deny, with status ok and a message`() throws {
        var world = try DecisionWorld()
        world.resources[DecisionWorld.schema]?.accessListMode = .enabled
        let outcome = try world.decide(.party(.person(DecisionWorld.director)))
        #expect(outcome.result.decision == .deny)
        #expect(outcome.result.status.code == .ok)
        #expect(
            outcome.result.status.message == "the resource's party is on no access list of the resource for this action"
        )
        #expect(outcome.basis == .accessList)
    }

    @Test(
        arguments: [
            (
                [(DecisionAttribute.systemUser, "\(DecisionWorld.systemUser)"), (DecisionAttribute.partyID, "1")],
                "`urn:altinn:systemuser:uuid` must stand alone"
            ),
            (
                [(DecisionAttribute.userID, "1"), (DecisionAttribute.personNumber, "02070399902")],
                "a subject cannot be named by both a user id and a national identity number"
            ),
            (
                [(DecisionAttribute.organisationNumber, "\(DecisionWorld.customer)"), (DecisionAttribute.userID, "1")],
                "a subject cannot be both an organisation and a person"
            ),
            (
                [
                    (DecisionAttribute.legacyOrganisationNumber, "\(DecisionWorld.customer)"),
                    (DecisionAttribute.personNumber, "02070399902"),
                ],
                "a subject cannot be both an organisation and a person"
            ),
            (
                [
                    (DecisionAttribute.organisationNumber, "\(DecisionWorld.customer)"),
                    (DecisionAttribute.legacyOrganisationNumber, "\(DecisionWorld.supplier)"),
                ],
                "the attributes of the subject name more than one party"
            ),
            (
                [(DecisionAttribute.roleCode, "DAGL")],
                "`urn:altinn:rolecode` is found out here, and must not be sent"
            ),
            (
                [(DecisionAttribute.userID, "1")],
                "user ids are not known here: name the person by `urn:altinn:party:uuid`"
            ),
            ([(DecisionAttribute.systemUser, "no-uuid")], "`urn:altinn:systemuser:uuid` must be one UUID"),
            (
                [(DecisionAttribute.organisationNumber, "123456789")],
                "`urn:altinn:organization:identifier-no` of the subject is no organisation number"
            ),
            (
                [(DecisionAttribute.personNumber, "12345678901")],
                "`urn:altinn:person:identifier-no` of the subject is no national identity number"
            ),
            ([(DecisionAttribute.partyID, "9007199254740000")], "`urn:altinn:partyid` of the subject is not known"),
        ] as [([(String, String)], String)]
    )
    func `§9-9 a malformed subject mixture is Indeterminate, and says what is wrong`(
        subject: [(String, String)],
        message: String
    ) throws {
        let outcome = try DecisionWorld().decide(
            subject: subject,
            resource: [
                (DecisionAttribute.resource, "acme-catch"),
                (DecisionAttribute.organisationNumber, "\(DecisionWorld.customer)"),
            ]
        )
        #expect(outcome.result.decision == .indeterminate)
        #expect(outcome.result.status == XACMLStatus(.processingError, message))
        #expect(outcome.basis == .request)
    }

    @Test func `§9-9 a delegation does not beat an explicit Deny`() throws {
        var world = try DecisionWorld()
        world.delegate()
        #expect(try world.decide(.party(.organisation(DecisionWorld.supplier))).result.decision == .permit)
        let deny = DecisionPolicy.rule(
            "never",
            "Deny",
            subjects: [(DecisionAttribute.partyType, "organization")],
            DecisionWorld.schema,
            ["ScopeAccess"]
        )
        let permit = DecisionPolicy.rule(
            "access",
            subjects: [(DecisionAttribute.roleCode, "APIADM")],
            DecisionWorld.schema,
            ["ScopeAccess"]
        )
        try world.add(DecisionWorld.schema, type: .maskinportenSchema, DecisionPolicy.policy(permit + deny))
        let outcome = try world.decide(.party(.organisation(DecisionWorld.supplier)))
        #expect(outcome.result.decision == .deny)
        #expect(outcome.basis == .rule("never"))
    }

    @Test func `§9-9 obligations are present only on Permit`() throws {
        var world = try DecisionWorld()
        let permit = try world.decide(.party(.person(DecisionWorld.director)))
        #expect(permit.result.decision == .permit)
        #expect(permit.result.obligations.minimumLevel(forOrganisations: false) == 3)
        #expect(try world.decide(.party(.person(DecisionWorld.member))).result.obligations.isEmpty)
        world.resources[DecisionWorld.schema]?.accessListMode = .enabled
        let denied = try world.decide(.party(.person(DecisionWorld.director)))
        #expect(denied.result.decision == .deny)
        #expect(denied.result.obligations.isEmpty)
        world.policies = [:]
        #expect(try world.decide(.party(.person(DecisionWorld.director))).result.obligations.isEmpty)
    }
}
