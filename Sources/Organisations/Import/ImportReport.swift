/// How an import treats what the file does not hold.
public enum ImportMode: String, Sendable, Hashable {
    /// The file is everything of its kind: units that are missing from it are marked as deleted.
    case replace
    /// The file adds and changes units; what it does not name stays as it is.
    case update
}

/// What an import did, or would do.
public struct ImportReport: Sendable, Hashable {
    /// The most malformed units that are named; further ones are only counted.
    public static let malformedListed = 1_000

    /// What the file is.
    public var document: RegisterDocument
    /// What was done about units that it does not hold.
    public var mode: ImportMode
    /// Whether nothing was written because only a trial was asked for.
    public var isDryRun: Bool
    /// The kinds of units that it held.
    public var kinds: Set<Organisation.Kind> = []
    /// Units that the register did not know.
    public var added = 0
    /// Units that it knew otherwise.
    public var changed = 0
    /// Units that it knew just so.
    public var unchanged = 0
    /// Units that lived and are deleted now: said so by the file, or missing from a whole register.
    public var closed = 0
    /// Elements that are no unit.
    public var malformedCount = 0
    /// The first of them.
    public var malformed: [MalformedUnit] = []
    /// How many bytes the file has, packed as it may be.
    public var byteCount: Int64 = 0
    /// How long it took.
    public var duration = Duration.zero

    /// How many units were read.
    public var unitCount = 0

    /// Whether anything in the register is other than before.
    public var changesAnything: Bool { added + changed + closed > 0 }

    /// A report of an import that has done nothing yet.
    public init(document: RegisterDocument, mode: ImportMode, isDryRun: Bool) {
        self.document = document
        self.mode = mode
        self.isDryRun = isDryRun
    }
}

/// How far an import has come.
public struct ImportProgress: Sendable, Hashable {
    /// Bytes of the file taken so far, packed as it may be.
    public let bytesTaken: Int64
    /// Units read so far.
    public let units: Int

    /// So far, and no further.
    public init(bytesTaken: Int64, units: Int) {
        self.bytesTaken = bytesTaken
        self.units = units
    }
}

/// Why an import was given up although the file could be read; nothing has changed.
public enum ImportRefusal: Error, Equatable, Sendable, CustomStringConvertible {
    /// It would delete more live units of one kind than a day's changes could.
    case closesTooMany(kind: Organisation.Kind, closing: Int, of: Int)
    /// It would leave more units without any role than a day's changes could.
    case endsTooManyRoles(ending: Int, of: Int)
    /// Another import into the same register is under way.
    case alreadyRunning

    /// What is wrong, and what to do about it.
    public var description: String {
        switch self {
        case .closesTooMany(let kind, let closing, let live):
            """
            the import would mark \(closing) of \(live) live \(kind.words)s as deleted; \
            is the file whole? If it is, repeat with `--allow-closing`
            """
        case .endsTooManyRoles(let ending, let known):
            """
            the import would end all roles of \(ending) of \(known) units that have any; \
            is the file whole? If it is, repeat with `--allow-closing`
            """
        case .alreadyRunning: "another import into this register is under way"
        }
    }
}
