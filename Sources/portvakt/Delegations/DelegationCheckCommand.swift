import Administration
import ArgumentParser
import Delegations
import Operations
import SQLiteStorage
import Vocabulary

/// `portvakt delegation check CONSUMER SUPPLIER SCOPE`.
struct DelegationCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Tell whether a supplier may act for a consumer with a scope, or whether a person may let it.",
        discussion: """
            Without a person: what a token request with `consumer_org` would find. With one: whether that person, logged in at \
            `--level`, may delegate the scope for the consumer. `--explain` shows every condition and what decided it. Exits with \
            3 on a no.
            """
    )

    @Argument(help: "The organisation that delegates.") var consumer: String
    @Argument(help: "The organisation that may act for it.") var supplier: String
    @Argument(help: "The scope.") var scope: String

    @Flag(help: "Show every condition.") var explain = false

    @Option(
        help: ArgumentHelp(
            "The pseudonym of a person who would delegate, as `portvakt role` shows it.",
            valueName: "pseudonym"
        )
    )
    var person: String?

    @OptionGroup var acting: ActingPersonOptions

    @Option(help: ArgumentHelp("The resource, where several bundle the scope.", valueName: "id"))
    var resource: String?

    @OptionGroup(title: "Global options") var options: GlobalOptions

    func validate() throws {
        if person != nil, acting.personStdin { throw ValidationError("Give either --person or --person-stdin.") }
    }

    func run() async throws {
        let (consumer, supplier) = (try Typed.organisation(consumer), try Typed.organisation(supplier))
        let scope = try Typed.scope(scope)
        let now = options.now
        let verdict: Verdict
        if case .person(let pseudonym, let level) = try right() {
            let named = try resource.map { text throws(CLIError) in try Typed.resource(text) }
            verdict = try options.look { reader in
                let rules = DelegationRules(reader)
                do {
                    let id = try named ?? rules.resource(for: scope).identifier
                    try rules.checkParties(from: consumer, to: supplier)
                    return Verdict(
                        try DelegationGates(reader).check(id, by: pseudonym, level: level, for: consumer, at: now)
                    )
                } catch let refusal as DelegationRefusal {
                    throw AdministrationRefusal.delegation(refusal)
                }
            }
        } else {
            verdict = Verdict(
                try options.look { reader in
                    let issuer = try reader.setting("issuer").map { try Issuer(parsing: $0) }
                    return try SupplierCheck(
                        from: consumer,
                        to: supplier,
                        with: scope,
                        at: issuer,
                        in: reader,
                        at: now
                    )
                }
            )
        }
        try show(verdict, consumer, supplier, scope)
    }

    /// Whose right is asked about; the operator's act asks for none.
    private func right() throws -> ActingRight {
        guard let person else { return try acting.right(in: options) }
        guard let pseudonym = PersonPseudonym(parsing: person) else {
            throw CLIError.usage("`--person` is no pseudonym: 64 hexadecimal digits")
        }
        return .person(pseudonym, level: acting.level)
    }

    /// A verdict with what it rests on.
    private struct Verdict: Sendable {
        struct Line: Sendable {
            let condition: String
            let holds: Bool?
            let explanation: String
        }

        let schema: String
        let holds: Bool
        let lines: [Line]
        let delegation: DelegationID?
        let question: String

        init(_ check: SupplierCheck) {
            schema = "delegation-check"
            holds = check.holds
            lines = check.conditions.map {
                Line(condition: $0.kind.rawValue, holds: $0.holds, explanation: $0.explanation)
            }
            delegation = check.holds ? check.delegation?.id : nil
            question = "may act"
        }

        init(_ check: DelegationCheckResult) {
            schema = "delegation-right"
            holds = check.isDelegable
            lines = check.conditions.map {
                Line(condition: $0.kind.rawValue, holds: $0.holds, explanation: $0.explanation)
            }
            delegation = nil
            question = "may delegate"
        }

        var obstacle: Line? { lines.first { $0.holds == false } }
    }

    private func show(
        _ verdict: Verdict,
        _ consumer: OrganisationNumber,
        _ supplier: OrganisationNumber,
        _ scope: ScopeName
    ) throws {
        if explain {
            try options.print(
                Table(
                    verdict.schema,
                    verdict.lines,
                    facts: [
                        .init("consumer_orgno", consumer), .init("supplier_orgno", supplier), .init("scope", scope),
                        .init("result", verdict.holds), .init("delegation", verdict.delegation),
                    ],
                    columns: [
                        Column("condition") { $0.condition },
                        Column("holds", style: { $0.holds == false ? .bad : .plain }) { $0.holds },
                        Column("explanation") { $0.explanation },
                    ]
                )
            )
        } else {
            try options.print(
                Record(
                    verdict.schema,
                    [
                        .init("consumer_orgno", consumer), .init("supplier_orgno", supplier), .init("scope", scope),
                        .init("result", verdict.holds), .init("obstacle", verdict.obstacle?.condition),
                        .init("delegation", verdict.delegation),
                    ]
                )
            )
        }
        guard verdict.holds else {
            throw CLIError.verdict(
                "delegation_check_failed",
                "no: \(verdict.obstacle?.explanation ?? "nothing can be given")"
            )
        }
    }
}
