import Administration
import Clients
import Delegations
import Organisations
import Scopes
import Vocabulary

/// The record of processing: who shares what with whom, on what basis, for what, through whom, from when to when.
///
/// Shaped as GDPR article 30 has it.
struct ProcessingRecord: Sendable {
    /// One line of it: a scope, a consumer, and one of its suppliers where it has any.
    struct Line: Sendable {
        let scope: Scope
        let consumer: OrganisationNumber
        /// The grant; nil for a scope that is open to all.
        let access: ScopeAccess?
        let supplier: Supplier?
        /// The names of those that take part, where the register knows them.
        let names: [OrganisationNumber: String]
    }

    /// Who acts for the consumer.
    struct Supplier: Sendable, Hashable {
        let number: OrganisationNumber
        /// Whether the consumer's own act stands behind it.
        let isProven: Bool
        let since: Timestamp
        let until: Timestamp?
        var agreement: String?
    }

    let lines: [Line]

    /// Reads it: everything, or what one organisation shares, uses or processes for others.
    init(
        from reader: some OperationReader,
        about organisation: OrganisationNumber?,
        for viewer: Viewer,
        at now: Timestamp
    ) throws {
        var lines: [Line] = []
        var names: [OrganisationNumber: String] = [:]
        for scope in try reader.scopes(ScopeQuery()) {
            for (consumer, access) in try Self.consumers(of: scope, reader, at: now) {
                let suppliers = try Self.suppliers(of: scope, for: consumer, reader, at: now)
                for supplier in suppliers.isEmpty ? [nil] : suppliers.map(Optional.some) {
                    let parties = [scope.owner, consumer, supplier?.number].compactMap(\.self)
                    guard viewer.isOne(of: scope.owner, consumer, supplier?.number),
                        organisation.map({ parties.contains($0) }) ?? true
                    else { continue }
                    for party in parties where names[party] == nil {
                        names[party] = try reader.organisation(party)?.name
                    }
                    let known = names.filter { parties.contains($0.key) }
                    lines.append(
                        Line(scope: scope, consumer: consumer, access: access, supplier: supplier, names: known)
                    )
                }
            }
        }
        self.lines = lines.sorted { $0.place.lexicographicallyPrecedes($1.place) }
    }

    /// Who may use a scope: those with a grant that is not over, and of an open one those whose clients hold it.
    private static func consumers(
        of scope: Scope,
        _ reader: some OperationReader,
        at now: Timestamp
    ) throws -> [(OrganisationNumber, ScopeAccess?)] {
        var query = AccessQuery()
        query.scope = scope.name
        let grants = try reader.accesses(query).filter { access in access.validUntil.map { now < $0 } ?? true }
        var consumers: [(OrganisationNumber, ScopeAccess?)] = grants.map { ($0.consumer, $0) }
        guard scope.isAccessibleForAll else { return consumers }
        var seen = Set(grants.map(\.consumer))
        var clients = ClientQuery()
        clients.scope = scope.name
        for client in try reader.clients(clients) {
            for consumer in [client.owner] + client.onBehalfOf.map(\.consumer) where seen.insert(consumer).inserted {
                consumers.append((consumer, nil))
            }
        }
        return consumers
    }

    /// Who may act for a consumer: by its delegation, or by the word of the supplier alone where the scope allows that.
    private static func suppliers(
        of scope: Scope,
        for consumer: OrganisationNumber,
        _ reader: some OperationReader,
        at now: Timestamp
    ) throws -> [Supplier] {
        var found: [Supplier] = []
        if scope.delegationSource != nil {
            for delegation in try reader.delegations(DelegationQuery(consumer: consumer, scope: scope.name))
            where delegation.isInForce(at: now) {
                found.append(
                    Supplier(
                        number: delegation.supplier,
                        isProven: true,
                        since: delegation.since,
                        until: delegation.until
                    )
                )
            }
        }
        if scope.allowsUnprovenSupplier {
            var query = ClientQuery()
            query.scope = scope.name
            for client in try reader.clients(query) {
                if let supplier = client.supplier, client.owner == consumer {
                    found.append(Supplier(number: supplier, isProven: false, since: client.created, until: nil))
                }
                guard client.supplier == nil, scope.delegationSource == nil else { continue }
                for entry in client.onBehalfOf where entry.consumer == consumer {
                    found.append(Supplier(number: client.owner, isProven: false, since: entry.created, until: nil))
                }
            }
        }
        var known: Set<Supplier> = []
        return try found.filter { known.insert($0).inserted }.map { supplier in
            var supplier = supplier
            supplier.agreement =
                try reader.processorAgreement(on: scope.name, of: consumer, with: supplier.number)
                .flatMap { $0.isInForce(at: now) ? $0.reference : nil }
            return supplier
        }
    }
}

extension ProcessingRecord.Line {
    /// By owner, scope, consumer and supplier.
    fileprivate var place: [String] {
        ["\(scope.owner)", scope.name.rawValue, "\(consumer)", supplier.map { "\($0.number)" } ?? ""]
    }

    /// On what the sharing rests.
    var ground: String { access == nil ? "open_to_all" : "grant" }
    /// The legal basis: the consumer's, else what the owner says of the scope.
    var legalBasis: String? { access?.legalBasis ?? scope.legalBasis }
    /// The purpose, likewise.
    var purpose: String? { access?.purpose ?? scope.purpose }
    /// Since when: the first day of the grant, or when it was made.
    var since: Timestamp { access.map { $0.validFrom ?? $0.created } ?? scope.created }
    /// Until when; nil: no end.
    var until: Timestamp? { access?.validUntil }
    /// Whether the supplier's right is proven: by the consumer's own act, or by nothing but the supplier's word.
    var proof: String? { supplier.map { $0.isProven ? "delegation" : "unproven" } }
}
