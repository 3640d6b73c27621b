import Organisations
import Administration
import Clients
import Delegations
import FoundationEssentials
import JOSE
import SQLiteStorage
import Scopes
import Vocabulary

// Who may act for whom in the demo world: each act is one that a person of it performs, with the right that the person has.
extension DemoFilling {
    /// What came of it, for `world.json`.
    struct Delegated {
        let delegation: ScopeDelegation
        let systemUser: SystemUser
        let consent: ConsentRequest
        /// A request that waits at the portal, and a consent that waits there.
        let waitingRequest: SystemUserRequest
        let waitingConsent: ConsentRequest
    }

    private static var catchDiary: String { "demo-fangstdagbok" }
    private static var income: String { "demo-inntekt" }

    /// The director of the fish farm delegates, approves and consents.
    func delegate(with clients: [Registration], under key: PseudonymKey) throws -> Delegated {
        let parties = try Parties()
        guard let director = try DemoPerson.all().first?.person.number,
            let client = clients.first(where: { $0.declared.name == "lonn" })?.client
        else { throw DemoWorldError.inconsistent("no director, or no client of the supplier") }
        let right = ActingRight.person(key.pseudonym(of: director), level: 4)
        return try store.transaction { transaction in
            let acts = Administration(in: transaction, by: actor, at: now, reason: "Demo")
            let delegation = try acts.giveDelegation(
                of: try resource(of: "demo:fangst.read"),
                from: parties.consumer,
                to: parties.supplier,
                by: right
            ).value
            try keepResources(parties, acts)
            try acts.registerSystem(try system(of: parties.supplier, acting: client.id))
            let request = try acts.requestSystemUser(try systemUserRequest(parties, nil), kind: .standard).value
            let user = try acts.approveSystemUserRequest(request.id, on: right).value
            let waiting = try acts.requestSystemUser(try systemUserRequest(parties, "vinter"), kind: .standard).value
            let consent = try acts.requestConsent(try consentRequest(parties, year: "2025"), under: key).value
            let accepted = try acts.acceptConsent(consent.id, on: right).value
            let asked = try acts.requestConsent(try consentRequest(parties, year: "2026"), under: key).value
            return Delegated(
                delegation: delegation,
                systemUser: user,
                consent: accepted,
                waitingRequest: waiting,
                waitingConsent: asked
            )
        }
    }

    // MARK: Parts

    private struct Parties {
        let consumer: OrganisationNumber
        let supplier: OrganisationNumber
        let bank: OrganisationNumber
        let fisheries: OrganisationNumber
        let tax: OrganisationNumber

        init() throws {
            consumer = try OrganisationNumber(parsing: "311001213")
            supplier = try OrganisationNumber(parsing: "311001078")
            bank = try OrganisationNumber(parsing: "311001140")
            fisheries = try OrganisationNumber(parsing: "311000861")
            tax = try OrganisationNumber(parsing: "311000160")
        }
    }

    private func resource(of scope: String) throws -> ResourceID {
        guard let id = ResourceID(of: try ScopeName(parsing: scope)) else {
            throw DemoWorldError.inconsistent("no resource of `\(scope)`")
        }
        return id
    }

    /// What a system user gets rights to, and what is consented to, with their policies.
    private func keepResources(_ parties: Parties, _ acts: Administration<SQLiteTransaction>) throws {
        var diary = Resource(
            identifier: try ResourceID(parsing: Self.catchDiary),
            type: .genericAccessResource,
            title: text("Fangstdagbok", "Fangstdagbok", "Catch diary"),
            description: text("Lese fangster", "Lese fangstar", "Read catches"),
            rightDescription: text("Leser fangster", "Les fangstar", "Reads catches"),
            competentAuthority: Resource.CompetentAuthority(organisation: parties.fisheries, orgcode: "fisk")
        )
        diary.status = "Completed"
        var income = Resource(
            identifier: try ResourceID(parsing: Self.income),
            type: .consent,
            title: text("Inntektsopplysninger", "Inntektsopplysningar", "Income data"),
            description: text("Inntekt ett år", "Inntekt eitt år", "Income of one year"),
            rightDescription: text("Leser inntekten", "Les inntekta", "Reads the income"),
            competentAuthority: Resource.CompetentAuthority(organisation: parties.tax, orgcode: "skatt")
        )
        income.consentTemplate = "default"
        income.consentText = text(
            "Banken får lese inntekten.",
            "Banken får lese inntekta.",
            "The bank may read the income."
        )
        income.consentMetadata = ["inntektsaar": Resource.ConsentMetadataKey()]
        for (resource, rules) in [
            (diary, [DemoPolicy.Rule("urn:altinn:rolecode", "UTINN", may: "read")]),
            (
                income,
                [
                    DemoPolicy.Rule("urn:altinn:rolecode", "UTINN", may: "consent"),
                    DemoPolicy.Rule("urn:altinn:partytype", "organization", may: "requestconsent"),
                ]
            ),
        ] {
            try acts.createResource(resource, for: .administrator)
            let policy = DemoPolicy(resource: resource.identifier, rules: rules)
            let document = try PolicyDocument(parsing: Array(policy.document.utf8))
            try acts.setPolicy(document, of: resource.identifier, for: .administrator)
        }
    }

    private func text(_ bokmal: String, _ nynorsk: String, _ english: String) -> LocalisedText {
        LocalisedText(["nb": bokmal, "nn": nynorsk, "en": english])
    }

