package import Administration
import Clients
import Vocabulary

/// Lets a client get no more tokens; its scopes and keys stay.
package struct DisableClient: OperatorAct {
    package static let name = "client-disable"
    package static let summary = "Let a client get no more tokens; its scopes and keys stay."
    package static let parameters = [Parameter("client", .client, "The client.").required]
    package let arguments: Arguments
    private let client: ClientID

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        client = try arguments.required("client", arguments.client)
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let outcome = try administration.disableClient(client)
        return Report(
            Record(
                "client-state",
                [
                    .init("client_id", client), .init("active", false),
                    .init("result", outcome.hasChanged ? "disabled" : "already"),
                ]
            )
        )
    }
}

/// Lets a disabled client get tokens again.
package struct EnableClient: OperatorAct {
    package static let name = "client-enable"
    package static let summary = "Let a disabled client get tokens again."
    package static let parameters = [Parameter("client", .client, "The client.").required]
    package let arguments: Arguments
    private let client: ClientID

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        client = try arguments.required("client", arguments.client)
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let outcome = try administration.enableClient(client)
        return Report(
            Record(
                "client-state",
                [
                    .init("client_id", client), .init("active", true),
                    .init("result", outcome.hasChanged ? "enabled" : "already"),
                ]
            ),
            warnings: outcome.warnings.map(\.description)
        )
    }
}
