import AuditLedger
public import Clients
public import Organisations
public import Scopes
import Synchronization
public import TokenIssuance
public import Vocabulary

/// Facts in dictionaries, with a revision that every change raises: what a store does, without a database.
public final class InMemoryFacts: FactsRegistry, FactsReader {
    private struct State {
        var revision: Int64 = 1
        var clients: [ClientID: Client] = [:]
        var organisations: [OrganisationNumber: Organisation] = [:]
        var scopes: [ScopeName: Scope] = [:]
        var accesses: [ScopeName: [OrganisationNumber: ScopeAccess]] = [:]
        var blockedCertificates: Set<String> = []
    }

    private let state = Mutex(State())

    /// No facts.
    public init() {}

    /// Puts a client in, or another in its place.
    public func put(_ client: Client) { change { $0.clients[client.id] = client } }

    /// Puts a unit in, or another in its place.
    public func put(_ organisation: Organisation) { change { $0.organisations[organisation.number] = organisation } }

    /// Puts a scope in, or another in its place.
    public func put(_ scope: Scope) { change { $0.scopes[scope.name] = scope } }

    /// Puts an access grant in, or another in its place.
    public func put(_ access: ScopeAccess) {
        change { $0.accesses[access.scope, default: [:]][access.consumer] = access }
    }

    /// Blocks the certificate of that SHA-256, in lower-case hexadecimal.
    public func block(certificate thumbprint: String) { change { $0.blockedCertificates.insert(thumbprint) } }

    /// Takes a client out.
    public func removeClient(_ id: ClientID) { change { $0.clients[id] = nil } }

    /// The client; nil when it is unknown.
    public func client(_ id: ClientID) async throws -> Client? { state.withLock { $0.clients[id] } }

    /// The client; nil when it is unknown.
    public func currentClient(_ id: ClientID) async throws -> Client? { state.withLock { $0.clients[id] } }

    /// Whether the certificate of that SHA-256 is blocked.
    public func isBlocked(certificate thumbprint: String) async throws -> Bool {
        state.withLock { $0.blockedCertificates.contains(thumbprint) }
    }

    /// The facts in one snapshot.
    public func facts(for query: FactsQuery) -> IssuanceFacts {
        state.withLock { state in
            let client = state.clients[query.client]
            let unit = client.flatMap { state.organisations[$0.owner] }
            let standing = unit.map { unit in
                OrganisationStanding(of: unit, mainUnit: unit.parent.flatMap { state.organisations[$0] })
            }
            let scopes = query.scopes.map { name in
                IssuanceFacts.ScopeFacts(
                    name: name,
                    scope: state.scopes[name],
                    access: client.flatMap { state.accesses[name]?[$0.owner] }
                )
            }
            return IssuanceFacts(
                revision: state.revision,
                client: client,
                consumer: standing,
                scopes: scopes,
                blockedCertificate: query.certificates.first(where: state.blockedCertificates.contains)
            )
        }
    }

    private func change(_ body: (inout State) -> Void) {
        state.withLock {
            body(&$0)
            $0.revision += 1
        }
    }
}
