import Foundation

/// Reads a file of lines, however long it is, a piece at a time.
final class LineReader {
    private let handle: FileHandle
    private let path: String
    private var buffer: [UInt8] = []
    private var position = 0
    private var isAtEnd = false
    /// The number of the line that was read last, from 1.
    private(set) var number = 0

    /// How much is read at once.
    private static let piece = 1_048_576
    /// The longest line: an entry, every byte of it escaped.
    private static let longest = 8 * 1_048_576

    /// Opens a file; `-` is stdin.
    ///
    /// - Throws: `CLIError` when it cannot be opened.
    init(_ path: String) throws(CLIError) {
        self.path = path
        guard path != "-" else {
            handle = .standardInput
            return
        }
        do { handle = try FileHandle(forReadingFrom: URL(filePath: path)) } catch {
            throw CLIError("file_unreadable", "cannot read `\(path)`: \(error.localizedDescription)")
        }
    }

    /// The next line without its end; nil at the file's end.
    ///
    /// - Throws: `CLIError` when it cannot be read, or the line is too long.
    func next() throws(CLIError) -> ArraySlice<UInt8>? {
        var searched = position
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { position = end + 1 }
                number += 1
                return buffer[position..<end]
            }
            searched = buffer.count
            if isAtEnd {
                guard position < buffer.count else { return nil }
                defer { position = buffer.count }
                number += 1
                return buffer[position...]
            }
            buffer.removeSubrange(..<position)
            searched -= position
            position = 0
            guard buffer.count <= Self.longest else {
                throw CLIError("file_too_large", "line \(number + 1) of `\(path)` is too long")
            }
            let piece: Data?
            do { piece = try handle.read(upToCount: Self.piece) } catch {
                throw CLIError("file_unreadable", "cannot read `\(path)`: \(error.localizedDescription)")
            }
            if let piece, !piece.isEmpty { buffer.append(contentsOf: piece) } else { isAtEnd = true }
        }
    }
}
