public import Delegations
public import Organisations
import Vocabulary

/// Brings the roles up to a role file of Enhetsregisteret: all of it or nothing.
///
/// The bulk file replaces all roles: units that are missing from it have none any more. The answer for one unit, and
/// everything in update mode, changes only the units that it holds. Persons become pseudonyms here, before anything is
/// kept; their names and birth dates are kept nowhere, since nothing decides on them and a name beside a pseudonym would
/// undo it.
public struct RoleImport {
    private let mode: ImportMode
    private let allowsClosing: Bool
    private let isDryRun: Bool
    private let batchSize: Int

    /// An import; `allowsClosing` lifts the limit on units that lose all roles, `isDryRun` writes nothing.
    public init(mode: ImportMode, allowsClosing: Bool = false, isDryRun: Bool = false, batchSize: Int = 10_000) {
        self.mode = mode
        self.allowsClosing = allowsClosing
        self.isDryRun = isDryRun
        self.batchSize = batchSize
    }

    /// Reads the file to its end, stages what differs, and applies it; blocks.
    ///
    /// - Throws: `RegisterFileError`, `ImportRefusal`, or what `source` and `store` throw; nothing has changed then.
    @discardableResult
    public func run(
        _ source: some ByteSource,
        under key: PseudonymKey,
        into store: some RoleImportStore,
        progress: (ImportProgress) -> Void = { _ in }
    ) throws -> RoleImportReport {
        let clock = ContinuousClock()
        let start = clock.now
        if !isDryRun { try store.begin() }
        do {
            var run = RoleImportRun(store: store, key: key, mode: mode, isDryRun: isDryRun)
            var reader = RegisterFileReader(source, of: .roles)
            let read = try reader.forEachBatch(of: batchSize) { batch in
                try run.take(batch)
                progress(ImportProgress(bytesTaken: batch.bytesTaken, units: run.report.unitCount))
            }
            guard run.report.unitCount > 0 else {
                throw RegisterFileError.nothingReadable(count: read.malformedCount, first: run.report.malformed)
            }
            try run.endMissing(mentioned: reader.numbers, allowsClosing: allowsClosing, batchSize: batchSize)
            run.report.byteCount = read.byteCount
            run.report.duration = clock.now - start
            if !isDryRun { try store.apply(run.report) }
            return run.report
        } catch {
            // The first error is the one to report; what cannot be cleared away now, the next import clears.
            if !isDryRun { try? store.abandon() }
            throw error
        }
    }
}

/// One import of roles while it runs.
private struct RoleImportRun<Store: RoleImportStore> {
    var report: RoleImportReport
    private let store: Store
    private let key: PseudonymHash
    private var codes = RegisterCodes()
    private let askedMode: ImportMode
    /// Numbers of units that could not be read.
    private var unreadable: Set<OrganisationNumber> = []

    init(store: Store, key: PseudonymKey, mode: ImportMode, isDryRun: Bool) {
        self.store = store
        self.key = PseudonymHash(key)
        askedMode = mode
        report = RoleImportReport(document: .wholeRegister, mode: mode, isDryRun: isDryRun)
    }

    mutating func take(_ batch: RegisterBatch) throws {
        report.document = batch.document
        report.mode = batch.document == .wholeRegister ? askedMode : .update
        for malformed in batch.malformed { note(malformed) }
        let entries = batch.records.entries
        var units: [RoleSetRecord] = []
        units.reserveCapacity(entries.count)
        try batch.records.withUnsafeRecords { record in
            for entry in entries { units.append(try pseudonymised(entry.number, try RoleRecord(record(entry)))) }
        }
        report.unitCount += units.count
        try stage(units)
    }

