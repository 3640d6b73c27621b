import JOSE
import Vocabulary

/// Reads what Enhetsregisteret publishes, a batch at a time, in bounded memory.
///
/// Of units: the bulk extracts (an array of units), a page of a search and a single unit. Of roles: the bulk file
/// (`roller/totalbestand`: an array of units with their `rollegrupper`) and the answer for one unit
/// (`enheter/{orgnr}/roller`), in the open and in the authorised shape. Packed by gzip or not; all of it is told from the
/// content. What else the register publishes is named and refused. Unpacking and reading run on threads of their own.
public struct RegisterFileReader<Source: ByteSource> {
    /// The numbers of all units handed out so far, so that a second one of the same number is noticed.
    public internal(set) var numbers = NumberSet()
    private let content: RegisterContent
    private let isOfOneKind: Bool
    private let source: Source
    private var document: RegisterDocument?
    private var kind: Organisation.Kind?
    private var unitCount = 0
    private var malformedCount = 0

    /// Reads `source`; when `isOfOneKind`, an array that holds main units and sub-units is refused.
    public init(_ source: Source, of content: RegisterContent, isOfOneKind: Bool = false) {
        self.source = source
        self.content = content
        self.isOfOneKind = isOfOneKind
    }

    /// Hands out all elements of the file in its order, at most `size` at a time, and reads it to its end.
    ///
    /// What was handed out counts only when this returns: a file that breaks off in the middle throws at its end.
    /// - Throws: ``RegisterFileError``, and what `source` and `body` throw.
    public mutating func forEachBatch(
        of size: Int = 10_000,
        _ body: (RegisterBatch) throws -> Void
    ) throws -> ReadReport {
        let pipeline = RegisterPipeline(source, content: content)
        defer { pipeline.abandon() }
        var byteCount: Int64 = 0
        while let (piece, bytesTaken) = try pipeline.next() {
            byteCount = bytesTaken
            try take(piece, bytesTaken: bytesTaken, size: size, body)
        }
        guard let document, unitCount + malformedCount > 0 else { throw RegisterFileError.noUnits }
        return ReadReport(
            document: document,
            unitCount: unitCount,
            malformedCount: malformedCount,
            byteCount: byteCount
        )
    }

    /// Takes what one piece of the text gave, and hands it on.
    private mutating func take(
        _ piece: RegisterPiece,
        bytesTaken: Int64,
        size: Int,
        _ body: (RegisterBatch) throws -> Void
    ) throws {
        func batch(_ malformed: [MalformedUnit] = []) -> RegisterBatch {
            RegisterBatch(
                records: RegisterRecords(entries: [], bytes: piece.records.bytes),
                malformed: malformed,
                document: document ?? .wholeRegister,
                bytesTaken: bytesTaken,
                tellsHistoricNames: !piece.isCSV
            )
        }
        var open = batch()
        func handOut(ifLongerThan limit: Int) throws {
            guard open.count > limit else { return }
            let full = open
            open = batch()
            try body(full)
        }
        var exceptions = piece.exceptions[...]
        for place in 0...piece.records.entries.count {
            while let exception = exceptions.first, exception.place == place {
                exceptions.removeFirst()
                if exception.fault == .wholeObject {
                    try takeObject(exception, bytesTaken: bytesTaken, size: size, body)
                } else if let malformed = try judge(exception) {
                    document = document ?? .wholeRegister
                    open.malformed.append(malformed)
                    malformedCount += 1
                    try handOut(ifLongerThan: size - 1)
                }
            }
            guard place < piece.records.entries.count else { break }
            document = document ?? .wholeRegister
            if let malformed = try add(piece.records.entries[place], at: piece.positions[place], to: &open) {
                open.malformed.append(malformed)
                malformedCount += 1
            }
            try handOut(ifLongerThan: size - 1)
        }
        try handOut(ifLongerThan: 0)
        if let failure = piece.failure { throw failure }
    }

    /// Adds a sound record; what is malformed about it when its number stood earlier.
    private mutating func add(
        _ entry: RegisterRecords.Entry,
        at position: RegisterPosition,
        to batch: inout RegisterBatch
    ) throws -> MalformedUnit? {
        if content == .units, document == .wholeRegister {
            if let kind, kind != entry.kind, isOfOneKind {
                throw RegisterFileError.mixedKinds(file: kind, unit: entry.kind, at: position)
            }
            kind = kind ?? entry.kind
        }
        guard numbers.insert(entry.number) else {
            return MalformedUnit(position: position, number: entry.number, reason: .duplicate)
        }
        batch.records.entries.append(entry)
        unitCount += 1
        return nil
    }

    // MARK: What is not simply sound

