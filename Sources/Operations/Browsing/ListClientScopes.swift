import Administration
import Clients
import Delegations
import JOSE
import Organisations
import Scopes
import Vocabulary

/// The scopes that a client asks for, and which of them it is really granted.
package struct ListClientScopes: Inquiry {
    package static let name = "client-scopes"
    package static let summary = "List the scopes put on a client, which of them are granted, and why not the others."
    package static let parameters = [Parameter("client", .client, "The client.").required]
    package let arguments: Arguments
    private let id: ClientID

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        id = try arguments.required("client", arguments.client)
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let client = try reader.visibleClient(id, to: context.viewer)
        let rows = try client.scopes.map { name in
            Row(scope: name, reason: try Self.obstacle(to: name, of: client, at: context.now, reader))
        }
        return Report(
            Table(
                "client-scopes",
                rows,
                facts: [.init("consumer_orgno", client.owner)],
                whenEmpty: "no scope is put on the client",
                columns: [
                    Column("scope") { $0.scope },
                    Column("granted", style: { $0.reason == nil ? .good : .bad }) { $0.reason == nil },
                    Column("reason") { $0.reason },
                ]
            )
        )
    }

    private struct Row: Sendable {
        let scope: ScopeName
        let reason: String?
    }

    /// Why the client's owner gets no token with the scope for itself, in the words that refusals have; nil: it does.
    ///
    /// What a token rests on besides, the key above all, is not looked at here; `explain` asks the whole pipeline.
    static func obstacle(
        to name: ScopeName,
        of client: Client,
        at now: Timestamp,
        _ reader: some OperationReader
    ) throws -> String? {
        guard let scope = try reader.scope(name) else { return "scope_unknown" }
        guard scope.isActive(at: now) else { return "scope_inactive" }
        if !client.isActive { return "client_disabled" }
        if scope.isAccessibleForAll, scope.requiredTermsVersion == nil { return nil }
        guard let access = try reader.access(to: name, of: client.owner) else {
            // Terms alone stand between an open scope and everybody.
            return scope.isAccessibleForAll ? "terms_not_accepted" : "access_missing"
        }
        return switch access.impediment(at: now, requiredTerms: scope.requiredTermsVersion) {
        case nil: nil
        case .requested: "access_requested"
        case .denied: "access_denied"
        case .notYet: "access_not_yet_valid"
        case .ended: "access_ended"
        case .terms: "terms_not_accepted"
        }
    }
}

/// A client's keys, how old they are and when each was last used.
package struct ListClientKeys: Inquiry {
    package static let name = "client-keys"
    package static let summary = "List a client's keys with their age and last use."
    package static let parameters = [Parameter("client", .client, "The client.").required]
    package let arguments: Arguments
    private let id: ClientID

    package init(_ arguments: Arguments) throws(OperationFault) {
        self.arguments = arguments
        id = try arguments.required("client", arguments.client)
    }

    package func answer(from reader: some OperationReader, in context: OperationContext) throws -> Report {
        let client = try reader.visibleClient(id, to: context.viewer)
        let uses = try reader.keyUse(of: id)
        let use = try reader.use(of: [id])[id]
        let now = context.now
        return Report(
            Table(
                "client-keys",
                client.keys,
                facts: [
                    .init("last_token", use?.issued), .init("last_refusal", use?.refused),
                    .init("last_refusal_entry", use?.refusal),
                ],
                whenEmpty: client.authentication == .certificate
                    ? "the client authenticates with its organisation's certificate" : "the client has no key",
                columns: [
                    Column("kid") { $0.id },
                    Column("alg") { $0.algorithm.rawValue },
                    Column("created") { $0.created },
                    Column("expires", style: { KeyExpiry.tone(of: $0.expires, at: now) }, value: { $0.expires }),
                    Column("last_used") { uses[$0.id] },
                    Column("thumbprint", .detail) { $0.thumbprint },
                    Column("certificate", .detail) { $0.certificateThumbprint },
                ]
            )
        )
    }
}

extension ClientReader {
    /// The client; nobody else learns that there is one.
    fileprivate func visibleClient(_ id: ClientID, to viewer: Viewer) throws -> Client {
        guard let client = try client(id), viewer.sees(client) else {
            throw OperationFault(.absent, "client_not_found", "there is no client `\(id)`")
        }
        return client
    }
}
