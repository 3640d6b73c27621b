public import Vocabulary

/// The resources that scopes of the internal register have of their own from the start (DESIGN §8).
///
/// Nothing of them is stored: whoever reads the registry makes them from the scope, until a resource of the same identifier is
/// stored in their place.
public enum InternalResources {
    /// The resource of a scope whose delegations are registered here; nil for a name too long to have one.
    public static func resource(
        of scope: ScopeName,
        ownedBy owner: OrganisationNumber,
        described description: String
    ) -> Resource? {
        guard let id = ResourceID(of: scope) else { return nil }
        let title = LocalisedText(in: scope.rawValue)
        let text = LocalisedText(in: PlainText.isBlank(description) ? scope.rawValue : description)
        var resource = Resource(
            identifier: id,
            type: .maskinportenSchema,
            title: title,
            description: text,
            rightDescription: text,
            competentAuthority: Resource.CompetentAuthority(organisation: owner)
        )
        resource.references = [Resource.Reference(reference: scope.rawValue, type: .maskinportenScope)]
        return resource
    }

    /// The policy of such a resource: APIADM and APIADMNUF may give it on, for `ScopeAccess` (spec of Altinn §3.3).
    public static func policyDocument(of id: ResourceID) -> [UInt8] {
        RolePolicy(
            resource: id,
            roles: ["APIADM", "APIADMNUF"],
            packages: [],
            actions: ["ScopeAccess"],
            minimumLevel: 2
        ).document
    }
}

extension LocalisedText {
    /// The same text in all three languages.
    init(in text: String) {
        self.init()
        for language in Self.languages { texts[language] = text }
    }
}

/// The resources of the system of delegations itself, which no one may change.
public enum SystemResources {
    struct Definition {
        let id: ResourceID
        let title: String
        let roles: [String]
        let packages: [String]
    }

    // Roles and packages of those who administer delegations, rights and clients (spec of Altinn §1.2, §2, §3.4).
    private static let definitions: [Definition] = [
        Definition(
            id: .scopeDelegation,
            title: "Delegation of API scopes",
            roles: ["APIADM", "APIADMNUF", "HADM"],
            packages: []
        ),
        Definition(
            id: .accessManagement,
            title: "Access management",
            roles: ["ADMAI", "HADM"],
            packages: ["tilgangsstyrer", "hovedadministrator"]
        ),
        Definition(
            id: .clientAdministration,
            title: "Client administration",
            roles: ["KLADM"],
            packages: ["klientadministrator"]
        ),
    ]

    /// The identifiers of all of them.
    public static let identifiers: [ResourceID] = definitions.map(\.id)

    /// The resource; nil for any other identifier.
    public static func resource(_ id: ResourceID) -> Resource? {
        guard let definition = definitions.first(where: { $0.id == id }) else { return nil }
        let text = LocalisedText(in: definition.title)
        var resource = Resource(
            identifier: id,
            type: .systemResource,
            title: text,
            description: text,
            competentAuthority: nil
        )
        resource.isDelegable = false
        resource.isVisible = false
        return resource
    }

    /// Its policy: these roles may read and write, from level 2 on; nil for any other identifier.
    public static func policyDocument(of id: ResourceID) -> [UInt8]? {
        guard let definition = definitions.first(where: { $0.id == id }) else { return nil }
        return RolePolicy(
            resource: id,
            roles: definition.roles,
            packages: definition.packages,
            actions: ["read", "write"],
            minimumLevel: 2
        ).document
    }
}

/// A policy of the usual kind: whoever has one of these roles or packages may do these things, at that login level.
struct RolePolicy {
    let resource: ResourceID
    let roles: [String]
    let packages: [String]
    let actions: [String]
    let minimumLevel: Int

    private static let subject = "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject"
    private static let resourceCategory = "urn:oasis:names:tc:xacml:3.0:attribute-category:resource"
    private static let action = "urn:oasis:names:tc:xacml:3.0:attribute-category:action"
    private static let string = "http://www.w3.org/2001/XMLSchema#string"

    /// The document.
    ///
    /// Every value in it is of a closed alphabet without signs of XML.
    var document: [UInt8] {
        let subjects =
            roles.map { match("urn:altinn:rolecode", $0, in: Self.subject) }
            + packages.map { match("urn:altinn:accesspackage", $0, in: Self.subject) }
        let actions = actions.map {
            match("urn:oasis:names:tc:xacml:1.0:action:action-id", $0, in: Self.action)
        }
        let text = """
            <xacml:Policy xmlns:xacml="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" \
            PolicyId="urn:altinn:policyid:\(resource)" Version="1.0" \
            RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
            <xacml:Target/>
            <xacml:Rule RuleId="urn:altinn:resource:\(resource):ruleid:1" Effect="Permit">
            <xacml:Target>
            <xacml:AnyOf>\(subjects.joined())</xacml:AnyOf>
            <xacml:AnyOf>\(match("urn:altinn:resource", resource.rawValue, in: Self.resourceCategory))</xacml:AnyOf>
            <xacml:AnyOf>\(actions.joined())</xacml:AnyOf>
            </xacml:Target>
            </xacml:Rule>
            <xacml:ObligationExpressions>
            <xacml:ObligationExpression ObligationId="urn:altinn:obligation:authenticationLevel1" FulfillOn="Permit">
            <xacml:AttributeAssignmentExpression \
            AttributeId="urn:altinn:obligation1-assignment1" Category="urn:altinn:minimum-authenticationlevel">
            <xacml:AttributeValue DataType="http://www.w3.org/2001/XMLSchema#integer">\(minimumLevel)</xacml:AttributeValue>
            </xacml:AttributeAssignmentExpression>
            </xacml:ObligationExpression>
            </xacml:ObligationExpressions>
            </xacml:Policy>

            """
        return Array(text.utf8)
    }

    private func match(_ attribute: String, _ value: String, in category: String) -> String {
        """
        <xacml:AllOf><xacml:Match MatchId="urn:oasis:names:tc:xacml:3.0:function:string-equal-ignore-case">\
        <xacml:AttributeValue DataType="\(Self.string)">\(value)</xacml:AttributeValue>\
        <xacml:AttributeDesignator AttributeId="\(attribute)" Category="\(category)" DataType="\(Self.string)" \
        MustBePresent="false"/></xacml:Match></xacml:AllOf>
        """
    }
}
