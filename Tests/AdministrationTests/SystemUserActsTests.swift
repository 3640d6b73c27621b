import Administration
import AuditLedger
import Delegations
import Foundation
import JOSE
import SQLiteStorage
import Testing
import Vocabulary

@Suite("System users: requests, approval, changes (altinn.md §6.3, §9.10)")
struct SystemUserActsTests {
    private let world: World
    private let income = SystemRight(resource: World.income, action: "read")

    init() throws {
        world = try World()
        try world.prepareSystemUsers()
    }

    private func draft(
        _ rights: [SystemRight]? = nil,
        packages: [String] = [],
        externalRef: String? = nil,
        redirect: String? = nil
    ) -> SystemUserRequestDraft {
        SystemUserRequestDraft(
            system: World.system,
            customer: World.consumer,
            externalRef: externalRef,
            rights: rights ?? [income],
            packages: packages,
            redirectURL: redirect
        )
    }

    private func request(
        _ draft: SystemUserRequestDraft? = nil,
        kind: SystemUserKind = .standard
    ) throws -> SystemUserRequest {
        try world.act { try $0.requestSystemUser(draft ?? self.draft(), kind: kind, by: World.vendor).value }
    }

    private func approve(_ id: UUID, by person: PersonPseudonym, level: Int = 3) throws -> SystemUser {
        try world.act { administration in
            try administration.approveSystemUserRequest(
                id,
                of: World.consumer,
                on: .person(person, level: level)
            ).value
        }
    }

    // MARK: altinn.md §9.10

    @Test func `§9.10: missing externalRef defaults to owner number`() throws {
        let request = try request(draft(externalRef: "  "))
        #expect(request.externalRef == "\(World.consumer)")
        let user = try approve(request.id, by: World.director)
        #expect(user.id == request.id)
        #expect(try found(externalRef: nil) == .success(user))
        #expect(try found(externalRef: "other") == .failure(.externalRefMismatch))
    }

    @Test func `§9.10: deleted user not returned`() throws {
        let user = try approve(try request().id, by: World.director)
        try world.act { try $0.deleteSystemUser(user.id, of: World.consumer, on: .person(World.director, level: 3)) }
        #expect(try found(externalRef: nil) == .failure(.noSystemUser))
        #expect(try world.store.read { try $0.systemUsers(of: World.consumer, system: nil) }.isEmpty)
        // The triple is free again.
        #expect(try approve(try request().id, by: World.director).id != user.id)
    }

    @Test func `§9.10: agent looked up by owner number only`() throws {
        let agent = try agent(with: World.other)
        #expect(try found(externalRef: nil) == .success(agent))
        #expect(try found(owner: World.other, externalRef: nil) == .failure(.agentAddressedByClient))
    }

    private func found(
        owner: OrganisationNumber = World.consumer,
        externalRef: String?
    ) throws -> Result<SystemUser, SystemUserLookupFailure> {
        try world.store.read { reader in
            try SystemUserLookup(reader).systemUser(
                ofClient: World.systemClient,
                vendor: World.vendor,
                owner: owner,
                externalRef: externalRef
            )
        }
    }

    // MARK: Requests

    @Test func `what is asked for must be among what the system offers, and fit the kind`() throws {
        func refused(
            _ problem: SystemUserProblem,
            about: String? = nil,
            _ draft: SystemUserRequestDraft,
            _ kind: SystemUserKind = .standard
        ) throws {
            try world.refused(problem, about: about) { _ = try $0.requestSystemUser(draft, kind: kind) }
        }
        try refused(.missingRights, draft([]))
        try refused(.missingPackage, draft([]), .agent)
        try refused(
            .rightNotInSystem,
            about: "acme-other",
            draft([SystemRight(resource: World.resource("acme-other"))])
        )
        try refused(.packageNotInSystem, about: "revisormedarbeider", draft(packages: ["revisormedarbeider"]))
        try refused(.packageNotForStandard, about: "regnskapsforer-lonn", draft(packages: ["regnskapsforer-lonn"]))
        try refused(
            .packageNotForAgent,
            about: "teknisk-samhandling-digdir",
            draft([], packages: ["teknisk-samhandling-digdir"]),
            .agent
        )
        try refused(.maskinportenSchema, about: "acme-schema", draft([SystemRight(resource: World.schema)]))
        try refused(.redirectNotAllowed, draft(redirect: "https://evil.example.no/done"))
        _ = try request(draft(redirect: "https://vendor.example.no/done?state=1"))
    }

