import Clients
import Delegations
import AuditLedger
import EnterpriseCertificates
import FoundationEssentials
import JOSE
import Vocabulary

/// What the ledger remembers of a token request.
enum IssuanceRecord {
    /// The entry of a token.
    static func issued(
        _ claims: AccessTokenClaims,
        for grant: AuthenticatedGrant,
        decidedOn revision: Int64,
        trace: RequestTrace
    ) -> LedgerEvent {
        var event = base(.tokenIssued, for: grant, trace: trace, at: claims.issuedAt)
        event.consumer = claims.consumer.organisation
        if case .european(let person) = claims.consumer {
            event.details["consumer"] = .string(person.identifier)
            event.details["client_id"] = .string(claims.client.rawValue)
        }
        event.supplier = claims.supplier
        event.tokenID = claims.tokenID
        event.revision = revision
        event.details["lifetime"] = .number(JSONNumber(claims.lifetime.count))
        event.details["alg"] = .string(claims.algorithm.rawValue)
        if !claims.delegations.isEmpty {
            event.details["delegations"] = .strings(Set(claims.delegations.map(\.id.description)).sorted())
        }
        if let audience = claims.audience { event.details["aud"] = audience }
        switch claims.detail {
        case .systemUser(let user):
            event.details["system_user"] = .string(user.id.uuidString.lowercased())
            event.details["system_user_org"] = .string("\(user.owner)")
        case .consent(let consent, _): event.details["consent"] = .string(consent.id.uuidString.lowercased())
        case nil: break
        }
        if let thumbprint = claims.confirmation?.keyThumbprint { event.details["jkt"] = .string(thumbprint) }
        if let thumbprint = claims.confirmation?.certificateThumbprint {
            event.details["x5t#S256"] = .string(thumbprint)
        }
        if claims.pid != nil { event.details["pid"] = .bool(true) }
        // Never the number: who asks what became of his own shows it, and it is compared under the same key.
        if let person = claims.person { event.details["person"] = .string("\(person)") }
        if claims.isConsumerDistressed { event.details["consumer_distressed"] = .bool(true) }
        return event
    }

    /// The entry of a refusal after authentication.
    static func refused(
        _ refusal: Refusal,
        for grant: AuthenticatedGrant,
        decidedOn revision: Int64,
        trace: RequestTrace,
        at now: Timestamp
    ) -> LedgerEvent {
        var event = base(.tokenRefused, for: grant, trace: trace, at: now)
        event.revision = revision
        event.code = refusal.code.rawValue
        event.reason = refusal.reason
        if case .scopes(let refusals) = refusal {
            event.details["scopes"] = .array(
                refusals.map { ["scope": .string($0.scope.rawValue), "reason": .string($0.fault.reason)] }
            )
        }
        return event
    }

    private static func base(
        _ kind: LedgerEvent.Kind,
        for grant: AuthenticatedGrant,
        trace: RequestTrace,
        at now: Timestamp
    ) -> LedgerEvent {
        var event = LedgerEvent(time: now, kind: kind)
        event.traceID = trace.traceID
        event.parentTraceID = trace.parentTraceID
        event.client = grant.requester.id
        // An on-behalf-of value that is not registered leaves the consumer unknown.
        if case .client(let client) = grant.requester {
            let parties = GrantParties(of: client, actingFor: grant.actingFor)
            event.consumer = parties?.consumer
            event.supplier = parties?.supplier
        }
        event.scopes = grant.scopes
        if grant.isAddressedToEndpoint { event.details["endpoint_audience"] = .bool(true) }
        switch grant.credential {
        case .key(let key): event.credential = .key(key.id, thumbprint: key.thumbprint)
        case .certificate(let certificate):
            event.credential = .certificate(
                thumbprint: certificate.thumbprintHexadecimal,
                revocation: certificate.revocationBasis
            )
        case .seal(let seal):
            event.credential = .certificate(thumbprint: seal.thumbprintHexadecimal, revocation: seal.revocationBasis)
        }
        return event
    }
}
