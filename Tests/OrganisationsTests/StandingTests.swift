import Organisations
import Testing
import Vocabulary

@Suite("DESIGN §5: what an organisation's standing rests on")
struct StandingTests {
    let main = Organisation(
        number: Samples.mainNumber,
        kind: .mainUnit,
        name: "RASK ELG AS",
        form: .init(code: "AS", description: nil)
    )
    let sub = Organisation(
        number: Samples.subNumber,
        kind: .subUnit,
        name: "RASK ELG AS AVD OSLO",
        form: .init(code: "BEDR", description: nil),
        parent: Samples.mainNumber
    )

    @Test func `a live main unit has no impediment`() {
        let standing = OrganisationStanding(of: main, mainUnit: nil)
        #expect(standing.impediment == nil)
        #expect(!standing.distress.isPresent)
        #expect(standing.number == Samples.mainNumber)
        #expect(standing.name == "RASK ELG AS")
    }

    @Test func `a deleted unit is impeded, with its day where that is known`() {
        var unit = main
        unit.deleted = Samples.day("2024-02-29")
        #expect(OrganisationStanding(of: unit, mainUnit: nil).impediment == .deleted(Samples.day("2024-02-29")))
        unit.deleted = nil
        unit.isDeleted = true
        #expect(OrganisationStanding(of: unit, mainUnit: nil).impediment == .deleted(nil))
        unit.isDeleted = false
        unit.isPurged = true
        #expect(OrganisationStanding(of: unit, mainUnit: nil).impediment == .deleted(nil))
    }

    @Test func `distress is no impediment, but is seen`() {
        for flag in [\Organisation.Distress.bankrupt, \.windingUp, \.compulsoryWindingUp] {
            var unit = main
            unit.distress[keyPath: flag] = true
            let standing = OrganisationStanding(of: unit, mainUnit: nil)
            #expect(standing.impediment == nil)
            #expect(standing.distress == unit.distress)
            #expect(standing.distress.isPresent)
        }
    }

    @Test func `a sub-unit stands with its main unit and takes distress from it`() {
        var bankrupt = main
        bankrupt.distress.bankrupt = true
        bankrupt.distress.bankruptSince = Samples.day("2024-05-06")
        #expect(OrganisationStanding(of: sub, mainUnit: main).impediment == nil)
        #expect(!OrganisationStanding(of: sub, mainUnit: main).distress.isPresent)
        #expect(OrganisationStanding(of: sub, mainUnit: bankrupt).distress == bankrupt.distress)
        #expect(OrganisationStanding(of: sub, mainUnit: bankrupt).impediment == nil)
    }

    @Test func `a sub-unit falls with its main unit, deleted or unknown`() {
        var deleted = main
        deleted.deleted = Samples.day("2024-02-29")
        let impediment = OrganisationStanding.Impediment.mainUnitDeleted(Samples.mainNumber)
        #expect(OrganisationStanding(of: sub, mainUnit: deleted).impediment == impediment)
        #expect(OrganisationStanding(of: sub, mainUnit: nil).impediment == impediment)
    }

    @Test func `a deleted sub-unit is impeded by itself, whatever its main unit`() {
        var unit = sub
        unit.deleted = Samples.day("2024-02-29")
        #expect(OrganisationStanding(of: unit, mainUnit: main).impediment == .deleted(Samples.day("2024-02-29")))
    }

    @Test func `a department does not fall with the body above it`() {
        var department = main
        department.parent = Samples.number("910562223")
        #expect(OrganisationStanding(of: department, mainUnit: nil).impediment == nil)
    }
}
