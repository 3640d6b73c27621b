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
            var run = RoleImportRun(store: store, mode: mode, isDryRun: isDryRun)
            var reader = RegisterFileReader(source, of: .roles)
            // To make pseudonyms costs about as much as to write them.
            var preparation = RolePreparation(key)
            let read = try reader.forEachBatch(of: batchSize, preparing: { try preparation.prepare($0) }) { batch in
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
    private let askedMode: ImportMode
    /// Numbers of units that could not be read.
    private var unreadable: Set<OrganisationNumber> = []

    init(store: Store, mode: ImportMode, isDryRun: Bool) {
        self.store = store
        askedMode = mode
        report = RoleImportReport(document: .wholeRegister, mode: mode, isDryRun: isDryRun)
    }

    mutating func take(_ batch: PreparedRoles) throws {
        report.document = batch.document
        report.mode = batch.document == .wholeRegister ? askedMode : .update
        for malformed in batch.malformed { note(malformed) }
        report.unitCount += batch.units.count
        report.roleCount += batch.roleCount
        report.endedRoleCount += batch.endedRoleCount
        report.unnumberedCount += batch.unnumberedCount
        report.unknownCodes.merge(batch.unknownCodes, uniquingKeysWith: +)
        try stage(batch.units)
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
}
