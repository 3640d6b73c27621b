import Administration
import AuditLedger
import Delegations
import JOSE
import Testing
import Vocabulary
import XACML

@testable import SQLiteStorage

@Suite("The decision point over the embedded database")
struct DecisionStoreTests {
    private let world: RoleWorld
    private let roles: [OrganisationNumber]
    private let director: PersonPseudonym
    private let chair: PersonPseudonym
    private let id: ResourceID

    /// Unit 0 has a director and has given its accounts to unit 1, which has a chair; unit 2 keeps the resource.
    init() throws {
        world = try RoleWorld()
        roles = (0..<4).map { RoleWorld.number($0) }
        let numbers = (try RoleWorld.identity(0), try RoleWorld.identity(1))
        director = world.key.pseudonym(of: numbers.0)
        chair = world.key.pseudonym(of: numbers.1)
        try world.take(
            RoleWorld.file([
                RoleWorld.unit(
                    roles[0],
                    [
                        RoleWorld.role("DAGL", person: RoleWorld.person(numbers.0)),
                        RoleWorld.role("REGN", unit: roles[1]),
                    ]
                ), RoleWorld.unit(roles[1], [RoleWorld.role("LEDE", person: RoleWorld.person(numbers.1))]),
            ])
        )
        id = try ResourceID(parsing: "acme-catch")
        let text = LocalisedText(["nb": "a", "nn": "a", "en": "a"])
        var resource = Resource(
            identifier: id,
            type: .maskinportenSchema,
            title: text,
            description: text,
            rightDescription: text,
            competentAuthority: .init(organisation: roles[2])
        )
        resource.references = [.init(reference: "acme:a", type: .maskinportenScope)]
        let policy = Self.policy("APIADM") + Self.rule("accounts", "a0239", "read")
        let document = Self.document(policy)
        try store.transaction { transaction in
            try transaction.put(resource, at: Self.now)
            try transaction.setPolicy(Array(document.utf8), of: self.id, at: Self.now)
        }
    }

    private static let now = Timestamp(seconds: 1_795_000_000)

    private var store: SQLiteStore { world.store }

    private func decide(_ subject: Party, _ action: String, of party: Int = 0) throws -> DecisionOutcome {
        try store.read { reader in
            try DecisionPoint(reader, pseudonyms: world.key).decide(
                DecisionQuestion(
                    subject: .party(subject),
                    resource: id,
                    party: .organisation(roles[party]),
                    action: action
                ),
                at: Self.now
            )
        }
    }

    @Test func `roles, role map and key roles are read from it`() throws {
        #expect(try decide(.person(director), "ScopeAccess").isPermitted)
        #expect(try !decide(.person(chair), "ScopeAccess").isPermitted)
        #expect(try decide(.organisation(roles[1]), "read").isPermitted)
        #expect(try decide(.person(chair), "read").isPermitted)
        #expect(try decide(.person(director), "read").result.decision == .notApplicable)
        #expect(try decide(.person(director), "ScopeAccess", of: 1).result.decision == .notApplicable)
    }

    @Test func `a delegation given, and revoked, is seen at once`() throws {
        let supplier = Party.organisation(roles[3])
        #expect(try !decide(supplier, "ScopeAccess").isPermitted)
        func act(_ body: (Administration<SQLiteTransaction>) throws -> Void) throws {
            try store.transaction {
                try body(Administration(in: $0, by: Actor(operatingSystemUser: "kari", host: "vakt"), at: Self.now))
            }
        }
        try act { try $0.giveDelegation(of: id, from: roles[0], to: roles[3], until: nil, by: .operatorsAct) }
        #expect(try decide(supplier, "ScopeAccess").isPermitted)
        #expect(try !decide(supplier, "read", of: 1).isPermitted)
        try act { try $0.revokeDelegation(of: id, from: roles[0], to: roles[3], by: .operatorsAct) }
        #expect(try !decide(supplier, "ScopeAccess").isPermitted)
    }

    @Test func `what the ledger keeps of a decision names parties, resource and answer, and no person by number`()
        throws
    {
        let number = try RoleWorld.identity(0)
        var context = XACMLContext()
        context.add([number.exposed], of: DecisionAttribute.personNumber, to: .accessSubject)
        context.add([id.rawValue], of: DecisionAttribute.resource, to: .resource)
        context.add(["\(roles[0])"], of: DecisionAttribute.organisationNumber, to: .resource)
        context.add(["ScopeAccess"], of: DecisionAttribute.action, to: .action)
        let outcome = try store.read { try DecisionPoint($0, pseudonyms: world.key).decide(context, at: Self.now) }
        #expect(outcome.isPermitted)
        let event = LedgerEvent(decisions: [outcome], askedBy: roles[2], at: Self.now)
        #expect(event.kind == .decisionMade)
        #expect(event.consumer == roles[2])
        let decision = try #require(event.details["decisions"]?.array?.first)
        #expect(decision["decision"]?.string == "Permit")
        #expect(decision["basis"]?.string == "rule `access`")
        #expect(decision["subject"]?.string == "\(director)")
        #expect(decision["resource_party"]?.string == "\(roles[0])")
        #expect(decision["resource"]?.string == "acme-catch")
        #expect(decision["operation"]?.string == "ScopeAccess")
        #expect(!JSONValue.object(event.details).text().contains(number.exposed))
        try store.transaction { _ = try $0.append(event, claiming: []) }
    }

    // MARK: Policies

    private static func policy(_ role: String) -> String { rule("access", role, "ScopeAccess") }

    private static func rule(_ name: String, _ role: String, _ action: String) -> String {
        let subject = match(DecisionAttribute.roleCode, role, .accessSubject)
        let resource = match(DecisionAttribute.resource, "acme-catch", .resource)
        let action = match(DecisionAttribute.action, action, .action)
        return """
            <Rule RuleId="\(name)" Effect="Permit"><Target><AnyOf><AllOf>\(subject)\(resource)\(action)</AllOf></AnyOf>\
            </Target></Rule>
            """
    }

    private static func match(_ attribute: String, _ value: String, _ category: XACMLCategory) -> String {
        """
        <Match MatchId="urn:oasis:names:tc:xacml:1.0:function:string-equal"><AttributeValue \
        DataType="http://www.w3.org/2001/XMLSchema#string">\(value)</AttributeValue><AttributeDesignator \
        AttributeId="\(attribute)" Category="\(category.uri)" DataType="http://www.w3.org/2001/XMLSchema#string" \
        MustBePresent="false"/></Match>
        """
    }

    private static func document(_ rules: String) -> String {
        """
        <?xml version="1.0" encoding="utf-8"?>
        <Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="p" Version="1.0" \
        RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides"><Target/>\
        \(rules)</Policy>
        """
    }
}
