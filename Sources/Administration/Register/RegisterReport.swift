public import Organisations
public import Vocabulary

/// What the register says of organisations that something hangs on, where somebody should look at it.
///
/// Nothing is ever removed for what the register says: it is listed here until somebody does, or the unit lives again.
public struct RegisterReport: Sendable, Hashable {
    /// What is the matter with an organisation, the gravest first.
    public enum State: Sendable, Hashable {
        /// It was deleted or purged: no token is issued.
        case closed(CalendarDate?)
        /// Its main unit was: no token is issued.
        case mainUnitClosed(OrganisationNumber, CalendarDate?)
        /// The register does not know it: no token is issued.
        case unknown
        /// It is bankrupt or being wound up: a setting decides on tokens.
        case distressed(Organisation.Distress)
        /// It lives, and stands under another unit than before.
        case moved(from: OrganisationNumber, to: OrganisationNumber)
    }

    /// A unit below which those of a closed one stand now: after a merger, who took over.
    public struct Successor: Sendable, Hashable {
        /// The unit.
        public let number: OrganisationNumber
        /// Its name.
        public let name: String
        /// How many units went there.
        public let units: Int
    }

    /// An organisation that should be looked at.
    public struct Entry: Sendable, Hashable {
        /// The organisation.
        public let number: OrganisationNumber
        /// Its name; empty when it is purged or unknown.
        public let name: String
        /// What is the matter.
        public let state: State
        /// When this installation learned of it, where that is remembered.
        public let seen: Timestamp?
        /// Who took over from a closed main unit, as far as its sub-units tell, the likeliest first.
        public let successors: [Successor]
        /// What hangs on it.
        public let holdings: [Holding]
    }

    /// So many units that left a closed one are looked at.
    private static let movesLookedAt = 1_000

    /// The organisations: the closed, the unknown, the distressed, the moved; each by number.
    public let entries: [Entry]

    /// Looks at every organisation that something hangs on.
    ///
    /// - Parameters:
    ///   - reader: A snapshot.
    ///   - now: The present time: what is over does not hang any more.
    ///   - movedSince: Moves that were learned of before are left out.
    /// - Throws: What `reader` throws.
    public init(from reader: some HoldingReader, at now: Timestamp, movedSince: Timestamp) throws {
        var entries: [Entry] = []
        for number in try reader.holders(at: now) {
            guard let finding = try Self.finding(of: number, in: reader, movedSince: movedSince) else { continue }
            entries.append(
                Entry(
                    number: number,
                    name: try reader.organisation(number)?.name ?? "",
                    state: finding.state,
                    seen: finding.seen,
                    successors: try Self.successors(of: finding.closed, in: reader),
                    holdings: try reader.holdings(of: number, at: now)
                )
            )
        }
        self.entries = entries.sorted { ($0.state.gravity, $0.number) < ($1.state.gravity, $1.number) }
    }

    /// What is the matter, when it was learned, and the unit whose successors are of interest.
    private struct Finding {
        let state: State
        var seen: Timestamp?
        var closed: OrganisationNumber?
    }

    private static func finding(
        of number: OrganisationNumber,
        in reader: some HoldingReader,
        movedSince: Timestamp
    ) throws -> Finding? {
        guard let standing = try reader.standing(of: number) else { return Finding(state: .unknown) }
        switch standing.impediment {
        case .deleted(let day):
            return Finding(state: .closed(day), seen: try reader.closingSeen(of: number), closed: number)
        case .mainUnitDeleted(let mainUnit):
            return Finding(
                state: .mainUnitClosed(mainUnit, try reader.organisation(mainUnit)?.deleted),
                seen: try reader.closingSeen(of: mainUnit),
                closed: mainUnit
            )
        case nil: break
        }
        if standing.distress.isPresent { return Finding(state: .distressed(standing.distress)) }
        guard let move = try reader.lastMove(of: number), move.seen >= movedSince,
            case .moved(let from) = move.change.kind, let parent = try reader.organisation(number)?.parent,
            parent != from
        else { return nil }
        return Finding(state: .moved(from: from, to: parent), seen: move.seen)
    }

    /// Enhetsregisteret names no successor in its open data; where a merged unit's sub-units went tells who it is.
    private static func successors(
        of closed: OrganisationNumber?,
        in reader: some HoldingReader
    ) throws -> [Successor] {
        guard let closed else { return [] }
        var units: [OrganisationNumber: Set<OrganisationNumber>] = [:]
        for move in try reader.moves(from: closed, limit: movesLookedAt) {
            let parent = try reader.organisation(move.change.number)?.parent
            if let parent, parent != closed { units[parent, default: []].insert(move.change.number) }
        }
        return try units.map { number, moved in
            Successor(number: number, name: try reader.organisation(number)?.name ?? "", units: moved.count)
        }
        .sorted { ($1.units, $0.number) < ($0.units, $1.number) }
    }
}

extension RegisterReport.State {
    fileprivate var gravity: Int {
        switch self {
        case .closed, .mainUnitClosed: 0
        case .unknown: 1
        case .distressed: 2
        case .moved: 3
        }
    }
}
