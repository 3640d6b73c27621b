public import Delegations
public import FoundationEssentials
public import JOSE
public import Organisations
public import Vocabulary

/// The one element of `authorization_details` that a request may hold (RFC 9396 §2; spec §8.1, §8.2); nothing in it is proven.
public enum AuthorizationDetail: Sendable, Hashable {
    /// `urn:altinn:systemuser`: the system user of that owner, which the client's system acts with.
    case systemUser(owner: OrganisationNumber, externalRef: String?)
    /// `urn:altinn:consent`: the consent of that identifier, given by that party.
    case consent(UUID, from: PartyURN)

    /// `type` of system users.
    public static let systemUserType = "urn:altinn:systemuser"
    /// `type` of consents.
    public static let consentType = "urn:altinn:consent"
    /// Every type that is served.
    public static let types = [systemUserType, consentType]

    /// The longest external reference, in bytes.
    static let maximumExternalRef = 1_024

    /// Reads the value of `authorization_details`: an array with exactly one object of a type that is served.
    ///
    /// - Throws: `.claim` for another JSON form; `.authorizationDetailsType` (MP-301), `…Member` (MP-302), `…Value` (MP-303).
    public init(parsing value: JSONValue) throws(Refusal) {
        guard case .array(let elements) = value, let first = elements.first, case .object(let detail) = first,
            case .string(let type) = detail["type"]
        else { throw .claim("authorization_details", fault: .malformed) }
        switch type {
        case Self.systemUserType:
            try Self.checkMembers(of: detail, ["type", "systemuser_org", "externalRef"])
            guard elements.count == 1 else { throw Self.notSingle }
            self = .systemUser(owner: try Self.owner(in: detail), externalRef: try Self.externalRef(in: detail))
        case Self.consentType:
            try Self.checkMembers(of: detail, ["type", "id", "from"])
            guard elements.count == 1 else { throw Self.notSingle }
            guard let id = detail["id"]?.string.flatMap({ UUID(uuidString: $0) }) else {
                throw .authorizationDetailsValue(member: "id", expected: "a UUID")
            }
            guard let from = detail["from"]?.string.flatMap({ PartyURN(parsing: $0) }) else {
                throw .authorizationDetailsValue(member: "from", expected: "the URN of a person or an organisation")
            }
            self = .consent(id, from: from)
        default: throw .authorizationDetailsType(String(type.prefix(100)))
        }
    }

    /// The consumer of a system user's token is the vendor itself (spec §8.1): nobody else is named beside it.
    ///
    /// - Throws: `.claimsExclusive`.
    static func check(_ detail: AuthorizationDetail?, besides actingFor: ActingFor) throws(Refusal) {
        guard case .systemUser? = detail, actingFor != .owner else { return }
        throw .claimsExclusive(["authorization_details", "consumer_org", "iss_onbehalfof"])
    }

    private static var notSingle: Refusal {
        .authorizationDetailsValue(member: "authorization_details", expected: "exactly one element")
    }

    private static func checkMembers(of detail: JSONObject, _ known: [String]) throws(Refusal) {
        if let unknown = detail.names.first(where: { !known.contains($0) }) {
            throw .authorizationDetailsMember(String(unknown.prefix(100)), expected: known)
        }
    }

    /// Spec §8.1: an organisation object; Altinn's own samples write `id` for `ID`, and both are read.
    private static func owner(in detail: JSONObject) throws(Refusal) -> OrganisationNumber {
        guard let party = detail["systemuser_org"]?.object else {
            throw .authorizationDetailsValue(member: "systemuser_org", expected: "an organisation object")
        }
        if let unknown = party.names.first(where: { !["authority", "ID", "id"].contains($0) }) {
            throw .authorizationDetailsMember(
                "systemuser_org." + String(unknown.prefix(100)),
                expected: ["authority", "ID"]
            )
        }
        if let authority = party["authority"], authority != .string(OrganisationNumber.authority) {
            throw .authorizationDetailsValue(
                member: "systemuser_org.authority",
                expected: "`\(OrganisationNumber.authority)`"
            )
        }
        let names = ["ID", "id"].filter { party.contains($0) }
        guard names.count == 1, let text = party[names[0]]?.string,
            let number = try? OrganisationNumber(parsingISO6523: text)
        else {
            throw .authorizationDetailsValue(
                member: "systemuser_org.ID",
                expected: "`0192:` and an organisation number"
            )
        }
        return number
    }

