import Foundation
import JOSE
import Organisations
import Testing
import Vocabulary

@testable import SQLiteStorage

/// The samples of others in the register's formats, read here by a parser of their own.
private enum RegisterSamples {
    static let folder: URL? = {
        let base =
            ProcessInfo.processInfo.environment["PORTVAKT_VECTORS"].map { URL(filePath: $0) }
            ?? URL(filePath: #filePath).resolvingSymlinksInPath().appending(path: "../../../../shared/vectors")
            .standardized
        let folder = base.appending(path: "enhetsregisteret")
        return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
    }()

    /// One file with sound numbers in the place of invented ones, and the units in it.
    struct Sample {
        let path: String
        let bytes: [UInt8]
        let units: [JSONObject]
    }

    static func all() throws -> [Sample] {
        guard let folder else { return [] }
        var given: [Substring: String] = [:]
        return try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
            .filter { $0.hasSuffix(".json") && !$0.contains("roller") && !$0.contains("/oppdatering-") }
            .compactMap { path in
                var text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
                for match in text.matches(of: /"([0-9]{9})"/) {
                    guard (try? OrganisationNumber(parsing: match.1)) == nil else { continue }
                    let sound = given[match.1] ?? "\(RegisterWorld.number(5_000 + given.count))"
                    given[match.1] = sound
                    text = text.replacing("\"\(match.1)\"", with: "\"\(sound)\"")
                }
                let units = units(in: try JSONValue(parsing: text))
                return units.isEmpty ? nil : Sample(path: path, bytes: Array(text.utf8), units: units)
            }
    }

    private static func units(in value: JSONValue) -> [JSONObject] {
        if let array = value.array { return array.flatMap(units(in:)) }
        guard let object = value.object else { return [] }
        if object["organisasjonsnummer"] != nil { return [object] }
        return object["_embedded"]?.object?.members.flatMap { units(in: $0.value) } ?? []
    }
}

/// What is kept of a unit (DESIGN §5), as text by field; a field that is not there is not there.
private typealias Fields = [String: String]

extension Fields {
    fileprivate mutating func put(_ name: String, _ value: (some CustomStringConvertible)?) {
        if let value, !"\(value)".isEmpty { self[name] = "\(value)" }
    }

    /// What the sample says, by the register's documentation and not by our reader.
    fileprivate init(_ unit: JSONObject) {
        self.init()
        let isDeleted = unit["slettedato"]?.string != nil
        let form = unit["organisasjonsform"]?.object
        let place = unit["beliggenhetsadresse"]?.object ?? unit["forretningsadresse"]?.object
        put("number", unit["organisasjonsnummer"]?.string)
        put("name", unit["navn"]?.string)
        put("form", form?["kode"]?.string)
        put("form description", form?["beskrivelse"]?.string)
        put("deleted", unit["slettedato"]?.string)
        // Of a deleted unit the register tells no more.
        guard !isDeleted else { return }
        put("parent", unit["overordnetEnhet"]?.string)
        put("registered", unit["registreringsdatoEnhetsregisteret"]?.string)
        put("business enterprises", unit["registreringsdatoForetaksregisteret"]?.string)
        put("value added tax", unit["registreringsdatoMerverdiavgiftsregisteret"]?.string)
        put("non-profit", unit["registreringsdatoFrivillighetsregisteret"]?.string)
        put("founded", unit["stiftelsesdato"]?.string ?? unit["oppstartsdato"]?.string)
        put("closed down", unit["nedleggelsesdato"]?.string)
        put("municipality", place?["kommunenummer"]?.string)
        put("industry", unit["naeringskode1"]?["kode"]?.string)
        let flags = ["konkurs", "underAvvikling", "underTvangsavviklingEllerTvangsopplosning"]
        for flag in flags where unit[flag] == .bool(true) { put(flag, "yes") }
        put("bankrupt since", unit["konkursdato"]?.string)
        for (index, name) in (unit["historiskeNavn"]?.array ?? []).enumerated() {
            put("name before \(index)", name["navn"]?.string)
        }
        guard let address = place ?? unit["postadresse"]?.object else { return }
        let lines = (address["adresse"]?.array ?? []).compactMap(\.string).filter { !$0.isEmpty }
        put("address", lines.joined(separator: "|"))
        put("postal code", address["postnummer"]?.string)
        put("place", address["poststed"]?.string)
        put("country", address["landkode"]?.string)
    }

    /// What the store says.
    fileprivate init(_ unit: Organisation) {
        self.init()
        put("number", unit.number)
        put("name", unit.name)
        put("form", unit.form.code)
        put("form description", unit.form.description)
        put("deleted", unit.deleted)
        put("parent", unit.parent)
        put("registered", unit.registered)
        put("business enterprises", unit.registrations.businessEnterprises)
        put("value added tax", unit.registrations.valueAddedTax)
        put("non-profit", unit.registrations.nonProfit)
        put("founded", unit.founded)
        put("closed down", unit.closedDown)
        put("municipality", unit.municipality)
        put("industry", unit.industryCode)
        if unit.distress.bankrupt { put("konkurs", "yes") }
        if unit.distress.windingUp { put("underAvvikling", "yes") }
        if unit.distress.compulsoryWindingUp { put("underTvangsavviklingEllerTvangsopplosning", "yes") }
        put("bankrupt since", unit.distress.bankruptSince)
        for (index, name) in unit.historicNames.enumerated() { put("name before \(index)", name.name) }
        put("address", unit.address?.lines.joined(separator: "|"))
        put("postal code", unit.address?.postalCode)
        put("place", unit.address?.place)
        put("country", unit.address?.countryCode)
    }
}

@Suite(
    "The register's samples: every field that is kept comes out of the store as it went in",
    .enabled(if: RegisterSamples.folder != nil, "no vectors/enhetsregisteret")
)
struct KeptFieldTests {
    @Test func `each unit of each sample`() throws {
        let samples = try RegisterSamples.all()
        var units = 0
        var seen: Set<String> = []
        for sample in samples {
            let world = try RegisterWorld()
            let report = try world.take(String(decoding: sample.bytes, as: UTF8.self), mode: .update)
            #expect(report.malformedCount == 0, "\(sample.path)")
            for json in sample.units {
                let expected = Fields(json)
                let number = try OrganisationNumber(parsing: try #require(expected["number"]))
                let stored = try #require(try world.unit(number), "\(sample.path): \(number)")
                #expect(Fields(stored) == expected, "\(sample.path): \(number)")
                #expect(stored.isLive == (expected["deleted"] == nil))
                units += 1
                seen.formUnion(expected.keys)
            }
        }
        // A rule that reads nothing would pass: the samples are known to hold these.
        #expect(units >= 30)
        #expect(
            seen.isSuperset(of: [
                "number", "name", "form", "form description", "deleted", "parent", "registered", "founded",
                "closed down",
                "municipality", "industry", "address", "postal code", "place", "country",
            ])
        )
    }

    @Test func `the kind of each unit is the register's`() throws {
        for sample in try RegisterSamples.all() {
            let world = try RegisterWorld()
            try world.take(String(decoding: sample.bytes, as: UTF8.self), mode: .update)
            let isSub = sample.path.contains("under") || sample.path.contains("lastned")
            for json in sample.units {
                let number = try OrganisationNumber(parsing: try #require(json["organisasjonsnummer"]?.string))
                #expect(try world.unit(number)?.kind == (isSub ? .subUnit : .mainUnit), "\(sample.path)")
            }
        }
    }
}
