public import Vocabulary

/// What a decision needs to know of an organisation: does it live, and is it in distress.
///
/// A sub-unit stands or falls with its main unit and takes bankruptcy and winding-up from it (DESIGN §5).
public struct OrganisationStanding: Sendable, Hashable {
    /// Why an organisation gets no token at all.
    public enum Impediment: Sendable, Hashable {
        /// Deleted from the register, on that day where it is known.
        case deleted(CalendarDate?)
        /// Its main unit is deleted or unknown.
        case mainUnitDeleted(OrganisationNumber)
    }

    /// The organisation.
    public let number: OrganisationNumber
    /// Its name, for display.
    public let name: String
    /// Why it gets no token; nil for a live one.
    public let impediment: Impediment?
    /// Bankruptcy and winding-up, of itself or its main unit.
    public let distress: Organisation.Distress

    /// The standing of a unit, given its main unit when it is a sub-unit.
    public init(of unit: Organisation, mainUnit: Organisation?) {
        number = unit.number
        name = unit.name
        var distress = unit.distress
        if !unit.isLive {
            impediment = .deleted(unit.deleted)
        } else if unit.kind == .subUnit, let parent = unit.parent {
            if let mainUnit, mainUnit.isLive {
                impediment = nil
                distress = mainUnit.distress
            } else {
                impediment = .mainUnitDeleted(parent)
            }
        } else {
            impediment = nil
        }
        self.distress = distress
    }
}

/// What is done with a live organisation that is bankrupt or being wound up.
public enum DistressPolicy: String, Sendable, Hashable, CaseIterable {
    /// Nothing.
    case allow
    /// The token is issued and marked in the ledger and the console.
    case warn
    /// No token.
    case refuse
}

/// Read access to the local register.
public protocol OrganisationRegistry: Sendable {
    /// The unit with that number, also a deleted one; nil when the register never knew it.
    func organisation(_ number: OrganisationNumber) async throws -> Organisation?

    /// The standing of that unit, its main unit taken into account; nil when the register never knew it.
    func standing(of number: OrganisationNumber) async throws -> OrganisationStanding?
}
