import Administration
import Delegations
import Vocabulary

/// Whether a supplier may act for a consumer with a scope, or whether a person may let it.
package struct CheckDelegation: Inquiry {
    package static let name = "delegation-check"
    package static let summary =
        "Tell whether a supplier may act for a consumer with a scope, or whether a person may let it."
    package static let parameters =
        [
            Parameter("consumer", .organisation, "The organisation that delegates.").required,
            Parameter("supplier", .organisation, "The organisation that may act for it.").required,
            Parameter("scope", .scope, "The scope.").required,
            Parameter("explain", .flag, "Tell every condition and what decided it."),
            Parameter("person", .text, "The pseudonym of a person who would delegate."),
            Parameter("resource", .resource, "The resource, where several bundle the scope."),
        ] + ActingPerson.parameters
    package static let asksInBody = true
    package let arguments: Arguments
    private let consumer: OrganisationNumber
    private let supplier: OrganisationNumber
    private let scope: ScopeName
    private let isExplained: Bool
    private let person: PersonPseudonym?
    private let level: Int
    private let acting: ActingPerson
    private let resource: ResourceID?

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        consumer = try arguments.required("consumer", arguments.organisation)
        supplier = try arguments.required("supplier", arguments.organisation)
        scope = try arguments.required("scope", arguments.scope)
        isExplained = try arguments.flag("explain")
        person = try arguments.pseudonym("person")
        level = Int(try arguments.number("level", in: 1...4) ?? 3)
        acting = try ActingPerson(arguments)
        resource = try arguments.resource("resource")
        if person != nil, acting.isSomebody { throw .usage("name the person once: by a pseudonym or a number") }
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        guard context.viewer.isOne(of: consumer, supplier) else {
            throw OperationFault(.notAllowed, "check_not_yours", "an organisation asks about its own delegations only")
        }
        let right: ActingRight =
            try person.map { .person($0, level: level) } ?? acting.right(reader, context)
        guard case .person(let pseudonym, let level) = right else {
            let issuer = try reader.setting("issuer").map { try Issuer(parsing: $0) }
            return report(
                try Answer(
                    SupplierCheck(from: consumer, to: supplier, with: scope, at: issuer, in: reader, at: context.now)
                )
            )
        }
        let rules = DelegationRules(reader)
        do {
            let id = try resource ?? rules.resource(for: scope).identifier
            try rules.checkParties(from: consumer, to: supplier)
            return report(
                Answer(
                    try DelegationGates(reader).check(id, by: pseudonym, level: level, for: consumer, at: context.now)
                )
            )
        } catch let refusal as DelegationRefusal {
            throw AdministrationRefusal.delegation(refusal)
        }
    }

    /// An answer with what it rests on.
    private struct Answer: Sendable {
        struct Line: Sendable {
            let condition: String
            let holds: Bool?
            let explanation: String
        }

        let schema: String
        let holds: Bool
        let lines: [Line]
        let delegation: DelegationID?

        init(_ check: SupplierCheck) {
            schema = "delegation-check"
            holds = check.holds
            lines = check.conditions.map {
                Line(condition: $0.kind.rawValue, holds: $0.holds, explanation: $0.explanation)
            }
            delegation = check.holds ? check.delegation?.id : nil
        }

        init(_ check: DelegationCheckResult) {
            schema = "delegation-right"
            holds = check.isDelegable
            lines = check.conditions.map {
                Line(condition: $0.kind.rawValue, holds: $0.holds, explanation: $0.explanation)
            }
            delegation = nil
        }

        var obstacle: Line? { lines.first { $0.holds == false } }
    }

    private func report(_ answer: Answer) -> Report {
        let parties: [OutputValue.Member] = [
            .init("consumer_orgno", consumer), .init("supplier_orgno", supplier), .init("scope", scope),
            .init("result", answer.holds),
        ]
        var report =
            isExplained
            ? Report(
                Table(
                    answer.schema,
                    answer.lines,
                    facts: parties + [.init("delegation", answer.delegation)],
                    columns: [
                        Column("condition") { $0.condition },
                        Column("holds", style: { $0.holds == false ? .bad : .plain }) { $0.holds },
                        Column("explanation") { $0.explanation },
                    ]
                )
            )
            : Report(
                Record(
                    answer.schema,
                    parties + [
                        .init("obstacle", answer.obstacle?.condition), .init("delegation", answer.delegation),
                    ]
                )
            )
        if !answer.holds {
            report.verdict = Report.Verdict(
                .negative,
                "delegation_check_failed",
                "no: \(answer.obstacle?.explanation ?? "nothing can be given")"
            )
        }
        return report
    }
}