    private static func externalRef(in detail: JSONObject) throws(Refusal) -> String? {
        guard let member = detail["externalRef"] else { return nil }
        guard case .string(let text) = member, text.utf8.count <= maximumExternalRef else {
            throw .authorizationDetailsValue(member: "externalRef", expected: "a text of at most 1024 bytes")
        }
        // Blank is as good as absent: the owner's number stands for it (spec/altinn §6.3, §6.4).
        return PlainText.isBlank(text) ? nil : text
    }
}

/// What the store is asked about a detail; names no person.
public enum DetailQuery: Sendable, Hashable {
    /// The system user of that owner.
    case systemUser(owner: OrganisationNumber, externalRef: String?)
    /// The system user of that identifier, which a token was issued on.
    case issuedSystemUser(UUID)
    /// The consent.
    case consent(UUID)

    init(_ detail: AuthorizationDetail) {
        self =
            switch detail {
            case .systemUser(let owner, let externalRef): .systemUser(owner: owner, externalRef: externalRef)
            case .consent(let id, _): .consent(id)
            }
    }
}

/// What the store knows about a detail.
public enum DetailFacts: Sendable, Hashable {
    /// The system user, or why there is none; and the standing of the organisation that was named.
    case systemUser(Result<SystemUser, SystemUserLookupFailure>, owner: OrganisationStanding?)
    /// The consent, nil when there is none of that identifier; and the standing of the organisation that was asked for it.
    case consent(ConsentRequest?, from: OrganisationStanding?)

    /// Whether a yes can rest on it: only such facts are worth keeping in a cache.
    public var isComplete: Bool {
        switch self {
        case .systemUser(.success, let owner): owner != nil
        case .systemUser(.failure, _): false
        case .consent(let consent, let from): consent.map { $0.from.organisation == nil || from != nil } ?? false
        }
    }
}

/// What a token says of the system user or consent that it rests on (spec §8.1, §8.2).
public enum TokenDetail: Sendable, Hashable {
    /// A system user.
    case systemUser(SystemUser)
    /// A consent, and who gave it, as the request named it.
    case consent(ConsentRequest, from: PartyURN)

    /// `authorization_details` of the token.
    var claim: JSONValue {
        switch self {
        case .systemUser(let user):
            [
                [
                    "type": .string(AuthorizationDetail.systemUserType),
                    "systemuser_id": [.string(user.id.uuidString.lowercased())],
                    "systemuser_org": .object(Self.organisation(user.owner)),
                    "system_id": .string(user.system.rawValue),
                ]
            ]
        case .consent(let consent, let from):
            [
                [
                    "type": .string(AuthorizationDetail.consentType),
                    "id": .string(consent.id.uuidString.lowercased()),
                    "from": .string(from.exposed),
                    "to": .object(Self.organisation(consent.to)),
                    "consented": consent.consented.map { .string("\($0)") } ?? .null,
                    "validTo": .string("\(consent.validTo)"),
                    "consentRights": .array(consent.rights.map { .object($0.jsonObject(metadataName: "metadata")) }),
                ]
            ]
        }
    }

    private static func organisation(_ number: OrganisationNumber) -> JSONObject {
        ["authority": .string(OrganisationNumber.authority), "ID": .string(number.iso6523)]
    }
}

/// Notes inside an open transaction that tokens rest on consents; blocks.
public protocol ConsentUseStore {
    /// Keeps that a token was issued on a consent; a one-time consent is used up by it, for the next decision to see.
    func noteUse(of consent: ConsentRequest, at now: Timestamp) throws
}
