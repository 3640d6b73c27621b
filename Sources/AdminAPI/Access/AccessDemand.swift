import HTTPServer
import TokenIssuance
import JOSE

/// What a token must be for an operation.
struct AccessDemand: Sendable {
    /// One of these scopes is enough.
    let scopes: [AdministrativeScope]
    /// Whether a person acts, for whom a portal vouches.
    var isPersonal = false
    /// Whether a supplier may act on its consumer's behalf; else such a token never administers (DESIGN §11).
    var allowsSupplier = false

    /// Any organisation with one of the scopes.
    static func anyOf(_ scopes: AdministrativeScope...) -> AccessDemand { AccessDemand(scopes: scopes) }

    /// As ``anyOf(_:)``, also on behalf of a consumer.
    static func onBehalf(_ scopes: AdministrativeScope...) -> AccessDemand {
        AccessDemand(scopes: scopes, allowsSupplier: true)
    }

    /// A person at a portal, with one of the scopes beside `altinn:portal/enduser`.
    static func person(_ scopes: AdministrativeScope...) -> AccessDemand {
        AccessDemand(scopes: scopes.isEmpty ? [.portal] : scopes, isPersonal: true)
    }

    /// Refuses a token that does not fulfil it; nothing is told of other organisations.
    func check(_ token: AdministrativeToken) throws(Problem) {
        if token.isDelegated, !allowsSupplier {
            throw Problem(
                .actForbidden,
                reason: "token_on_behalf",
                "a token on behalf of another organisation does not administer: ask for one without `consumer_org`"
            )
        }
        guard token.holds(anyOf: scopes) else { throw missing(scopes) }
        guard isPersonal else { return }
        guard token.holds(.portal) else { throw missing([.portal]) }
        // DESIGN §8: whoever stole another one could act as any person. None is issued; what was before counts no more.
        guard token.isBound else {
            throw Problem(
                .actForbidden,
                reason: "portal_unbound",
                "a portal's token counts only when it is bound to a key: ask for it with a DPoP proof, and call with one"
            )
        }
        guard token.pid != nil else {
            throw Problem(
                .actForbidden,
                reason: "person_missing",
                "a person performs this act: put `pid` into the grant"
            )
        }
    }

    private func missing(_ scopes: [AdministrativeScope]) -> Problem {
        let names = scopes.map(\.rawValue)
        return Problem(
            .insufficientScope,
            reason: "insufficient_scope",
            "the endpoint wants the scope " + names.map { "`\($0)`" }.joined(separator: " or "),
            details: ["scopes": .strings(names)]
        )
    }
}
