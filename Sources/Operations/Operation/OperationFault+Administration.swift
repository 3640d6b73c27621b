public import Administration
import Clients
import Delegations
import Scopes
import Vocabulary

extension OperationFault {
    /// What to tell of an error; nil for one that is no refusal of the domain.
    public init?(telling error: any Error) {
        switch error {
        case let fault as OperationFault: self = fault
        case let refusal as AdministrationRefusal: self.init(refusal)
        default:
            guard let fault = OperationFault(tellingDelegations: error) else { return nil }
            self = fault
        }
    }

    /// A refusal of an act, with a code for scripts.
    public init(_ refusal: AdministrationRefusal) {
        let message = refusal.description
        switch refusal {
        case .unknownOrganisation:
            self.init(.refused, "organisation_unknown", message, hint: Self.registerHint)
        case .prefixTaken: self.init(.conflict, "prefix_taken", message)
        case .prefixReserved: self.init(.notAllowed, "prefix_reserved", message)
        case .prefixUnassigned(let prefix):
            self.init(
                .refused,
                "prefix_unassigned",
                message,
                hint: "assign it with `portvakt prefix assign \(prefix) ORG`"
            )
        case .unknownScope: self.init(.absent, "scope_not_found", message)
        case .scopeExists: self.init(.conflict, "scope_exists", message)
        case .scope(let faults): self.init(.refused, "scope_invalid", message, details: Self.details(faults))
        case .access(let faults): self.init(.refused, "access_invalid", message, details: Self.details(faults))
        case .accessEndsInThePast: self.init(.refused, "access_ends_in_the_past", message)
        case .unknownClient: self.init(.absent, "client_not_found", message)
        case .client(let faults): self.init(.refused, "client_invalid", message, details: Self.details(faults))
        case .key(.keyIDTaken): self.init(.conflict, "key_id_taken", message, hint: "give the key another `kid`")
        case .key(.unknown): self.init(.absent, "key_not_found", message)
        case .key: self.init(.refused, "key_refused", message)
        case .delegation(let refusal): self.init(refusal)
        case .resourceExists:
            self.init(.conflict, "resource_exists", message, hint: "change it with `portvakt resource update`")
        case .unknownResource: self.init(.absent, "resource_not_found", message)
        case .resource(let faults): self.init(.refused, "resource_invalid", message, details: Self.details(faults))
        case .foreignScopes(let scopes):
            self.init(
                .refused,
                "invalid_prefix",
                message,
                details: [.init("InvalidPrefix", scopes.map(\.rawValue))]
            )
        case .resourceInUse:
            self.init(.conflict, "resource_in_use", message, hint: "add `--end-delegations` to end them")
        case .notResourceOwner: self.init(.notAllowed, "resource_owner", message)
        case .policy: self.init(.refused, "policy_invalid", message)
        case .onBehalfOf: self.init(.refused, "on_behalf_of_refused", message)
        case .accessRequest(let fault): self.init(fault, message)
        case .stalePlan:
            self.init(.conflict, "plan_stale", message, hint: "nothing was done; look at the plan again")
        }
    }

    private init(_ fault: AccessRequestFault, _ message: String) {
        switch fault {
        case .alreadyGranted: self.init(.conflict, "access_granted", message)
        case .notPending: self.init(.conflict, "request_not_pending", message)
        case .terms: self.init(.refused, "access_terms", message)
        case .purposeMissing, .reasonMissing, .reference: self.init(.usage, "usage", message)
        case .scopeInactive, .scopeOpenToAll, .beginsAfterGrant, .wider, .notGranted, .sameParty,
            .agreementEndsInThePast:
            self.init(.refused, "access_request_refused", message)
        }
    }

    private init(_ refusal: DelegationRefusal) {
        switch refusal {
        case .unknownOrganisation:
            self.init(.refused, "organisation_unknown", "\(refusal)", hint: Self.registerHint)
        case .sameParty: self.init(.refused, "delegation_to_self", "\(refusal)")
        case .unknownResource: self.init(.absent, "resource_not_found", "\(refusal)")
        case .scopeWithoutResource: self.init(.refused, "scope_without_resource", "\(refusal)")
        case .ambiguousScope:
            self.init(.refused, "scope_ambiguous", "\(refusal)", hint: "name one with `--resource`")
        case .notSchema: self.init(.refused, "resource_type", "\(refusal)")
        case .notDelegable: self.init(.refused, "resource_not_delegable", "\(refusal)")
        case .notAllowed, .notAdministrator: self.init(.notAllowed, "delegation_not_allowed", "\(refusal)")
        case .missingConnection: self.init(.refused, "supplier_missing", "\(refusal)")
        case .remainingResources: self.init(.conflict, "supplier_in_use", "\(refusal)")
        case .endsInThePast: self.init(.refused, "delegation_ends_in_the_past", "\(refusal)")
        }
    }

    private static let registerHint = "import the register with `portvakt org import`"

    private static func details(_ faults: [some CustomStringConvertible]) -> [OutputValue.Member] {
        [.init("faults", faults.map(\.description))]
    }
}
