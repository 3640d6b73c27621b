import Foundation
import JOSE
import Organisations
import Testing
import Vocabulary

/// Units as the register writes them, and what packs and cuts them.
enum Samples {
    /// 310279323 and 311263315: a main unit and its sub-unit in the public test data.
    static let mainNumber = number("310279323")
    static let subNumber = number("311263315")

    static func number(_ text: String) -> OrganisationNumber {
        guard let number = try? OrganisationNumber(parsing: text) else { preconditionFailure("\(text) is no number") }
        return number
    }

    static func day(_ text: String) -> CalendarDate {
        guard let day = CalendarDate(parsing: text) else { preconditionFailure("\(text) is no day") }
        return day
    }

    /// The so-manyth valid synthetic number.
    static func number(at index: Int) -> OrganisationNumber {
        guard
            let number = OrganisationNumber(stem: 31_000_000 + 2 * index)
                ?? OrganisationNumber(stem: 31_000_001 + 2 * index)
        else { preconditionFailure("no number at \(index)") }
        return number
    }

    /// A live main unit; `more` is appended to its members.
    static func main(
        _ number: OrganisationNumber = mainNumber,
        name: String = "RASK ELG AS",
        more: String = ""
    ) -> String {
        """
        {"organisasjonsnummer":"\(number)","navn":"\(name)",\
        "organisasjonsform":{"kode":"AS","beskrivelse":"Aksjeselskap"}\(more)}
        """
    }

    /// A live sub-unit of `parent`.
    static func sub(_ number: OrganisationNumber = subNumber, parent: OrganisationNumber = mainNumber) -> String {
        """
        {"organisasjonsnummer":"\(number)","navn":"RASK ELG AS AVD OSLO",\
        "organisasjonsform":{"kode":"BEDR","beskrivelse":"Bedrift"},"overordnetEnhet":"\(parent)"}
        """
    }

    /// A deleted unit, as the register answers for it.
    static func deleted(_ number: OrganisationNumber, on day: String = "2024-02-29") -> String {
        """
        {"organisasjonsnummer":"\(number)","navn":"RASK ELG AS","organisasjonsform":{"kode":"AS","beskrivelse":"Aksjeselskap"},\
        "slettedato":"\(day)","respons_klasse":"SlettetEnhet"}
        """
    }

    static func array(_ units: [String]) -> String { "[" + units.joined(separator: ",\n") + "]" }

    static func register(of count: Int) -> String { array((0..<count).map { main(number(at: $0)) }) }

    /// One gzip member (RFC 1952) whose data is stored, not packed: made here, so that zlib is not its own judge.
    static func gzip(_ text: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
        var rest = text[...]
        repeat {
            let block = rest.prefix(0xFFFF)
            rest = rest.dropFirst(0xFFFF)
            let length = UInt16(block.count)
            bytes.append(rest.isEmpty ? 1 : 0)
            bytes += [UInt8(length & 0xFF), UInt8(length >> 8), UInt8(~length & 0xFF), UInt8(~length >> 8)]
            bytes += block
        } while !rest.isEmpty
        for value in [checkSum(text), UInt32(truncatingIfNeeded: text.count)] {
            bytes += (0..<4).map { UInt8(value >> (8 * UInt32($0)) & 0xFF) }
        }
        return bytes
    }

    /// CRC-32 as RFC 1952 §8 has it.
    private static func checkSum(_ bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
        return ~sum
    }
}

/// Everything that a reader handed out.
struct ReadResult: Equatable {
    var units: [Organisation] = []
    var malformed: [MalformedUnit] = []
    var document: RegisterDocument?

    init(_ bytes: [UInt8], chunkSize: Int = 1 << 18, batchSize: Int = 1_000, isOfOneKind: Bool = false) throws {
        var reader = RegisterFileReader(
            MemoryByteSource(bytes, chunkSize: chunkSize),
            of: .units,
            isOfOneKind: isOfOneKind
        )
        let report = try reader.forEachBatch(of: batchSize) { batch in
            units += try batch.units
            malformed += batch.malformed
        }
        document = report.document
        #expect(report.unitCount == units.count)
        #expect(report.malformedCount == malformed.count)
        #expect(report.byteCount == Int64(bytes.count))
    }

    init(_ text: String, chunkSize: Int = 1 << 18) throws {
        try self.init(Array(text.utf8), chunkSize: chunkSize)
    }
}

/// The one unit that a text holds.
func unit(_ text: String) throws -> Organisation {
    let result = try ReadResult("[\(text)]")
    #expect(result.malformed == [])
    return try #require(result.units.first)
}

/// Why the one unit that a text holds is malformed.
func fault(_ text: String) throws -> MalformedUnit.Reason? { try ReadResult("[\(text)]").malformed.first?.reason }

/// What the reader throws, compared whole.
func readError(_ text: String) -> RegisterFileError? { readError(Array(text.utf8)) }

func readError(_ bytes: [UInt8]) -> RegisterFileError? {
    do {
        _ = try ReadResult(bytes)
        return nil
    } catch {
        return error as? RegisterFileError
    }
}

/// Test input from outside, read in place.
enum Vectors {
    /// The folder with units in the register's formats; nil where there is none.
    static let folder: URL? = {
        let base =
            ProcessInfo.processInfo.environment["PORTVAKT_VECTORS"].map { URL(filePath: $0) }
            ?? URL(filePath: #filePath).resolvingSymlinksInPath().appending(path: "../../../../shared/vectors")
            .standardized
        let folder = base.appending(path: "enhetsregisteret")
        return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
    }()

    /// All files below the folder, by path relative to it.
    static func files() throws -> [String: [UInt8]] {
        guard let folder else { return [:] }
        var files: [String: [UInt8]] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
            let file = folder.appending(path: path)
            guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else { continue }
            files[path] = try Array(Data(contentsOf: file))
        }
        return files
    }
}
