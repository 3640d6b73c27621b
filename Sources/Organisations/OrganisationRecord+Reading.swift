public import Vocabulary

extension Organisation {
    /// Reads a record.
    ///
    /// - Throws: `OrganisationRecord.Damage` when it is none.
    public init(_ number: OrganisationNumber, record: UnsafeRawBufferPointer) throws(OrganisationRecord.Damage) {
        try self.init(number, record: record, isOutline: false)
    }

    /// Reads the beginning of a record: what decides, and the name; the rest is left out.
    ///
    /// - Throws: `OrganisationRecord.Damage` when it is none.
    public init(_ number: OrganisationNumber, outline: UnsafeRawBufferPointer) throws(OrganisationRecord.Damage) {
        try self.init(number, record: outline, isOutline: true)
    }

    private init(
        _ number: OrganisationNumber,
        record: UnsafeRawBufferPointer,
        isOutline: Bool
    ) throws(OrganisationRecord.Damage) {
        var reader = RecordReader(bytes: record)
        let flags = OrganisationRecord.Flags(rawValue: try reader.byte())
        self.init(number: number, kind: flags.kind, name: "", form: Form(code: "", description: nil))
        distress.bankrupt = flags.contains(.bankrupt)
        distress.windingUp = flags.contains(.windingUp)
        distress.compulsoryWindingUp = flags.contains(.compulsoryWindingUp)
        isPurged = flags.contains(.purged)
        while let tag = try reader.tag() {
            if isOutline, tag.rawValue > RecordTag.name.rawValue { break }
            try read(tag, from: &reader)
        }
        isDeleted = flags.contains(.deleted) && deleted == nil
    }

    private mutating func read(
        _ tag: RecordTag,
        from reader: inout RecordReader
    ) throws(OrganisationRecord.Damage) {
        switch tag {
        case .parent: parent = try reader.number()
        case .deleted: deleted = try reader.day()
        case .bankruptSince: distress.bankruptSince = try reader.day()
        case .windingUpSince: distress.windingUpSince = try reader.day()
        case .compulsoryWindingUpSince: distress.compulsoryWindingUpSince = try reader.day()
        case .name: name = try reader.text()
        case .form: form = Form(code: try reader.text(), description: nil)
        case .formDescription: form = Form(code: form.code, description: try reader.text())
        case .registered: registered = try reader.day()
        case .businessEnterprises: registrations.businessEnterprises = try reader.day()
        case .valueAddedTax: registrations.valueAddedTax = try reader.day()
        case .nonProfit: registrations.nonProfit = try reader.day()
        case .founded: founded = try reader.day()
        case .reconstructionSince: reconstructionSince = try reader.day()
        case .foreignInsolvencySince: foreignInsolvencySince = try reader.day()
        case .closedDown: closedDown = try reader.day()
        case .municipality: municipality = try reader.text()
        case .industryCode: industryCode = try reader.text()
        case .address, .addressLine, .postalCode, .place, .countryCode: try readAddress(tag, from: &reader)
        case .historicName, .historicFrom, .historicUntil: try readHistoricName(tag, from: &reader)
        }
    }

    private mutating func readAddress(
        _ tag: RecordTag,
        from reader: inout RecordReader
    ) throws(OrganisationRecord.Damage) {
        let old = address ?? Address(lines: [], postalCode: nil, place: nil, countryCode: nil)
        let text = tag == .address ? nil : try reader.text()
        address = Address(
            lines: tag == .addressLine ? old.lines + [text ?? ""] : old.lines,
            postalCode: tag == .postalCode ? text : old.postalCode,
            place: tag == .place ? text : old.place,
            countryCode: tag == .countryCode ? text : old.countryCode
        )
    }

    private mutating func readHistoricName(
        _ tag: RecordTag,
        from reader: inout RecordReader
    ) throws(OrganisationRecord.Damage) {
        if tag == .historicName {
            historicNames.append(HistoricName(name: try reader.text(), from: nil, until: nil))
            return
        }
        guard let last = historicNames.popLast() else { throw OrganisationRecord.Damage() }
        let day = try reader.day()
        historicNames.append(
            HistoricName(
                name: last.name,
                from: tag == .historicFrom ? day : last.from,
                until: tag == .historicUntil ? day : last.until
            )
        )
    }
}

/// Takes the bytes of a record one after another; they come from a file that may be damaged.
struct RecordReader {
    let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Whether all has been taken.
    var isAtEnd: Bool { position == bytes.count }

    mutating func byte() throws(OrganisationRecord.Damage) -> UInt8 {
        guard position < bytes.count else { throw OrganisationRecord.Damage() }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func tag() throws(OrganisationRecord.Damage) -> RecordTag? {
        guard position < bytes.count else { return nil }
        guard let tag = RecordTag(rawValue: try byte()) else { throw OrganisationRecord.Damage() }
        return tag
    }

    mutating func number() throws(OrganisationRecord.Damage) -> OrganisationNumber {
        var value: Int64 = 0
        for _ in 0..<4 { value = value << 8 | Int64(try byte()) }
        guard let number = OrganisationNumber(integer: value) else { throw OrganisationRecord.Damage() }
        return number
    }

    mutating func day() throws(OrganisationRecord.Damage) -> CalendarDate {
        var value: Int32 = 0
        for shift: Int32 in [8, 16, 24] { value |= Int32(truncatingIfNeeded: UInt32(try byte()) << UInt32(shift)) }
        // The third byte holds the sign.
        return CalendarDate(daysSinceEpoch: Int64(value >> 8))
    }

    mutating func length() throws(OrganisationRecord.Damage) -> Int {
        var value = 0
        var shift = 0
        while true {
            let byte = try byte()
            guard shift < 35 else { throw OrganisationRecord.Damage() }
            value |= Int(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
    }

    /// So many bytes.
    mutating func slice(_ count: Int) throws(OrganisationRecord.Damage) -> Slice<UnsafeRawBufferPointer> {
        guard count <= bytes.count - position else { throw OrganisationRecord.Damage() }
        defer { position += count }
        return bytes[position..<position + count]
    }

    mutating func text() throws(OrganisationRecord.Damage) -> String {
        String(decoding: try slice(try length()), as: UTF8.self)
    }
}
