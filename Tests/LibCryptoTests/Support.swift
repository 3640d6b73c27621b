import Foundation
import LibCrypto
import Testing

/// The bytes of hexadecimal digits; the tests' own tables, so any odd text is a mistake here.
func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = hexadecimal.filter { !$0.isWhitespace }.compactMap(\.hexDigitValue).map(UInt8.init)
    precondition(digits.count.isMultiple(of: 2), "odd hexadecimal")
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// The bytes of base64 on several lines.
func container(_ base64: String) -> [UInt8] {
    [UInt8](Data(base64Encoded: base64, options: .ignoreUnknownCharacters) ?? Data())
}

/// A text that a test takes as its argument, shown by its name.
struct Named: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let text: String

    init(_ name: String, _ text: String) {
        testDescription = name
        self.text = text
    }
}

/// Published vectors, read in place: `PORTVAKT_VECTORS`, or `../shared/vectors` beside the repository.
enum Vectors {
    static let wycheproof: URL? = {
        let environment = ProcessInfo.processInfo.environment["PORTVAKT_VECTORS"].map { URL(filePath: $0) }
        let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let root = environment ?? repository.appending(path: "../shared/vectors")
        let folder = root.appending(path: "wycheproof")
        return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
    }()

    static var areAbsent: Bool { wycheproof == nil }

    /// Tells `make vectors` what was run: how many cases, and how many had the published result.
    static func count(_ file: String, cases: Int, agreed: Int) throws {
        guard let path = ProcessInfo.processInfo.environment["PORTVAKT_VECTOR_COUNTS"] else { return }
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT, 0o644)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
        // One write, so that lines of suites that run at once do not mix.
        let line = Array("\(file)\t\(cases)\t\(agreed)\n".utf8)
        let written = write(descriptor, line, line.count)
        guard close(descriptor) == 0, written == line.count else { throw CocoaError(.fileWriteUnknown) }
    }
}

/// A generator that gives the same numbers for the same seed, so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Keys that are drawn once for all tests, as RSA ones take long.
enum SampleKey {
    static let rsa = drawn(.rsa(bits: 2048))
    static let otherRSA = drawn(.rsa(bits: 2048))
    static let p256 = drawn(.ec(.p256))
    static let p384 = drawn(.ec(.p384))
    static let p521 = drawn(.ec(.p521))
    static let ed25519 = drawn(.ed25519)

    private static func drawn(_ kind: KeyKind) -> PrivateKey {
        do {
            return try PrivateKey.generate(kind)
        } catch {
            preconditionFailure("no key of kind \(kind): \(error)")
        }
    }
}