    @Test func `only the vendor asks, and only an organisation that the register knows`() throws {
        try world.refused(.notOwned, about: World.system.rawValue) {
            _ = try $0.requestSystemUser(draft(), kind: .standard, by: World.consumer)
        }
        var stranger = draft()
        stranger.customer = World.stranger
        try world.refused(.customerUnknown, about: "\(World.stranger)") {
            _ = try $0.requestSystemUser(stranger, kind: .standard)
        }
    }

    @Test func `the triple tells how the request that has it ended`() throws {
        let first = try request()
        try world.refused(.pending) { _ = try $0.requestSystemUser(draft(), kind: .standard) }
        try world.act { try $0.rejectSystemUserRequest(first.id, on: .person(World.director, level: 3)) }
        try world.refused(.rejected) { _ = try $0.requestSystemUser(draft(), kind: .standard) }
        try world.act { try $0.deleteSystemUserRequest(first.id, by: World.vendor) }
        let second = try request()
        _ = try approve(second.id, by: World.director)
        try world.refused(.alreadyAccepted) { _ = try $0.requestSystemUser(draft(), kind: .standard) }
    }

    @Test func `a request times out after 180 days, and its triple is free`() throws {
        let first = try request()
        #expect(first.status(at: World.now + SystemUserRequest.timeout - 1) == .new)
        #expect(first.status(at: World.now + SystemUserRequest.timeout) == .timedOut)
        world.now = World.now + SystemUserRequest.timeout
        try world.refused(.requestNotNew) { _ = try $0.approveSystemUserRequest(first.id, on: .operatorsAct) }
        let second = try request()
        #expect(try world.store.read { try $0.systemUserRequest(first.id) } == nil)
        #expect(try approve(second.id, by: World.director).id == second.id)
    }

    // MARK: Approval

    @Test func `approval twice makes one system user and one entry`() throws {
        let request = try request()
        let before = try world.lastSequence()
        _ = try approve(request.id, by: World.director)
        try world.refused(.requestNotNew) {
            _ = try $0.approveSystemUserRequest(request.id, on: .person(World.director, level: 3))
        }
        let events = try world.events(after: before)
        #expect(events.map(\.kind) == [.systemUserApproved])
        #expect(events.first?.details["basis"] == "person")
        #expect(events.first?.details["person"] == .string("\(World.director)"))
        #expect(try world.store.read { try $0.systemUsers(of: World.consumer, system: nil) }.count == 1)
    }

    @Test func `approval by someone without the role is refused, with nothing half done`() throws {
        let request = try request(draft([income, SystemRight(resource: World.secret)]))
        func refused(
            _ problem: SystemUserProblem,
            _ person: PersonPseudonym,
            level: Int = 3,
            about: String? = nil
        ) throws {
            try world.refused(problem, about: about) {
                _ = try $0.approveSystemUserRequest(request.id, on: .person(person, level: level))
            }
        }
        try refused(.missingRole, World.person(9))
        // Has the right on the resource, and may not administer.
        try refused(.missingRole, World.clerk)
        // May administer, and has no right to give on.
        try refused(.missingRole, World.administrator, about: "acme-income#read")
        try refused(.levelTooLow, World.director, level: 2, about: "acme-income#read")
        // The second right fails: the first is not given either.
        try world.act { try World.give("HADM", of: World.other, to: .person(World.director), $0.transaction) }
        #expect(try world.store.read { try $0.systemUser(request.id) } == nil)
        #expect(try world.store.read { try $0.systemUserRequest(request.id) }?.answer == .new)
    }

    @Test func `a package is given only by whoever may give it on`() throws {
        let request = try request(draft(packages: ["teknisk-samhandling-digdir"]))
        try world.act { try World.give("UTINN", of: World.consumer, to: .person(World.administrator), $0.transaction) }
        try world.refused(.packageMissingAccess, about: "teknisk-samhandling-digdir") {
            _ = try $0.approveSystemUserRequest(request.id, on: .person(World.administrator, level: 3))
        }
        #expect(try approve(request.id, by: World.director).packages == ["teknisk-samhandling-digdir"])
    }

