public import Vocabulary

/// A line of a scope file.
public struct SourceLine: Sendable, Hashable {
    /// The file's name, relative to the folder that was read.
    public let file: String
    /// The line, from 1.
    public let line: Int

    /// A line of a file.
    public init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    /// What objects remember of it: `file:acme.yaml:7`.
    public var origin: String { "file:\(self)" }

    /// Whether `text` is this line's ``origin``; compared where it lies, since a comparison of files asks this a million times.
    func isOrigin(_ text: String) -> Bool {
        var (text, file) = (text, file)
        return text.withUTF8 { text in
            file.withUTF8 { file in
                let scheme = "file:".utf8
                let end = scheme.count + file.count
                guard text.count > end + 1, text[end] == UInt8(ascii: ":"), text[..<scheme.count].elementsEqual(scheme),
                    text[scheme.count..<end].elementsEqual(file)
                else { return false }
                return text[(end + 1)...].elementsEqual(String(line).utf8)
            }
        }
    }
}

extension SourceLine: CustomStringConvertible, Comparable {
    /// `acme.yaml:7`.
    public var description: String { "\(file):\(line)" }

    /// Orders by file, then by line.
    public static func < (left: SourceLine, right: SourceLine) -> Bool {
        left.file == right.file ? left.line < right.line : left.file < right.file
    }
}

/// A value with the line that declares it.
public struct Declared<Value: Sendable & Hashable>: Sendable, Hashable {
    /// The value.
    public let value: Value
    /// Where it stands.
    public let line: SourceLine

    /// A value and its place.
    public init(_ value: Value, at line: SourceLine) {
        self.value = value
        self.line = line
    }
}

/// A declarative scope file: the scopes of one owner under one prefix, and who has access to them.
///
/// Only what a file says is compared with the store: a field that is absent is left as it is, one that is `null` gets its
/// default. So it is with lists of access: an absent one is unmanaged, an empty one says that nobody has access.
public struct ScopeFile: Sendable, Hashable {
    /// The file's name, relative to the folder that was read.
    public let name: String
    /// The prefix of all its scopes.
    public let prefix: Declared<ScopePrefix>
    /// Who owns the prefix.
    public let owner: Declared<OrganisationNumber>
    /// The scopes, in the order of the file.
    public let scopes: [ScopeDeclaration]

    /// A file's content.
    public init(
        name: String,
        prefix: Declared<ScopePrefix>,
        owner: Declared<OrganisationNumber>,
        scopes: [ScopeDeclaration]
    ) {
        self.name = name
        self.prefix = prefix
        self.owner = owner
        self.scopes = scopes
    }
}

/// One scope of a scope file.
public struct ScopeDeclaration: Sendable, Hashable {
    /// Its name.
    public let name: ScopeName
    /// Where it begins.
    public let line: SourceLine
    /// What the file says of it.
    public let fields: [ScopeField: Declared<ScopeFieldValue>]
    /// Who has access; nil: not managed by the file.
    public let access: [AccessDeclaration]?

    /// A scope's declaration.
    public init(
        name: ScopeName,
        line: SourceLine,
        fields: [ScopeField: Declared<ScopeFieldValue>],
        access: [AccessDeclaration]?
    ) {
        self.name = name
        self.line = line
        self.fields = fields
        self.access = access
    }
}

/// One grant of access in a scope file.
public struct AccessDeclaration: Sendable, Hashable {
    /// The organisation that has access.
    public let consumer: OrganisationNumber
    /// Where it begins.
    public let line: SourceLine
    /// What the file says of it.
    public let fields: [AccessField: Declared<AccessFieldValue>]

    /// A grant's declaration.
    public init(consumer: OrganisationNumber, line: SourceLine, fields: [AccessField: Declared<AccessFieldValue>]) {
        self.consumer = consumer
        self.line = line
        self.fields = fields
    }
}