    /// Ends the roles of units that a whole file does not mention.
    ///
    /// - Throws: `ImportRefusal.endsTooManyRoles` when those and the ones that the file itself leaves without are too many.
    mutating func endMissing(
        mentioned: NumberSet,
        allowsClosing: Bool,
        batchSize: Int
    ) throws {
        var missing: [OrganisationNumber] = []
        var known = 0
        // To count all units takes a walk through them, which an answer for one unit need not wait for.
        let isChecked = !allowsClosing && report.ended > OrganisationImport.closingsAlwaysAllowed
        if report.mode == .replace || isChecked {
            var last: OrganisationNumber?
            repeat {
                let page = try store.unitsWithRoles(after: last, limit: 10_000)
                known += page.count
                if report.mode == .replace {
                    missing += page.lazy.filter { !mentioned.contains($0) && !unreadable.contains($0) }
                }
                last = page.last
            } while last != nil
        }
        let ending = report.ended + missing.count
        if !allowsClosing, ending > OrganisationImport.closingsAlwaysAllowed,
            ending * OrganisationImport.closingShare > known
        {
            throw ImportRefusal.endsTooManyRoles(ending: ending, of: known)
        }
        for start in stride(from: 0, to: missing.count, by: batchSize) {
            let numbers = missing[start..<min(start + batchSize, missing.count)]
            try stage(numbers.map { RoleSetRecord(UnitRoles(number: $0, roles: [])) })
        }
    }

    private mutating func stage(_ units: [RoleSetRecord]) throws {
        var differing: [RoleSetRecord] = []
        for (unit, change) in zip(units, try store.compare(units)) {
            switch change {
            case .added: report.added += 1
            case .changed: report.changed += 1
            case .ended: report.ended += 1
            case .unchanged:
                report.unchanged += 1
                continue
            }
            differing.append(unit)
        }
        if !report.isDryRun, !differing.isEmpty { try store.stage(differing) }
    }

    private mutating func note(_ malformed: MalformedUnit) {
        report.malformedCount += 1
        if report.malformed.count < ImportReport.malformedListed { report.malformed.append(malformed) }
        if let number = malformed.number { unreadable.insert(number) }
    }

    private mutating func pseudonymised(_ unit: OrganisationNumber, _ record: RoleRecord) throws -> RoleSetRecord {
        var record = record
        report.endedRoleCount += record.endedCount
        var roles: [UnitRoles.Role] = []
        while let (text, holder) = try record.next() {
            // Only the register's own codes: no file can hand out a role of Altinn.
            guard let code = codes.named(text) else {
                report.unknownCodes[String(decoding: text, as: UTF8.self), default: 0] += 1
                continue
            }
            report.roleCount += 1
            roles.append(UnitRoles.Role(code: code, holder: try self.holder(holder, code, in: unit)))
        }
        return RoleSetRecord(UnitRoles(number: unit, roles: roles))
    }

    private mutating func holder(
        _ holder: RoleRecord.Holder,
        _ code: RoleCode,
        in unit: OrganisationNumber
    ) throws -> UnitRoles.Holder {
        switch holder {
        case .organisation(let number): return .organisation(number)
        case .person(let digits): return .person(key.pseudonym(ofDigits: digits))
        case .named(let name, let birthDate):
            report.unnumberedCount += 1
            return .unlinkedPerson(
                key.pseudonym(inUnit: unit, role: code, nameInUTF8: name, birthDate: birthDate)
            )
        }
    }
}

/// The register's codes of roles, found by the bytes of a file: a few dozen codes for five million roles.
private struct RegisterCodes {
    /// By up to eight bytes, packed into a number.
    private var known: [UInt64: RoleCode?] = [:]

    mutating func named(_ text: UnsafeRawBufferPointer) -> RoleCode? {
        guard text.count <= 8 else { return Self.look(up: text) }
        var packed: UInt64 = 0
        for byte in text { packed = packed << 8 | UInt64(byte) }
        if let code = known[packed] { return code }
        let code = Self.look(up: text)
        // What a hostile file makes up is not remembered without end.
        if known.count < 1_000 { known[packed] = .some(code) }
        return code
    }

    private static func look(up text: UnsafeRawBufferPointer) -> RoleCode? {
        guard let code = RoleCode(parsing: String(decoding: text, as: UTF8.self)) else { return nil }
        return RegisterRole.named(code) == nil ? nil : code
    }
}
