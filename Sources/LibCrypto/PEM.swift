/// Text armour of keys and certificates (RFC 7468).
///
/// Text outside the blocks is ignored, as tools write descriptions there; what stands inside must be strict base64.
public enum PEM {
    /// A block with the header lines that only traditional encrypted keys have (RFC 1421 §4.6).
    struct Block {
        let label: String
        let headers: [String]
        let der: [UInt8]
        /// The block as it stands in the text.
        let text: String
    }

    /// The blocks of a text in order, each with its label (`CERTIFICATE`, `PRIVATE KEY`) and its content.
    ///
    /// - Throws: `CryptoError.malformedPEM` for a block without end, another label at its end, or bad base64; a text
    ///   without any block gives an empty list.
    public static func blocks(in text: String) throws(CryptoError) -> [(label: String, der: [UInt8])] {
        try blocks(in: Array(text.utf8))
    }

    /// The blocks of a file, as ``blocks(in:)-(String)`` reads them.
    public static func blocks(in text: [UInt8]) throws(CryptoError) -> [(label: String, der: [UInt8])] {
        var blocks: [(label: String, der: [UInt8])] = []
        for block in try read(text) {
            guard block.headers.isEmpty else { throw .malformedPEM("the `\(block.label)` block is encrypted") }
            blocks.append((block.label, block.der))
        }
        return blocks
    }

    /// One block: lines of 64 characters, each ended by a line feed.
    public static func encode(_ der: some Collection<UInt8>, label: String) -> String {
        var text = "-----BEGIN \(label)-----\n"
        let characters = Base64Codec.encode(Array(der), form: .standard)
        for start in stride(from: 0, to: characters.count, by: lineLength) {
            text += String(decoding: characters[start..<min(start + lineLength, characters.count)], as: UTF8.self)
            text += "\n"
        }
        return text + "-----END \(label)-----\n"
    }

    static func read(_ text: [UInt8]) throws(CryptoError) -> [Block] {
        var blocks: [Block] = []
        var open: OpenBlock?
        var number = 0
        for bytes in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            let line = trimmed(String(decoding: bytes, as: UTF8.self))
            if let label = label(in: line, after: "-----BEGIN ") {
                guard open == nil else {
                    throw .malformedPEM("line \(number): a block begins before the one before it has ended")
                }
                open = OpenBlock(label: label, line: number, lines: [line])
            } else if var block = open {
                block.lines.append(line)
                if line.hasPrefix("-----END") {
                    guard label(in: line, after: "-----END ") == block.label else {
                        throw .malformedPEM("line \(number): the end does not name `\(block.label)`")
                    }
                    blocks.append(try block.closed())
                    open = nil
                } else {
                    open = block
                }
            }
        }
        if let open { throw .malformedPEM("line \(open.line): the `\(open.label)` block has no end") }
        return blocks
    }

    private static let lineLength = 64

    private struct OpenBlock {
        let label: String
        let line: Int
        var lines: [String]

        func closed() throws(CryptoError) -> Block {
            var headers: [String] = []
            var characters: [UInt8] = []
            for (index, content) in lines.dropFirst().dropLast().enumerated() where !content.isEmpty {
                if content.contains(":") {
                    guard characters.isEmpty else {
                        throw .malformedPEM("line \(line + index + 1): a header stands among base64")
                    }
                    headers.append(content)
                } else {
                    characters += Array(content.utf8)
                }
            }
            do throws(Base64Codec.Fault) {
                let der = try Base64Codec.decode(characters, in: 0..<characters.count, form: .standard)
                guard !der.isEmpty else { throw Base64Codec.Fault.length }
                return Block(label: label, headers: headers, der: der, text: lines.joined(separator: "\n") + "\n")
            } catch {
                throw .malformedPEM("line \(line): the `\(label)` block is not strict base64")
            }
        }
    }

    private static func label(in line: String, after opening: String) -> String? {
        guard line.hasPrefix(opening), line.hasSuffix("-----") else { return nil }
        let label = line.dropFirst(opening.count).dropLast(5)
        return label.isEmpty ? nil : String(label)
    }

    private static func trimmed(_ line: String) -> String {
        var line = Substring(line)
        while let last = line.utf8.last, last == 0x20 || last == 0x09 || last == 0x0D {
            line.unicodeScalars.removeLast()
        }
        return String(line)
    }
}
