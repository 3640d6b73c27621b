public import FoundationEssentials
import Vocabulary
public import XACML

/// Who asks for access.
public enum DecisionSubject: Sendable, Hashable {
    /// An organisation or a person.
    case party(Party)
    /// A system user, on behalf of its owner or of one of its clients.
    case systemUser(UUID)
    /// A service owner by its short name, or nobody that is named.
    case other(String)

    /// The organisation that asks in its own name; nil of anybody else.
    var organisation: OrganisationNumber? {
        if case .party(let party) = self { party.organisation } else { nil }
    }
}

/// What a request asks, once its attributes have proved to name one thing each.
public struct DecisionQuestion: Sendable, Hashable {
    /// Who asks.
    public let subject: DecisionSubject
    /// For what.
    public let resource: ResourceID
    /// Whose it is; nil when the request names nobody.
    public let party: Party?
    /// What is to be done; nil when the request names no action, or several.
    public let action: String?

    /// A question.
    public init(subject: DecisionSubject, resource: ResourceID, party: Party?, action: String?) {
        self.subject = subject
        self.resource = resource
        self.party = party
        self.action = action
    }

    /// The question as a request's attributes.
    public var context: XACMLContext {
        var context = XACMLContext()
        switch subject {
        case .party(let party):
            context.add([party.uuid.description], of: DecisionAttribute.partyUUID, to: .accessSubject)
        case .systemUser(let id):
            context.add([id.uuidString.lowercased()], of: DecisionAttribute.systemUser, to: .accessSubject)
        case .other(let owner):
            context.add(owner.isEmpty ? [] : [owner], of: DecisionAttribute.serviceOwner, to: .accessSubject)
        }
        context.add([resource.rawValue], of: DecisionAttribute.resource, to: .resource)
        if let party { context.add([party.uuid.description], of: DecisionAttribute.partyUUID, to: .resource) }
        if let action { context.add([action], of: DecisionAttribute.action, to: .action) }
        return context
    }
}

/// Reads what a request's attributes ask.
struct QuestionReader<Reader: RoleReader> {
    let reader: Reader
    let pseudonyms: PseudonymKey?

    /// The question of a request.
    ///
    /// - Throws: `XACMLStatus` for a request that cannot be decided, and what the reader throws.
    func question(_ context: XACMLContext) throws -> DecisionQuestion {
        let subject = try subject(context)
        let resource = try resource(context)
        let party = try party(context, in: .resource, "the resource's party")
        let actions = context.values(of: DecisionAttribute.action, in: .action)
        return DecisionQuestion(
            subject: subject,
            resource: resource,
            party: party,
            action: actions.count == 1 ? actions[0] : nil
        )
    }

    // MARK: Subject

    private func subject(_ context: XACMLContext) throws -> DecisionSubject {
        try checkMixture(context)
        let systemUsers = context.values(of: DecisionAttribute.systemUser, in: .accessSubject)
        if let text = systemUsers.first {
            guard systemUsers.count == 1, let id = UUID(uuidString: text) else {
                throw Self.fault("`\(DecisionAttribute.systemUser)` must be one UUID")
            }
            return .systemUser(id)
        }
        if let party = try party(context, in: .accessSubject, "the subject") { return .party(party) }
        return .other(context.values(of: DecisionAttribute.serviceOwner, in: .accessSubject).first ?? "")
    }

