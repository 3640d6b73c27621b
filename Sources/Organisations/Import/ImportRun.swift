import Vocabulary

/// One import while it runs: compares what the file says with what the register knows, and stages the difference.
struct ImportRun<Store: OrganisationImportStore> {
    private(set) var report: ImportReport
    private let store: Store
    private let askedMode: ImportMode
    /// Numbers of units that could not be read.
    private var unreadable: Set<OrganisationNumber> = []
    /// How many live units the file itself closes, by kind.
    private var closings: [Organisation.Kind: Int] = [:]

    init(store: Store, mode: ImportMode, isDryRun: Bool) {
        self.store = store
        askedMode = mode
        report = ImportReport(document: .wholeRegister, mode: mode, isDryRun: isDryRun)
    }

    mutating func take(_ batch: RegisterBatch) throws {
        report.document = batch.document
        report.mode = batch.document == .wholeRegister ? askedMode : .update
        for malformed in batch.malformed { note(malformed) }
        report.unitCount += batch.records.entries.count
        let comparisons = try store.compare(batch.records)
        var changed: [OrganisationRecord] = []
        var addedCount = 0
        for (index, comparison) in comparisons.enumerated() {
            report.kinds.insert(batch.records.entries[index].kind)
            switch comparison {
            case .unknown: addedCount += 1
            case .same: report.unchanged += 1
            case .other(let before):
                let before = try before.organisation
                var unit = try batch.records.organisationRecord(at: index).organisation
                if !batch.tellsHistoricNames { unit.historicNames = before.historicNames }
                if let after = compare(unit, with: before) {
                    changed.append(OrganisationRecord(after))
                }
            }
        }
        report.added += addedCount
        guard !report.isDryRun, addedCount > 0 || !changed.isEmpty else { return }
        let added = batch.records.filtered { comparisons[$0] == .unknown }
        try store.stage(added: added, changed: changed)
    }

    mutating func finish(byteCount: Int64, after duration: Duration) -> ImportReport {
        report.byteCount = byteCount
        report.duration = duration
        return report
    }

    /// Marks as deleted the units of the file's kind that a whole register does not mention.
    ///
    /// - Throws: ``ImportRefusal/closesTooMany(kind:closing:of:)`` when those and the ones that the file itself closes are
    ///   too many.
    mutating func closeMissing(
        mentioned: NumberSet,
        allowsClosing: Bool,
        batchSize: Int
    ) throws {
        for kind in report.kinds.sorted(by: { $0.rawValue < $1.rawValue }) {
            var missing: [OrganisationNumber] = []
            if report.mode == .replace {
                // What could not be read stays as it is: to close a unit for a misprint would take its tokens away.
                missing = try liveNumbers(of: kind) { !mentioned.contains($0) && !unreadable.contains($0) }
            }
            let closing = closings[kind, default: 0] + missing.count
            if !allowsClosing { try checkClosings(closing, of: kind) }
            for start in stride(from: 0, to: missing.count, by: batchSize) {
                let numbers = Array(missing[start..<min(start + batchSize, missing.count)])
                let known = try store.units(numbers)
                report.closed += numbers.count
                guard !report.isDryRun else { continue }
                try store.stage(added: [], changed: numbers.compactMap { known[$0]?.deleted() })
            }
        }
    }

    private func checkClosings(_ closing: Int, of kind: Organisation.Kind) throws {
        guard closing > OrganisationImport.closingsAlwaysAllowed else { return }
        let live = try liveNumbers(of: kind) { _ in true }.count
        guard closing * OrganisationImport.closingShare > live else { return }
        throw ImportRefusal.closesTooMany(kind: kind, closing: closing, of: live)
    }

    private func liveNumbers(
        of kind: Organisation.Kind,
        where isWanted: (OrganisationNumber) -> Bool
    ) throws -> [OrganisationNumber] {
        var wanted: [OrganisationNumber] = []
        var last: OrganisationNumber?
        repeat {
            let page = try store.liveNumbers(of: kind, after: last, limit: 10_000)
            wanted += page.lazy.filter(isWanted)
            last = page.last
        } while last != nil
        return wanted
    }

    private mutating func note(_ malformed: MalformedUnit) {
        report.malformedCount += 1
        if report.malformed.count < ImportReport.malformedListed { report.malformed.append(malformed) }
        if let number = malformed.number { unreadable.insert(number) }
    }

    /// What takes the place of a unit that the register knows; nil when it knows it just so.
    private mutating func compare(_ unit: Organisation, with before: Organisation) -> Organisation? {
        let after = unit.isLive ? unit : before.deleted(as: unit)
        guard after != before else {
            report.unchanged += 1
            return nil
        }
        if before.isLive && !after.isLive {
            report.closed += 1
            closings[before.kind, default: 0] += 1
        } else {
            report.changed += 1
        }
        return after
    }
}

extension Organisation {
    /// The unit after the register deleted it; `last` is what the register still says of it, usually little.
    ///
    /// What is known from its life is kept: its name still stands in the ledger and in old grants.
    func deleted(as last: Organisation? = nil) -> Organisation {
        guard !isPurged else { return self }
        var unit = self
        if let last {
            if !last.name.isEmpty { unit.name = last.name }
            if !last.form.code.isEmpty { unit.form = last.form }
            unit.deleted = last.deleted ?? deleted
        }
        unit.isDeleted = unit.deleted == nil
        return unit
    }
}
