public import Clients
internal import Delegations
internal import Foundation
internal import Organisations
internal import Scopes
internal import Synchronization
public import TokenIssuance
public import Vocabulary

/// Facts for decisions, read in one snapshot.
extension SQLiteReader: FactsReader {
    /// The facts as they are in this snapshot.
    public func facts(for query: FactsQuery) throws -> IssuanceFacts {
        let client = try client(query.client)
        let parties = client.flatMap { GrantParties(of: $0, actingFor: query.actingFor) }
        return IssuanceFacts(
            revision: try revision,
            client: client,
            consumer: try parties.flatMap { try standing(of: $0.consumer) },
            supplier: try parties?.supplier.flatMap { try standing(of: $0) },
            consumerPrefixes: query.needsConsumerPrefixes ? try prefixes(of: parties?.consumer) : [],
            scopes: try query.scopes.map { try facts(about: $0, for: parties) },
            detail: try client.flatMap { try detail(query.detail, of: $0) },
            blockedCertificate: try query.certificates.first { try isBlocked(certificate: $0) }
        )
    }

    /// What is known of the system user or consent that the token shall rest on.
    private func detail(_ asked: DetailQuery?, of client: Client) throws -> DetailFacts? {
        switch asked {
        case nil: nil
        case .systemUser(let owner, let externalRef):
            .systemUser(
                try SystemUserLookup(self)
                    .systemUser(ofClient: client.id, vendor: client.owner, owner: owner, externalRef: externalRef),
                owner: try standing(of: owner)
            )
        case .issuedSystemUser(let id): try issuedSystemUser(id, of: client)
        case .consent(let id): try detail(try consent(id))
        }
    }

    /// The system user that a token was issued on, if it lives and the client is still on its system.
    private func issuedSystemUser(_ id: UUID, of client: Client) throws -> DetailFacts? {
        guard let user = try systemUser(id) else { return nil }
        let system = try system(ofClient: client.id)
        let failure: SystemUserLookupFailure? =
            if system?.id != user.system || system?.vendor != client.owner {
                .clientNotOnSystem
            } else {
                user.isDeleted ? .noSystemUser : nil
            }
        return .systemUser(failure.map { .failure($0) } ?? .success(user), owner: try standing(of: user.owner))
    }

    private func detail(_ consent: ConsentRequest?) throws -> DetailFacts {
        .consent(consent, from: try consent?.from.organisation.flatMap { try standing(of: $0) })
    }

    private func facts(about name: ScopeName, for parties: GrantParties?) throws -> IssuanceFacts.ScopeFacts {
        let scope = try scope(name)
        guard let parties else { return IssuanceFacts.ScopeFacts(name: name, scope: scope, access: nil) }
        var supplierAccess: ScopeAccess?
        var delegations: [ScopeDelegation] = []
        var agreement: ProcessorAgreement?
        if let supplier = parties.supplier {
            if scope?.requiresProcessorAgreement == true {
                agreement = try processorAgreement(on: name, of: parties.consumer, with: supplier)
            }
            switch parties.pattern {
            case .direct: break
            case .unproven: supplierAccess = try access(to: name, of: supplier)
            case .delegated:
                for id in try scope.map({ try identifiers(referencing: $0) }) ?? [] {
                    if let delegation = try delegation(of: id, from: parties.consumer, to: supplier) {
                        delegations.append(delegation)
                    }
                }
            }
        }
        return IssuanceFacts.ScopeFacts(
            name: name,
            scope: scope,
            access: try access(to: name, of: parties.consumer),
            supplierAccess: supplierAccess,
            delegations: delegations,
            processorAgreement: agreement
        )
    }
}

extension SQLiteReader {
    private func prefixes(of owner: OrganisationNumber?) throws -> [ScopePrefix] {
        try prefixAssignments().filter { $0.owner == owner }.map(\.prefix)
    }
}

extension FactsQuery {
    /// Whether it rests on the consumer's delegations.
    fileprivate var asksByDelegation: Bool {
        if case .consumer = actingFor { true } else { false }
    }
}

extension IssuanceFacts {
    /// How many scopes with their grants it holds: what its memory goes by.
    fileprivate var weight: Int { 1 + scopes.count }

    /// Whether everything that `query` asks for is there.
    ///
    /// What is missing may be invented by whoever asks, without end.
    fileprivate func isComplete(for query: FactsQuery) -> Bool {
        client != nil && blockedCertificate == nil
            && scopes.allSatisfy { $0.scope != nil && ($0.access != nil || $0.scope?.isAccessibleForAll == true) }
            && (query.detail == nil || detail?.isComplete == true)
            && (!query.asksByDelegation || consumer != nil && scopes.allSatisfy { !$0.delegations.isEmpty })
    }
}

/// Gives facts to the pipeline: from memory while no newer revision has been seen, else from the database.
///
/// Nothing here grows stale unnoticed (DESIGN §2): the writer compares the revision in its own transaction, decides again
/// where it moved, and thereby tells this cache of the new one. Only what may lead to a yes is kept.
public final class SQLiteFactsRegistry: FactsRegistry {
    private struct KnownClient: Sendable {
        let client: Client
        let revision: Int64
    }

    /// The most clients that are kept, and the most scopes with their grants in all answers together.
    public static let capacity = 20_000

    private let store: SQLiteStore
    private let clients = Mutex(GenerationalCache<ClientID, KnownClient>(capacity: capacity))
    private let answers = Mutex(GenerationalCache<FactsQuery, IssuanceFacts>(capacity: capacity))

    /// A registry on `store`.
    public init(store: SQLiteStore) { self.store = store }

    /// The client, perhaps from memory; nil when it is unknown.
    public func client(_ id: ClientID) async throws -> Client? {
        let newest = store.lastSeenRevision
        if let known = clients.withLock({ $0.value(for: id) }), known.revision >= newest { return known.client }
        return try await currentClient(id)
    }

    /// The client as it is in the database at this moment; nil when it is unknown.
    public func currentClient(_ id: ClientID) async throws -> Client? {
        let (client, revision) = try await store.read { (try $0.client(id), try $0.revision) }
        store.noticeRevision(revision)
        if let client {
            clients.withLock { $0.insert(KnownClient(client: client, revision: revision), for: id, weight: 1) }
        }
        return client
    }

    /// Whether the certificate of that SHA-256 is blocked, in the database at this moment.
    public func isBlocked(certificate thumbprint: String) async throws -> Bool {
        try await store.read { try $0.isBlocked(certificate: thumbprint) }
    }

    /// The facts, perhaps from memory, with the revision that they were read at.
    public func facts(for query: FactsQuery) async throws -> IssuanceFacts {
        let newest = store.lastSeenRevision
        if let known = answers.withLock({ $0.value(for: query) }), known.revision >= newest { return known }
        let facts = try await store.read { try $0.facts(for: query) }
        store.noticeRevision(facts.revision)
        if facts.isComplete(for: query) { answers.withLock { $0.insert(facts, for: query, weight: facts.weight) } }
        return facts
    }
}