    @Test func `a request to another organisation, or of another kind, is not approved`() throws {
        let request = try request()
        try world.refused(.partyMismatch) {
            _ = try $0.approveSystemUserRequest(request.id, of: World.other, on: .operatorsAct)
        }
        try world.refused(.notAgentRequest) {
            _ = try $0.approveSystemUserRequest(request.id, expecting: .agent, on: .operatorsAct)
        }
        try world.refused(.requestNotFound) { _ = try $0.approveSystemUserRequest(UUID(), on: .operatorsAct) }
    }

    @Test func `what became a schema of scopes since is not given, by the operator neither`() throws {
        let request = try request(draft([SystemRight(resource: World.secret)]))
        try world.act {
            try World.put(
                World.secret,
                as: .maskinportenSchema,
                [("urn:altinn:rolecode", "APIADM", "ScopeAccess")],
                $0.transaction
            )
        }
        let type = try world.store.read { try $0.resource(World.secret)?.type }
        try #require(type == .maskinportenSchema)
        try world.refused(.maskinportenSchema, about: "acme-secret") {
            _ = try $0.approveSystemUserRequest(request.id, on: .operatorsAct)
        }
    }

    @Test func `a request is passed on by anybody, once`() throws {
        let request = try request()
        #expect(try world.act { try $0.escalateSystemUserRequest(request.id, of: World.consumer) }.value.isEscalated)
        try world.unchanged {
            let again = try world.act { try $0.escalateSystemUserRequest(request.id, of: World.consumer) }
            #expect(!again.hasChanged)
        }
    }

    // MARK: Changes

    @Test func `a change adds what is required and takes what is unwanted, once it is approved`() throws {
        let user = try approve(try request(draft(packages: ["teknisk-samhandling-digdir"])).id, by: World.director)
        let draft = SystemUserChangeDraft(
            requiredRights: [SystemRight(resource: World.income, action: "write")],
            unwantedPackages: ["teknisk-samhandling-digdir"]
        )
        let change = try world.act { try $0.requestSystemUserChange(draft, of: user.id, by: World.vendor).value }
        try world.refused(.pending) { _ = try $0.requestSystemUserChange(draft, of: user.id) }
        try world.refused(.missingRole, about: "acme-income#write") {
            _ = try $0.approveChangeRequest(change.id, on: .person(World.administrator, level: 3))
        }
        let changed = try world.act {
            try $0.approveChangeRequest(change.id, of: World.consumer, on: .person(World.director, level: 3)).value
        }
        #expect(changed.rights.map(\.description) == ["acme-income#read", "acme-income#write"])
        #expect(changed.packages.isEmpty)
        #expect(try world.store.read { try $0.systemUser(user.id) } == changed)
        try world.refused(.requestNotNew) { _ = try $0.approveChangeRequest(change.id, on: .operatorsAct) }
        let last = try world.act {
            try $0.requestSystemUserChange(SystemUserChangeDraft(unwantedRights: changed.rights), of: user.id).value
        }
        try world.refused(.missingRights) { _ = try $0.approveChangeRequest(last.id, on: .operatorsAct) }
    }

    @Test func `what the system offers no more is not given, by the operator neither`() throws {
        let byRight = try request(draft([income, SystemRight(resource: World.secret)]))
        let byPackage = try request(draft([], packages: ["teknisk-samhandling-digdir"], externalRef: "two"))
        let user = try approve(try request(draft(externalRef: "three")).id, by: World.director)
        let draft = SystemUserChangeDraft(requiredRights: [SystemRight(resource: World.secret)])
        let change = try world.act { try $0.requestSystemUserChange(draft, of: user.id).value }
        try world.act { try $0.setRights([SystemRight(resource: World.income)], ofSystem: World.system) }
        try world.act { try $0.setPackages([], ofSystem: World.system) }
        try world.refused(.rightNotInSystem, about: "acme-secret") {
            _ = try $0.approveSystemUserRequest(byRight.id, on: .operatorsAct)
        }
        try world.refused(.packageNotInSystem, about: "teknisk-samhandling-digdir") {
            _ = try $0.approveSystemUserRequest(byPackage.id, on: .operatorsAct)
        }
        try world.refused(.rightNotInSystem, about: "acme-secret") {
            _ = try $0.approveChangeRequest(change.id, on: .operatorsAct)
        }
    }

    // MARK: Agents and their clients (altinn.md §6.6)

