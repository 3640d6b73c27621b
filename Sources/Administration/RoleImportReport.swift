public import AuditLedger
import JOSE
public import Organisations
public import Vocabulary

/// What an import of roles did, or would do.
public struct RoleImportReport: Sendable, Hashable {
    /// What the file is: everything that there is, or one unit's answer.
    public var document: RegisterDocument
    /// What was done about units that it does not hold.
    public var mode: ImportMode
    /// Whether nothing was written because only a trial was asked for.
    public var isDryRun: Bool
    /// Units that were read.
    public var unitCount = 0
    /// Roles of theirs that count.
    public var roleCount = 0
    /// Roles that do not: taken off the register, resigned, of the dead or of deleted units.
    public var endedRoleCount = 0
    /// Roles of codes that no rule knows, by code; they were passed over.
    public var unknownCodes: [String: Int] = [:]
    /// Roles of persons of whom the file told name and birth date alone.
    public var unnumberedCount = 0
    /// Units that had no roles before.
    public var added = 0
    /// Units that had others.
    public var changed = 0
    /// Units that have none any more.
    public var ended = 0
    /// Units that had just these.
    public var unchanged = 0
    /// Units that could not be read; their roles stay as they are.
    public var malformedCount = 0
    /// The first of them.
    public var malformed: [MalformedUnit] = []
    /// How many bytes the file has, packed as it may be.
    public var byteCount: Int64 = 0
    /// How long it took.
    public var duration = Duration.zero

    /// Whether any role is other than before.
    public var changesAnything: Bool { added + changed + ended > 0 }

    /// A report of an import that has done nothing yet.
    public init(document: RegisterDocument, mode: ImportMode, isDryRun: Bool) {
        self.document = document
        self.mode = mode
        self.isDryRun = isDryRun
    }

    /// What the ledger remembers of the import: counts, and neither units nor persons.
    public func ledgerEvent(by actor: Actor, reason: String? = nil, at now: Timestamp) -> LedgerEvent {
        var event = LedgerEvent(time: now, kind: .rolesImported)
        event.details = [
            "document": .string(document.rawValue), "mode": .string(mode.rawValue),
            "read": .integer(Int64(unitCount)), "roles": .integer(Int64(roleCount)),
            "added": .integer(Int64(added)), "changed": .integer(Int64(changed)), "ended": .integer(Int64(ended)),
            "unchanged": .integer(Int64(unchanged)), "malformed": .integer(Int64(malformedCount)),
        ]
        if let reason { event.details["reason"] = .string(reason) }
        actor.sign(&event)
        return event
    }
}
