public import Delegations
public import Vocabulary

/// Role facts in memory: what a test says, and nothing else.
public struct InMemoryRoles: RoleReader {
    /// The units, by number.
    public var units: [OrganisationNumber: Unit] = [:]
    /// All assignments.
    public var assignments: [RoleAssignment] = []
    /// Persons who are known without holding a role.
    public var persons: Set<PersonPseudonym> = []

    /// Organisations with roles of persons whom nobody has linked.
    public var unlinked: Set<OrganisationNumber> = []

    /// No facts.
    public init() {}

    /// Adds a unit of that form, a sub-unit when it has a main unit.
    public mutating func add(
        _ number: OrganisationNumber,
        form: String = "AS",
        mainUnit: OrganisationNumber? = nil,
        isLive: Bool = true
    ) {
        units[number] = Unit(number: number, form: form, mainUnit: mainUnit, isLive: isLive)
    }

    /// Adds an assignment.
    public mutating func assign(
        _ role: RoleCode,
        of organisation: OrganisationNumber,
        to holder: Party,
        source: RoleAssignment.Source = .register
    ) {
        assignments.append(RoleAssignment(organisation: organisation, role: role, holder: holder, source: source))
    }

    /// The unit of that number.
    public func unit(_ number: OrganisationNumber) -> Unit? { units[number] }

    /// What an organisation has assigned.
    public func assignments(of organisation: OrganisationNumber) -> [RoleAssignment] {
        assignments.filter { $0.organisation == organisation }
    }

    /// What a party has been assigned.
    public func assignments(heldBy party: Party) -> [RoleAssignment] { assignments.filter { $0.holder == party } }

    /// Whether a test says so.
    public func hasUnlinkedPersons(in organisation: OrganisationNumber) -> Bool { unlinked.contains(organisation) }

    /// Whether a person holds a role or was added.
    public func knows(_ person: PersonPseudonym) -> Bool {
        persons.contains(person) || assignments.contains { $0.holder == .person(person) }
    }

    /// The party of that UUID.
    public func party(named uuid: PartyUUID) -> Party? {
        if let organisation = uuid.organisation { return .organisation(organisation) }
        return knownPersons.first { $0.uuid == uuid }
    }

    /// The party of that number.
    public func party(numbered partyID: Int64) -> Party? {
        if let organisation = OrganisationNumber(integer: partyID) { return .organisation(organisation) }
        let found = knownPersons.filter { $0.partyID == partyID }
        return found.count == 1 ? found.first : nil
    }

    private var knownPersons: Set<Party> {
        Set(persons.map { Party.person($0) }).union(assignments.map(\.holder).filter { $0.person != nil })
    }
}

extension PersonPseudonym {
    /// A made-up person: the pseudonym whose last bytes spell the number.
    public static func sample(_ number: UInt64) -> PersonPseudonym {
        // Spread over the first bytes too, so that party numbers and UUIDs of different samples differ.
        let spread: UInt64 = number &* 0x9E37_79B9_7F4A_7C15
        var bytes: [UInt8] = []
        for word in [spread, number, number, number] {
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        guard let sample = PersonPseudonym(bytes: bytes) else { preconditionFailure("32 bytes were made") }
        return sample
    }
}
