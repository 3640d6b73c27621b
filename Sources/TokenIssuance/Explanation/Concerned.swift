import Clients
import Delegations
import Scopes
import Vocabulary

/// Who is concerned by the conditions of a request: on whose data each rests, and who can mend it.
struct Concerned {
    typealias Participant = IssuanceExplanation.Participant

    let client: Client?
    let parties: GrantParties?
    let scope: Scope?

    private var requester: Participant { Participant(role: .requester, organisation: nil) }
    private var clientOwner: Participant { Participant(role: .clientOwner, organisation: client?.holder) }
    private var scopeOwner: Participant { Participant(role: .scopeOwner, organisation: scope?.owner) }
    private var consumer: Participant { Participant(role: .consumer, organisation: parties?.consumer) }
    private var supplier: Participant { Participant(role: .supplier, organisation: parties?.supplier) }
    private var administrator: Participant { Participant(role: .operator, organisation: nil) }

    // MARK: On whose data

    /// On whose data a condition of a scope rests; what is public about a scope rests on nobody's.
    func holders(of condition: ScopeCondition) -> [Participant] {
        switch condition {
        case .onClient: [clientOwner]
        case .exists, .active, .integrationType, .delegable, .ownAct, .unprovenSupplier:
            scope?.visibility == .everyone ? [] : [scopeOwner]
        case .access: [consumer, scopeOwner]
        case .supplierAccess: [supplier, scopeOwner]
        case .delegation, .processorAgreement: [consumer, supplier]
        }
    }

    /// On whose data a condition of the whole request rests.
    func holders(of condition: IssuanceCondition, scopes: [IssuanceFacts.ScopeFacts]) -> [Participant] {
        switch condition {
        case .clientKnown, .credential, .clientActive, .addressee, .onBehalfOf, .acting: [clientOwner]
        // The register is open to everybody, but who stands behind a client is not.
        case .supplierStanding, .consumerStanding: [clientOwner]
        case .clientCertificate, .possession: [clientOwner]
        case .company, .person, .headerType, .resource, .algorithm, .scopes:
            scopes.compactMap(\.scope).filter { $0.visibility != .everyone }
                .map { Participant(role: .scopeOwner, organisation: $0.owner) }
        case .detail: [clientOwner, Participant(role: .giver, organisation: nil)]
        }
    }

    // MARK: Who can mend

    /// Who can mend what is wrong with a scope.
    func menders(of fault: Refusal.ScopeFault) -> [Participant] {
        switch fault {
        case .unknown: [requester]
        case .notOnClient: [clientOwner]
        case .inactive: [scopeOwner]
        case .integrationType: [scopeOwner, clientOwner]
        case .notDelegable, .otherRegister, .unprovenSupplier: [scopeOwner]
        case .needsDelegation: [consumer, requester]
        case .impeded(.terms): [consumer]
        case .notGranted, .impeded: [scopeOwner]
        case .supplierImpeded(_, .terms): [supplier]
        case .supplierNotGranted, .supplierImpeded: [scopeOwner]
        case .notDelegated, .delegationEnded, .noProcessorAgreement, .processorAgreementEnded: [consumer]
        }
    }

    /// Who can mend what is wrong with the whole request.
    func menders(
        of refusal: Refusal,
        under condition: IssuanceCondition,
        scopes: [IssuanceFacts.ScopeFacts]
    ) -> [Participant] {
        switch refusal {
        case .organisation(let number, .distressed):
            [administrator, Participant(role: .organisation, organisation: number)]
        case .organisation(let number, _): [Participant(role: .organisation, organisation: number)]
        case .systemUser(.clientNotOnSystem, _): [clientOwner]
        case .systemUser(.externalRefMismatch, _), .systemUser(.agentAddressedByClient, _): [requester]
        case .systemUser(_, let owner): [Participant(role: .giver, organisation: owner)]
        case .consent: [Participant(role: .giver, organisation: nil), requester]
        case .dpopRequired(nil), .clientCertificateRequired(by: nil): [requester, clientOwner]
        case .clientDisabled, .keyExpired, .keyRequired, .keyUnknown, .keyNotRegistered, .onBehalfOfUnknown:
            [clientOwner]
        case .resource(_, .notAllowed(let name)), .resource(_, .required(let name)):
            [requester, owner(of: name, in: scopes)]
        default: [requester]
        }
    }

    private func owner(of name: ScopeName, in scopes: [IssuanceFacts.ScopeFacts]) -> Participant {
        Participant(role: .scopeOwner, organisation: scopes.first { $0.name == name }?.scope?.owner)
    }
}