    private func system(of vendor: OrganisationNumber, acting client: ClientID) throws -> SystemDraft {
        SystemDraft(
            reading: [
                "id": .string("\(vendor)_lonn"),
                "vendor": ["ID": .string(vendor.iso6523)],
                "name": ["nb": "Demo Lønn", "nn": "Demo Løn", "en": "Demo Payroll"],
                "description": ["nb": "Lønn og fangst", "nn": "Løn og fangst", "en": "Payroll and catches"],
                "rights": [right(Self.catchDiary)],
                "clientId": [.string(client.rawValue)],
                "isVisible": true,
            ]
        )
    }

    private func right(_ resource: String) -> JSONValue {
        ["resource": [["id": "urn:altinn:resource", "value": .string(resource)]]]
    }

    private func systemUserRequest(_ parties: Parties, _ reference: String?) throws -> SystemUserRequestDraft {
        var object: JSONObject = [
            "systemId": .string("\(parties.supplier)_lonn"),
            "partyOrgNo": .string("\(parties.consumer)"),
            "rights": [right(Self.catchDiary)],
        ]
        object["externalRef"] = reference.map { .string($0) }
        return try SystemUserRequestDraft(reading: object)
    }

    private func consentRequest(_ parties: Parties, year: String) throws -> ConsentDraft {
        let prefix = "urn:altinn:organization:identifier-no:"
        return ConsentDraft(
            reading: [
                "id": .string(UUID().uuidString),
                "from": .string(prefix + "\(parties.consumer)"),
                "to": .string(prefix + "\(parties.bank)"),
                "validTo": .string("\(now + .days(365))"),
                "consentRights": [
                    [
                        "action": ["consent"],
                        "resource": [["type": "urn:altinn:resource", "value": .string(Self.income)]],
                        "metaData": ["inntektsaar": .string(year)],
                    ]
                ],
                "requestMessage": [
                    "nb": "Vi trenger inntekten for å vurdere lånet.", "nn": "Vi treng inntekta for å vurdere lånet.",
                    "en": "We need the income to consider the loan.",
                ],
                "redirectUrl": "https://bank.example.no/",
                "portalViewMode": "show",
            ]
        )
    }
}

extension DemoFilling.Delegated {
    /// For `world.json`: what there is, and the pages of the portal on which something waits.
    func description(portal: String) -> JSONObject {
        [
            "delegation": [
                "id": .string("\(delegation.id)"), "consumer": .string("\(delegation.consumer)"),
                "supplier": .string("\(delegation.supplier)"), "resource": .string(delegation.resource.rawValue),
            ],
            "system_user": [
                "id": .string(systemUser.id.uuidString.lowercased()), "system": .string(systemUser.system.rawValue),
                "owner": .string("\(systemUser.owner)"),
            ],
            "consent": [
                "id": .string(consent.id.uuidString.lowercased()), "from": .string("\(consent.from)"),
                "to": .string("\(consent.to)"),
            ],
            "waiting": [
                "system_user": .string(waitingRequest.confirmURL(portal: portal)),
                "consent": .string(waitingConsent.viewURI(portal: portal)),
            ],
        ]
    }
}

/// A policy of the demo world: who has an attribute may do something with one resource, from level 3 on.
struct DemoPolicy {
    /// One rule.
    struct Rule {
        let attribute: String
        let value: String
        let action: String

        init(_ attribute: String, _ value: String, may action: String) {
            self.attribute = attribute
            self.value = value
            self.action = action
        }
    }

    let resource: ResourceID
    let rules: [Rule]

    /// The XACML 3.0 document.
    var document: String {
        """
        <xacml:Policy xmlns:xacml="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" Version="1.0"
            PolicyId="urn:altinn:resource:policyid:\(resource)"
            RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
          <xacml:Target/>
        \(rules.enumerated().map { rule($0.element, $0.offset + 1) }.joined())  <xacml:ObligationExpressions>
            <xacml:ObligationExpression FulfillOn="Permit" ObligationId="urn:altinn:obligation:authenticationLevel1">
              <xacml:AttributeAssignmentExpression AttributeId="urn:altinn:obligation1-assignment1"
                  Category="urn:altinn:minimum-authenticationlevel">
                <xacml:AttributeValue DataType="http://www.w3.org/2001/XMLSchema#integer">3</xacml:AttributeValue>
              </xacml:AttributeAssignmentExpression>
            </xacml:ObligationExpression>
          </xacml:ObligationExpressions>
        </xacml:Policy>

        """
    }

    private func rule(_ rule: Rule, _ number: Int) -> String {
        """
          <xacml:Rule RuleId="urn:altinn:resource:\(resource):ruleid:\(number)" Effect="Permit">
            <xacml:Target>
        \(match(rule.attribute, rule.value, "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject"))
        \(match("urn:altinn:resource", resource.rawValue, "urn:oasis:names:tc:xacml:3.0:attribute-category:resource"))
        \(match(
                "urn:oasis:names:tc:xacml:1.0:action:action-id",
                rule.action,
                "urn:oasis:names:tc:xacml:3.0:attribute-category:action"
            ))
            </xacml:Target>
          </xacml:Rule>

        """
    }

    private func match(_ attribute: String, _ value: String, _ category: String) -> String {
        """
              <xacml:AnyOf><xacml:AllOf>
                <xacml:Match MatchId="urn:oasis:names:tc:xacml:3.0:function:string-equal-ignore-case">
                  <xacml:AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">\(value)</xacml:AttributeValue>
                  <xacml:AttributeDesignator AttributeId="\(attribute)" Category="\(category)"
                      DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/>
                </xacml:Match>
              </xacml:AllOf></xacml:AnyOf>
        """
    }
}
