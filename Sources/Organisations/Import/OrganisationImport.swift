/// Brings the local register up to a file of Enhetsregisteret: all of it or nothing.
///
/// An array replaces the kind that it holds: units missing from it are marked as deleted. A page of a search or a single
/// unit is never the whole register, so it only adds and changes, as everything does in update mode.
public struct OrganisationImport {
    /// Up to so many units an import may close without being asked, however small the register.
    public static let closingsAlwaysAllowed = 100
    /// Beyond that, up to one in so many of the live units of the kind (5 %).
    public static let closingShare = 20

    private let mode: ImportMode
    private let allowsClosing: Bool
    private let isDryRun: Bool
    private let batchSize: Int

    /// An import; `allowsClosing` lifts the limit on closings, `isDryRun` writes nothing.
    public init(mode: ImportMode, allowsClosing: Bool = false, isDryRun: Bool = false, batchSize: Int = 10_000) {
        self.mode = mode
        self.allowsClosing = allowsClosing
        self.isDryRun = isDryRun
        self.batchSize = batchSize
    }

    /// Reads the file to its end, stages what is new, changed or closed, and applies it; blocks.
    ///
    /// - Throws: ``RegisterFileError``, ``ImportRefusal``, or what `source` and `store` throw; nothing has changed then.
    @discardableResult
    public func run(
        _ source: some ByteSource,
        into store: some OrganisationImportStore,
        progress: (ImportProgress) -> Void = { _ in }
    ) throws -> ImportReport {
        let clock = ContinuousClock()
        let start = clock.now
        if !isDryRun { try store.begin() }
        do {
            var run = ImportRun(store: store, mode: mode, isDryRun: isDryRun)
            var reader = RegisterFileReader(source, of: .units, isOfOneKind: mode == .replace)
            let read = try reader.forEachBatch(of: batchSize) { batch in
                try run.take(batch)
                progress(ImportProgress(bytesTaken: batch.bytesTaken, units: run.report.unitCount))
            }
            guard run.report.unitCount > 0 else {
                throw RegisterFileError.nothingReadable(count: read.malformedCount, first: run.report.malformed)
            }
            try run.closeMissing(mentioned: reader.numbers, allowsClosing: allowsClosing, batchSize: batchSize)
            let report = run.finish(byteCount: read.byteCount, after: clock.now - start)
            if !isDryRun { try store.apply(report) }
            return report
        } catch {
            // The first error is the one to report; what cannot be cleared away now, the next import clears.
            if !isDryRun { try? store.abandon() }
            throw error
        }
    }
}
