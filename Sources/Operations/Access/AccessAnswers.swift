package import Administration
import Scopes
import Vocabulary

/// The owner of a scope grants what was asked for.
package struct ApproveAccess: OperatorAct {
    package static let name = "access-approve"
    package static let summary = "Grant an organisation what it asked for, or fewer days of it."
    package static let parameters = [
        AccessArguments.scope, AccessArguments.org,
        Parameter("from", .text, "A later first day, or moment, than was asked for."),
        Parameter("until", .text, "An earlier last day, or moment, than was asked for."),
        Parameter("reason", .text, "Why it is granted."),
    ]
    package let arguments: Arguments
    private let scope: ScopeName
    private let consumer: OrganisationNumber
    private let fields: [AccessField: AccessFieldValue]

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        scope = try arguments.required("scope", arguments.scope)
        consumer = try arguments.required("org", arguments.organisation)
        fields = try AccessArguments.read(arguments, [.validFrom, .validUntil, .reason])
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let outcome = try administration.approveRequest(for: scope, of: consumer, fields, origin: "cli")
        return outcome.value.report("granted", warnings: outcome.warnings.map { "\($0)" })
    }
}

/// The owner of a scope says no.
package struct DenyAccess: OperatorAct {
    package static let name = "access-deny"
    package static let summary = "Answer an organisation's request for access by no, for a reason."
    package static let parameters = [
        AccessArguments.scope, AccessArguments.org,
        Parameter("reason", .text, "Why it is refused; the organisation sees it.").required,
    ]
    package let arguments: Arguments
    private let scope: ScopeName
    private let consumer: OrganisationNumber
    private let reason: String

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        scope = try arguments.required("scope", arguments.scope)
        consumer = try arguments.required("org", arguments.organisation)
        reason = try arguments.requiredText("reason")
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        try administration.with(reason: reason).denyRequest(for: scope, of: consumer).value.report("denied")
    }
}

/// A consumer accepts the terms of use of a scope.
package struct AcceptTerms: OperatorAct {
    package static let name = "access-accept-terms"
    package static let summary = "Accept the terms of use in force of a scope, on behalf of an organisation."
    package static let parameters = [
        AccessArguments.scope, AccessArguments.org,
        Parameter("version", .text, "The version of the terms.").required,
    ]
    package let arguments: Arguments
    private let scope: ScopeName
    private let consumer: OrganisationNumber
    private let version: String

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        scope = try arguments.required("scope", arguments.scope)
        consumer = try arguments.required("org", arguments.organisation)
        version = try arguments.requiredText("version")
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let outcome = try administration.acceptTerms(of: scope, version: version, for: consumer)
        return outcome.value.report(
            outcome.hasChanged ? "accepted" : "already",
            warnings: outcome.warnings.map { "\($0)" }
        )
    }
}

extension ScopeAccess {
    /// A grant as the answer of an act.
    func report(_ result: String, warnings: [String]) -> Report {
        Report(
            Record(
                "access",
                [
                    .init("scope", scope), .init("consumer_orgno", consumer), .init("state", state.rawValue),
                    .init("valid_from", validFrom), .init("until", validUntil), .init("reason", reason),
                    .init("legal_basis", legalBasis), .init("purpose", purpose),
                    .init("accepted_terms_version", acceptedTermsVersion), .init("result", result),
                ]
            ),
            warnings: warnings
        )
    }
}
