import Vocabulary
import Administration
import AuditLedger
import Clients
import Delegations
import HTTPServer
import JOSE
import Scopes
import TokenIssuance

/// What the domain refuses, as the API tells it.
extension Problem {
    /// What to tell of an error; nil for what is passed on as it is: refusals of the listener, and faults of ours.
    init?(telling error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let refusal as AdministrationRefusal: self.init(refusal)
        case let refusal as SelfServiceRefusal: self.init(refusal)
        case let problem as SystemUserProblem:
            self.init(status: problem.status, altinnCode: problem.code, "\(problem)")
        case let refusal as SystemUserRefusal:
            self.init(status: refusal.problem.status, altinnCode: refusal.problem.code, "\(refusal)")
        case let faults as SystemFaults:
            self.init(invalid: faults.faults.map { ($0.rule?.code ?? "STD-00000", $0.path, "\($0)") })
        case let problem as ConsentProblem:
            self.init(status: problem.status, altinnCode: problem.code, "\(problem)")
        case let faults as ConsentFaults:
            self.init(invalid: faults.faults.map { ($0.rule.code, $0.path, $0.text) })
        case let fault as DelegationLookupFault:
            self.init(
                fault == .forbidden ? .actForbidden : .malformedRequest,
                reason: fault == .forbidden ? "prefix_foreign" : "query_parameter",
                "\(fault)"
            )
        case let fault as DelegationRequestFault:
            self.init(.malformedRequest, reason: "body_member", "\(fault)")
        case let refusal as DelegationRefusal: self.init(refusal)
        default: return nil
        }
    }

    /// A problem that Altinn numbers.
    init(status: Int, altinnCode: String, _ detail: String) {
        let code: ErrorCode =
            switch status {
            case 403: .actForbidden
            case 404: .notFound
            case 409: .conflict
            default: .actRefused
            }
        self.init(
            code,
            reason: altinnCode.lowercased().replacing("-", with: "_"),
            detail,
            // The place of our own code: what Altinn's clients look for.
            members: ["code": .string(altinnCode)]
        )
    }

    /// What is wrong with a body, all of it, each fault with its number and its place (Altinn's validation problem).
    init(invalid faults: [(code: String, path: String, detail: String)]) {
        let errors = faults.map { fault -> JSONValue in
            ["code": .string(fault.code), "detail": .string(fault.detail), "paths": [.string(fault.path)]]
        }
        self.init(
            .malformedRequest,
            reason: "body_member",
            faults.map(\.detail).joined(separator: "; "),
            members: ["code": "STD-00000", "validationErrors": .array(errors)]
        )
    }

    /// Several problems at once, each with its number.
    init(all problems: [ConsentProblem]) {
        let details = problems.map { problem -> JSONValue in
            ["code": .string(problem.code), "detail": .string("\(problem)"), "status": .integer(Int64(problem.status))]
        }
        let leading = problems.contains(.notFound) ? ConsentProblem.notFound : problems.first ?? .notFound
        self.init(status: leading.status, altinnCode: leading.code, problems.map { "\($0)" }.joined(separator: "; "))
        members["problems"] = .array(details)
    }

    private init(_ refusal: DelegationRefusal) {
        switch refusal {
        case .notAllowed, .notAdministrator: self.init(.actForbidden, reason: "not_authorised", "\(refusal)")
        case .missingConnection: self.init(.actRefused, reason: "missing_connection", "\(refusal)")
        case .remainingResources(let resources):
            self.init(
                .conflict,
                reason: "remaining_resources",
                "\(refusal)",
                details: ["resources": .strings(resources.map(\.rawValue))]
            )
        case .unknownResource: self.init(.actRefused, reason: "resource_unknown", "\(refusal)")
        default: self.init(.actRefused, reason: "act_refused", "\(refusal)")
        }
    }

    private init(_ refusal: SelfServiceRefusal) {
        switch refusal {
        case .stale: self.init(.stale, reason: "stale", "\(refusal)")
        case .noClient, .noKeys, .noEntry, .noScope, .noAccess:
            self.init(.notFound, reason: "not_found", "\(refusal)")
        case .foreignPrefix: self.init(.actForbidden, reason: "prefix_foreign", "\(refusal)")
        case .clientOfSupplier, .ownEntriesOnly, .foreignOwner:
            self.init(.actForbidden, reason: "party_foreign", "\(refusal)")
        case .customerMissing:
            self.init(.actRefused, reason: "act_refused", "\(refusal)", details: ["member": "client_orgno"])
        }
    }

    /// Something asked for by its identifier is not there, or is not the caller's.
    static func unknown(_ what: String) -> Problem { Problem(.notFound, reason: "not_found", "there is no \(what)") }

    private init(_ fault: AccessRequestFault) {
        switch fault {
        case .alreadyGranted: self.init(.conflict, reason: "access_granted", "\(fault)")
        case .notPending: self.init(.conflict, reason: "request_not_pending", "\(fault)")
        case .terms(_, let required):
            self.init(
                .actRefused,
                reason: "access_terms",
                "\(fault)",
                details: ["required_terms": required.map { .string($0) } ?? .null]
            )
        case .purposeMissing, .reasonMissing, .reference:
            self.init(.malformedRequest, reason: "body_member", "\(fault)")
        case .scopeInactive, .scopeOpenToAll, .beginsAfterGrant, .wider, .notGranted, .sameParty,
            .agreementEndsInThePast:
            self.init(.actRefused, reason: "act_refused", "\(fault)")
        }
    }

    private init(_ refusal: AdministrationRefusal) {
        switch refusal {
        case .unknownScope, .unknownClient, .unknownResource, .key(.unknown):
            self.init(.notFound, reason: "not_found", "\(refusal)")
        case .scopeExists, .stalePlan, .resourceExists, .resourceInUse:
            self.init(.conflict, reason: "conflict", "\(refusal)")
        case .accessRequest(let fault): self.init(fault)
        case .delegation(let refusal): self.init(refusal)
        case .notResourceOwner: self.init(.actForbidden, reason: "party_foreign", "\(refusal)")
        case .foreignScopes(let scopes):
            self.init(
                .actForbidden,
                reason: "prefix_foreign",
                "\(refusal)",
                details: ["scopes": .strings(scopes.map(\.rawValue))],
                members: ["errors": ["InvalidPrefix": .strings(scopes.map(\.rawValue))]]
            )
            // What the registry has always answered to it.
            status = 401
        case .resource(let faults): self.init(invalid: faults.map { ("STD-00000", "", "\($0)") })
        default: self.init(.actRefused, reason: "act_refused", "\(refusal)")
        }
    }
}
