import Administration
import Clients
import Delegations
import Foundation
import JOSE
import LibCrypto
import Organisations
import Scopes
import TestSupport
import TokenIssuance
import Vocabulary

@testable import SQLiteStorage

/// A store with a provider, a consumer, a supplier with a client, and scopes of the internal register.
final class DelegationWorld {
    static let now = Timestamp(seconds: 1_795_000_000)
    let register: RegisterWorld
    let provider = RegisterWorld.number(0)
    let consumer = RegisterWorld.number(1)
    let supplier = RegisterWorld.number(2)
    let other = RegisterWorld.number(3)
    let person = PersonPseudonym.sample(1)
    let client: ClientID

    var store: SQLiteStore { register.store }

    init(scopes names: [String] = ["acme:a", "acme:b"]) throws {
        register = try RegisterWorld()
        client = try ClientID(parsing: "supplier-client")
        try register.take(RegisterWorld.register(of: 4))
        try act { administration in
            try administration.assignPrefix(try ScopePrefix(parsing: "acme"), to: self.provider)
            for name in names {
                let scope = try ScopeName(parsing: name)
                try administration.createScope(
                    scope,
                    [.description: .text(name), .delegationSource: .text("internal")],
                    origin: "cli"
                )
                try administration.grantAccess(to: scope, for: self.consumer, origin: "cli")
            }
            var draft = ClientDraft(
                owner: self.supplier,
                name: "Supplier",
                scopes: try names.map { try ScopeName(parsing: $0) }
            )
            draft.id = self.client
            try administration.createClient(draft)
        }
    }

    @discardableResult
    func act<Result>(
        at time: Timestamp = now,
        _ body: (Administration<SQLiteTransaction>) throws -> Result
    ) throws -> Result {
        try store.transaction {
            try body(Administration(in: $0, by: Actor(operatingSystemUser: "kari", host: "vakt"), at: time))
        }
    }

    func own(_ scope: String) throws -> ResourceID {
        guard let id = ResourceID(of: try ScopeName(parsing: scope)) else { preconditionFailure("too long") }
        return id
    }

    @discardableResult
    func give(
        _ scope: String = "acme:a",
        until: Timestamp? = nil,
        isEndless: Bool = false,
        by right: ActingRight = .operatorsAct,
        at time: Timestamp = now
    ) throws -> AdministrationOutcome<ScopeDelegation> {
        try act(at: time) {
            try $0.giveDelegation(
                of: try self.own(scope),
                from: self.consumer,
                to: self.supplier,
                until: until,
                isEndless: isEndless,
                by: right
            )
        }
    }

    /// Whether each scope would be had with `consumer_org`, by the facts that a token request finds.
    func delegated(for scopes: [String], consumer: OrganisationNumber? = nil) throws -> [Bool] {
        let query = FactsQuery(
            client: client,
            scopes: try scopes.map { try ScopeName(parsing: $0) },
            actingFor: .consumer(consumer ?? self.consumer)
        )
        return try store.read { try $0.facts(for: query) }.scopes.map { !$0.delegations.isEmpty }
    }

    func resource(_ id: String, bundling scopes: [String]) throws -> Resource {
        let text = LocalisedText(["nb": id, "nn": id, "en": id])
        var resource = Resource(
            identifier: try ResourceID(parsing: id),
            type: .maskinportenSchema,
            title: text,
            description: text,
            rightDescription: text,
            competentAuthority: Resource.CompetentAuthority(organisation: provider)
        )
        resource.references = scopes.map { Resource.Reference(reference: $0, type: .maskinportenScope) }
        return resource
    }
}
