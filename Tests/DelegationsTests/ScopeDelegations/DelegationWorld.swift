import Delegations
import TestSupport
import Vocabulary

let now = Timestamp(seconds: 1_795_000_000)

/// Organisations, persons and one schema; each test says who holds which role.
struct DelegationWorld {
    var registry = InMemoryRegistry()
    let owner = number(31_000_000)
    let consumer = number(31_000_005)
    let supplier = number(31_000_009)
    let person = PersonPseudonym.sample(1)
    let schema: ResourceID

    /// A schema of `acme:a`, whose policy lets these roles and packages delegate it, from that login level on.
    init(
        form: String = "AS",
        roles: [String] = ["APIADM"],
        packages: [String] = [],
        level: Int = 3
    ) throws {
        schema = try ResourceID(parsing: "acme-schema")
        for number in [owner, supplier] { registry.roles.add(number) }
        registry.roles.add(consumer, form: form)
        try add(schema, bundling: ["acme:a"])
        registry.policies[schema] = Self.policy(of: schema, roles: roles, packages: packages, level: level)
    }

    mutating func add(_ id: ResourceID, bundling scopes: [String]) throws {
        var resource = Resource(
            identifier: id,
            type: .maskinportenSchema,
            title: LocalisedText(["nb": "A", "nn": "A", "en": "A"]),
            description: LocalisedText(["nb": "A", "nn": "A", "en": "A"]),
            rightDescription: LocalisedText(["nb": "A", "nn": "A", "en": "A"]),
            competentAuthority: Resource.CompetentAuthority(organisation: owner)
        )
        resource.references = scopes.map { Resource.Reference(reference: $0, type: .maskinportenScope) }
        registry.stored[id] = resource
    }

    mutating func assign(_ role: RoleCode, in organisation: OrganisationNumber? = nil, to holder: Party? = nil) {
        registry.roles.assign(role, of: organisation ?? consumer, to: holder ?? .person(person))
    }

    func check(level: Int = 4, for organisation: OrganisationNumber? = nil) throws -> DelegationCheckResult {
        try DelegationGates(registry).check(schema, by: person, level: level, for: organisation ?? consumer, at: now)
    }

    /// One Permit rule, as the guide of Altinn has it (spec of Altinn §3.3).
    static func policy(of id: ResourceID, roles: [String], packages: [String], level: Int) -> [UInt8] {
        let string = "http://www.w3.org/2001/XMLSchema#string"
        func match(_ attribute: String, _ value: String, _ category: String) -> String {
            """
            <AllOf><Match MatchId="urn:oasis:names:tc:xacml:3.0:function:string-equal-ignore-case">
            <AttributeValue DataType="\(string)">\(value)</AttributeValue>
            <AttributeDesignator AttributeId="\(attribute)" Category="\(category)" DataType="\(string)"
            MustBePresent="false"/></Match></AllOf>
            """
        }
        let subject = "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject"
        let subjects =
            roles.map { match("urn:altinn:rolecode", $0, subject) }
            + packages.map { match("urn:altinn:accesspackage", $0, subject) }
        let resource = match("urn:altinn:resource", "\(id)", "urn:oasis:names:tc:xacml:3.0:attribute-category:resource")
        let action = match(
            "urn:oasis:names:tc:xacml:1.0:action:action-id",
            "ScopeAccess",
            "urn:oasis:names:tc:xacml:3.0:attribute-category:action"
        )
        return Array(
            """
            <Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="p" Version="1.0"
            RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides"><Target/>
            <Rule RuleId="rule-1" Effect="Permit"><Target><AnyOf>\(subjects.joined())</AnyOf><AnyOf>\(resource)</AnyOf>
            <AnyOf>\(action)</AnyOf></Target></Rule>
            <ObligationExpressions><ObligationExpression ObligationId="o" FulfillOn="Permit">
            <AttributeAssignmentExpression AttributeId="a" Category="urn:altinn:minimum-authenticationlevel">
            <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#integer">\(level)</AttributeValue>
            </AttributeAssignmentExpression></ObligationExpression></ObligationExpressions></Policy>
            """.utf8
        )
    }

    static func number(_ stem: Int) -> OrganisationNumber {
        guard let number = OrganisationNumber(stem: stem) else { preconditionFailure("\(stem) has no check digit") }
        return number
    }
}
