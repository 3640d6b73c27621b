public import Delegations
import FoundationEssentials

/// The key of the pseudonyms on disk: `<data>/keys/pseudonym.key`, 64 hexadecimal digits that only the owner can read.
///
/// It stands outside the database so that a backup of that tells of nobody. Whoever moves an installation moves this file
/// too, by another way.
public enum PseudonymKeyFile {
    /// Why the key cannot be used.
    public struct Fault: Error, Equatable, Sendable, CustomStringConvertible {
        /// What is wrong and what mends it.
        public let description: String
    }

    /// Where the key of a data folder is.
    public static func path(in dataFolder: String) -> String { "\(dataFolder)/keys/pseudonym.key" }

    /// Reads the key; a data folder that has none gets one, unless persons stand under the one that is missing.
    ///
    /// `isUsed` tells whether the database holds pseudonyms: with a new key nobody of them would be found again.
    /// - Throws: ``Fault``: it is open to others, no key, missing though used, or cannot be written.
    public static func readOrMake(in dataFolder: String, isUsed: Bool) throws(Fault) -> PseudonymKey {
        let path = path(in: dataFolder)
        guard FileManager.default.fileExists(atPath: path) else {
            guard !isUsed else {
                throw Fault(
                    description: "`\(path)` is missing, and persons are known under it: put it back where it was"
                )
            }
            return try make(at: path)
        }
        let bytes: [UInt8]
        do { bytes = try PrivateFile.read(path) } catch { throw Fault(description: "pseudonym key: \(error)") }
        guard let key = key(from: bytes) else {
            throw Fault(description: "`\(path)` is no pseudonym key: it has 64 hexadecimal digits")
        }
        return key
    }

    private static func make(at path: String) throws(Fault) -> PseudonymKey {
        // The kernel's generator, as libcrypto's own is seeded by; a symmetric key is nothing but such bytes.
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<PseudonymKey.length).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let digits = bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        // What cannot be made is told by the file that cannot be written.
        try? FileManager.default.createDirectory(
            atPath: String(path.dropLast("/pseudonym.key".count)),
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        guard let key = PseudonymKey(bytes: bytes) else { throw Fault(description: "a pseudonym key has 32 bytes") }
        do { try PrivateFile.write(Array((digits + "\n").utf8), to: path) } catch {
            throw Fault(description: "pseudonym key: \(error)")
        }
        return key
    }

    private static func key(from text: [UInt8]) -> PseudonymKey? {
        let digits = text.last == UInt8(ascii: "\n") ? text.dropLast() : text[...]
        guard digits.count == PseudonymKey.length * 2 else { return nil }
        var bytes: [UInt8] = []
        for start in stride(from: digits.startIndex, to: digits.endIndex, by: 2) {
            let pair = String(decoding: digits[start..<start + 2], as: UTF8.self)
            // `UInt8(_:radix:)` would take a sign.
            guard pair.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
                let byte = UInt8(pair, radix: 16)
            else { return nil }
            bytes.append(byte)
        }
        return PseudonymKey(bytes: bytes)
    }
}
