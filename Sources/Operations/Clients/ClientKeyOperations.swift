package import Administration
import Clients
import JOSE
import Vocabulary

/// The keys of a client.
package struct ListKeysOfClient: Inquiry {
    package static let name = "client-keys-list"
    package static let summary = "List the keys of a client."
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
            Table(
                "client-key-list",
                client.keys,
                facts: [.init("client_id", client.id), .init("authentication", client.authentication.rawValue)],
                whenEmpty: client.authentication == .certificate
                    ? "the client has no key; it authenticates by its organisation's certificate"
                    : "the client has no key left and cannot authenticate",
                columns: Self.columns(at: context.now)
            )
        )
    }

    private static func columns(at now: Timestamp) -> [Column<ClientKey>] {
        [
            Column("kid") { $0.id },
            Column("alg") { $0.algorithm.rawValue },
            Column("created") { $0.created },
            Column("expires", style: { KeyExpiry.tone(of: $0.expires, at: now) }) { $0.expires },
            Column("state") { $0.isExpired(at: now) ? "expired" : "valid" },
            Column("thumbprint", .detail) { $0.thumbprint },
            Column("certificate", .detail) { $0.certificateThumbprint },
        ]
    }
}

/// Registers a public key; the very same key begins a new year.
package struct AddClientKey: OperatorAct {
    package static let name = "client-keys-add"
    package static let summary = "Register a public key of a client; the very same key begins a new year."
    package static let parameters = [
        Parameter("client", .client, "The client.").required,
        Parameter("key", .object, "The public key, as a JWK.").required,
    ]
    package let arguments: Arguments
    private let client: ClientID
    private let key: JWK

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        client = try arguments.required("client", arguments.client)
        let object = try arguments.required("key", arguments.object)
        do throws(JWKError) { key = try JWK(parsing: object) } catch {
            throw OperationFault(.refused, "key_refused", "the key cannot be registered: \(error)")
        }
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let (outcome, addition) = try administration.addKey(key, to: client)
        guard
            let added = outcome.value.keys.first(where: { $0.publicKey == key.publicKey && $0.id.rawValue == key.keyID }
            )
        else { throw OperationFault(.absent, "key_not_found", "the key is not on the client") }
        let count = outcome.value.keys.count
        var report = Report(
            Record(
                "client-key",
                [
                    .init("client_id", client), .init("kid", added.id), .init("alg", added.algorithm.rawValue),
                    .init("expires", added.expires), .init("result", addition.rawValue),
                    .init("thumbprint", added.thumbprint), .init("certificate", added.certificateThumbprint),
                ]
            ),
            warnings: outcome.warnings.map(\.description)
        )
        if addition == .added, count == 2 {
            report.notes.append("the client has two keys now; remove the old one when it is out of use")
        }
        if count == Client.maximumKeys {
            report.warnings.append("the client holds \(count) keys, which is the most it can")
        }
        return report
    }
}

/// Takes a key from a client.
package struct RemoveClientKey: OperatorAct {
    package static let name = "client-keys-remove"
    package static let summary =
        "Take a key from a client; assertions signed with it are refused from the next second on."
    package static let parameters = [
        Parameter("client", .client, "The client.").required,
        Parameter("kid", .key, "The key's identifier.").required,
    ]
    package let arguments: Arguments
    private let client: ClientID
    private let key: KeyID

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        client = try arguments.required("client", arguments.client)
        key = try arguments.required("kid", arguments.key)
    }

    package func perform(
        in administration: Administration<some OperationTransaction>,
        _ context: OperationContext
    ) throws -> Report {
        let outcome = try administration.removeKey(key, from: client)
        return Report(
            Record(
                "client-key",
                [
                    .init("client_id", client), .init("kid", key), .init("result", "removed"),
                    .init("keys_left", outcome.value.keys.count),
                ]
            ),
            warnings: outcome.warnings.map(\.description)
        )
    }
}

/// Takes all keys from a client, which authenticates by its organisation's certificate again.
package struct ResetClientKeys: OperatorAct {
    package static let name = "client-keys-reset"
    package static let summary =
        "Take all keys from a client and let it authenticate by its organisation's certificate again."
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
        let outcome = try administration.resetToCertificate(client)
        return Report(
            Record(
                "client-state",
                [
                    .init("client_id", client), .init("authentication", outcome.value.authentication.rawValue),
                    .init("result", outcome.hasChanged ? "reset" : "already"),
                ]
            ),
            warnings: outcome.warnings.map(\.description)
        )
    }
}
