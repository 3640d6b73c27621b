import Foundation

/// A Swift file, split into what the compiler runs, what stands in string literals, and what stands in comments.
///
/// All three keep the lines of the file, so that a finding can be named by its line.
struct SwiftSource {
    /// The target that it belongs to.
    let module: String
    /// The path from the root of the repository.
    let path: String
    /// Code alone: comments and the contents of string literals are left out.
    let code: [String]
    /// The contents of string literals alone.
    let literals: [String]
    /// The comments alone.
    let comments: [String]

    /// Splits a text.
    init(module: String, path: String, text: String) {
        self.module = module
        self.path = path
        var lexer = Lexer(text)
        lexer.run()
        code = lexer.lines(of: .code)
        literals = lexer.lines(of: .literal)
        comments = lexer.lines(of: .comment)
    }

    /// The modules that it imports.
    var imports: [String] {
        code.compactMap { line in
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
            guard let position = words.firstIndex(of: "import"),
                words[..<position].allSatisfy({ $0.hasPrefix("@") || Self.accessLevels.contains($0) })
            else { return nil }
            var rest = words[(position + 1)...]
            if let kind = rest.first, Self.importKinds.contains(kind) { rest = rest.dropFirst() }
            return rest.first.map { String($0.prefix { $0 != "." }) }
        }
    }

    private static let accessLevels: Set<String> = ["public", "package", "internal", "fileprivate", "private"]
    private static let importKinds: Set<String> = [
        "actor", "class", "enum", "func", "let", "protocol", "struct", "typealias", "var",
    ]
}

/// The sources of the package, found from this file's own place.
enum Sources {
    /// The root of the repository.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The names of the folders in `Sources`.
    static func modules() throws -> [String] {
        let folder = root.appending(path: "Sources")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { name in
                var isFolder: ObjCBool = false
                let path = folder.appending(path: name).path
                return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
            }
            .sorted()
    }

    /// Every Swift file of `Sources`, read once.
    static func files() throws -> [SwiftSource] { try all.get() }

    private static let all = Result { try read() }

    private static func read() throws -> [SwiftSource] {
        try modules().flatMap { module in
            let folder = root.appending(path: "Sources/\(module)")
            let paths = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
            return try paths.filter { $0.hasSuffix(".swift") }.sorted().map { path in
                let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
                return SwiftSource(module: module, path: "Sources/\(module)/\(path)", text: text)
            }
        }
    }
}

/// Tells code, string literals and comments of a Swift text apart; knows raw, multi-line and interpolated literals.
private struct Lexer {
    enum Part: Int { case code, literal, comment }

    /// A literal that is open: how many `#` it has, whether it spans lines, and the parentheses open in an interpolation.
    struct Literal {
        let hashes: Int
        let multiline: Bool
        var parentheses = 0
    }

    private let text: [UInt8]
    private var position = 0
    private var parts: [[UInt8]] = [[], [], []]
    private var literals: [Literal] = []

    init(_ text: String) { self.text = Array(text.utf8) }

    func lines(of part: Part) -> [String] {
        parts[part.rawValue].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    mutating func run() {
        while position < text.count {
            if let literal = literals.last, literal.parentheses == 0 {
                readLiteral(literal)
            } else {
                readCode()
            }
        }
    }

    private mutating func readCode() {
        if starts("//") {
            takeWhile(.comment) { $0 != UInt8(ascii: "\n") }
        } else if starts("/*") {
            readBlockComment()
        } else if let hashes = literalOpening() {
            take(.code, hashes)
            let multiline = starts("\"\"\"")
            take(.code, multiline ? 3 : 1)
            literals.append(Literal(hashes: hashes, multiline: multiline))
        } else {
            if !literals.isEmpty { countParenthesis() }
            take(.code)
            // The closing parenthesis of an interpolation leads back into the literal.
            if literals.last?.parentheses != 0 { takeWhile(.code) { !Self.codeMarks.contains($0) } }
        }
    }

    private mutating func readLiteral(_ literal: Literal) {
        let escapes = text[position] == UInt8(ascii: "\\") && hashes(at: position + 1, atLeast: literal.hashes)
        let quotes = literal.multiline ? 3 : 1
        if escapes {
            let next = position + 1 + literal.hashes
            guard next < text.count, text[next] == UInt8(ascii: "(") else {
                take(.literal, literal.hashes + 2)
                return
            }
            take(.code, literal.hashes + 2)
            literals[literals.count - 1].parentheses = 1
        } else if starts(literal.multiline ? "\"\"\"" : "\""), hashes(at: position + quotes, atLeast: literal.hashes) {
            take(.code, quotes + literal.hashes)
            literals.removeLast()
        } else {
            take(.literal)
            takeWhile(.literal) { !Self.literalMarks.contains($0) }
        }
    }

    private mutating func readBlockComment() {
        var depth = 0
        repeat {
            if starts("/*") {
                depth += 1
                take(.comment, 2)
            } else if starts("*/") {
                depth -= 1
                take(.comment, 2)
            } else {
                take(.comment)
            }
        } while depth > 0 && position < text.count
    }

    /// The number of `#` before the quotation mark that opens a literal here, or nil.
    private func literalOpening() -> Int? {
        guard text[position] == UInt8(ascii: "\"") || text[position] == UInt8(ascii: "#") else { return nil }
        var ahead = position
        while ahead < text.count, text[ahead] == UInt8(ascii: "#") { ahead += 1 }
        return ahead < text.count && text[ahead] == UInt8(ascii: "\"") ? ahead - position : nil
    }

    private mutating func countParenthesis() {
        switch text[position] {
        case UInt8(ascii: "("): literals[literals.count - 1].parentheses += 1
        case UInt8(ascii: ")"): literals[literals.count - 1].parentheses -= 1
        default: break
        }
    }

    private func hashes(at start: Int, atLeast count: Int) -> Bool {
        start + count <= text.count && text[start..<start + count].allSatisfy { $0 == UInt8(ascii: "#") }
    }

    private func starts(_ word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        guard position + length <= text.count else { return false }
        for index in 0..<length where text[position + index] != word.utf8Start[index] { return false }
        return true
    }

    /// Bytes at which something other than plain code, or than a literal's plain content, may begin.
    private static let codeMarks = Array("/\"#()\n".utf8)
    private static let literalMarks = Array("\\\"\n".utf8)

    /// Takes a run of bytes within one line.
    private mutating func takeWhile(_ part: Part, _ belongs: (UInt8) -> Bool) {
        let end = text[position...].firstIndex { !belongs($0) } ?? text.count
        parts[part.rawValue].append(contentsOf: text[position..<end])
        position = end
    }

    private mutating func take(_ part: Part, _ count: Int = 1) {
        for _ in 0..<count where position < text.count {
            let byte = text[position]
            position += 1
            if byte == UInt8(ascii: "\n") {
                for index in parts.indices { parts[index].append(byte) }
            } else {
                parts[part.rawValue].append(byte)
            }
        }
    }
}
