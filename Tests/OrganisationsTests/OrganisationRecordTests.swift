import Organisations
import Testing
import Vocabulary

@Suite("Records: the bytes of a unit")
struct OrganisationRecordTests {
    private static func units() throws -> [Organisation] {
        let register = SyntheticRegister(seed: 11, mainUnits: 400, subUnits: 200)
        var units: [Organisation] = []
        for kind in Organisation.Kind.allCases {
            var text: [UInt8] = []
            try register.write(kind) { text += $0 }
            units += try ReadResult(text).units
        }
        return units
    }

    @Test func `what the reader of files writes is what a unit's record is`() throws {
        let text = Array(RegisterFileTests.tricky.utf8)
        var reader = RegisterFileReader(MemoryByteSource(text), of: .units)
        _ = try reader.forEachBatch { batch in
            for (index, unit) in try batch.units.enumerated() {
                #expect(batch.records.organisationRecord(at: index) == OrganisationRecord(unit))
            }
        }
    }

    @Test func `every unit comes back from its record, and its outline decides alike`() throws {
        let units = try Self.units()
        #expect(units.count == 600)
        for unit in units {
            let record = OrganisationRecord(unit)
            #expect(try record.organisation == unit)
            let outline = try record.bytes.withUnsafeBytes { try Organisation(unit.number, outline: $0) }
            #expect(OrganisationStanding(of: outline, mainUnit: nil) == OrganisationStanding(of: unit, mainUnit: nil))
            #expect(record.bytes.withUnsafeBytes { OrganisationRecord.parent(in: $0) } == unit.parent)
        }
    }

    @Test func `the bytes are those that docs/storage.md describes`() throws {
        var unit = Organisation(
            number: Samples.number(at: 0),
            kind: .subUnit,
            name: "ØL",
            form: .init(code: "BEDR", description: nil),
            parent: Samples.number(at: 1)
        )
        unit.distress.bankrupt = true
        unit.distress.bankruptSince = CalendarDate(daysSinceEpoch: 19_849)
        unit.founded = CalendarDate(daysSinceEpoch: -1)
        let parent = withUnsafeBytes(of: UInt32(Samples.number(at: 1).integer).bigEndian) { Array($0) }
        #expect(
            OrganisationRecord(unit).bytes == [0x09, 0x01] + parent + [0x03, 0x89, 0x4D, 0x00]
                + [0x06, 3, 0xC3, 0x98, 0x4C] + [0x07, 4] + Array("BEDR".utf8) + [0x14, 0xFF, 0xFF, 0xFF]
        )
    }

    @Test func `damaged bytes are refused or read, and never crash`() throws {
        let record = try #require(
            try Self.units().map { OrganisationRecord($0) }.max { $0.bytes.count < $1.bytes.count }
        )
        for place in record.bytes.indices {
            let cut = OrganisationRecord(number: record.number, bytes: Array(record.bytes.prefix(place)))
            _ = try? cut.organisation
            for value: UInt8 in [0x00, 0x7F, 0x80, 0xFF] {
                var bytes = record.bytes
                bytes[place] = value
                _ = try? OrganisationRecord(number: record.number, bytes: bytes).organisation
            }
        }
        #expect(throws: OrganisationRecord.Damage.self) {
            try OrganisationRecord(number: record.number, bytes: []).organisation
        }
        #expect(throws: OrganisationRecord.Damage.self) {
            try OrganisationRecord(number: record.number, bytes: [0x00, 0x06, 0x05, 0x41]).organisation
        }
    }

    @Test func `a set of numbers holds what was put in, once each`() {
        var numbers = NumberSet()
        let some = (0..<3_000).map { Samples.number(at: $0 * 97) }
        for number in some {
            let isNew = numbers.insert(number)
            let isNewAgain = numbers.insert(number)
            #expect(isNew && !isNewAgain && numbers.contains(number))
        }
        #expect(!numbers.contains(Samples.number(at: 1)))
        #expect(numbers.count == 3_000)
    }
}
