import Delegations
import FoundationEssentials
import TestSupport
import Testing
import Vocabulary
import XACML

/// Facts of decisions in memory: what a test says, and nothing else.
struct DecisionWorld: DecisionReader {
    var roles = InMemoryRoles()
    var resources: [ResourceID: Resource] = [:]
    var policies: [ResourceID: XACMLPolicy] = [:]
    var delegations: [ScopeDelegation] = []
    var systemUsers: [SystemUser] = []
    var clientDelegations: [ClientDelegation] = []
    var lists: [(list: AccessListID, members: [OrganisationNumber], connection: AccessListConnection)] = []

    /// 2026-11-22T10:30:00Z.
    static let now = Timestamp(seconds: 1_795_343_400)
    /// The organisation whose resource it is.
    static let customer = Sample.organisation(11)
    /// An accountant, supplier and the like.
    static let supplier = Sample.organisation(12)
    static let vendor = Sample.organisation(13)
    static let director = PersonPseudonym.sample(21)
    static let member = PersonPseudonym.sample(22)
    static let chair = PersonPseudonym.sample(23)
    static let schema = Self.resource("acme-catch")
    static let systemUser = UUID(uuidString: "11111111-2222-4333-8444-555555555555") ?? UUID()
    static let agent = UUID(uuidString: "66666666-2222-4333-8444-555555555555") ?? UUID()

    /// A customer with a director and a board member, a supplier with a chair, and the schema `acme-catch`.
    init() throws {
        roles.add(Self.customer)
        roles.add(Self.supplier)
        roles.add(Self.vendor)
        roles.assign("DAGL", of: Self.customer, to: .person(Self.director))
        roles.assign("MEDL", of: Self.customer, to: .person(Self.member))
        roles.assign("LEDE", of: Self.supplier, to: .person(Self.chair))
        try add(Self.schema, type: .maskinportenSchema, DecisionPolicy.schema(Self.schema))
    }

    static func resource(_ text: String) -> ResourceID {
        guard let id = try? ResourceID(parsing: text) else { preconditionFailure("`\(text)` is no resource") }
        return id
    }

    mutating func add(
        _ id: ResourceID,
        type: ResourceType = .genericAccessResource,
        _ policy: String,
        accessListMode: Resource.AccessListMode = .disabled
    ) throws {
        var resource = Resource(
            identifier: id,
            type: type,
            title: LocalisedText(),
            description: LocalisedText(),
            competentAuthority: .init(organisation: Self.vendor)
        )
        resource.accessListMode = accessListMode
        resources[id] = resource
        policies[id] = try XACMLPolicy(parsing: Array(policy.utf8))
    }

    mutating func delegate(
        _ id: ResourceID = schema,
        from consumer: OrganisationNumber = customer,
        to supplier: OrganisationNumber = supplier,
        until: Timestamp? = nil
    ) {
        delegations.append(
            ScopeDelegation(
                id: DelegationID(UUID(uuidString: "99999999-2222-4333-8444-555555555555") ?? UUID()),
                consumer: consumer,
                supplier: supplier,
                resource: id,
                since: Timestamp(seconds: 0),
                until: until,
                basis: .operator
            )
        )
    }

    mutating func addSystemUser(
        _ id: UUID = systemUser,
        kind: SystemUserKind = .standard,
        owner: OrganisationNumber = customer,
        rights: [SystemRight] = [],
        packages: [String] = [],
        deleted: Timestamp? = nil
    ) throws {
        systemUsers.append(
            SystemUser(
                id: id,
                kind: kind,
                system: try SystemID(parsing: "\(Self.vendor)_books"),
                owner: owner,
                externalRef: "\(owner)",
                integrationTitle: "Books",
                rights: rights,
                packages: packages,
                basis: .operator,
                created: Timestamp(seconds: 0),
                deleted: deleted
            )
        )
    }

    // MARK: Questions

    /// Decides for a party, in the world as it is.
    func decide(
        _ subject: DecisionSubject,
        _ action: String = "ScopeAccess",
        _ resource: ResourceID = schema,
        of party: Party? = .organisation(customer)
    ) throws -> DecisionOutcome {
        try DecisionPoint(self).decide(
            DecisionQuestion(subject: subject, resource: resource, party: party, action: action),
            at: Self.now
        )
    }

