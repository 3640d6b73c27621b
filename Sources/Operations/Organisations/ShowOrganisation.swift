import Administration
import Clients
import Delegations
import Organisations
import Scopes
import Vocabulary

/// An organisation: its state, its clients, what it may use and who may use what it owns.
package struct ShowOrganisation: Inquiry {
    package static let name = "org-show"
    package static let summary =
        "Show an organisation: its state, its clients, what it may use and who may use what it owns."
    package static let parameters = [Parameter("org", .organisation, "The organisation number.").required]
    package let arguments: Arguments
    private let number: OrganisationNumber

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        number = try arguments.required("org", arguments.organisation)
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        guard let found = try Facts(of: number, for: context.viewer, reader) else {
            throw OperationFault.absent(
                "organisation",
                "\(number)",
                hint: "import the register with `portvakt org import`"
            )
        }
        return Report(Record("organisation", found.members))
    }

    /// What is known of one organisation, in one snapshot.
    private struct Facts: Sendable {
        private let unit: Organisation
        private let standing: OrganisationStanding
        private let below: [Organisation]
        private let clients: [Client]
        private let prefixes: [ScopePrefix]
        private let accessesIn: [ScopeAccess]
        private let accessesOut: [ScopeAccess]
        private let roles: [RoleAssignment]
        private let parent: Organisation?
        private let move: SeenOrganisationChange?
        private let closingSeen: Timestamp?
        private let source: RegisterFeedState
        private let delegationsOut: [ScopeDelegation]
        private let delegationsIn: [ScopeDelegation]

        /// The most units below it that are named.
        private static let mostBelow = 100

        init?(of number: OrganisationNumber, for viewer: Viewer, _ reader: some OperationReader) throws {
            guard let unit = try reader.organisation(number), let standing = try reader.standing(of: number) else {
                return nil
            }
            self.unit = unit
            self.standing = standing
            below = try reader.organisations(below: number, limit: Self.mostBelow).filter(\.isLive)
            parent = try unit.parent.flatMap { try reader.organisation($0) }
            move = try reader.lastMove(of: number)
            source = try reader.registerFeed(RegisterFeed(of: unit.kind))
            closingSeen = unit.isLive ? nil : try reader.closingSeen(of: number)
            var owned = ClientQuery()
            owned.owner = number
            owned.includesInactive = true
            clients = try reader.clients(owned).filter { viewer.sees($0) }
            // As lists of prefixes are: their owner's.
            prefixes =
                viewer.isOne(of: number)
                ? try reader.prefixAssignments().filter { $0.owner == number }.map(\.prefix) : []
            var held = AccessQuery()
            held.consumer = number
            accessesIn = try ListAccess.accesses(held, for: viewer, reader)
            var given = AccessQuery()
            given.owner = number
            accessesOut = try ListAccess.accesses(given, for: viewer, reader)
            // Who holds which role in another unit is not for everybody.
            roles = viewer.isOne(of: number) ? try reader.assignments(of: number) : []
            delegationsOut = try Self.delegations(DelegationQuery(consumer: number), for: viewer, reader)
            delegationsIn = try Self.delegations(DelegationQuery(supplier: number), for: viewer, reader)
        }

        private static func delegations(
            _ query: DelegationQuery,
            for viewer: Viewer,
            _ reader: some OperationReader
        ) throws -> [ScopeDelegation] {
            try reader.delegations(query).filter { delegation in
                viewer.sees(
                    delegation,
                    owner: try reader.resource(delegation.resource)?.competentAuthority?.organisation
                )
            }
        }

        var members: [OutputValue.Member] {
            [
                .init("organisation_number", unit.number), .init("name", unit.name),
                .init("status", OrganisationStatus.words(standing)), .init("kind", unit.kind.rawValue),
                .init("form", unit.form.code), .init("form_description", unit.form.description),
                .init("parent", unit.parent), .init("parent_name", parent?.name),
                .init("parent_before", formerParent), .init("units_below", below.map(\.number)),
                .init("registered", unit.registered), .init("founded", unit.founded),
                .init("deleted", unit.deleted), .init("closing_seen", closingSeen),
                .init("bankrupt_since", standing.distress.bankruptSince),
                .init("winding_up_since", standing.distress.windingUpSince),
                .init("compulsory_winding_up_since", standing.distress.compulsoryWindingUpSince),
                .init("reconstruction_since", unit.reconstructionSince),
                .init("foreign_insolvency_since", unit.foreignInsolvencySince),
                .init("closed_down", unit.closedDown), .init("industry_code", unit.industryCode),
                .init("municipality", unit.municipality), .init("address", address),
                .init("earlier_names", unit.historicNames.map(\.name)), .init("prefixes", prefixes),
                .init("clients", clients.map(\.id)), .init("access_in", accessesIn.map(\.scope)),
                .init("access_out", accessesOut.map { "\($0.scope.rawValue)=\($0.consumer)" }),
                .init("delegations_out", delegationsOut.map { "\($0.resource)=\($0.supplier)" }),
                .init("delegations_in", delegationsIn.map { "\($0.resource)=\($0.consumer)" }),
                .init("roles", roleCounts), .init("register_imported", source.imported),
                .init("register_synced", source.succeeded),
            ]
        }

        /// The unit above before the one that it has now, where the change was seen here.
        private var formerParent: OrganisationNumber? {
            guard case .moved(let from)? = move?.change.kind, from != unit.parent else { return nil }
            return from
        }

        /// How many hold each role: who, `role list` tells.
        private var roleCounts: [String] {
            Dictionary(grouping: roles, by: \.role).mapValues(\.count).sorted { $0.key < $1.key }
                .map { "\($0.key)=\($0.value)" }
        }

        private var address: String? {
            guard let address = unit.address else { return nil }
            let place = [address.postalCode, address.place].compactMap { $0 }.joined(separator: " ")
            let country = address.countryCode.flatMap { $0 == "NO" ? nil : $0 }
            let parts = address.lines + [place.isEmpty ? nil : place, country].compactMap { $0 }
            return parts.joined(separator: ", ")
        }
    }
}
