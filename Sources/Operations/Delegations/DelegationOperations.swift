package import Administration
import Delegations
import Scopes
package import Vocabulary

/// Delegates a scope from a consumer to a supplier, by the operator's own act or a person's.
package struct GrantDelegation: OperatorAct {
    package static let name = "delegation-grant"
    package static let summary =
        "Delegate a scope from a consumer to a supplier, by the operator's own act or a person's."
    package static let parameters =
        [
            Parameter("consumer", .organisation, "The organisation that delegates.").required,
            Parameter("supplier", .organisation, "The organisation that may act for it.").required,
            Parameter("scope", .scope, "The scope.").required,
            Parameter("resource", .resource, "The resource, where several bundle the scope."),
            Parameter("until", .text, "The last day, or the moment it ends."),
            Parameter("endless", .flag, "Take away the end that it has."),
        ] + ActingPerson.parameters
    package let arguments: Arguments
    private let consumer: OrganisationNumber
    private let supplier: OrganisationNumber
    private let scope: ScopeName
    private let resource: ResourceID?
    private let until: Timestamp?
    private let isEndless: Bool
    private let acting: ActingPerson

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        consumer = try arguments.required("consumer", arguments.organisation)
        supplier = try arguments.required("supplier", arguments.organisation)
        scope = try arguments.required("scope", arguments.scope)
        resource = try arguments.resource("resource")
        until = try arguments.end("until")
        isEndless = try arguments.flag("endless")
        acting = try ActingPerson(arguments)
        if until != nil, isEndless { throw .usage("an end and no end contradict each other") }
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let outcome = try administration.giveDelegation(
            of: try bundle(in: administration.transaction),
            from: consumer,
            to: supplier,
            until: until,
            isEndless: isEndless,
            by: try acting.right(administration.transaction, context)
        )
        return Report(
            Record(
                "delegation",
                [
                    .init("id", outcome.value.id), .init("consumer_orgno", consumer),
                    .init("supplier_orgno", supplier), .init("scope", scope),
                    .init("resource", outcome.value.resource), .init("since", outcome.value.since),
                    .init("until", outcome.value.until), .init("basis", outcome.value.basis),
                    .init("result", outcome.hasChanged ? "granted" : "already"),
                ]
            ),
            warnings: outcome.warnings.map(\.description)
        )
    }

    /// The resource that bundles the scope.
    private func bundle(in reader: some OperationReader) throws -> ResourceID {
        guard try reader.scope(scope) != nil else { throw AdministrationRefusal.unknownScope(scope) }
        let bundle: ResourceID
        do { bundle = try resource ?? DelegationRules(reader).resource(for: scope).identifier } catch let refusal
            as DelegationRefusal
        {
            throw AdministrationRefusal.delegation(refusal)
        }
        if let bundled = try reader.resource(bundle), !bundled.scopes.contains(scope) {
            throw OperationFault(
                .refused,
                "resource_other_scope",
                "the resource `\(bundle)` does not bundle `\(scope)`"
            )
        }
        return bundle
    }
}

/// Takes delegations back, by the operator's own act; what is revoked already stays so.
package struct RevokeDelegations: OperatorAct {
    package static let name = "delegation-revoke"
    package static let summary = "Take delegations back, by the operator's own act."
    package static let parameters = ListDelegations.parameters
    package let arguments: Arguments
    private let query: DelegationQuery

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        query = try arguments.delegations()
        if query.consumer == nil, query.supplier == nil, query.resource == nil {
            throw .usage("name a consumer, a supplier or a resource")
        }
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let revoked = try administration.transaction.delegations(query).map { delegation in
            try administration.revokeDelegation(
                of: delegation.resource,
                from: delegation.consumer,
                to: delegation.supplier,
                by: .operatorsAct
            )
            return delegation
        }
        return Report(
            Table("delegation-revoke", revoked, whenEmpty: "there was no such delegation", columns: Self.columns)
        )
    }

    private static let columns: [Column<ScopeDelegation>] = [
        Column("id", .detail) { $0.id },
        Column("consumer_orgno", title: "CONSUMER") { $0.consumer },
        Column("supplier_orgno", title: "SUPPLIER") { $0.supplier },
        Column("resource") { $0.resource },
        Column("result") { _ in "revoked" },
    ]
}

extension Arguments {
    /// When something ends: a moment, or a day, which counts whole.
    package func end(_ name: String) throws(OperationFault) -> Timestamp? {
        guard let text = try text(name) else { return nil }
        if let time = Timestamp(parsing: text) { return time }
        guard let day = CalendarDate(parsing: text) else {
            throw .usage(
                "\(title(of: name)) is no time: `\(text)`",
                hint: "write a day as 2027-06-30, which counts whole, or 2027-06-30T12:00:00Z"
            )
        }
        return day.start + .days(1)
    }
}
