import ArgumentParser
import Clients
import Delegations
import Organisations
import SQLiteStorage
import Scopes
import Vocabulary

/// `portvakt org show ORG`.
struct OrgShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show an organisation: its state, its clients, what it may use and who may use what it owns."
    )

    @Argument(help: ArgumentHelp("The organisation number.", valueName: "org"))
    var organisation: String

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let number: OrganisationNumber
        do throws(OrganisationNumber.ParseError) {
            number = try OrganisationNumber(typed: organisation)
        } catch {
            throw CLIError("organisation_number_invalid", "`\(organisation)` is no organisation number: \(error.words)")
        }
        let store = try SQLiteStore(.init(path: options.dataFolder().path), opening: .requireCurrent)
        let found = try await store.read { try Facts(of: number, in: $0) }
        try store.close()
        guard let found else {
            throw CLIError.notFound("organisation", "\(number)", hint: "import the register with `portvakt org import`")
        }
        try options.print(Record("organisation", found.members))
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

        init?(of number: OrganisationNumber, in reader: SQLiteReader) throws {
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
            clients = try reader.clients(owned)
            prefixes = try reader.prefixAssignments().filter { $0.owner == number }.map(\.prefix)
            var held = AccessQuery()
            held.consumer = number
            accessesIn = try reader.accesses(held)
            var given = AccessQuery()
            given.owner = number
            accessesOut = try reader.accesses(given)
            roles = try reader.assignments(of: number)
            delegationsOut = try reader.delegations(DelegationQuery(consumer: number))
            delegationsIn = try reader.delegations(DelegationQuery(supplier: number))
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
