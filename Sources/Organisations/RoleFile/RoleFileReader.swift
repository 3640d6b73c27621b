import JOSE
public import Vocabulary

/// The roles of some units, and what was malformed between them.
public struct RoleBatch: Sendable {
    /// The roles, unit by unit in the order of the file.
    public internal(set) var units: [RegisteredRoles] = []
    /// What could not be read.
    public internal(set) var malformed: [MalformedUnit] = []
    /// What the file is: everything that there is, or one unit's answer.
    public internal(set) var document: RegisterDocument
    /// How many bytes of the file, packed as it may be, have been taken so far.
    public internal(set) var bytesTaken: Int64 = 0
}

/// Reads roles from what Enhetsregisteret publishes, a batch at a time, in bounded memory.
///
/// Takes the bulk file (`roller/totalbestand`: an array of units with their `rollegrupper`) and the answer for one unit
/// (`enheter/{orgnr}/roller`), in the open and in the authorised shape, packed by gzip or not.
public struct RoleFileReader<Source: ByteSource> {
    /// The largest object, in bytes: cooperatives with some thousand participants come near a mebibyte.
    public static var elementLimit: Int { 16 * 1_048_576 }

    /// The numbers of all units handed out so far, so that a second one of the same number is noticed.
    public private(set) var numbers: Set<OrganisationNumber> = []
    private var source: UnpackedSource<Source>
    private var batch: RoleBatch?
    private var unitCount = 0
    private var malformedCount = 0

    /// Reads `source`.
    public init(_ source: Source) { self.source = UnpackedSource(source) }

    /// Hands out the roles of all units of the file in its order, `size` units at a time, and reads it to its end.
    ///
    /// What was handed out counts only when this returns: a file that breaks off in the middle throws at its end.
    /// - Throws: ``RegisterFileError``, and what `source` and `body` throw.
    public mutating func forEachBatch(
        of size: Int = 1_000,
        _ body: (RoleBatch) throws -> Void
    ) throws -> ReadReport {
        var scanner = RegisterScanner(elementLimit: Self.elementLimit, objectLimit: Self.elementLimit)
        while let chunk = try source.nextChunk() {
            try scanner.scan(chunk) { element in
                try take(element, size: size, body)
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

    private mutating func take(
        _ element: RegisterScanner.Element,
        size: Int,
        _ body: (RoleBatch) throws -> Void
    ) throws {
        let document = element.root == .array ? RegisterDocument.wholeRegister : .singleUnit
        var batch = self.batch ?? RoleBatch(document: document)
        self.batch = nil  // so that the arrays below are not copied
        do {
            let roles = try read(element)
            guard numbers.insert(roles.number).inserted else { throw MalformedUnit.Reason.duplicate }
            batch.units.append(roles)
            unitCount += 1
        } catch let reason as MalformedUnit.Reason {
            let number = ownNumber(in: element)
            batch.malformed.append(MalformedUnit(position: element.position, number: number, reason: reason))
            malformedCount += 1
        }
        self.batch = batch
        if batch.units.count + batch.malformed.count >= size { try hand(out: body) }
    }

    private mutating func hand(out body: (RoleBatch) throws -> Void) throws {
        guard var full = batch, !(full.units.isEmpty && full.malformed.isEmpty) else { return }
        full.bytesTaken = source.bytesTaken
        batch = RoleBatch(document: full.document)
        try body(full)
    }

    /// The number of a unit whose roles could not be read, so that it is not taken for one without roles.
    ///
    /// Never that of a role's holder, which stands inside the groups.
    private func ownNumber(in element: RegisterScanner.Element) -> OrganisationNumber? {
        let limits = JSONLimits(maximumBytes: Self.elementLimit)
        if let object = try? JSONValue(parsing: element.bytes, limits: limits).object {
            return try? RegisteredRoles.number(of: RegisterFields(object: object))
        }
        let groups = Array("\"rollegrupper\"".utf8)
        let bytes = element.bytes
        let end = bytes.indices.first { bytes[$0...].starts(with: groups) } ?? bytes.endIndex
        return salvagedNumber(in: bytes[..<end])
    }

    /// - Throws: `MalformedUnit.Reason` for one bad element, ``RegisterFileError`` for a file that holds no roles.
    private func read(_ element: RegisterScanner.Element) throws -> RegisteredRoles {
        guard !element.isOversized else { throw MalformedUnit.Reason.tooLarge(limit: Self.elementLimit) }
        let value: JSONValue
        do {
            value = try JSONValue(parsing: element.bytes, limits: JSONLimits(maximumBytes: Self.elementLimit))
        } catch {
            throw MalformedUnit.Reason.notJSON("\(error)")
        }
        guard case .object(let object) = value else { throw MalformedUnit.Reason.notAnObject }
        if element.position.index == 0, object["rollegrupper"] == nil {
            if let foreign = RegisterObject.foreign(object) { throw RegisterFileError.foreign(foreign) }
            throw RegisterFileError.unrecognised
        }
        return try RegisteredRoles(register: RegisterFields(object: object))
    }
}
