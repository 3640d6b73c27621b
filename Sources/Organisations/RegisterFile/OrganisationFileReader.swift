import JOSE
public import Vocabulary

/// Some units of a register file, and what was malformed between them.
public struct OrganisationBatch: Sendable {
    /// The units in the order of the file.
    public internal(set) var units: [Organisation] = []
    /// What was no unit.
    public internal(set) var malformed: [MalformedUnit] = []
    /// What the file is.
    public internal(set) var document: RegisterDocument
    /// How many bytes of the file, packed as it may be, have been taken so far.
    public internal(set) var bytesTaken: Int64 = 0
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

/// Reads units from what Enhetsregisteret publishes, a batch at a time, in bounded memory.
///
/// Takes the bulk extracts (an array of units), a page of a search and a single unit, packed by gzip or not; all of it is
/// told from the content. What else the register publishes is named and refused.
public struct OrganisationFileReader<Source: ByteSource> {
    /// The largest unit, in bytes; real ones have a few thousand.
    public static var elementLimit: Int { 1_048_576 }
    /// The largest object that is a whole file: a page of 10,000 units.
    public static var objectLimit: Int { 64 * 1_048_576 }

    /// The numbers of all units handed out so far: four bytes each, so that a second one of the same number is noticed.
    public private(set) var numbers: Set<OrganisationNumber> = []
    private let isOfOneKind: Bool
    private var source: UnpackedSource<Source>
    private var batch: OrganisationBatch?
    private var kind: Organisation.Kind?
    private var unitCount = 0
    private var malformedCount = 0

    /// Reads `source`; when `isOfOneKind`, an array that holds main units and sub-units is refused.
    public init(_ source: Source, isOfOneKind: Bool = false) {
        self.source = UnpackedSource(source)
        self.isOfOneKind = isOfOneKind
    }

    /// Hands out all units of the file in its order, `size` elements at a time, and reads it to its end.
    ///
    /// What was handed out counts only when this returns: a file that breaks off in the middle throws at its end.
    /// - Throws: ``RegisterFileError``, and what `source` and `body` throw.
    public mutating func forEachBatch(
        of size: Int = 1_000,
        _ body: (OrganisationBatch) throws -> Void
    ) throws -> ReadReport {
        var scanner = RegisterScanner(elementLimit: Self.elementLimit, objectLimit: Self.objectLimit)
        while let chunk = try source.nextChunk() {
            try scanner.scan(chunk) { element in
                switch element.root {
                case .array: try take(element, in: .wholeRegister, size: size, body)
                case .object: try takeObject(element, size: size, body)
                }
            }
        }
        try scanner.finish()
        try hand(out: body)
        guard let document = batch?.document, unitCount + malformedCount > 0 else { throw RegisterFileError.noUnits }
        return ReadReport(
            document: document,
            unitCount: unitCount,
            malformedCount: malformedCount,
            byteCount: source.bytesTaken
        )
    }

    /// Takes a file that is one object: a unit, a page of them, or something that is named and refused.
    private mutating func takeObject(
        _ element: RegisterScanner.Element,
        size: Int,
        _ body: (OrganisationBatch) throws -> Void
    ) throws {
        guard !element.isOversized else { throw RegisterFileError.objectTooLarge(limit: Self.objectLimit) }
        let value: JSONValue
        do {
            value = try JSONValue(parsing: element.bytes, limits: JSONLimits(maximumBytes: Self.objectLimit))
        } catch {
            throw RegisterFileError.notJSON("\(error)")
        }
        guard case .object(let members) = value else { throw RegisterFileError.unrecognised }
        let object = try RegisterObject(recognising: members)
        kind = object.kind
        guard !object.path.isEmpty else { return try take(element, in: object.document, size: size, body) }
        // The page is sound; its units are taken from its text once more, so that each has its position.
        guard let range = JSONMemberFinder(bytes: element.bytes).value(at: object.path) else {
            throw RegisterFileError.unrecognised
        }
        let start = element.position.offset + Int64(range.lowerBound - element.bytes.startIndex)
        var inner = RegisterScanner(elementLimit: Self.elementLimit, objectLimit: Self.objectLimit)
        try inner.scan(Array(element.bytes[range])) { unit in
            try take(unit.moved(by: start), in: object.document, size: size, body)
        }
        try inner.finish()
    }

    private mutating func take(
        _ element: RegisterScanner.Element,
        in document: RegisterDocument,
        size: Int,
        _ body: (OrganisationBatch) throws -> Void
    ) throws {
        var batch = self.batch ?? OrganisationBatch(document: document)
        self.batch = nil  // so that the arrays below are not copied
        do {
            let unit = try read(element, in: document)
            guard numbers.insert(unit.number).inserted else { throw MalformedUnit.Reason.duplicate }
            batch.units.append(unit)
            unitCount += 1
        } catch let reason as MalformedUnit.Reason {
            let number = salvagedNumber(in: element.bytes)
            batch.malformed.append(MalformedUnit(position: element.position, number: number, reason: reason))
            malformedCount += 1
        }
        self.batch = batch
        if batch.units.count + batch.malformed.count >= size { try hand(out: body) }
    }

    private mutating func hand(out body: (OrganisationBatch) throws -> Void) throws {
        guard var full = batch, !(full.units.isEmpty && full.malformed.isEmpty) else { return }
        full.bytesTaken = source.bytesTaken
        batch = OrganisationBatch(document: full.document)
        try body(full)
    }

    /// - Throws: `MalformedUnit.Reason` for one bad element, ``RegisterFileError`` for a file that is no register.
    private mutating func read(
        _ element: RegisterScanner.Element,
        in document: RegisterDocument
    ) throws -> Organisation {
        guard !element.isOversized else { throw MalformedUnit.Reason.tooLarge(limit: Self.elementLimit) }
        let value: JSONValue
        do {
            value = try JSONValue(parsing: element.bytes)
        } catch {
            throw MalformedUnit.Reason.notJSON("\(error)")
        }
        guard case .object(let object) = value else { throw MalformedUnit.Reason.notAnObject }
        if element.position.index == 0, let foreign = RegisterObject.foreign(object) {
            throw RegisterFileError.foreign(foreign)
        }
        // A deleted unit that is alone in its file and says nothing of its kind is most likely a main unit.
        let assumed = kind ?? (document == .singleUnit ? .mainUnit : nil)
        let unit = try Organisation(register: RegisterFields(object: object), assumedKind: assumed)
        if document == .wholeRegister {
            if let kind, kind != unit.kind, isOfOneKind {
                throw RegisterFileError.mixedKinds(file: kind, unit: unit.kind, at: element.position)
            }
            kind = kind ?? unit.kind
        }
        return unit
    }
}

/// Finds the number of a unit that could not be read, so that it is not taken for one that left the register.
///
/// A search in the raw text, because the text may not even be JSON; the first mention is the unit's own.
func salvagedNumber(in bytes: ArraySlice<UInt8>) -> OrganisationNumber? {
    let name = Array("\"organisasjonsnummer\"".utf8)
    var start = bytes.startIndex
    while start + name.count <= bytes.endIndex {
        if bytes[start] == name[0], bytes[start..<start + name.count].elementsEqual(name) {
            let rest = bytes[(start + name.count)...].drop { $0 == 0x20 || $0 == UInt8(ascii: ":") }
            let digits = rest.dropFirst().prefix(9)
            return try? OrganisationNumber(parsing: String(decoding: digits, as: UTF8.self))
        }
        start += 1
    }
    return nil
}
