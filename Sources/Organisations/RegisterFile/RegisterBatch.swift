public import Vocabulary

/// Records of units or of their roles, side by side in one piece of memory.
public struct RegisterRecords: Sendable {
    /// One record.
    public struct Entry: Sendable {
        /// The unit's number.
        public let number: OrganisationNumber
        /// Main unit or sub-unit; `mainUnit` where the records are of roles, which do not tell.
        public let kind: Organisation.Kind
        let start: UInt32
        let end: UInt32
    }

    /// The records in the order of the file.
    public internal(set) var entries: [Entry] = []
    let bytes: [UInt8]

    init(entries: [Entry], bytes: [UInt8]) {
        self.entries = entries
        self.bytes = bytes
    }

    /// Records that were made one by one.
    public init(_ records: [OrganisationRecord]) {
        var entries: [Entry] = []
        var bytes: [UInt8] = []
        for record in records {
            let start = UInt32(bytes.count)
            bytes += record.bytes
            let kind = OrganisationRecord.Flags(rawValue: record.bytes.first ?? 0).kind
            entries.append(Entry(number: record.number, kind: kind, start: start, end: UInt32(bytes.count)))
        }
        self.init(entries: entries, bytes: bytes)
    }

    /// How many bytes the records have in memory, those that were filtered out too.
    public var byteCount: Int { bytes.count }

    /// Some of the records.
    public func filtered(_ isIncluded: (Int) throws -> Bool) rethrows -> RegisterRecords {
        RegisterRecords(entries: try entries.indices.filter(isIncluded).map { entries[$0] }, bytes: bytes)
    }

    /// Gives all bytes to `body`, to be looked at by ``Entry``.
    public func withUnsafeRecords<Result>(
        _ body: ((Entry) -> UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        try bytes.withUnsafeBytes { bytes in
            try body { UnsafeRawBufferPointer(rebasing: bytes[Int($0.start)..<Int($0.end)]) }
        }
    }

    /// One record of a unit, by itself.
    public func organisationRecord(at index: Int) -> OrganisationRecord {
        let entry = entries[index]
        return OrganisationRecord(number: entry.number, bytes: Array(bytes[Int(entry.start)..<Int(entry.end)]))
    }
}

/// Some elements of a register file, and what was malformed between them.
public struct RegisterBatch: Sendable {
    /// The sound ones.
    public internal(set) var records: RegisterRecords
    /// What could not be read.
    public internal(set) var malformed: [MalformedUnit] = []
    /// What the file is.
    public let document: RegisterDocument
    /// How many bytes of the file, packed as it may be, have been taken so far.
    public let bytesTaken: Int64

    /// Whether the file tells historic names; CSV does not.
    public let tellsHistoricNames: Bool

    /// How many elements it has.
    var count: Int { records.entries.count + malformed.count }

    /// The units, when the file is one of units.
    public var units: [Organisation] {
        get throws {
            try records.withUnsafeRecords { record in
                try records.entries.map { try Organisation($0.number, record: record($0)) }
            }
        }
    }

    /// The roles, unit by unit, when the file is one of roles.
    public var roles: [RegisteredRoles] {
        get throws {
            try records.withUnsafeRecords { record in
                try records.entries.map { try RegisteredRoles($0.number, record: record($0)) }
            }
        }
    }
}

/// What was read of a register file.
public struct ReadReport: Sendable, Hashable {
    /// What the file is.
    public let document: RegisterDocument
    /// How many units were read.
    public let unitCount: Int
    /// How many elements were malformed.
    public let malformedCount: Int
    /// How many bytes the file has, packed as it may be.
    public let byteCount: Int64
}
