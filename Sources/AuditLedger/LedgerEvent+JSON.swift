internal import JOSE
internal import Vocabulary

/// The event as members of an entry's body; the names stand in ledgers for ever.
extension LedgerEvent {
    func write(into text: inout LedgerText) {
        text.member("time", time.seconds)
        text.member("kind", kind.rawValue)
        text.member("trace_id", optional: traceID?.rawValue)
        text.member("parent_trace_id", optional: parentTraceID?.rawValue)
        text.member("client_id", optional: client?.rawValue)
        switch credential {
        case .key(let id, let thumbprint):
            text.member(opening: "key")
            text.member("kid", id.rawValue)
            text.member("jkt", thumbprint)
            text.close()
        case .certificate(let thumbprint, let revocation):
            text.member(opening: "certificate")
            text.member("sha256", thumbprint)
            text.member("revocation", revocation)
            text.close()
        case nil: break
        }
        text.member("consumer", optional: consumer?.description)
        text.member("supplier", optional: supplier?.description)
        if !scopes.isEmpty { text.member("scopes", scopes.lazy.map(\.rawValue)) }
        text.member("jti", optional: tokenID?.rawValue)
        text.member("code", optional: code)
        text.member("reason", optional: reason)
        if let revision { text.member("revision", revision) }
        text.member("actor", optional: actor)
        if !details.isEmpty { text.member("details", json: details.encoded()) }
    }

    init(reading members: LedgerMembers) throws(LedgerContent.ReadError) {
        self.init(
            time: Timestamp(seconds: try members.required("time") { $0.integer }),
            kind: try members.required("kind") { $0.string.flatMap(Kind.init(rawValue:)) },
            details: try members.optional("details") { $0.object } ?? [:]
        )
        traceID = try members.optional("trace_id") { $0.string.flatMap { try? TraceID(parsing: $0) } }
        parentTraceID = try members.optional("parent_trace_id") { $0.string.flatMap { try? TraceID(parsing: $0) } }
        client = try members.optional("client_id") { $0.string.flatMap { try? ClientID(parsing: $0) } }
        credential = try Self.readCredential(members)
        consumer = try members.optional("consumer", Self.readNumber)
        supplier = try members.optional("supplier", Self.readNumber)
        scopes = try members.optional("scopes", Self.readScopes) ?? []
        tokenID = try members.optional("jti") { $0.string.map { TokenID($0) } }
        code = try members.optional("code") { $0.string }
        reason = try members.optional("reason") { $0.string }
        revision = try members.optional("revision") { $0.integer }
        actor = try members.optional("actor") { $0.string }
    }

    private static func readCredential(_ members: LedgerMembers) throws(LedgerContent.ReadError) -> Credential? {
        if let key = try members.optional(object: "key") {
            return .key(
                try key.required("kid") { $0.string.flatMap { try? KeyID(parsing: $0) } },
                thumbprint: try key.required("jkt") { $0.string }
            )
        }
        if let certificate = try members.optional(object: "certificate") {
            return .certificate(
                thumbprint: try certificate.required("sha256") { $0.string },
                revocation: try certificate.required("revocation") { $0.string }
            )
        }
        return nil
    }

    private static func readNumber(_ value: JSONValue) -> OrganisationNumber? {
        value.string.flatMap { try? OrganisationNumber(parsing: $0) }
    }

    private static func readScopes(_ value: JSONValue) -> [ScopeName]? {
        guard let names = value.strings else { return nil }
        let scopes = names.compactMap { try? ScopeName(parsing: $0) }
        return scopes.count == names.count ? scopes : nil
    }
}
