import Administration
package import Clients
import JOSE
import Organisations
import Vocabulary

/// A client with its scopes and keys.
package struct ShowClient: Inquiry {
    package static let name = "client-show"
    package static let summary = "Show a client with its scopes and keys."
    package static let parameters = [Parameter("client", .client, "The client.").required]
    package let arguments: Arguments
    private let client: ClientID

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        client = try arguments.required("client", arguments.client)
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        guard let client = try reader.client(client), context.viewer.sees(client) else {
            throw OperationFault(.absent, "client_not_found", "there is no client `\(client)`")
        }
        return Report(
            Record("client", client.outputMembers(ownerName: try reader.organisation(client.owner)?.name))
        )
    }
}

extension Client {
    /// What a person or script sees of a client: the fields of the self-service API, then its keys.
    package func outputMembers(ownerName: String?) -> [OutputValue.Member] {
        var members = jsonObject.members.map { OutputValue.Member($0.name, $0.value) }
        members.append(.init("owner_name", ownerName))
        members.append(.init("authentication", authentication.rawValue))
        members.append(.init("keys", keys.map(\.output)))
        return members
    }
}

extension ClientKey: OutputRepresentable {
    /// The key as it stands in lists; its thumbprint, never more of it.
    package var output: OutputValue {
        .object([
            .init("kid", id), .init("alg", algorithm.rawValue), .init("created", created), .init("expires", expires),
            .init("thumbprint", thumbprint), .init("certificate", certificateThumbprint),
        ])
    }
}
