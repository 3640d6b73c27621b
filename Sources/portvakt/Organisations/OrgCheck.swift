import ArgumentParser
import Organisations
import SQLiteStorage
import Vocabulary

/// `portvakt org check ORG…`.
struct OrgCheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check that organisation numbers are valid, known and active.",
        discussion: "Exits with 3 when any of them is not."
    )

    @Argument(help: ArgumentHelp("Organisation numbers.", valueName: "org"))
    var organisations: [String]

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func run() async throws {
        let store = try SQLiteStore(.init(path: options.dataFolder().path), opening: .requireCurrent)
        let verdicts = try await store.read { [organisations] reader in
            try organisations.map { typed in try Verdict(typed) { try reader.standing(of: $0) } }
        }
        try store.close()
        try options.print(
            Table(
                "org-check",
                verdicts,
                columns: [
                    Column("organisation_number", title: "ORG") { $0.number.map { "\($0)" } ?? $0.typed },
                    Column("valid", style: { $0.number == nil ? .bad : .plain }) { $0.number != nil },
                    Column("known", style: { $0.standing == nil ? .bad : .plain }) { $0.standing != nil },
                    Column("active", style: { $0.isActive ? .plain : .bad }) { $0.isActive },
                    Column("status", style: { $0.standing.map(OrganisationStatus.style) ?? .bad }) { $0.status },
                    Column("name") { $0.standing?.name },
                ]
            )
        )
        let bad = verdicts.filter { !$0.isActive }
        guard bad.isEmpty else {
            throw CLIError.verdict(
                "org_check_failed",
                "\(bad.count) of \(verdicts.count) organisations may not get tokens: "
                    + bad.map { "`\($0.typed)` (\($0.status))" }.joined(separator: ", ")
            )
        }
    }

    /// What is found out about one number, as far as it goes.
    private struct Verdict: Sendable {
        let typed: String
        let number: OrganisationNumber?
        let standing: OrganisationStanding?
        let status: String

        init(_ typed: String, standing find: (OrganisationNumber) throws -> OrganisationStanding?) throws {
            self.typed = typed
            do throws(OrganisationNumber.ParseError) {
                number = try OrganisationNumber(typed: typed)
            } catch {
                (number, standing, status) = (nil, nil, error.words)
                return
            }
            standing = try number.flatMap(find)
            status = standing.map(OrganisationStatus.words) ?? "not in the register"
        }

        /// Valid, known and alive; what is bankrupt or winding up is active too, and its status says so.
        var isActive: Bool { standing.map { $0.impediment == nil } ?? false }
    }
}
