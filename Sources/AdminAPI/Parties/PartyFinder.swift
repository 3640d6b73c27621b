import Administration
import Delegations
import JOSE
import Organisations
import Vocabulary

/// Somebody for whom a person may act, with the roles that make it so.
struct ReachedParty: Sendable {
    let party: Party
    let name: String
    let form: String?
    let isDeleted: Bool
    var roles: [RoleCode]
    var packages: [String]
    /// Listed only to show its sub-units.
    var isOnlyHeading = false
    var subUnits: [ReachedParty] = []

    /// As `GET /authorization/api/v1/parties` lists it.
    var authorizationObject: JSONValue {
        [
            "partyId": .integer(party.partyID),
            "partyUuid": .string("\(party.uuid)"),
            "partyTypeName": party.person == nil ? 2 : 1,
            "orgNumber": party.organisation.map { .string("\($0)") } ?? .null,
            "unitType": form.map { .string($0) } ?? .null,
            "name": .string(name),
            "isDeleted": .bool(isDeleted),
            "onlyHierarchyElementWithNoAccess": .bool(isOnlyHeading),
            "childParties": .array(subUnits.map(\.authorizationObject)),
        ]
    }

    /// As the API of authorized parties lists it; a person's own number is told to nobody.
    var authorizedPartyObject: JSONValue {
        [
            "partyUuid": .string("\(party.uuid)"),
            "name": .string(name),
            "organizationNumber": party.organisation.map { .string("\($0)") } ?? .null,
            "personId": .null,
            "partyId": .integer(party.partyID),
            "type": party.person == nil ? "Organization" : "Person",
            "unitType": form.map { .string($0) } ?? .null,
            "isDeleted": .bool(isDeleted),
            "onlyHierarchyElementWithNoAccess": .bool(isOnlyHeading),
            "authorizedResources": [],
            "authorizedAccessPackages": .strings(packages),
            "authorizedRoles": .strings(roles.map { "\($0)" }),
            "authorizedInstances": [],
            "subunits": .array(subUnits.map(\.authorizedPartyObject)),
        ]
    }
}

/// Finds all for whom somebody may act, by the connection rules of altinn.md §1.4.
///
/// It walks from the person outwards: own roles, key roles in organisations that have roles, and sub-units below each main
/// unit; what it finds is asked of the role rules, which alone decide.
struct PartyFinder<Reader: AdminAPIReader> {
    private let reader: Reader

    /// The most sub-units that are listed below one unit.
    private let subUnitLimit = 1_000

    init(_ reader: Reader) { self.reader = reader }

    /// The party itself, then organisations by number, each with its sub-units below it.
    func parties(of party: Party) throws -> [ReachedParty] {
        var candidates: Set<OrganisationNumber> = []
        let own = try reader.assignments(heldBy: party).map(\.organisation)
        candidates.formUnion(own)
        for organisation in Set(own) {
            candidates.formUnion(try reader.assignments(heldBy: .organisation(organisation)).map(\.organisation))
        }
        var below: [OrganisationNumber: [OrganisationNumber]] = [:]
        var headings: Set<OrganisationNumber> = []
        for number in candidates {
            if let mainUnit = try reader.unit(number)?.mainUnit {
                if !candidates.contains(mainUnit) { headings.insert(mainUnit) }
                below[mainUnit, default: []].append(number)
            } else {
                below[number, default: []] += try reader.organisations(below: number, limit: subUnitLimit).map(\.number)
            }
        }
        var found: [ReachedParty] = []
        if case .person = party {
            let name = "Person"
            found.append(
                ReachedParty(party: party, name: name, form: nil, isDeleted: false, roles: ["PRIV"], packages: [])
            )
        }
        for number in candidates.union(headings).sorted() where try reader.unit(number)?.mainUnit == nil {
            let subUnits = try Set(below[number] ?? []).sorted().compactMap { try reached($0, by: party) }
            var main = try reached(number, by: party) ?? (subUnits.isEmpty ? nil : heading(number))
            main?.subUnits = subUnits
            if let main { found.append(main) }
        }
        return found
    }

    private func reached(_ number: OrganisationNumber, by party: Party) throws -> ReachedParty? {
        let held = try RoleRules(reader).roles(of: party, for: number)
        guard !held.isEmpty else { return nil }
        let packages = try PackageRules(reader).packages(from: held).filter(\.hasAccess).map(\.slug)
        return try describe(number, roles: Set(held.map(\.role)).sorted(), packages: Set(packages).sorted())
    }

    private func heading(_ number: OrganisationNumber) throws -> ReachedParty? {
        var party = try describe(number, roles: [], packages: [])
        party?.isOnlyHeading = true
        return party
    }

    private func describe(
        _ number: OrganisationNumber,
        roles: [RoleCode],
        packages: [String]
    ) throws -> ReachedParty? {
        guard let organisation = try reader.organisation(number) else { return nil }
        return ReachedParty(
            party: .organisation(number),
            name: organisation.name,
            form: organisation.form.code,
            isDeleted: !organisation.isLive,
            roles: roles,
            packages: packages
        )
    }
}
