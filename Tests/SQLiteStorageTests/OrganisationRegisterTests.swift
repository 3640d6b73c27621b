import Organisations
import SQLiteStorage
import Testing
import Vocabulary

@Suite("The register in SQLite: look-ups")
struct OrganisationRegisterTests {
    let world: RegisterWorld

    init() throws { world = try RegisterWorld() }

    @Test func `every unit comes back as it was read`() throws {
        let synthetic = SyntheticRegister(seed: 3, mainUnits: 300, subUnits: 100)
        for kind in Organisation.Kind.allCases {
            var text: [UInt8] = []
            try synthetic.write(kind) { text += $0 }
            try OrganisationImport(mode: .replace).run(MemoryByteSource(text), into: world.importer())
            var reader = RegisterFileReader(MemoryByteSource(text), of: .units)
            var units: [Organisation] = []
            _ = try reader.forEachBatch { units += try $0.units }
            for unit in units { #expect(try world.unit(unit.number) == unit) }
        }
    }

    @Test func `a unit with everything comes back with everything`() throws {
        var unit = Organisation(
            number: RegisterWorld.number(0),
            kind: .subUnit,
            name: #"ÆRLIG "ØRN" \ 🦅"#,
            form: .init(code: "BEDR", description: "Bedrift"),
            parent: RegisterWorld.number(1)
        )
        let days = (0..<14).map { CalendarDate(daysSinceEpoch: 10_000 + $0 * 17) }
        unit.historicNames = [
            .init(name: "FØR", from: days[0], until: days[1]), .init(name: "FØRST", from: nil, until: nil),
        ]
        unit.registered = days[2]
        unit.registrations.businessEnterprises = days[3]
        unit.registrations.valueAddedTax = days[4]
        unit.registrations.nonProfit = days[5]
        unit.founded = days[6]
        unit.municipality = "0301"
        unit.industryCode = "62.010"
        unit.address = .init(lines: ["c/o \"A\"", "Gate 1"], postalCode: "0101", place: "OSLO", countryCode: "NO")
        unit.distress.bankrupt = true
        unit.distress.bankruptSince = days[7]
        unit.distress.windingUp = true
        unit.distress.windingUpSince = days[8]
        unit.distress.compulsoryWindingUp = true
        unit.distress.compulsoryWindingUpSince = days[9]
        unit.reconstructionSince = days[10]
        unit.foreignInsolvencySince = days[11]
        unit.closedDown = days[12]
        var deleted = unit
        deleted.deleted = days[13]
        var closed = unit
        closed.isDeleted = true
        var purged = Organisation(
            number: RegisterWorld.number(0),
            kind: .mainUnit,
            name: "",
            form: .init(code: "", description: nil)
        )
        purged.isPurged = true
        for (index, version) in [unit, deleted, closed, purged].enumerated() {
            let act = world.importer()
            try act.begin()
            try act.stage(added: index == 0 ? [version] : [], changed: index == 0 ? [] : [version])
            try act.apply(ImportReport(document: .singleUnit, mode: .update, isDryRun: false))
            #expect(try world.unit(version.number) == version)
            #expect(try world.count("organisation") == 1)
        }
    }

    @Test func `a number that the register never knew is nil`() throws {
        #expect(try world.unit(RegisterWorld.number(0)) == nil)
        #expect(try world.standing(RegisterWorld.number(0)) == nil)
        try world.take(RegisterWorld.array([RegisterWorld.main(0), RegisterWorld.main(2)]))
        #expect(try world.unit(RegisterWorld.number(1)) == nil)
    }

    @Test func `the look-up for anyone who waits is the same`() async throws {
        try world.take(RegisterWorld.register(of: 2))
        let registry: any OrganisationRegistry = world.store
        #expect(try await registry.organisation(RegisterWorld.number(1))?.name == "RASK ELG AS")
        #expect(try await registry.standing(of: RegisterWorld.number(1))?.impediment == nil)
    }

    @Test func `standing is that of the unit and its main unit`() throws {
        try world.take(
            RegisterWorld.array([
                RegisterWorld.main(0), RegisterWorld.main(1, more: #","konkurs":true,"konkursdato":"2024-05-06""#),
                RegisterWorld.main(2, more: #","slettedato":"2024-02-29""#),
            ])
        )
        try world.take(RegisterWorld.array((0..<4).map { RegisterWorld.sub(10 + $0, of: $0) }))
        for index in 0..<4 {
            for place in [index, 10 + index] {
                let number = RegisterWorld.number(place)
                let unit = try world.unit(number)
                let parent = try (unit?.parent).flatMap { try world.unit($0) }
                // The quick way must say what the whole units say.
                #expect(try world.standing(number) == unit.map { OrganisationStanding(of: $0, mainUnit: parent) })
            }
        }
        #expect(try world.standing(RegisterWorld.number(10))?.impediment == nil)
        #expect(
            try world.standing(RegisterWorld.number(11))?.distress.bankruptSince == CalendarDate(parsing: "2024-05-06")
        )
        #expect(
            try world.standing(RegisterWorld.number(2))?.impediment == .deleted(CalendarDate(parsing: "2024-02-29"))
        )
        #expect(try world.standing(RegisterWorld.number(12))?.impediment == .mainUnitDeleted(RegisterWorld.number(2)))
        #expect(try world.standing(RegisterWorld.number(13))?.impediment == .mainUnitDeleted(RegisterWorld.number(3)))
    }

    @Test func `the units below a unit are those of the newest version`() throws {
        try world.take(RegisterWorld.array([RegisterWorld.sub(10, of: 0), RegisterWorld.sub(11, of: 0)]))
        try world.take(RegisterWorld.array([RegisterWorld.sub(10, of: 1), RegisterWorld.sub(11, of: 0)]))
        let below = try world.store.read { reader in
            try [0, 1].map { try reader.organisations(below: RegisterWorld.number($0), limit: 10).map(\.number) }
        }
        #expect(below == [[RegisterWorld.number(11)], [RegisterWorld.number(10)]])
        #expect(try world.store.read { try $0.organisations(below: RegisterWorld.number(0), limit: 0) } == [])
    }
}
