import FoundationEssentials

/// A key of 32 random bytes on disk: 64 hexadecimal digits that only the owner can read.
enum SymmetricKeyFile {
    /// How many bytes such a key has.
    static let keyLength = 32

    /// The key of a file; nil when there is no file.
    ///
    /// - Throws: ``KeyFileFault``: it is open to others, or holds no key.
    static func read(_ path: String, as name: String) throws(KeyFileFault) -> [UInt8]? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let text: [UInt8]
        do { text = try PrivateFile.read(path) } catch { throw KeyFileFault("\(name): \(error)") }
        guard let key = key(from: text) else {
            throw KeyFileFault("`\(path)` is no \(name): it has \(keyLength * 2) hexadecimal digits")
        }
        return key
    }

    /// Makes a new key, and its file where there is none.
    ///
    /// - Throws: ``KeyFileFault`` when the file cannot be written.
    static func make(at path: String, as name: String) throws(KeyFileFault) -> [UInt8] {
        // The kernel's generator, as libcrypto's own is seeded by; a symmetric key is nothing but such bytes.
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<keyLength).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let digits = bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        // What cannot be made is told by the file that cannot be written.
        try? FileManager.default.createDirectory(
            atPath: String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]),
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        do { try PrivateFile.write(Array((digits + "\n").utf8), to: path) } catch {
            throw KeyFileFault("\(name): \(error)")
        }
        return bytes
    }

    private static func key(from text: [UInt8]) -> [UInt8]? {
        let digits = text.last == UInt8(ascii: "\n") ? text.dropLast() : text[...]
        guard digits.count == keyLength * 2 else { return nil }
        var bytes: [UInt8] = []
        for start in stride(from: digits.startIndex, to: digits.endIndex, by: 2) {
            let pair = String(decoding: digits[start..<start + 2], as: UTF8.self)
            // `UInt8(_:radix:)` would take a sign.
            guard pair.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
                let byte = UInt8(pair, radix: 16)
            else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}

/// Why a key on disk cannot be used.
public struct KeyFileFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong and what mends it; never the key.
    public let description: String

    init(_ description: String) { self.description = description }
}
