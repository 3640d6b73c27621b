public import Vocabulary

/// What applying scope files would change in the store: the same value is shown by `diff` and carried out by `apply`.
///
/// Changes stand in the order in which they can be carried out. A plan holds no times, so that two plans made of the
/// same files and the same store are equal.
public struct ScopePlan: Sendable, Hashable {
    /// One field that gets another value.
    public struct FieldChange<Field: Sendable & Hashable, Value: Sendable & Hashable>: Sendable, Hashable {
        /// The field.
        public let field: Field
        /// Its value in the store.
        public let old: Value
        /// Its value in the file.
        public let new: Value
        /// Where the file says so.
        public let line: SourceLine

        /// A change of one field.
        public init(field: Field, old: Value, new: Value, line: SourceLine) {
            self.field = field
            self.old = old
            self.new = new
            self.line = line
        }
    }

    /// A scope's field that gets another value.
    public typealias ScopeChange = FieldChange<ScopeField, ScopeFieldValue>
    /// A grant's field that gets another value.
    public typealias AccessChange = FieldChange<AccessField, AccessFieldValue>

    /// One change.
    public enum Change: Sendable, Hashable {
        /// A free prefix is assigned to the file's owner.
        case assignPrefix(ScopePrefix, to: OrganisationNumber, SourceLine)
        /// A scope is created, with these values beside the defaults.
        case createScope(ScopeName, [ScopeChange], SourceLine)
        /// A scope is changed.
        case changeScope(ScopeName, [ScopeChange], SourceLine)
        /// Access is granted; again, when it was withdrawn or asked for before.
        case grantAccess(ScopeName, OrganisationNumber, [AccessChange], again: Bool, SourceLine)
        /// A grant in force is changed.
        case changeAccess(ScopeName, OrganisationNumber, [AccessChange], SourceLine)
        /// Access that came from a file, and stands in none any more, is withdrawn.
        case revokeAccess(ScopeName, OrganisationNumber, origin: String)
        /// A scope that came from a file, and stands in none any more, is deactivated.
        case deactivateScope(ScopeName, origin: String)
    }

    /// Something in the store that the files do not have and that stays.
    public struct Kept: Sendable, Hashable {
        /// Why it stays.
        public enum Reason: Sendable, Hashable {
            /// It came from a file: pruning would remove it.
            case notPruned
            /// It did not come from a file, so that no file can remove it.
            case notFromFile
        }

        /// The scope.
        public let scope: ScopeName
        /// The organisation that has access to it; nil when the scope itself is meant.
        public let consumer: OrganisationNumber?
        /// Where it came from.
        public let origin: String
        /// Why it stays.
        public let reason: Reason
    }

    /// Something that stands on another line than when it was last applied; updated on the way, and no change by itself.
    public struct Move: Sendable, Hashable {
        /// The scope.
        public let scope: ScopeName
        /// The organisation that has access to it; nil when the scope itself is meant.
        public let consumer: OrganisationNumber?
        /// Where it stands now.
        public let line: SourceLine

        /// A new place.
        public init(scope: ScopeName, consumer: OrganisationNumber?, line: SourceLine) {
            self.scope = scope
            self.consumer = consumer
            self.line = line
        }
    }

    /// The changes; empty when store and files agree.
    public let changes: [Change]
    /// What stays though the files do not have it.
    public let kept: [Kept]
    /// What moved within its file.
    public let moves: [Move]

    /// Whether store and files agree.
    public var isEmpty: Bool { changes.isEmpty }

    /// How many changes add something.
    public var additions: Int { changes.count { $0.sign == .add } }
    /// How many changes alter something that stays.
    public var alterations: Int { changes.count { $0.sign == .change } }
    /// How many changes remove something.
    public var removals: Int { changes.count { $0.sign == .remove } }
}

extension ScopePlan.Change {
    /// What a change does, as the first character of its line.
    public enum Sign: String, Sendable, Hashable {
        /// Something new.
        case add = "+"
        /// Something that stays and gets other values.
        case change = "~"
        /// Something that goes.
        case remove = "−"
    }

    /// What it does.
    public var sign: Sign {
        switch self {
        case .assignPrefix, .createScope, .grantAccess: .add
        case .changeScope, .changeAccess: .change
        case .revokeAccess, .deactivateScope: .remove
        }
    }
}

/// How a plan is made.
public struct ScopePlanOptions: Sendable, Hashable {
    /// Whether what came from files, and stands in none any more, is removed.
    public var prunes = false
    /// The most removals of one plan.
    public var maximumRemovals = 10
    /// Whether the files are all there are (a folder was read): then what came from a file that is gone can be pruned
    /// too, under the prefixes that are left.
    public var isWholeFolder = true

    /// Nothing is removed, and a folder was read.
    public init() {}
}

/// What the store holds of that which a set of files speaks of.
public struct ScopePlanFacts: Sendable, Hashable {
    /// The owners of the files' prefixes, where assigned.
    public var owners: [ScopePrefix: OrganisationNumber] = [:]
    /// All scopes under the files' prefixes, inactive ones too.
    public var scopes: [ScopeName: Scope] = [:]
    /// All grants, in any state, of the scopes whose access the files manage.
    public var accesses: [ScopeName: GrantsByConsumer] = [:]
    /// The organisations named in the files that the register does not know.
    public var unknownOrganisations: Set<OrganisationNumber> = []
    /// The operator's organisation, the only one that may own reserved prefixes.
    public var operatorOrganisation: OrganisationNumber?

    /// An empty store.
    public init() {}
}
