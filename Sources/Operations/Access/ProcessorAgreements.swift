package import Administration
import Scopes
import Vocabulary

/// Agreements between consumers and their suppliers.
package struct ListProcessorAgreements: Inquiry {
    package static let name = "access-agreements"
    package static let summary = "List processor agreements of consumers with their suppliers."
    package static let parameters = [
        Parameter("scope", .scope, "Only agreements for this scope."),
        Parameter("org", .organisation, "Only agreements of this consumer."),
        Parameter("supplier", .organisation, "Only agreements with this supplier."),
    ]
    package let arguments: Arguments
    private var query = ProcessorAgreementQuery()

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        query.scope = try arguments.scope("scope")
        query.consumer = try arguments.organisation("org")
        query.supplier = try arguments.organisation("supplier")
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let agreements = try reader.processorAgreements(query).filter { agreement in
            try context.viewer.isOne(
                of: agreement.consumer,
                agreement.supplier,
                reader.scope(agreement.scope)?.owner
            )
        }
        let now = context.now
        return Report(
            Table(
                "access-agreements",
                agreements,
                whenEmpty: "there is no such agreement",
                columns: [
                    Column("scope") { $0.scope },
                    Column("consumer_orgno", title: "CONSUMER") { $0.consumer },
                    Column("supplier_orgno", title: "SUPPLIER") { $0.supplier },
                    Column("reference") { $0.reference },
                    Column("created", title: "SINCE") { $0.created },
                    Column("until", style: { $0.isInForce(at: now) ? .plain : .bad }) { $0.validUntil },
                ]
            )
        )
    }
}

/// A consumer registers its agreement with a supplier.
package struct RegisterProcessorAgreement: OperatorAct {
    package static let name = "access-agree"
    package static let summary = "Register a consumer's processor agreement with a supplier for a scope."
    package static let parameters = [
        AccessArguments.scope, AccessArguments.org,
        Parameter("supplier", .organisation, "The supplier.").required,
        Parameter("reference", .text, "Where the agreement can be found.").required,
        Parameter("until", .text, "Its last day, or the moment it ends."),
    ]
    package let arguments: Arguments
    private let scope: ScopeName
    private let consumer: OrganisationNumber
    private let supplier: OrganisationNumber
    private let reference: String
    private let until: Timestamp?

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        scope = try arguments.required("scope", arguments.scope)
        consumer = try arguments.required("org", arguments.organisation)
        supplier = try arguments.required("supplier", arguments.organisation)
        reference = try arguments.requiredText("reference")
        if case .time(let time)? = try AccessArguments.read(arguments, [.validUntil])[.validUntil] {
            until = time
        } else {
            until = nil
        }
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let outcome = try administration.registerAgreement(
            on: scope,
            of: consumer,
            with: supplier,
            reference: reference,
            until: until
        )
        return outcome.value.report(
            outcome.hasChanged ? "registered" : "already",
            warnings: outcome.warnings.map { "\($0)" }
        )
    }
}

/// A consumer takes its agreement with a supplier back.
package struct RemoveProcessorAgreement: OperatorAct {
    package static let name = "access-disagree"
    package static let summary = "Take back a consumer's processor agreement with a supplier for a scope."
    package static let parameters = [
        AccessArguments.scope, AccessArguments.org,
        Parameter("supplier", .organisation, "The supplier.").required,
    ]
    package let arguments: Arguments
    private let scope: ScopeName
    private let consumer: OrganisationNumber
    private let supplier: OrganisationNumber

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        scope = try arguments.required("scope", arguments.scope)
        consumer = try arguments.required("org", arguments.organisation)
        supplier = try arguments.required("supplier", arguments.organisation)
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let outcome = try administration.removeAgreement(on: scope, of: consumer, with: supplier)
        guard let agreement = outcome.value else {
            throw OperationFault.absent("agreement", "\(scope) \(consumer) \(supplier)")
        }
        return agreement.report("removed", warnings: [])
    }
}

extension ProcessorAgreement {
    /// An agreement as the answer of an act.
    fileprivate func report(_ result: String, warnings: [String]) -> Report {
        Report(
            Record(
                "access-agreement",
                [
                    .init("scope", scope), .init("consumer_orgno", consumer), .init("supplier_orgno", supplier),
                    .init("reference", reference), .init("until", validUntil), .init("result", result),
                ]
            ),
            warnings: warnings
        )
    }
}
