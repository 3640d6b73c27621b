/// Why something with consents is not done, by the number it has at Altinn (domain `AM`, spec/altinn §7).
public enum ConsentProblem: Int, Error, Sendable, Hashable, CaseIterable {
    /// The organisation may not ask, or the person may not answer.
    case notAuthorised = 0
    /// There is no such consent, or it is not the asking organisation's.
    case notFound = 1
    /// It cannot be accepted in the state that it has.
    case cannotBeAccepted = 2
    /// The register does not know the organisation.
    case organisationUnknown = 3
    /// A resource is none that can be consented to.
    case resource = 5
    /// A metadata key that the resource does not declare.
    case metadataUnknown = 6
    /// A metadata key without a value.
    case metadataEmpty = 7
    /// A metadata key that the resource demands.
    case metadataMissing = 8
    /// The resources of one request have different templates.
    case templates = 9
    /// It cannot be revoked in the state that it has.
    case cannotBeRevoked = 10
    /// It was revoked.
    case revoked = 11
    /// It was given by another party.
    case fromMismatch = 12
    /// Its end date has passed.
    case expired = 13
    /// It was not accepted, or was used up.
    case notAccepted = 14
    /// It cannot be rejected, or taken back, in the state that it has.
    case cannotBeRejected = 15
    /// Another request has the same identifier.
    case identifierTaken = 16

    /// The code as it is shown: `AM-00001`.
    public var code: String { problemCode("AM", rawValue) }

    /// The HTTP status that goes with it.
    public var status: Int {
        switch self {
        case .notAuthorised: 403
        case .notFound: 404
        case .cannotBeAccepted, .organisationUnknown, .resource, .metadataUnknown, .metadataEmpty, .metadataMissing,
            .templates, .cannotBeRevoked, .revoked, .fromMismatch, .expired, .notAccepted, .cannotBeRejected,
            .identifierTaken:
            400
        }
    }
}

extension ConsentProblem: CustomStringConvertible {
    /// What is wrong.
    public var description: String {
        switch self {
        case .notAuthorised: "not authorised for this consent"
        case .notFound: "there is no such consent for that organisation"
        case .cannotBeAccepted: "the consent has been answered already, or has expired, and cannot be accepted"
        case .organisationUnknown: "the register does not know the organisation"
        case .resource: "the resource is none that can be consented to"
        case .metadataUnknown: "the resource does not declare that metadata key"
        case .metadataEmpty: "the metadata key has no value"
        case .metadataMissing: "a metadata key that the resource demands is missing"
        case .templates: "the resources of one request must share one template"
        case .cannotBeRevoked: "only a consent that was accepted can be revoked"
        case .revoked: "the consent is revoked"
        case .fromMismatch: "the consent was given by another party"
        case .expired: "the consent has expired"
        case .notAccepted: "the consent is not accepted"
        case .cannotBeRejected: "the request has been answered already and cannot be rejected"
        case .identifierTaken: "another request has that identifier"
        }
    }
}
