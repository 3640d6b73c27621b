package import Administration
import Scopes
import Vocabulary

/// Grants organisations access to a scope; what is granted already stays so, with new limits if some are given.
package struct GrantAccess: OperatorAct {
    package static let name = "access-grant"
    package static let summary = "Grant organisations access to a scope."
    package static let parameters = [
        Parameter("scope", .scope, "The scope.").required,
        Parameter("orgs", .organisation, "Organisation numbers.").list.required,
        Parameter("from", .text, "The first day, or the moment it begins."),
        Parameter("until", .text, "The last day, or the moment it ends."),
        Parameter("legal_basis", .text, "The consumers' legal basis."),
        Parameter("purpose", .text, "What the consumers use the data for."),
        Parameter("reason", .text, "Why it is granted; kept with the grant and in the ledger."),
    ]
    package let arguments: Arguments
    private let scope: ScopeName
    private let consumers: [OrganisationNumber]
    private let fields: [AccessField: AccessFieldValue]

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        scope = try arguments.required("scope", arguments.scope)
        consumers = try arguments.organisations("orgs")
        guard !consumers.isEmpty else { throw .usage("no organisation was named") }
        var fields: [AccessField: AccessFieldValue] = [:]
        for (field, name) in [
            (AccessField.validFrom, "from"), (.validUntil, "until"), (.legalBasis, "legal_basis"),
            (.purpose, "purpose"), (.reason, "reason"),
        ] {
            guard let text = try arguments.text(name) else { continue }
            do throws(AccessFault) { fields[field] = try field.value(parsing: text) } catch {
                throw .usage(
                    "\(arguments.title(of: name)) is no time: `\(text)`",
                    hint: "write a day as 2027-06-30, which counts whole, or 2027-06-30T12:00:00Z"
                )
            }
        }
        self.fields = fields
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let outcomes = try consumers.map {
            try administration.grantAccess(to: scope, for: $0, fields, origin: context.origin)
        }
        return Report(
            Table("access-grant", outcomes, columns: Self.columns),
            warnings: outcomes.flatMap(\.warnings).map(\.description)
        )
    }

    private static let columns: [Column<AdministrationOutcome<ScopeAccess>>] = [
        Column("consumer_orgno", title: "CONSUMER") { $0.value.consumer },
        Column("scope") { $0.value.scope },
        Column("result", style: { $0.hasChanged ? .good : .faint }) { $0.hasChanged ? "granted" : "already" },
        Column("valid_from", .detail) { $0.value.validFrom },
        Column("until") { $0.value.validUntil },
    ]
}