    /// altinn.md §4.2: which attributes a subject may be named by together.
    private func checkMixture(_ context: XACMLContext) throws(XACMLStatus) {
        let attributes = context.groups.filter { $0.category == .accessSubject }.flatMap(\.attributes)
        let names = Set(attributes.map(\.identifier))
        if let found = names.sorted().first(where: { DecisionAttribute.found.contains($0) }) {
            throw Self.fault("`\(found)` is found out here, and must not be sent")
        }
        if names.contains(DecisionAttribute.systemUser), names.count > 1 {
            throw Self.fault("`\(DecisionAttribute.systemUser)` must stand alone")
        }
        let isUser = names.contains(DecisionAttribute.userID)
        let isPerson = names.contains(DecisionAttribute.personNumber)
        let isOrganisation =
            names.contains(DecisionAttribute.organisationNumber)
            || names.contains(DecisionAttribute.legacyOrganisationNumber)
        guard !isUser || !isPerson else {
            throw Self.fault("a subject cannot be named by both a user id and a national identity number")
        }
        guard !isOrganisation || !(isUser || isPerson) else {
            throw Self.fault("a subject cannot be both an organisation and a person")
        }
        guard !isUser else {
            throw Self.fault("user ids are not known here: name the person by `\(DecisionAttribute.partyUUID)`")
        }
    }

    // MARK: Resource

    private func resource(_ context: XACMLContext) throws(XACMLStatus) -> ResourceID {
        let names = context.values(of: DecisionAttribute.resource, in: .resource)
        if names.isEmpty, let app = app(context) { return app }
        guard names.count == 1 else {
            throw Self.fault("a request must name one `\(DecisionAttribute.resource)`, not \(names.count)")
        }
        guard let id = try? ResourceID(parsing: names[0]) else {
            throw Self.fault("`\(DecisionAttribute.resource)` is no identifier of a resource")
        }
        return id
    }

    /// An app's resource has a name made of its service owner's and its own.
    private func app(_ context: XACMLContext) -> ResourceID? {
        let owners = context.values(of: DecisionAttribute.serviceOwner, in: .resource)
        let apps = context.values(of: DecisionAttribute.app, in: .resource)
        guard owners.count == 1, apps.count == 1 else { return nil }
        return try? ResourceID(parsing: "app_\(owners[0])_\(apps[0])")
    }

    // MARK: Parties

    /// The one party that the attributes of a category name; nil when they name none.
    private func party(_ context: XACMLContext, in category: XACMLCategory, _ whose: String) throws -> Party? {
        var found: Party?
        for group in context.groups where group.category == category {
            for attribute in group.attributes {
                for value in attribute.values {
                    guard let party = try party(attribute.identifier, value, whose) else { continue }
                    guard found == nil || found == party else {
                        throw Self.fault("the attributes of \(whose) name more than one party")
                    }
                    found = party
                }
            }
        }
        return found
    }

    /// The party that one value names; nil for attributes that name none.
    private func party(_ identifier: String, _ value: String, _ whose: String) throws -> Party? {
        switch identifier {
        case DecisionAttribute.organisationNumber, DecisionAttribute.legacyOrganisationNumber:
            guard let number = try? OrganisationNumber(parsing: value) else {
                throw Self.fault("`\(identifier)` of \(whose) is no organisation number")
            }
            return .organisation(number)
        case DecisionAttribute.personNumber:
            guard let number = NationalIdentityNumber(parsing: value) else {
                throw Self.fault("`\(identifier)` of \(whose) is no national identity number")
            }
            guard let pseudonyms else { throw Self.fault("persons cannot be looked up: the pseudonym key is missing") }
            return .person(pseudonyms.pseudonym(of: number))
        case DecisionAttribute.partyID:
            guard let number = Int64(value), let party = try reader.party(numbered: number) else {
                throw Self.fault("`\(identifier)` of \(whose) is not known")
            }
            return party
        case DecisionAttribute.partyUUID, DecisionAttribute.personUUID, DecisionAttribute.organisationUUID:
            guard let uuid = PartyUUID(parsing: value), let party = try reader.party(named: uuid) else {
                throw Self.fault("`\(identifier)` of \(whose) is not known")
            }
            let isRightKind =
                switch identifier {
                case DecisionAttribute.personUUID: party.person != nil
                case DecisionAttribute.organisationUUID: party.organisation != nil
                default: true
                }
            guard isRightKind else { throw Self.fault("`\(identifier)` of \(whose) names another kind of party") }
            return party
        default: return nil
        }
    }

    private static func fault(_ message: String) -> XACMLStatus { XACMLStatus(.processingError, message) }
}