    /// Decides on attributes as a request has them.
    func decide(
        subject: [(String, String)],
        resource: [(String, String)],
        action: String? = "ScopeAccess",
        key: PseudonymKey? = nil
    ) throws -> DecisionOutcome {
        var context = XACMLContext()
        for (identifier, value) in subject { context.add([value], of: identifier, to: .accessSubject) }
        for (identifier, value) in resource { context.add([value], of: identifier, to: .resource) }
        if let action { context.add([action], of: DecisionAttribute.action, to: .action) }
        return try DecisionPoint(self, pseudonyms: key).decide(context, at: Self.now)
    }

    // MARK: What is read

    func unit(_ number: OrganisationNumber) throws -> Unit? { roles.unit(number) }
    func assignments(of organisation: OrganisationNumber) throws -> [RoleAssignment] {
        roles.assignments(of: organisation)
    }
    func assignments(heldBy party: Party) throws -> [RoleAssignment] { roles.assignments(heldBy: party) }
    func knows(_ person: PersonPseudonym) throws -> Bool { roles.knows(person) }
    func hasUnlinkedPersons(in organisation: OrganisationNumber) throws -> Bool {
        roles.hasUnlinkedPersons(in: organisation)
    }
    func party(named uuid: PartyUUID) throws -> Party? { roles.party(named: uuid) }
    func party(numbered partyID: Int64) throws -> Party? { roles.party(numbered: partyID) }

    func resource(_ id: ResourceID) throws -> Resource? { resources[id] }
    func policy(of id: ResourceID) throws -> XACMLPolicy? { policies[id] }
    func resources(referencing scope: ScopeName) throws -> [Resource] {
        resources.values.filter { $0.scopes.contains(scope) }
    }
    func resources(_ query: ResourceQuery) throws -> [Resource] { Array(resources.values) }

    func delegations(_ query: DelegationQuery) throws -> [ScopeDelegation] { delegations }
    func delegation(
        of resource: ResourceID,
        from consumer: OrganisationNumber,
        to supplier: OrganisationNumber
    ) throws -> ScopeDelegation? {
        delegations.first { $0.resource == resource && $0.consumer == consumer && $0.supplier == supplier }
    }
    func supplierRelation(from: OrganisationNumber, to: OrganisationNumber) throws -> SupplierRelation? { nil }
    func supplierRelations(consumer: OrganisationNumber?, supplier: OrganisationNumber?) throws -> [SupplierRelation] {
        []
    }

    func accessList(_ id: AccessListID) throws -> AccessList? { nil }
    func accessLists(_ query: AccessListQuery) throws -> [AccessList] {
        lists.filter { entry in query.member.map { entry.members.contains($0) } ?? true }
            .map { AccessList(id: $0.list, name: "list", created: Timestamp(seconds: 0)) }
    }
    func members(of list: AccessListID) throws -> [AccessListMember] { [] }
    func connections(of list: AccessListID) throws -> [AccessListConnection] { [] }
    func accessLists(
        admitting member: OrganisationNumber,
        to resource: ResourceID
    ) throws -> [(list: AccessListID, connection: AccessListConnection)] {
        lists.filter { $0.members.contains(member) && $0.connection.resource == resource }
            .map { ($0.list, $0.connection) }
    }

