public import Vocabulary

/// One thing wrong in a scope file.
public enum ScopeFileFault: Error, Equatable, Hashable, Sendable {
    /// Not YAML; the parser's words.
    case malformed(String)
    /// More bytes than a scope file may have.
    case tooLarge(limit: Int)
    /// Aliases that make the file many times what is written.
    case expansion
    /// Aliases in or beside keys, or in a file with `{`: they are read as whole values in block style only.
    case aliasPlace
    /// Something of another form.
    case form(String, expected: String)
    /// A key that means nothing there; the likeliest intended one, if any.
    case unknownKey(String, suggestion: String?)
    /// A key given twice.
    case duplicateKey(String, firstLine: Int?)
    /// A key that must be there.
    case missingKey(String)
    /// Both spellings of one field.
    case bothSpellings(String, String)
    /// No prefix of scopes.
    case prefix(String)
    /// No organisation number.
    case organisation(String, OrganisationNumber.ParseError)
    /// No name of a scope.
    case scopeName(String, ScopeName.ParseError)
    /// A scope declared twice.
    case duplicateScope(ScopeName, first: SourceLine)
    /// An organisation that stands twice in one list of access.
    case duplicateConsumer(OrganisationNumber, first: SourceLine)
    /// Two files that give one prefix to two owners.
    case anotherOwner(ScopePrefix, OrganisationNumber, first: SourceLine)
    /// A rule of registration.
    case scope(ScopeFault)
    /// A rule of access.
    case access(AccessFault)
}

extension ScopeFileFault: CustomStringConvertible {
    /// What to mend, in one line.
    public var description: String {
        switch self {
        case .malformed(let reason): "not YAML: \(reason)"
        case .tooLarge(let limit): "larger than \(limit) bytes"
        case .expansion: "its aliases stand for more than \(NodeReader.maximumNodes) values"
        case .aliasPlace: "aliases (`*name`) are read as whole values only, and not in a file that uses `{`"
        case .form(let key, let expected): "`\(key)` must be \(expected)"
        case .unknownKey(let key, let suggestion):
            "unknown key `\(key)`" + (suggestion.map { "; did you mean `\($0)`" } ?? "")
        case .duplicateKey(let key, let line): "`\(key)` is given twice" + (line.map { ", first on line \($0)" } ?? "")
        case .missingKey(let key): "`\(key)` is missing"
        case .bothSpellings(let one, let other): "`\(one)` and `\(other)` are the same field"
        case .prefix(let text): "`\(text)` is no scope prefix: 1 to 64 of `a-z`, `0-9`, `-`, `_`, `.`"
        case .organisation(let text, .checkDigit):
            "`\(text)` is no organisation number: its check digit (modulus 11) does not hold"
        case .organisation(let text, .form), .organisation(let text, .scheme):
            "`\(text)` is no organisation number of nine digits"
        case .scopeName(let text, let error): "`\(text)` is no scope name: \(reason(error))"
        case .duplicateScope(let name, let first): "the scope `\(name)` is declared twice, first at \(first)"
        case .duplicateConsumer(let consumer, let first):
            "`\(consumer)` is listed twice, first on line \(first.line)"
        case .anotherOwner(let prefix, let owner, let first):
            "the prefix `\(prefix)` is given to `\(owner)` already at \(first)"
        case .scope(let fault): "\(fault)"
        case .access(let fault): "\(fault)"
        }
    }

    private func reason(_ error: ScopeName.ParseError) -> String {
        switch error {
        case .character: "it holds a space, `\"`, `\\` or something outside printable ASCII"
        case .form: "it needs a prefix and a subscope"
        case .length: "it is longer than \(ScopeName.maximumLength) bytes"
        case .prefix: "what stands before the colon is no prefix"
        }
    }
}

/// One thing wrong in a scope file, with its place.
public struct ScopeFileProblem: Sendable, Hashable {
    /// Where.
    public let line: SourceLine
    /// What.
    public let fault: ScopeFileFault

    /// A fault at a place.
    public init(_ fault: ScopeFileFault, at line: SourceLine) {
        self.line = line
        self.fault = fault
    }
}

extension ScopeFileProblem: CustomStringConvertible {
    /// `acme.yaml:7: …`.
    public var description: String { "\(line): \(fault)" }
}

/// All that is wrong in a set of scope files; nothing of them is applied.
public struct ScopeFileProblems: Error, Equatable, Sendable {
    /// The problems, by file and line.
    public let problems: [ScopeFileProblem]

    /// Some problems.
    public init(problems: [ScopeFileProblem]) { self.problems = problems }
}

extension ScopeFileProblems: CustomStringConvertible {
    /// A line for each problem.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
