import Administration
import Clients
import Delegations
import Foundation
import JOSE
import SQLiteStorage
import Testing
import Vocabulary

/// What the tests of system users and consents find: a vendor's system, resources with policies, persons with roles.
extension World {
    /// The vendor of the system; owns ``systemClient``.
    static let vendor = owner
    static let systemClient = id("11111111-1111-4111-8111-111111111111")
    static let system = systemID("\(vendor)_payroll")
    static let income = resource("acme-income")
    static let secret = resource("acme-secret")
    static let schema = resource("acme-schema")
    static let consentIncome = resource("acme-consent-income")
    static let consentDebt = resource("acme-consent-debt")

    /// Managing director of ``consumer``: may give everything on.
    static let director = person(1)
    /// Has access to ``income`` by UTINN alone, and no right to administer.
    static let clerk = person(2)
    /// May administer access (ADMAI), and has no right on ``income``.
    static let administrator = person(3)
    static let pseudonyms = pseudonymKey()

    /// Registers resources, roles, a client and the system.
    func prepareSystemUsers() throws {
        try act { administration in
            let transaction = administration.transaction
            try Self.put(
                Self.income,
                [("urn:altinn:rolecode", "UTINN", "read"), ("urn:altinn:rolecode", "DAGL", "write")],
                transaction
            )
            try Self.put(Self.secret, [("urn:altinn:rolecode", "BOBEL", "read")], transaction)
            try Self.put(
                Self.schema,
                as: .maskinportenSchema,
                [("urn:altinn:rolecode", "APIADM", "ScopeAccess")],
                transaction
            )
            for (person, role) in [
                (Self.director, "DAGL"), (Self.director, "UTINN"), (Self.clerk, "UTINN"), (Self.administrator, "ADMAI"),
            ] {
                try Self.give(role, of: Self.consumer, to: .person(person), transaction)
            }
            var client = Client(
                id: Self.systemClient,
                owner: Self.vendor,
                name: "payroll",
                scopes: [],
                created: Self.now
            )
            client.authentication = .certificate
            try transaction.insert(client)
            try administration.registerSystem(Self.draft())
        }
    }

    /// The body of the system's registration, with members in place of its own.
    static func draft(_ changes: JSONObject = [:]) -> SystemDraft {
        var body: JSONObject = [
            "id": .string(system.rawValue),
            "vendor": ["ID": .string(vendor.iso6523)],
            "name": ["nb": "Lønn", "en": "Payroll"],
            "rights": [
                ["resource": [["id": "urn:altinn:resource", "value": .string(income.rawValue)]]],
                ["resource": [["id": "urn:altinn:resource", "value": .string(secret.rawValue)]]],
                ["resource": [["id": "urn:altinn:resource", "value": .string(schema.rawValue)]]],
            ],
            "accessPackages": [
                ["urn": "urn:altinn:accesspackage:teknisk-samhandling-digdir"],
                ["urn": "urn:altinn:accesspackage:regnskapsforer-lonn"],
                ["urn": "urn:altinn:accesspackage:konkursbo-lesetilgang"],
            ],
            "clientId": [.string(systemClient.rawValue)],
            "allowedRedirectUrls": ["https://vendor.example.no/done"],
        ]
        for member in changes.members { body[member.name] = member.value }
        return SystemDraft(reading: body)
    }

    static func give(
        _ role: String,
        of organisation: OrganisationNumber,
        to holder: Party,
        _ transaction: SQLiteTransaction
    ) throws {
        let code = try #require(RoleCode(parsing: role))
        try transaction.give(
            RoleAssignment(organisation: organisation, role: code, holder: holder, source: .given)
        )
        try transaction.raiseRevision()
    }

    // MARK: Resources and policies

    /// A rule: subject attribute, its value, the action.
    typealias Rule = (attribute: String, value: String, action: String)

    static func put(
        _ id: ResourceID,
        as type: ResourceType = .genericAccessResource,
        _ rules: [Rule],
        _ transaction: SQLiteTransaction,
        _ fill: (inout Resource) -> Void = { _ in }
    ) throws {
        let text = LocalisedText(["nb": id.rawValue, "nn": id.rawValue, "en": id.rawValue])
        var resource = Resource(
            identifier: id,
            type: type,
            title: text,
            description: text,
            rightDescription: text,
            competentAuthority: Resource.CompetentAuthority(organisation: owner)
        )
        fill(&resource)
        try transaction.put(resource, at: now)
        try transaction.setPolicy(policy(of: id, rules), of: id, at: now)
        try transaction.raiseRevision()
    }

    private static func policy(of id: ResourceID, _ rules: [Rule]) -> [UInt8] {
        func match(_ attribute: String, _ value: String, _ category: String) -> String {
            """
            <AnyOf><AllOf><Match MatchId="urn:oasis:names:tc:xacml:3.0:function:string-equal-ignore-case">\
            <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">\(value)</AttributeValue>\
            <AttributeDesignator AttributeId="\(attribute)" Category="\(category)" \
            DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/></Match></AllOf></AnyOf>
            """
        }
        let texts = rules.enumerated().map { index, rule in
            """
            <Rule RuleId="r\(index)" Effect="Permit"><Target>\
            \(match(rule.attribute, rule.value, "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject"))\
            \(match("urn:altinn:resource", id.rawValue, "urn:oasis:names:tc:xacml:3.0:attribute-category:resource"))\
            \(match(action, rule.action, "urn:oasis:names:tc:xacml:3.0:attribute-category:action"))</Target></Rule>
            """
        }
        let text = """
            <Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="\(id)" Version="1.0" \
            RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides"><Target/>\
            \(texts.joined())<ObligationExpressions><ObligationExpression ObligationId="level" FulfillOn="Permit">\
            <AttributeAssignmentExpression AttributeId="level" Category="urn:altinn:minimum-authenticationlevel">\
            <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#integer">3</AttributeValue>\
            </AttributeAssignmentExpression></ObligationExpression></ObligationExpressions></Policy>
            """
        return Array(text.utf8)
    }

    private static let action = "urn:oasis:names:tc:xacml:1.0:action:action-id"

    // MARK: Values

    static func resource(_ text: String) -> ResourceID {
        do { return try ResourceID(parsing: text) } catch { preconditionFailure("`\(text)` is no resource") }
    }

    static func systemID(_ text: String) -> SystemID {
        do { return try SystemID(parsing: text) } catch { preconditionFailure("`\(text)` is no system") }
    }

    static func person(_ seed: UInt8) -> PersonPseudonym {
        guard let person = PersonPseudonym(bytes: [UInt8](repeating: seed, count: 32)) else {
            preconditionFailure("32 bytes are a pseudonym")
        }
        return person
    }

    static func pseudonymKey() -> PseudonymKey {
        guard let key = PseudonymKey(bytes: [UInt8](repeating: 7, count: 32)) else {
            preconditionFailure("32 bytes are a key")
        }
        return key
    }

    /// Runs an act that must be refused with that problem, and change nothing.
    func refused(
        _ problem: SystemUserProblem,
        about subject: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ body: (Administration<SQLiteTransaction>) throws -> Void
    ) throws {
        try unchanged {
            #expect(throws: SystemUserRefusal(problem, about: subject), sourceLocation: sourceLocation) {
                try act(body)
            }
        }
    }

    /// Runs an act that must be refused with that problem, and change nothing.
    func refused(
        _ problem: ConsentProblem,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ body: (Administration<SQLiteTransaction>) throws -> Void
    ) throws {
        try unchanged { #expect(throws: problem, sourceLocation: sourceLocation) { try act(body) } }
    }
}
