package import Administration
import Delegations
import Vocabulary
import XACML

/// The rights that a resource's policy gives, or with `document` the policy itself.
package struct ShowResourcePolicy: Inquiry {
    package static let name = "resource-policy"
    package static let summary = "Show what the policy of a resource says."
    package static let parameters = [
        Parameter("resource", .resource, "The resource.").required,
        Parameter("document", .flag, "The document itself, in place of the rights that it gives."),
    ]
    package let arguments: Arguments
    private let id: ResourceID
    private let isDocument: Bool

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        id = try arguments.required("resource", arguments.resource)
        isDocument = try arguments.flag("document")
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let missing = OperationFault(.absent, "policy_not_found", "`\(id)` has no policy")
        if isDocument {
            guard let content = try reader.policyDocument(of: id) else { throw missing }
            return Report(
                Record(
                    "resource-policy-document",
                    [.init("identifier", id), .init("document", String(decoding: content, as: UTF8.self))]
                )
            )
        }
        guard let policy = try reader.policy(of: id) else { throw missing }
        return Report(
            Table(
                "resource-right-list",
                policy.rights,
                facts: [.init("identifier", id), .init("policy", policy.identifier)],
                whenEmpty: "the policy permits nothing",
                columns: [
                    Column("action") { $0.action.map(\.value) },
                    Column("resource", .detail) { $0.resource.map { "\($0.identifier)=\($0.value)" } },
                    Column("subjects") { right in
                        right.subjects.map { $0.map { "\($0.identifier)=\($0.value)" }.joined(separator: "+") }
                    },
                ]
            )
        )
    }
}

/// Keeps the policy of a resource.
package struct SetResourcePolicy: OperatorAct {
    package static let name = "resource-policy-set"
    package static let summary = "Upload the policy of a resource."
    package static let parameters = [
        Parameter("resource", .resource, "The resource.").required,
        Parameter("policy", .text, "The policy: an XACML 3.0 document.").required,
    ]
    package let arguments: Arguments
    private let id: ResourceID
    private let policy: PolicyDocument

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        id = try arguments.required("resource", arguments.resource)
        let text = try arguments.requiredText("policy")
        do throws(AdministrationRefusal) { policy = try PolicyDocument(parsing: Array(text.utf8)) } catch {
            throw OperationFault(error)
        }
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let outcome = try administration.setPolicy(policy, of: id, for: .administrator)
        return Report(
            Record(
                "resource-policy",
                [.init("identifier", id), .init("result", outcome.hasChanged ? "uploaded" : "already")]
            )
        )
    }
}
