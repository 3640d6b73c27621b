public import Vocabulary

/// A unit as the bytes that a database keeps: what a decision rests on first, then what is only shown.
///
/// A byte of flags, and then values in the order of their tags, each after its tag and left out where there is none. Two
/// units are equal exactly when their bytes are. `CRegisterReader` writes the same; docs/storage.md describes it.
public struct OrganisationRecord: Sendable, Hashable {
    /// The bytes make no sense: the database is damaged.
    public struct Damage: Error, Equatable, Sendable {
        /// There is one kind only.
        public init() {}
    }

    /// The unit's number, which is not among the bytes.
    public let number: OrganisationNumber
    /// The bytes.
    public let bytes: [UInt8]

    /// Bytes that were made here, or by the reader of register files.
    public init(number: OrganisationNumber, bytes: [UInt8]) {
        self.number = number
        self.bytes = bytes
    }

    /// The record of a unit.
    public init(_ unit: Organisation) {
        number = unit.number
        var writer = RecordWriter()
        writer.write(unit)
        bytes = writer.bytes
    }

    /// The unit, whole; throws ``Damage``.
    public var organisation: Organisation {
        get throws { try bytes.withUnsafeBytes { try Organisation(number, record: $0) } }
    }

    /// The unit above, which stands first in a record when there is one.
    public static func parent(in record: UnsafeRawBufferPointer) -> OrganisationNumber? {
        guard record.count >= 6, record[1] == RecordTag.parent.rawValue else { return nil }
        var value: Int64 = 0
        for place in 2..<6 { value = value << 8 | Int64(record[place]) }
        return OrganisationNumber(integer: value)
    }

    /// What decides on a unit, by the first byte of its record alone.
    public struct Flags: OptionSet, Sendable {
        /// The bits.
        public let rawValue: UInt8

        /// Flags of these bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// A sub-unit.
        public static let subUnit = Flags(rawValue: 0x01)
        /// Deleted from the register.
        public static let deleted = Flags(rawValue: 0x02)
        /// Removed from open data: nothing but number and kind is left.
        public static let purged = Flags(rawValue: 0x04)
        /// In bankruptcy.
        public static let bankrupt = Flags(rawValue: 0x08)
        /// Being wound up.
        public static let windingUp = Flags(rawValue: 0x10)
        /// Under compulsory winding-up.
        public static let compulsoryWindingUp = Flags(rawValue: 0x20)

        /// Whether the unit stands in the register as existing.
        public var isLive: Bool { isDisjoint(with: [.deleted, .purged]) }

        /// Main unit or sub-unit.
        public var kind: Organisation.Kind { contains(.subUnit) ? .subUnit : .mainUnit }
    }
}

/// What stands before each value of a record.
enum RecordTag: UInt8 {
    case parent = 0x01
    case deleted = 0x02
    case bankruptSince = 0x03
    case windingUpSince = 0x04
    case compulsoryWindingUpSince = 0x05
    case name = 0x06
    case form = 0x07
    case formDescription = 0x08
    case registered = 0x10
    case businessEnterprises = 0x11
    case valueAddedTax = 0x12
    case nonProfit = 0x13
    case founded = 0x14
    case reconstructionSince = 0x15
    case foreignInsolvencySince = 0x16
    case closedDown = 0x17
    case municipality = 0x20
    case industryCode = 0x21
    case address = 0x22
    case addressLine = 0x23
    case postalCode = 0x24
    case place = 0x25
    case countryCode = 0x26
    case historicName = 0x30
    case historicFrom = 0x31
    case historicUntil = 0x32
}

/// Puts a record together.
private struct RecordWriter {
    var bytes: [UInt8] = []

    mutating func write(_ unit: Organisation) {
        bytes.append(unit.flags.rawValue)
        if let parent = unit.parent {
            bytes.append(RecordTag.parent.rawValue)
            let value = UInt32(truncatingIfNeeded: parent.integer)
            for shift: UInt32 in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
        }
        put(.deleted, unit.deleted)
        put(.bankruptSince, unit.distress.bankruptSince)
        put(.windingUpSince, unit.distress.windingUpSince)
        put(.compulsoryWindingUpSince, unit.distress.compulsoryWindingUpSince)
        if !unit.name.isEmpty { put(.name, unit.name) }
        if !unit.form.code.isEmpty { put(.form, unit.form.code) }
        put(.formDescription, unit.form.description)
        put(.registered, unit.registered)
        put(.businessEnterprises, unit.registrations.businessEnterprises)
        put(.valueAddedTax, unit.registrations.valueAddedTax)
        put(.nonProfit, unit.registrations.nonProfit)
        put(.founded, unit.founded)
        put(.reconstructionSince, unit.reconstructionSince)
        put(.foreignInsolvencySince, unit.foreignInsolvencySince)
        put(.closedDown, unit.closedDown)
        put(.municipality, unit.municipality)
        put(.industryCode, unit.industryCode)
        if let address = unit.address {
            bytes.append(RecordTag.address.rawValue)
            for line in address.lines { put(.addressLine, line) }
            put(.postalCode, address.postalCode)
            put(.place, address.place)
            put(.countryCode, address.countryCode)
        }
        for name in unit.historicNames {
            put(.historicName, name.name)
            put(.historicFrom, name.from)
            put(.historicUntil, name.until)
        }
    }

    /// Three bytes, least significant first: the calendar's years 0 to 9999 need no more.
    private mutating func put(_ tag: RecordTag, _ day: CalendarDate?) {
        guard let day else { return }
        bytes.append(tag.rawValue)
        for shift: Int64 in [0, 8, 16] { bytes.append(UInt8(truncatingIfNeeded: day.daysSinceEpoch >> shift)) }
    }

    private mutating func put(_ tag: RecordTag, _ text: String?) {
        guard let text else { return }
        bytes.append(tag.rawValue)
        var length = text.utf8.count
        while length >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: length) | 0x80)
            length >>= 7
        }
        bytes.append(UInt8(length))
        bytes.append(contentsOf: text.utf8)
    }
}

extension Organisation {
    fileprivate var flags: OrganisationRecord.Flags {
        var flags: OrganisationRecord.Flags = []
        if kind == .subUnit { flags.insert(.subUnit) }
        if isDeleted || deleted != nil { flags.insert(.deleted) }
        if isPurged { flags.insert(.purged) }
        if distress.bankrupt { flags.insert(.bankrupt) }
        if distress.windingUp { flags.insert(.windingUp) }
        if distress.compulsoryWindingUp { flags.insert(.compulsoryWindingUp) }
        return flags
    }
}
