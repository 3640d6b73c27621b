import Administration
import Delegations
import Operations
import Organisations
import SQLiteStorage
import Server

/// What `portvakt org import` does with a file of roles.
extension OrgImport {
    /// Imports roles; what kind of file it is has been told from its content.
    func importRoles(_ source: some ByteSource, size: Int64?) throws {
        let key = try options.pseudonymKey()
        let store = try options.openStore()
        defer { try? store.close() }
        let (actor, reason, now) = (Actor(options.operatorIdentity), options.reason, options.now)
        let bar = options.progress("importing", total: size.map { Int($0) })
        defer { bar.finish() }
        let report = try RoleImport(
            mode: update ? .update : .replace,
            allowsClosing: allowClosing,
            isDryRun: dryRun
        ).run(
            source,
            under: key,
            into: SQLiteRoleImport(into: store) { $0.ledgerEvent(by: actor, reason: reason, at: now) },
            progress: { bar.update(Int($0.bytesTaken), count: $0.units, of: "units") }
        )
        bar.finish()
        try show(report)
    }

    private func show(_ report: RoleImportReport) throws {
        warn(about: report.malformed, of: report.malformedCount)
        for (code, count) in report.unknownCodes.sorted(by: { $0.key < $1.key }) {
            options.warn("\(count) roles of the unknown code `\(code)` were passed over")
        }
        if report.unnumberedCount > 0 {
            options.note(
                """
                \(report.unnumberedCount) roles name their holder without a national identity number: \
                they count once `portvakt role link` says who it is
                """
            )
        }
        var members: [OutputValue.Member] = [
            .init("document", report.document.rawValue), .init("mode", report.mode.rawValue),
            .init("kinds", ["roles"]), .init("dry_run", report.isDryRun),
            .init("read", report.unitCount), .init("new", report.added), .init("changed", report.changed),
            .init("ended", report.ended), .init("unchanged", report.unchanged),
            .init("roles", report.roleCount), .init("roles_over", report.endedRoleCount),
            .init("roles_unlinked", report.unnumberedCount), .init("invalid", report.malformedCount),
            .init("bytes", report.byteCount), .init("milliseconds", Int(report.duration / .milliseconds(1))),
        ]
        if options.rendering.format.isStructured { members.append(.init("invalid_units", report.malformed)) }
        try options.print(Record("org-import", members))
    }
}

extension GlobalOptions {
    /// The key under which persons are known; made when the data folder has none and needs none.
    func pseudonymKey() throws -> PseudonymKey {
        let isUsed = try look { try $0.hasPersons() }
        return try PseudonymKeyFile.readOrMake(in: dataFolder().path, isUsed: isUsed)
    }
}