    @Test func `a package that is taken from an agent is gone for its clients too`() throws {
        let both = ["regnskapsforer-lonn", "regnskapsforer-med-signeringsrettighet"]
        try world.act { try $0.setPackages(both, ofSystem: World.system) }
        let agent = try approve(try request(draft([], packages: both), kind: .agent).id, by: World.director)
        try world.act { try World.give("REGN", of: World.other, to: .organisation(World.consumer), $0.transaction) }
        let delegation = try world.act { try $0.addClient(World.other, to: agent.id, on: .operatorsAct).value }
        #expect(try packages(delegation, agent).sorted() == both)
        // Named in another case than it is held in.
        let draft = SystemUserChangeDraft(unwantedPackages: ["Regnskapsforer-Lonn"])
        let changed = try world.act { administration in
            let change = try administration.requestSystemUserChange(draft, of: agent.id).value
            return try administration.approveChangeRequest(change.id, on: .operatorsAct).value
        }
        #expect(changed.packages == ["regnskapsforer-med-signeringsrettighet"])
        #expect(try packages(delegation, changed) == ["regnskapsforer-med-signeringsrettighet"])
    }

    private func agent(with client: OrganisationNumber? = nil) throws -> SystemUser {
        let request = try request(draft([], packages: ["regnskapsforer-lonn"]), kind: .agent)
        let agent = try approve(request.id, by: World.director)
        guard let client else { return agent }
        try world.act { administration in
            try World.give("REGN", of: client, to: .organisation(World.consumer), administration.transaction)
            try administration.addClient(client, to: agent.id, on: .person(World.director, level: 3))
        }
        return agent
    }

    @Test func `a client comes from a register relation that gives all packages of the agent`() throws {
        let agent = try agent()
        let right = ActingRight.person(World.director, level: 3)
        try world.refused(.clientUnknown, about: "\(World.other)") {
            _ = try $0.addClient(World.other, to: agent.id, on: right)
        }
        try world.act { try World.give("REVI", of: World.other, to: .organisation(World.consumer), $0.transaction) }
        try world.refused(.clientLacksPackages, about: "regnskapsforer-lonn") {
            _ = try $0.addClient(World.other, to: agent.id, on: right)
        }
        #expect(try available(agent).isEmpty)
        try world.act { try World.give("REGN", of: World.other, to: .organisation(World.consumer), $0.transaction) }
        #expect(try available(agent) == [World.other])
        try world.refused(.missingRole) {
            _ = try $0.addClient(World.other, to: agent.id, on: .person(World.clerk, level: 3))
        }
        let delegation = try world.act { try $0.addClient(World.other, to: agent.id, on: right).value }
        try world.unchanged {
            let again = try world.act { try $0.addClient(World.other, to: agent.id, on: right) }
            #expect(!again.hasChanged)
        }
        #expect(try available(agent).isEmpty)
        #expect(try packages(delegation, agent) == ["regnskapsforer-lonn"])
        // The client finds another accountant: what was delegated gives nothing any more.
        try world.act { administration in
            let role: RoleCode = "REGN"
            try administration.transaction.revoke(
                RoleAssignment(
                    organisation: World.other,
                    role: role,
                    holder: .organisation(World.consumer),
                    source: .given
                )
            )
        }
        #expect(try packages(delegation, agent) == [])
    }

    @Test func `an agent with clients is not deleted`() throws {
        let agent = try agent(with: World.other)
        try world.refused(.agentHasClients) { _ = try $0.deleteSystemUser(agent.id, on: .operatorsAct) }
        try world.act { try $0.removeClient(World.other, from: agent.id, on: .operatorsAct) }
        try world.refused(.clientDelegationNotFound, about: "\(World.other)") {
            _ = try $0.removeClient(World.other, from: agent.id, on: .operatorsAct)
        }
        try world.act { try $0.deleteSystemUser(agent.id, on: .operatorsAct) }
        try world.unchanged {
            let again = try world.act { try $0.deleteSystemUser(agent.id, on: .operatorsAct) }
            #expect(!again.hasChanged)
        }
    }

    @Test func `a standard system user has no clients`() throws {
        let user = try approve(try request().id, by: World.director)
        try world.refused(.agentExpected) { _ = try $0.addClient(World.other, to: user.id, on: .operatorsAct) }
    }

    private func available(_ agent: SystemUser) throws -> [OrganisationNumber] {
        try world.store.read { try ClientRelations($0).available(for: agent).map(\.client) }
    }

    private func packages(_ delegation: ClientDelegation, _ agent: SystemUser) throws -> [String] {
        try world.store.read { try ClientRelations($0).packages(of: delegation, to: agent) }
    }
}
