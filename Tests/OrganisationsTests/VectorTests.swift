import Organisations
import Testing
import Vocabulary

@Suite("Files of others in the register's formats", .enabled(if: Vectors.folder != nil, "no vectors/enhetsregisteret"))
struct VectorTests {
    /// What a file is and how many of its elements are units; the rest have invented numbers that fail modulus 11
    /// (repeated digits pass it).
    enum Expectation: Equatable {
        case read(RegisterDocument, units: Int, malformed: Int)
        case refused(RegisterFileError)
    }

    static let expected: [String: Expectation] = [
        "nav-mock/overordnet_enhet-310279323.json": .read(.singleUnit, units: 1, malformed: 0),
        "nav-mock/overordnet_enhet-310529915.json": .read(.singleUnit, units: 1, malformed: 0),
        "nav-mock/overordnet_enhet-310567620.json": .read(.singleUnit, units: 1, malformed: 0),
        "nav-mock/overordnet_enhet-310721263.json": .read(.singleUnit, units: 1, malformed: 0),
        "nav-mock/overordnet_enhet-312305755.json": .read(.singleUnit, units: 1, malformed: 0),
        "nav-mock/overordnet_enhet-313068420.json": .read(.singleUnit, units: 1, malformed: 0),
        "nav-mock/overordnet_enhet-910562223.json": .read(.singleUnit, units: 1, malformed: 0),
        "nav-mock/underenhet-311263315.json": .read(.singleUnit, units: 1, malformed: 0),
        "nav-mock/underenhet-311545795.json": .read(.singleUnit, units: 1, malformed: 0),
        "nav-mock/underenhet-311874411.json": .read(.singleUnit, units: 1, malformed: 0),
        "nav-mock/underenhet-312679671.json": .read(.singleUnit, units: 1, malformed: 0),
        "nav-mock/underenhet-314620127.json": .read(.singleUnit, units: 1, malformed: 0),
        "nav-mock/underenhet-315829062.json": .read(.singleUnit, units: 1, malformed: 0),
        "nav-mock/underenhet-810993502.json": .read(.singleUnit, units: 1, malformed: 0),
        "nav-mock/underenhet-910562452.json": .read(.singleUnit, units: 1, malformed: 0),
        "pia-oppdateringer/lastned-alle-response.json": .read(.wholeRegister, units: 0, malformed: 2),
        "pia-oppdateringer/lastned-alle-response.json.gz": .read(.wholeRegister, units: 0, malformed: 2),
        "pia-oppdateringer/oppdatering-underenhet-response.json": .refused(.foreign(.changeFeed)),
        "pia-oppdateringer/underenhet-response.json": .read(.searchPage, units: 9, malformed: 1),
        "python-brreg/enheter-details-deleted-response.json": .read(.singleUnit, units: 0, malformed: 1),
        "python-brreg/enheter-details-response.json": .read(.singleUnit, units: 0, malformed: 1),
        "python-brreg/enheter-roller-enhet-response.json": .refused(.foreign(.roles)),
        "python-brreg/enheter-roller-person-response.json": .refused(.foreign(.roles)),
        "python-brreg/enheter-search-empty-response.json": .refused(.noUnits),
        "python-brreg/enheter-search-page1-response.json": .read(.searchPage, units: 2, malformed: 0),
        "python-brreg/enheter-search-page2-response.json": .read(.searchPage, units: 1, malformed: 0),
        "python-brreg/enheter-search-response.json": .read(.searchPage, units: 0, malformed: 1),
        "python-brreg/underenheter-details-deleted-response.json": .read(.singleUnit, units: 0, malformed: 1),
        "python-brreg/underenheter-details-response.json": .read(.singleUnit, units: 0, malformed: 1),
        "python-brreg/underenheter-search-empty-response.json": .refused(.noUnits),
        "python-brreg/underenheter-search-response.json": .read(.searchPage, units: 0, malformed: 1),
    ]

    @Test func `every file is read, or named for what it is`() throws {
        let files = try Vectors.files()
        #expect(Set(files.keys) == Set(Self.expected.keys))
        for (path, bytes) in files {
            #expect(Self.outcome(bytes) == Self.expected[path], "\(path)")
        }
    }

    @Test func `the only thing wrong with a malformed unit is its invented number`() throws {
        for (path, bytes) in try Vectors.files() {
            guard let result = try? ReadResult(bytes) else { continue }
            for unit in result.malformed {
                let reasons: [MalformedUnit.Reason] = [
                    .number("organisasjonsnummer", .checkDigit), .number("overordnetEnhet", .checkDigit),
                ]
                #expect(reasons.contains(unit.reason), "\(path): \(unit)")
            }
        }
    }

    @Test func `with sound numbers in place of the invented ones every unit is read`() throws {
        for (path, bytes) in try Vectors.files() where !path.hasSuffix(".gz") {
            guard let expected = Self.expected[path], case .read(let document, let units, let malformed) = expected
            else { continue }
            let mended = Self.mend(String(decoding: bytes, as: UTF8.self))
            let result = try ReadResult(mended)
            #expect(result.document == document)
            #expect(result.malformed == [], "\(path)")
            #expect(result.units.count == units + malformed, "\(path)")
            let isDeleted = path.contains("deleted")
            #expect(result.units.allSatisfy { $0.isLive != isDeleted }, "\(path)")
            let kind = path.contains("under") || path.contains("lastned") ? Organisation.Kind.subUnit : .mainUnit
            #expect(result.units.allSatisfy { $0.kind == kind }, "\(path)")
            #expect(result.units.allSatisfy { !$0.name.isEmpty && !$0.form.code.isEmpty }, "\(path)")
        }
    }

    @Test func `the packed extract reads as the plain one`() throws {
        let files = try Vectors.files()
        let plain = try #require(files["pia-oppdateringer/lastned-alle-response.json"])
        let packed = try #require(files["pia-oppdateringer/lastned-alle-response.json.gz"])
        #expect(try ReadResult(plain).malformed == ReadResult(packed).malformed)
    }

    private static func outcome(_ bytes: [UInt8]) -> Expectation? {
        do {
            let result = try ReadResult(bytes)
            return result.document.map {
                .read($0, units: result.units.count, malformed: result.malformed.count)
            }
        } catch let error as RegisterFileError {
            return .refused(error)
        } catch {
            return nil
        }
    }

    /// Puts valid numbers in the place of those that fail modulus 11, the same for the same.
    private static func mend(_ text: String) -> String {
        var mended = text
        var given: [Substring: String] = [:]
        for match in text.matches(of: /"([0-9]{9})"/) {
            guard (try? OrganisationNumber(parsing: match.1)) == nil, given[match.1] == nil else { continue }
            given[match.1] = "\(Samples.number(at: given.count))"
            mended = mended.replacing("\"\(match.1)\"", with: "\"\(Samples.number(at: given.count - 1))\"")
        }
        return mended
    }
}
