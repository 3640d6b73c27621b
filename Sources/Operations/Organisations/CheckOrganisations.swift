import Administration
import Organisations
import Vocabulary

/// Whether organisation numbers are valid, known and active, and would get tokens.
package struct CheckOrganisations: Inquiry {
    package static let name = "org-check"
    package static let summary = "Check that organisation numbers are valid, known and active, and would get tokens."
    package static let parameters = [
        Parameter("orgs", .text, "Organisation numbers, as they were written.").list
    ]
    package let arguments: Arguments
    private let typed: [String]

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        typed = try arguments.texts("orgs")
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let verdicts = try typed.map { try Verdict($0, policy: context.distress ?? .warn, reader) }
        var report = Report(
            Table("org-check", verdicts, whenEmpty: "the file names no organisation", columns: Self.columns)
        )
        if context.distress == nil, verdicts.contains(where: { $0.standing?.distress.isPresent == true }) {
            report.warnings.append(
                "the configuration cannot be read, so `organisation_distress` is taken to be `warn`"
            )
        }
        let bad = verdicts.filter { !$0.getsTokens }
        if !bad.isEmpty {
            report.verdict = Report.Verdict(
                .negative,
                "org_check_failed",
                "\(bad.count) of \(verdicts.count) organisations may not get tokens: "
                    + bad.prefix(Self.mostNamed).map { "`\($0.typed)` (\($0.status))" }.joined(separator: ", ")
                    + (bad.count > Self.mostNamed ? " …" : "")
            )
        }
        return report
    }

    /// The most organisations that the verdict names.
    private static let mostNamed = 20

    private static let columns: [Column<Verdict>] = [
        Column("organisation_number", title: "ORG") { $0.number.map { "\($0)" } ?? $0.typed },
        Column("valid", style: { $0.number == nil ? .bad : .plain }) { $0.number != nil },
        Column("known", style: { $0.standing == nil ? .bad : .plain }) { $0.standing != nil },
        Column("active", style: { $0.isActive ? .plain : .bad }) { $0.isActive },
        Column("tokens", style: { $0.getsTokens ? .good : .bad }) { $0.getsTokens },
        Column("status", style: { $0.standing.map(OrganisationStatus.tone) ?? .bad }) { $0.status },
        Column("name") { $0.standing?.name },
        Column("kind", .detail) { $0.unit?.kind.rawValue },
        Column("parent") { $0.unit?.parent },
        Column("reason") { $0.reason },
    ]

    /// What is found out about one number, as far as it goes.
    private struct Verdict: Sendable {
        let typed: String
        let number: OrganisationNumber?
        let unit: Organisation?
        let standing: OrganisationStanding?
        /// The state in a word or two.
        let status: String
        /// Why no token is issued, or what is noted with one; nil when there is nothing to say.
        let reason: String?
        /// Whether a token request of it would fail for what it is.
        let getsTokens: Bool

        init(_ typed: String, policy: DistressPolicy, _ reader: some OperationReader) throws {
            self.typed = typed
            do throws(OrganisationNumber.ParseError) {
                number = try OrganisationNumber(typed: typed)
            } catch {
                (number, unit, standing, getsTokens) = (nil, nil, nil, false)
                (status, reason) = (error.words, "no organisation has this number")
                return
            }
            unit = try number.flatMap { try reader.organisation($0) }
            standing = try number.flatMap { try reader.standing(of: $0) }
            status = standing.map(OrganisationStatus.words) ?? "not in the register"
            switch (standing, standing?.impediment) {
            case (nil, _): (getsTokens, reason) = (false, "the register here does not know it")
            case (_, .deleted?): (getsTokens, reason) = (false, "deleted units get no token")
            case (_, .mainUnitDeleted?):
                (getsTokens, reason) = (false, "a sub-unit gets none when its main unit is deleted")
            case (let standing?, nil) where standing.distress.isPresent:
                switch policy {
                case .allow: (getsTokens, reason) = (true, "`organisation_distress` is `allow`")
                case .warn: (getsTokens, reason) = (true, "tokens are marked: `organisation_distress` is `warn`")
                case .refuse: (getsTokens, reason) = (false, "`organisation_distress` is `refuse`")
                }
            default: (getsTokens, reason) = (true, nil)
            }
        }

        /// Valid, known and alive; what is bankrupt or winding up is active too, and its status says so.
        var isActive: Bool { standing.map { $0.impediment == nil } ?? false }
    }
}
