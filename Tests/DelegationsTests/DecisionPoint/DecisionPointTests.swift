import Delegations
import FoundationEssentials
import JOSE
import TestSupport
import Testing
import Vocabulary
import XACML

@Suite("Decision point: what a subject has, and what decides (altinn.md §4.4)")
struct DecisionPointTests {
    private static let service = DecisionWorld.resource("acme-service")
    private static let customer = DecisionWorld.customer
    private static let supplier = DecisionWorld.supplier

    /// A world with a service whose one rule asks for those attributes.
    private func world(_ subjects: (String, String)..., action: String = "read") throws -> DecisionWorld {
        var world = try DecisionWorld()
        try world.add(
            Self.service,
            DecisionPolicy.policy(DecisionPolicy.rule("read", subjects: subjects, Self.service, [action]))
        )
        return world
    }

    // MARK: Step 1: enrichment

    @Test(
        arguments: [
            (DecisionAttribute.roleCode, "DAGL"), (DecisionAttribute.roleCode, "dagl"),
            (DecisionAttribute.roleCode, "utinn"), (DecisionAttribute.registerRole, "daglig-leder"),
            (DecisionAttribute.accessPackage, "maskinporten-scopes"), (DecisionAttribute.partyType, "person"),
        ]
    )
    func `a person is known by roles, packages and nature, in whatever case the policy writes them`(
        attribute: String,
        value: String
    ) throws {
        let world = try world((attribute, value))
        #expect(
            try world.decide(.party(.person(DecisionWorld.director)), "read", Self.service).result.decision == .permit
        )
        if attribute != DecisionAttribute.partyType {
            let member = try world.decide(.party(.person(DecisionWorld.member)), "read", Self.service)
            #expect(member.result.decision == (value == "utinn" ? .permit : .notApplicable))
        }
        let stranger = try world.decide(.party(.organisation(Self.supplier)), "read", Self.service)
        #expect(stranger.result.decision == .notApplicable)
    }

    @Test func `an organisation is known by the roles it was assigned, and by its nature`() throws {
        var world = try world((DecisionAttribute.roleCode, "REGN"))
        #expect(
            try world.decide(.party(.organisation(Self.supplier)), "read", Self.service).result.decision
                == .notApplicable
        )
        world.roles.assign("REGN", of: Self.customer, to: .organisation(Self.supplier))
        #expect(try world.decide(.party(.organisation(Self.supplier)), "read", Self.service).isPermitted)
        #expect(try world.decide(.party(.person(DecisionWorld.chair)), "read", Self.service).isPermitted)
        let byType = try self.world((DecisionAttribute.partyType, "organization"))
        #expect(try byType.decide(.party(.organisation(Self.supplier)), "read", Self.service).isPermitted)
    }

    @Test func `a policy may ask for the party itself, under each of its names`() throws {
        let party = Party.organisation(Self.supplier)
        for (attribute, value) in [
            (DecisionAttribute.organisationNumber, "\(Self.supplier)"),
            (DecisionAttribute.legacyOrganisationNumber, "\(Self.supplier)"),
            (DecisionAttribute.partyUUID, "\(party.uuid)"), (DecisionAttribute.organisationUUID, "\(party.uuid)"),
            (DecisionAttribute.partyID, "\(party.partyID)"),
        ] {
            let world = try world((attribute, value))
            #expect(try world.decide(.party(party), "read", Self.service).isPermitted, "\(attribute)")
            #expect(try !world.decide(.party(.organisation(Self.customer)), "read", Self.service).isPermitted)
        }
    }

    @Test func `an access list that the subject is on can be asked for`() throws {
        let list = try AccessListID(owner: DecisionWorld.vendor, parsing: "readers")
        var world = try world((DecisionAttribute.accessList, "\(list)"))
        #expect(try !world.decide(.party(.organisation(Self.supplier)), "read", Self.service).isPermitted)
        world.lists = [(list, [Self.supplier], AccessListConnection(resource: Self.service))]
        #expect(try world.decide(.party(.organisation(Self.supplier)), "read", Self.service).isPermitted)
        #expect(try !world.decide(.party(.organisation(Self.customer)), "read", Self.service).isPermitted)
    }

    @Test func `a main administrator may give packages, and has no access by them`() throws {
        var world = try world((DecisionAttribute.accessPackage, "maskinporten-scopes"))
        let administrator = PersonPseudonym.sample(31)
        world.roles.assign(
            "HOVEDADMINISTRATOR",
            of: Self.customer,
            to: .person(administrator),
            source: .given
        )
        #expect(try !world.decide(.party(.person(administrator)), "read", Self.service).isPermitted)
    }

    @Test func `a role is for its organisation and its sub-units, and no other`() throws {
        var world = try DecisionWorld()
        let unit = Sample.organisation(14)
        world.roles.add(unit, form: "BEDR", mainUnit: Self.customer)
        let director = DecisionSubject.party(.person(DecisionWorld.director))
        #expect(try world.decide(director, of: .organisation(unit)).isPermitted)
        #expect(try !world.decide(director, of: .organisation(Self.supplier)).isPermitted)
        #expect(try !world.decide(director, of: nil).isPermitted)
    }

    @Test func `the action of scopes is compared without case, others as the policy says`() throws {
        let world = try DecisionWorld()
        let director = DecisionSubject.party(.person(DecisionWorld.director))
        #expect(try world.decide(director, "scopeaccess").isPermitted)
        #expect(try world.decide(director, "ScopeAccess").isPermitted)
        let service = try self.world((DecisionAttribute.roleCode, "DAGL"))
        #expect(try service.decide(director, "read", Self.service).isPermitted)
        #expect(try !service.decide(director, "READ", Self.service).isPermitted)
    }

    @Test func `a person acts for itself as a private person`() throws {
        let world = try world((DecisionAttribute.roleCode, "PRIV"))
        let person = Party.person(DecisionWorld.member)
        #expect(try world.decide(.party(person), "read", Self.service, of: person).isPermitted)
        let other = Party.person(DecisionWorld.chair)
        #expect(try !world.decide(.party(person), "read", Self.service, of: other).isPermitted)
    }

    // MARK: Step 2: the policy

    @Test func `a resource that is unknown, or has no policy, is Indeterminate`() throws {
        var world = try DecisionWorld()
        let director = DecisionSubject.party(.person(DecisionWorld.director))
        let unknown = DecisionWorld.resource("acme-unknown")
        let status = XACMLStatus(.processingError, "resource `acme-unknown` is not known, or has no policy")
        #expect(try world.decide(director, "read", unknown).result == XACMLResult(.indeterminate, status))
        world.policies[DecisionWorld.schema] = nil
        #expect(try world.decide(director).result.decision == .indeterminate)
    }

    @Test func `an unknown function makes it Indeterminate, and no delegation heals that`() throws {
        var world = try DecisionWorld()
        world.delegate()
        let document = DecisionPolicy.schema(DecisionWorld.schema)
            .replacing("urn:oasis:names:tc:xacml:1.0:function:string-equal", with: "urn:unknown")
        try world.add(DecisionWorld.schema, type: .maskinportenSchema, document)
        let outcome = try world.decide(.party(.organisation(Self.supplier)))
        #expect(outcome.result.decision == .indeterminate)
        #expect(outcome.result.status == XACMLStatus(.processingError, "function `urn:unknown` is not known"))
    }

    @Test func `an organisation that the register does not know is no NotApplicable`() throws {
        let unknown = Sample.organisation(99)
        let outcome = try DecisionWorld().decide(
            .party(.person(DecisionWorld.director)),
            of: .organisation(unknown)
        )
        #expect(outcome.result.decision == .indeterminate)
        #expect(outcome.result.status.message == "organisation `\(unknown)` is not in the register")
    }

    // MARK: Step 7: delegations

    @Test func `a delegation permits the supplier, under the resource's obligations, while it is in force`() throws {
        var world = try DecisionWorld()
        let supplier = DecisionSubject.party(.organisation(Self.supplier))
        #expect(try world.decide(supplier).result.decision == .notApplicable)
        world.delegate()
        let outcome = try world.decide(supplier)
        #expect(outcome.result.decision == .permit)
        #expect(outcome.result.obligations.minimumLevel(forOrganisations: true) == 3)
        #expect(outcome.basis == .delegation(world.delegations[0].id, keyRole: nil))
        world.delegations[0].until = DecisionWorld.now
        #expect(try world.decide(supplier).result.decision == .notApplicable)
        world.delegations[0].until = DecisionWorld.now + 1
        #expect(try world.decide(supplier).result.decision == .permit)
    }

    @Test func `a delegation counts for exactly its two numbers, its resource and the resource's actions`() throws {
        var world = try DecisionWorld()
        let (unit, branch) = (Sample.organisation(14), Sample.organisation(15))
        world.roles.add(unit, form: "BEDR", mainUnit: Self.customer)
        world.roles.add(branch, form: "BEDR", mainUnit: Self.supplier)
        world.delegate()
        try world.add(Self.service, DecisionPolicy.schema(Self.service))
        let supplier = DecisionSubject.party(.organisation(Self.supplier))
        #expect(try !world.decide(supplier, of: .organisation(unit)).isPermitted)
        #expect(try !world.decide(.party(.organisation(branch))).isPermitted)
        #expect(try !world.decide(supplier, "ScopeAccess", Self.service).isPermitted)
        #expect(try !world.decide(supplier, "read").isPermitted)
        #expect(try !world.decide(supplier, of: .organisation(Self.supplier)).isPermitted)
    }

    @Test func `a delegation also permits whoever has a key role with the supplier`() throws {
        var world = try DecisionWorld()
        world.delegate()
        let outcome = try world.decide(.party(.person(DecisionWorld.chair)))
        #expect(outcome.result.decision == .permit)
        guard case .delegation(_, let keyRole?) = outcome.basis else {
            Issue.record("\(outcome.basis)")
            return
        }
        #expect(keyRole.role == "LEDE")
        #expect(keyRole.organisation == Self.supplier)
        let clerk = PersonPseudonym.sample(32)
        world.roles.assign("MEDL", of: Self.supplier, to: .person(clerk))
        #expect(try !world.decide(.party(.person(clerk))).isPermitted)
    }

    @Test func `DTPR is a key role, but not in an inter-municipal company, and none is in a deleted one`() throws {
        for (form, isLive, expected) in [("DA", true, true), ("IKS", true, false), ("DA", false, false)] {
            var world = try DecisionWorld()
            let person = PersonPseudonym.sample(33)
            world.roles.add(Self.supplier, form: form, isLive: isLive)
            world.roles.assign("DTPR", of: Self.supplier, to: .person(person))
            world.delegate()
            #expect(try world.decide(.party(.person(person))).isPermitted == expected, "\(form)")
        }
    }

    @Test func `a system user has its own rights for its owner alone, and never those of a schema`() throws {
        var world = try world((DecisionAttribute.roleCode, "DAGL"))
        try world.addSystemUser(rights: [
            SystemRight(resource: Self.service, action: "read"), SystemRight(resource: DecisionWorld.schema),
        ])
        let user = DecisionSubject.systemUser(DecisionWorld.systemUser)
        let outcome = try world.decide(user, "read", Self.service)
        #expect(outcome.isPermitted)
        #expect(outcome.basis == .systemUserRight(DecisionWorld.systemUser))
        #expect(try !world.decide(user, "write", Self.service).isPermitted)
        #expect(try !world.decide(user, "read", Self.service, of: .organisation(Self.supplier)).isPermitted)
        #expect(try !world.decide(user).isPermitted)
        world.systemUsers[0].deleted = DecisionWorld.now
        #expect(try world.decide(user, "read", Self.service).result.decision == .notApplicable)
        world.systemUsers = []
        #expect(try world.decide(user, "read", Self.service).result.decision == .indeterminate)
    }

    @Test func `a system user's packages count for its owner, an agent's for the clients that delegated them`() throws {
        var world = try world((DecisionAttribute.accessPackage, "regnskapsforer-lonn"))
        let packages = ["regnskapsforer-lonn"]
        try world.addSystemUser(packages: packages)
        try world.addSystemUser(DecisionWorld.agent, kind: .agent, owner: Self.supplier, packages: packages)
        #expect(try world.decide(.systemUser(DecisionWorld.systemUser), "read", Self.service).isPermitted)
        let agent = DecisionSubject.systemUser(DecisionWorld.agent)
        #expect(try !world.decide(agent, "read", Self.service).isPermitted)
        world.clientDelegations = [
            ClientDelegation(
                id: UUID(),
                agent: DecisionWorld.agent,
                client: Self.customer,
                packages: packages,
                basis: .operator,
                created: DecisionWorld.now
            )
        ]
        // The client's accounts are somebody else's: there is nothing that the owner could let its agent use.
        #expect(try !world.decide(agent, "read", Self.service).isPermitted)
        world.roles.assign("REGN", of: Self.customer, to: .organisation(Self.supplier))
        #expect(try world.decide(agent, "read", Self.service).isPermitted)
        #expect(try !world.decide(agent, "read", Self.service, of: .organisation(Self.supplier)).isPermitted)
    }

    // MARK: Step 8: access lists

    @Test func `the resource's party must be on a list for the action`() throws {
        var world = try DecisionWorld()
        world.resources[DecisionWorld.schema]?.accessListMode = .enabled
        let director = DecisionSubject.party(.person(DecisionWorld.director))
        let list = try AccessListID(owner: DecisionWorld.vendor, parsing: "readers")
        func decide(_ members: [OrganisationNumber], _ actions: [String]) throws -> XACMLDecision {
            world.lists = [(list, members, AccessListConnection(resource: DecisionWorld.schema, actions: actions))]
            return try world.decide(director).result.decision
        }
        #expect(try decide([Self.customer], []) == .permit)
        #expect(try decide([Self.customer], ["scopeaccess"]) == .permit)
        #expect(try decide([Self.customer], ["read"]) == .deny)
        #expect(try decide([Self.supplier], []) == .deny)
        #expect(try decide([], []) == .deny)
    }

    @Test func `an access list stands also against a delegation, and persons are on none`() throws {
        var world = try world((DecisionAttribute.roleCode, "PRIV"))
        world.delegate()
        world.resources[DecisionWorld.schema]?.accessListMode = .enabled
        #expect(try world.decide(.party(.organisation(Self.supplier))).result.decision == .deny)
        world.resources[Self.service]?.accessListMode = .enabled
        let person = Party.person(DecisionWorld.member)
        let outcome = try world.decide(.party(person), "read", Self.service, of: person)
        #expect(outcome.result.decision == .deny)
        #expect(
            outcome.result.status.message
                == "the resource is for organisations on its access lists, and its party is no organisation"
        )
    }

    @Test func `what was no Permit stays what it was, list or none`() throws {
        var world = try DecisionWorld()
        world.resources[DecisionWorld.schema]?.accessListMode = .enabled
        #expect(try world.decide(.party(.person(DecisionWorld.member))).result.decision == .notApplicable)
    }

    // MARK: Requests

    @Test func `persons are found by number under the key, and not without it`() throws {
        var world = try DecisionWorld()
        let key = try #require(PseudonymKey(bytes: Array(repeating: 7, count: 32)))
        let number = try #require(NationalIdentityNumber(parsing: "02070399902") ?? Self.anyNumber())
        world.roles.assign("DAGL", of: Self.customer, to: .person(key.pseudonym(of: number)))
        let subject = [(DecisionAttribute.personNumber, number.exposed)]
        let resource = [
            (DecisionAttribute.resource, "acme-catch"), (DecisionAttribute.organisationNumber, "\(Self.customer)"),
        ]
        let outcome = try world.decide(subject: subject, resource: resource, key: key)
        #expect(outcome.isPermitted)
        #expect(!outcome.explanationText.contains(number.exposed))
        #expect(!outcome.explanationJSON.text().contains(number.exposed))
        let keyless = try world.decide(subject: subject, resource: resource)
        #expect(keyless.result.status.message == "persons cannot be looked up: the pseudonym key is missing")
    }

    /// A synthetic national identity number, month + 80.
    static func anyNumber() -> NationalIdentityNumber? {
        (0..<100_000).lazy.compactMap { index in
            let digits = String(index)
            return NationalIdentityNumber(
                parsing: "028703" + String(repeating: "0", count: 5 - digits.count) + digits
            )
        }.first
    }

    @Test func `a resource's party may be named in several ways, which must agree`() throws {
        let world = try DecisionWorld()
        let party = Party.organisation(Self.customer)
        let subject = [(DecisionAttribute.partyUUID, "\(Party.person(DecisionWorld.director).uuid)")]
        let resource = (DecisionAttribute.resource, "acme-catch")
        for names in [
            [(DecisionAttribute.partyID, "\(party.partyID)")], [(DecisionAttribute.partyUUID, "\(party.uuid)")],
            [
                (DecisionAttribute.partyUUID, "\(party.uuid)"),
                (DecisionAttribute.organisationNumber, "\(Self.customer)"),
            ],
        ] {
            #expect(try world.decide(subject: subject, resource: [resource] + names).isPermitted, "\(names)")
        }
        let mixed = [
            resource, (DecisionAttribute.partyUUID, "\(party.uuid)"),
            (DecisionAttribute.organisationNumber, "\(Self.supplier)"),
        ]
        #expect(try world.decide(subject: subject, resource: mixed).result.decision == .indeterminate)
        let twice = [resource, (DecisionAttribute.resource, "acme-other")]
        #expect(
            try world.decide(subject: subject, resource: twice).result.status.message
                == "a request must name one `urn:altinn:resource`, not 2"
        )
        #expect(
            try world.decide(subject: subject, resource: []).result.status.message
                == "a request must name one `urn:altinn:resource`, not 0"
        )
    }

    @Test func `answers come in the order of the references, with what they were to repeat`() throws {
        var world = try DecisionWorld()
        try world.add(Self.service, DecisionPolicy.schema(Self.service))
        func group(_ category: XACMLCategory, _ identifier: String, _ attributes: XACMLAttribute...) -> XACMLAttributes
        {
            XACMLAttributes(category, identifier: identifier, attributes)
        }
        let person = "\(Party.person(DecisionWorld.director).uuid)"
        let customer = XACMLAttribute(DecisionAttribute.organisationNumber, ["\(Self.customer)"])
        let request = XACMLRequest(
            [
                group(.accessSubject, "s1", XACMLAttribute(DecisionAttribute.partyUUID, [person])),
                group(.action, "a1", XACMLAttribute(DecisionAttribute.action, ["ScopeAccess"])),
                group(
                    .resource,
                    "r1",
                    XACMLAttribute(DecisionAttribute.resource, ["acme-catch"], isInResult: true),
                    customer
                ),
                group(.resource, "r2", XACMLAttribute(DecisionAttribute.resource, ["acme-missing"]), customer),
            ],
            references: [["s1", "a1", "r2"], ["s1", "a1", "r1"], ["s1", "a1", "r9"]],
            returnsPolicyIdentifiers: true
        )
        let results = try DecisionPoint(world).decide(request, at: DecisionWorld.now).map(\.result)
        #expect(results.map(\.decision) == [.indeterminate, .permit, .indeterminate])
        #expect(results[1].groups.map { $0.attributes.map(\.values) } == [[["acme-catch"]]])
        #expect(results[1].policies == [.init("urn:policy", version: "1.0")])
        #expect(results[2].status.code == .syntaxError)
    }
}
