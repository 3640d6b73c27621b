package import Administration
import Clients
import Vocabulary

/// The customers that a client may name.
package struct ListOnBehalfOf: Inquiry {
    package static let name = "client-onbehalfof-list"
    package static let summary = "List the customers that a client may name in `iss_onbehalfof`."
    package static let parameters = [Parameter("client", .client, "The client.").required]
    package let arguments: Arguments
    private let client: ClientID

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        client = try arguments.required("client", arguments.client)
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        guard let client = try reader.client(client), context.viewer.sees(client) else {
            throw AdministrationRefusal.unknownClient(client)
        }
        return Report(
            Table(
                "client-onbehalfof-list",
                client.onBehalfOf,
                facts: [.init("client_id", client.id)],
                whenEmpty: "the client acts for no customer by `iss_onbehalfof`",
                columns: Self.columns
            )
        )
    }

    private static let columns: [Column<OnBehalfOfEntry>] = [
        Column("onbehalfof", title: "VALUE") { $0.value },
        Column("orgno", title: "CUSTOMER") { $0.consumer },
        Column("name") { $0.name },
        Column("description", .detail) { $0.description },
        Column("client_uri", .detail) { $0.uri },
        Column("created", title: "SINCE") { $0.created },
    ]
}

/// Lets a client name a customer by a value, or changes the entry's name and description.
package struct AddOnBehalfOf: OperatorAct {
    package static let name = "client-onbehalfof-add"
    package static let summary = "Let a client name a customer by a value, or change the entry's name and description."
    package static let parameters = [
        Parameter("client", .client, "The client.").required,
        Parameter("value", .text, "What stands in `iss_onbehalfof`.").required,
        Parameter("org", .organisation, "The customer.").required,
        Parameter("name", .text, "The name, for lists (default: the value)."),
        Parameter("description", .text, "What it is for."),
        Parameter("uri", .text, "A page about it."),
    ]
    package let arguments: Arguments
    private let client: ClientID
    private let value: String
    private let consumer: OrganisationNumber

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        client = try arguments.required("client", arguments.client)
        value = try arguments.requiredText("value")
        consumer = try arguments.required("org", arguments.organisation)
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let outcome = try administration.putOnBehalfOf(
            value,
            standingFor: consumer,
            name: try arguments.text("name") ?? value,
            description: try arguments.text("description"),
            uri: try arguments.text("uri"),
            on: client
        )
        return Report(
            Record(
                "client-onbehalfof",
                [
                    .init("onbehalfof", value), .init("client_id", client), .init("orgno", consumer),
                    .init("name", outcome.value.name), .init("result", outcome.hasChanged ? "added" : "already"),
                ]
            ),
            warnings: outcome.warnings.map(\.description)
        )
    }
}

/// Takes a customer from a client; what is removed already stays so.
package struct RemoveOnBehalfOf: OperatorAct {
    package static let name = "client-onbehalfof-remove"
    package static let summary = "Take a customer from a client; what is removed already stays so."
    package static let parameters = [
        Parameter("client", .client, "The client.").required,
        Parameter("value", .text, "What stands in `iss_onbehalfof`.").required,
    ]
    package let arguments: Arguments
    private let client: ClientID
    private let value: String

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        client = try arguments.required("client", arguments.client)
        value = try arguments.requiredText("value")
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let outcome = try administration.removeOnBehalfOf(value, from: client)
        return Report(
            Record(
                "client-onbehalfof",
                [
                    .init("onbehalfof", value), .init("client_id", client), .init("orgno", outcome.value?.consumer),
                    .init("result", outcome.hasChanged ? "removed" : "already"),
                ]
            )
        )
    }
}
