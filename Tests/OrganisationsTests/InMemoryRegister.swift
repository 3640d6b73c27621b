import Organisations
import Testing
import Vocabulary

/// A register that works, in memory; counts what is done to it.
final class InMemoryRegister: OrganisationImportStore {
    private(set) var units: [OrganisationNumber: Organisation] = [:]
    private(set) var revision = 0
    private(set) var reports: [ImportReport] = []
    private(set) var stagedCount = 0
    private(set) var begins = 0
    private(set) var abandons = 0
    private var staged: [OrganisationNumber: Organisation]?

    /// Thrown by the so-manyth call of ``stage(added:changed:)``, to break an import in its middle.
    var failsAtStage: Int?
    private var stages = 0

    struct Broken: Error {}

    func units(_ numbers: [OrganisationNumber]) -> [OrganisationNumber: Organisation] {
        Dictionary(uniqueKeysWithValues: numbers.compactMap { number in units[number].map { (number, $0) } })
    }

    func liveNumbers(
        of kind: Organisation.Kind,
        after number: OrganisationNumber?,
        limit: Int
    ) -> [OrganisationNumber] {
        // Pages are smaller than asked, which the contract allows.
        let live = units.values.filter { $0.kind == kind && $0.isLive }.map(\.number).sorted()
        return Array(live.drop { live in number.map { live <= $0 } ?? false }.prefix(min(limit, 97)))
    }

    func begin() throws {
        guard staged == nil else { throw ImportRefusal.alreadyRunning }
        begins += 1
        staged = [:]
        stages = 0
    }

    func compare(_ records: RegisterRecords) -> [RecordComparison] {
        records.entries.indices.map { index in
            guard let known = units[records.entries[index].number] else { return .unknown }
            let record = OrganisationRecord(known)
            return record == records.organisationRecord(at: index) ? .same : .other(record)
        }
    }

    func stage(added: RegisterRecords, changed: [OrganisationRecord]) throws {
        let added = try added.entries.indices.map { try added.organisationRecord(at: $0).organisation }
        let changed = try changed.map { try $0.organisation }
        #expect(added.allSatisfy { self.units[$0.number] == nil })
        #expect(changed.allSatisfy { self.units[$0.number] != nil })
        let together = added + changed
        stages += 1
        if stages == failsAtStage { throw Broken() }
        stagedCount += together.count
        for unit in together { staged?[unit.number] = unit }
    }

    func apply(_ report: ImportReport) throws {
        let staged = try #require(self.staged)
        if !staged.isEmpty { revision += 1 }
        units.merge(staged) { $1 }
        reports.append(report)
        self.staged = nil
    }

    func abandon() {
        abandons += 1
        staged = nil
    }

    @discardableResult
    func take(
        _ text: String,
        mode: ImportMode = .replace,
        allowsClosing: Bool = false,
        isDryRun: Bool = false,
        batchSize: Int = 1_000
    ) throws -> ImportReport {
        let act = OrganisationImport(mode: mode, allowsClosing: allowsClosing, isDryRun: isDryRun, batchSize: batchSize)
        return try act.run(MemoryByteSource(Array(text.utf8)), into: self)
    }
}

/// The counts of a report, to compare them in one line.
struct Counts: Equatable {
    var added = 0
    var changed = 0
    var unchanged = 0
    var closed = 0
    var malformed = 0
}

extension ImportReport {
    var counts: Counts {
        Counts(added: added, changed: changed, unchanged: unchanged, closed: closed, malformed: malformedCount)
    }
}