    /// Says what is malformed about an element; nil of a sound one, which is only looked at for being the first.
    ///
    /// - Throws: ``RegisterFileError`` when it shows that the file holds something else.
    private func judge(_ exception: RegisterPiece.Exception) throws -> MalformedUnit? {
        func malformed(_ reason: MalformedUnit.Reason) -> MalformedUnit {
            MalformedUnit(position: exception.position, number: ownNumber(in: exception.text), reason: reason)
        }
        switch (exception.fault, content) {
        case (.objectTooLarge, .units): throw RegisterFileError.objectTooLarge(limit: content.objectLimit)
        case (.tooLarge, _), (.objectTooLarge, .roles): return malformed(.tooLarge(limit: content.elementLimit))
        default: break
        }
        var limits = JSONLimits.default
        limits.maximumBytes = content.elementLimit
        let value: JSONValue
        do {
            value = try JSONValue(parsing: exception.text, limits: limits)
        } catch {
            return malformed(.notJSON("\(error)"))
        }
        if exception.position.index == 0, case .object(let object) = value { try refuseForeign(object) }
        switch exception.fault {
        case nil: return nil
        case .reason(let reason): return malformed(reason)
        // The grammar of JSON bounds no number, the reader of the bulk files does.
        case .notJSON, .wholeObject, .objectTooLarge, .tooLarge: return malformed(.notJSON("a number beyond 64 bits"))
        }
    }

    private func refuseForeign(_ object: JSONObject) throws {
        switch content {
        case .units:
            if let foreign = RegisterObject.foreign(object) { throw RegisterFileError.foreign(foreign) }
        case .roles:
            guard object["rollegrupper"] == nil else { return }
            throw RegisterObject.foreign(object).map { .foreign($0) } ?? RegisterFileError.unrecognised
        }
    }

    /// Takes a file that is one object: a unit, its roles, a page of units, or something that is named and refused.
    private mutating func takeObject(
        _ exception: RegisterPiece.Exception,
        bytesTaken: Int64,
        size: Int,
        _ body: (RegisterBatch) throws -> Void
    ) throws {
        let text = RegisterText(of: content)
        var piece: RegisterPiece
        switch content {
        case .roles:
            document = .singleUnit
            piece = text.feed(element: exception.text)
        case .units:
            let object = try RegisterObject(recognising: try Self.object(exception.text, limit: content.objectLimit))
            document = object.document
            kind = object.kind
            // A deleted unit that is alone in its file and says nothing of its kind is most likely a main unit.
            text.assume(object.kind ?? .mainUnit)
            guard object.path.isEmpty else {
                try takePage(exception, at: object.path, of: text, bytesTaken: bytesTaken, size: size, body)
                return
            }
            piece = text.feed(element: exception.text)
        }
        piece.move(to: exception.position.offset)
        try take(piece, bytesTaken: bytesTaken, size: size, body)
    }

    /// Takes a page of a search: it is sound, and its units are taken from its text so that each has its position.
    private mutating func takePage(
        _ exception: RegisterPiece.Exception,
        at path: [String],
        of text: RegisterText,
        bytesTaken: Int64,
        size: Int,
        _ body: (RegisterBatch) throws -> Void
    ) throws {
        guard let range = JSONMemberFinder(bytes: exception.text[...]).value(at: path) else {
            throw RegisterFileError.unrecognised
        }
        let units = Array(exception.text[range])
        var piece = text.feed(units)
        piece.move(to: exception.position.offset + Int64(range.lowerBound))
        try take(piece, bytesTaken: bytesTaken, size: size, body)
        try text.finish(length: Int64(units.count))
    }

    private static func object(_ text: [UInt8], limit: Int) throws(RegisterFileError) -> JSONObject {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: text, limits: JSONLimits(maximumBytes: limit))
        } catch {
            throw .notJSON("\(error)")
        }
        guard case .object(let object) = value else { throw .unrecognised }
        return object
    }

    /// The number of a unit that could not be read, so that it is not taken for one that left the register.
    private func ownNumber(in text: [UInt8]) -> OrganisationNumber? {
        switch content {
        case .units: salvagedNumber(in: text[...])
        case .roles: RegisteredRoles.salvagedNumber(in: text, limit: content.elementLimit)
        }
    }
}

extension RegisterPiece {
    /// Puts the positions right of a text that begins further on in the file.
    fileprivate mutating func move(to offset: Int64) {
        func moved(_ position: RegisterPosition) -> RegisterPosition {
            RegisterPosition(index: position.index, offset: position.offset + offset)
        }
        positions = positions.map(moved)
        exceptions = exceptions.map {
            Exception(place: $0.place, position: moved($0.position), fault: $0.fault, text: $0.text)
        }
    }
}

/// Finds the number of a unit that could not be read.
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
