package import Administration
import Scopes
import Vocabulary

/// Requests for access.
package struct ListAccessRequests: Inquiry {
    package static let name = "access-requests"
    package static let summary = "List requests for access to scopes."
    package static let parameters = [
        Parameter("scope", .scope, "Only requests for this scope."),
        Parameter("org", .organisation, "Only requests of this organisation."),
        Parameter("owner", .organisation, "Only requests for scopes of this organisation."),
        Parameter("all", .flag, "Requests that were answered or taken back too."),
    ]
    package let arguments: Arguments
    private var query = AccessRequestQuery()

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        query.scope = try arguments.scope("scope")
        query.consumer = try arguments.organisation("org")
        query.owner = try arguments.organisation("owner")
        query.state = try arguments.flag("all") ? nil : .pending
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let requests = try reader.accessRequests(query).filter { request in
            try context.viewer.isOne(of: request.consumer, reader.scope(request.scope)?.owner)
        }
        return Report(
            Table("access-requests", requests, whenEmpty: "no request waits", columns: AccessRequest.columns)
        )
    }
}

/// A consumer asks for access.
package struct RequestAccess: OperatorAct {
    package static let name = "access-request"
    package static let summary = "Ask the owner of a scope for access, on behalf of an organisation."
    package static let parameters =
        [AccessArguments.scope, AccessArguments.org] + AccessArguments.fields + [
            Parameter("accept_terms", .text, "The version of the terms of use that the organisation accepts.")
        ]
    package let arguments: Arguments
    private let scope: ScopeName
    private let consumer: OrganisationNumber
    private let fields: [AccessField: AccessFieldValue]
    private let terms: String?

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        scope = try arguments.required("scope", arguments.scope)
        consumer = try arguments.required("org", arguments.organisation)
        fields = try AccessArguments.read(arguments)
        terms = try arguments.text("accept_terms")
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let outcome = try administration.requestAccess(to: scope, for: consumer, fields, accepting: terms)
        return outcome.value.report(
            outcome.hasChanged ? "requested" : "already",
            warnings: outcome.warnings.map { "\($0)" }
        )
    }
}

/// A consumer takes its request back.
package struct WithdrawAccessRequest: OperatorAct {
    package static let name = "access-withdraw-request"
    package static let summary = "Take back an organisation's request for access."
    package static let parameters = [AccessArguments.scope, AccessArguments.org]
    package let arguments: Arguments
    private let scope: ScopeName
    private let consumer: OrganisationNumber

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        scope = try arguments.required("scope", arguments.scope)
        consumer = try arguments.required("org", arguments.organisation)
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let outcome = try administration.withdrawRequest(for: scope, of: consumer)
        guard let request = outcome.value else { throw OperationFault.absent("request", "\(scope) of \(consumer)") }
        return request.report(outcome.hasChanged ? "withdrawn" : "already")
    }
}
