public import Vocabulary

/// Something that happened to a unit which the register knew, and that somebody may have to act on.
public struct OrganisationChange: Sendable, Hashable {
    /// What happened.
    public enum Kind: Sendable, Hashable {
        /// It was deleted or purged.
        case closed
        /// It got another unit above it: a merger, or a sale of the business.
        case moved(from: OrganisationNumber)
    }

    /// The unit.
    public let number: OrganisationNumber
    /// What happened.
    public let kind: Kind

    /// A change.
    public init(_ number: OrganisationNumber, _ kind: Kind) {
        self.number = number
        self.kind = kind
    }

    /// What happened between two states of a unit.
    public static func between(_ before: Organisation, _ after: Organisation) -> [OrganisationChange] {
        var changes: [OrganisationChange] = []
        if before.isLive, !after.isLive { changes.append(OrganisationChange(after.number, .closed)) }
        // A unit that is deleted or purged may lose the unit above with everything else: it went nowhere.
        if let old = before.parent, let new = after.parent, old != new {
            changes.append(OrganisationChange(after.number, .moved(from: old)))
        }
        return changes
    }
}

/// A change as it is remembered.
public struct SeenOrganisationChange: Sendable, Hashable {
    /// What happened.
    public let change: OrganisationChange
    /// When this installation learned of it.
    public let seen: Timestamp

    /// A change that was learned of then.
    public init(_ change: OrganisationChange, seen: Timestamp) {
        self.change = change
        self.seen = seen
    }
}
