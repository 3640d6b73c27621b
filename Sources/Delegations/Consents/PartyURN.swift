public import Vocabulary

/// A party as bodies and grants name it, by number (spec/altinn §7.1).
///
/// It lives no longer than the call: what is kept is the ``Party``.
public enum PartyURN: Sendable, Hashable {
    /// `urn:altinn:organization:identifier-no:<9 digits>`.
    case organisation(OrganisationNumber)
    /// `urn:altinn:person:identifier-no:<11 digits>`.
    case person(NationalIdentityNumber)

    static let organisationPrefix = "urn:altinn:organization:identifier-no:"
    static let personPrefix = "urn:altinn:person:identifier-no:"
    static let uuidPrefix = "urn:altinn:party:uuid:"

    /// Parses one of the two forms; nil for anything else.
    public init?(parsing text: String) {
        if text.hasPrefix(Self.organisationPrefix) {
            guard let number = try? OrganisationNumber(parsing: text.dropFirst(Self.organisationPrefix.count)) else {
                return nil
            }
            self = .organisation(number)
        } else {
            guard text.hasPrefix(Self.personPrefix),
                let number = NationalIdentityNumber(parsing: String(text.dropFirst(Self.personPrefix.count)))
            else { return nil }
            self = .person(number)
        }
    }

    /// The party that it names.
    public func party(under key: PseudonymKey) -> Party {
        switch self {
        case .organisation(let number): .organisation(number)
        case .person(let number): .person(key.pseudonym(of: number))
        }
    }

    /// The organisation's number; nil of a person.
    public var organisation: OrganisationNumber? {
        if case .organisation(let number) = self { number } else { nil }
    }

    /// The text, with a person's number in clear: for the answer to whoever sent it, and for tokens.
    public var exposed: String {
        switch self {
        case .organisation(let number): Self.organisationPrefix + "\(number)"
        case .person(let number): Self.personPrefix + number.exposed
        }
    }
}

extension PartyURN: CustomStringConvertible, CustomDebugStringConvertible {
    /// The organisation's URN; of a person only that it is one.
    public var description: String {
        switch self {
        case .organisation: exposed
        case .person: Self.personPrefix + "<redacted>"
        }
    }

    /// As ``description``.
    public var debugDescription: String { description }
}

/// How an answer names parties: persons by the number that the caller itself sent, else by UUID.
public struct PartyNaming: Sendable {
    private let sent: [Party: PartyURN]

    /// Names persons by UUID.
    public init() { sent = [:] }

    /// Names those by number that stand in the very call that is answered.
    public init(sent: [PartyURN], under key: PseudonymKey) {
        self.sent = Dictionary(sent.map { ($0.party(under: key), $0) }) { first, _ in first }
    }

    /// The party's URN.
    public func urn(of party: Party) -> String {
        if let sent = sent[party] { return sent.exposed }
        switch party {
        case .organisation(let number): return PartyURN.organisation(number).exposed
        case .person: return PartyURN.uuidPrefix + "\(party.uuid)"
        }
    }
}
