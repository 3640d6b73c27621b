import Delegations
import Vocabulary
import XACML

/// The roles and packages by which the resources of one owner open, as their policies name them.
///
/// All that an owner may learn of whom somebody acts for: what opens nothing of its own is no business of its.
struct OpeningAttributes {
    private var names: [String: Set<String>] = [:]

    /// Of the resources of which that organisation is the competent authority.
    init(ofResourcesOf owner: OrganisationNumber, in reader: some ResourceReader) throws {
        var query = ResourceQuery()
        query.owner = owner
        for resource in try reader.resources(query) {
            for attribute in try reader.policy(of: resource.identifier)?.subjects ?? [] {
                // Altinn compares names of roles and packages without case.
                names[attribute.identifier, default: []].insert(attribute.value.lowercased())
            }
        }
    }

    /// The party with what opens a resource, and its sub-units likewise; nil where nothing is left.
    func restrict(_ party: ReachedParty) -> ReachedParty? {
        var party = party
        party.roles = party.roles.filter(opens)
        party.packages = party.packages.filter { opens(DecisionAttribute.accessPackage, $0) }
        party.subUnits = party.subUnits.compactMap(restrict)
        guard party.roles.isEmpty, party.packages.isEmpty else { return party }
        party.isOnlyHeading = true
        return party.subUnits.isEmpty ? nil : party
    }

    /// A role goes by its code, by the register's name of it, or by Altinn's.
    private func opens(_ role: RoleCode) -> Bool {
        opens(DecisionAttribute.roleCode, role.rawValue) || opens(DecisionAttribute.role, role.rawValue)
            || RegisterRole.named(role).map { opens(DecisionAttribute.registerRole, $0.slug) } == true
    }

    private func opens(_ identifier: String, _ value: String) -> Bool {
        names[identifier]?.contains(value.lowercased()) == true
    }
}