    func system(_ id: SystemID) throws -> RegisteredSystem? { nil }
    func systems(of vendor: OrganisationNumber?) throws -> [RegisteredSystem] { [] }
    func system(ofClient client: ClientID) throws -> RegisteredSystem? { nil }
    func changes(of system: SystemID) throws -> [SystemChange] { [] }
    func systemUserRequest(_ id: UUID) throws -> SystemUserRequest? { nil }
    func systemUserRequest(
        system: SystemID,
        customer: OrganisationNumber,
        externalRef: String
    ) throws -> SystemUserRequest? { nil }
    func systemUserRequests(of system: SystemID) throws -> [SystemUserRequest] { [] }
    func systemUserRequests(to customer: OrganisationNumber) throws -> [SystemUserRequest] { [] }
    func changeRequest(_ id: UUID) throws -> SystemUserChangeRequest? { nil }
    func changeRequests(about systemUser: UUID) throws -> [SystemUserChangeRequest] { [] }
    func systemUser(_ id: UUID) throws -> SystemUser? { systemUsers.first { $0.id == id } }
    func systemUser(system: SystemID, owner: OrganisationNumber, externalRef: String) throws -> SystemUser? { nil }
    func systemUsers(of owner: OrganisationNumber, system: SystemID?) throws -> [SystemUser] { [] }
    func systemUsers(ofSystem system: SystemID) throws -> [SystemUser] { [] }
    func clientDelegations(from client: OrganisationNumber) throws -> [ClientDelegation] {
        clientDelegations.filter { $0.client == client }
    }
    func clientDelegations(of agent: UUID) throws -> [ClientDelegation] {
        clientDelegations.filter { $0.agent == agent }
    }
}

/// Policies of the tests.
enum DecisionPolicy {
    /// The policy of a schema as the published guide has it (altinn.md §3.3), with an obligation of level 3.
    static func schema(_ id: ResourceID, roles: [String] = ["APIADM"]) -> String {
        policy(
            rule("access", subjects: roles.map { (DecisionAttribute.roleCode, $0) }, id, ["ScopeAccess"]),
            level: 3
        )
    }

    static func policy(
        _ rules: String,
        algorithm: String = "urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides",
        level: Int? = nil
    ) -> String {
        let obligation = level.map { level in
            """
            <xacml:ObligationExpressions><xacml:ObligationExpression FulfillOn="Permit" \
            ObligationId="urn:altinn:obligation:authenticationLevel1"><xacml:AttributeAssignmentExpression \
            AttributeId="urn:altinn:obligation1-assignment1" Category="urn:altinn:minimum-authenticationlevel">\
            <xacml:AttributeValue DataType="http://www.w3.org/2001/XMLSchema#integer">\(level)</xacml:AttributeValue>\
            </xacml:AttributeAssignmentExpression></xacml:ObligationExpression></xacml:ObligationExpressions>
            """
        }
        return """
            <?xml version="1.0" encoding="utf-8"?>
            <xacml:Policy xmlns:xacml="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="urn:policy" \
            Version="1.0" RuleCombiningAlgId="\(algorithm)"><xacml:Target/>\(rules)\(obligation ?? "")</xacml:Policy>
            """
    }

    static func rule(
        _ identifier: String,
        _ effect: String = "Permit",
        subjects: [(String, String)],
        _ id: ResourceID,
        _ actions: [String]
    ) -> String {
        let subject = subjects.map { allOf(match($0.0, $0.1, .accessSubject)) }.joined()
        let action = actions.map { allOf(match(DecisionAttribute.action, $0, .action)) }.joined()
        let target =
            (subject.isEmpty ? "" : anyOf(subject))
            + anyOf(allOf(match(DecisionAttribute.resource, id.rawValue, .resource))) + anyOf(action)
        return """
            <xacml:Rule RuleId="\(identifier)" Effect="\(effect)"><xacml:Target>\(target)</xacml:Target></xacml:Rule>
            """
    }

    private static func anyOf(_ content: String) -> String { "<xacml:AnyOf>\(content)</xacml:AnyOf>" }
    private static func allOf(_ content: String) -> String { "<xacml:AllOf>\(content)</xacml:AllOf>" }

    private static func match(_ attribute: String, _ value: String, _ category: XACMLCategory) -> String {
        """
        <xacml:Match MatchId="urn:oasis:names:tc:xacml:1.0:function:string-equal"><xacml:AttributeValue \
        DataType="http://www.w3.org/2001/XMLSchema#string">\(value)</xacml:AttributeValue><xacml:AttributeDesignator \
        AttributeId="\(attribute)" Category="\(category.uri)" DataType="http://www.w3.org/2001/XMLSchema#string" \
        MustBePresent="false"/></xacml:Match>
        """
    }
}
