/// Why a file as a whole cannot be taken as a register of units; nothing of it has been imported then.
public enum RegisterFileError: Error, Equatable, Sendable {
    /// What is wrong with the gzip wrapping (RFC 1952).
    public enum GzipFault: Error, Equatable, Sendable {
        /// It ends inside a member.
        case truncated
        /// A member is damaged; what is wrong with it.
        case corrupt(String)
        /// Something else follows the last member.
        case trailingBytes
    }

    /// Something that the register publishes too, or that is often mistaken for it.
    public enum Foreign: String, Equatable, Sendable, CaseIterable {
        /// A page of a change feed (`oppdateringer/enheter` or `…/underenheter`).
        case changeFeed = "a page of the change feed"
        /// Roles, of one unit or of all (`roller`, `roller/totalbestand`).
        case roles = "roles"
        /// The change feed of roles (CloudEvents).
        case roleEvents = "the change feed of roles"
        /// An error answer of the register.
        case errorAnswer = "an error answer of the register"
        /// The CSV extract.
        case csv = "CSV"
        /// A zip archive, which the spreadsheet extract is.
        case archive = "a zip archive or spreadsheet"
        /// HTML or XML, commonly the error page of something in between.
        case markup = "HTML or XML"
    }

    /// There is not a single byte.
    case empty
    /// The wrapping is damaged.
    case gzip(GzipFault)
    /// The JSON ends before its end; the position is the length of what was there, unpacked.
    case truncated(at: Int64)
    /// The outermost structure is not that of an array or object; the position is that of the first wrong byte, unpacked.
    case structure(expected: String, at: Int64)
    /// It is UTF-16 or UTF-32; the register writes UTF-8.
    case encoding
    /// A single object that is larger than any page of a search.
    case objectTooLarge(limit: Int)
    /// A single object that is not JSON.
    case notJSON(String)
    /// It is something else that is known by its form.
    case foreign(Foreign)
    /// It is JSON of no form that is known.
    case unrecognised
    /// A file that is to replace one kind of units holds both.
    case mixedKinds(file: Organisation.Kind, unit: Organisation.Kind, at: RegisterPosition)
    /// Well formed, but without a unit: an empty array, or a search that found nothing.
    case noUnits
    /// Not one of its units could be read; the first are named.
    case nothingReadable(count: Int, first: [MalformedUnit])
}

/// Where an element stands in a register file.
public struct RegisterPosition: Sendable, Hashable, CustomStringConvertible {
    /// Its place among the elements, from 0.
    public let index: Int
    /// Its first byte in the unpacked text, from 0.
    public let offset: Int64

    /// A position.
    public init(index: Int, offset: Int64) {
        self.index = index
        self.offset = offset
    }

    /// `unit 17 at byte 4711`, both counted from 0.
    public var description: String { "unit \(index) at byte \(offset)" }
}

extension RegisterFileError.GzipFault: CustomStringConvertible {
    /// What is wrong, in words.
    public var description: String {
        switch self {
        case .truncated: "the gzip file ends in the middle"
        case .corrupt(let words): "the gzip file is damaged: \(words)"
        case .trailingBytes: "something that is not gzip follows the packed data"
        }
    }
}

extension RegisterFileError: CustomStringConvertible {
    /// What is wrong, in words.
    public var description: String {
        switch self {
        case .empty: "the file is empty"
        case .gzip(let fault): "\(fault)"
        case .truncated(let offset): "the JSON ends in the middle, after byte \(offset)"
        case .structure(let expected, let offset): "expected \(expected) at byte \(offset)"
        case .encoding: "the file is not UTF-8"
        case .objectTooLarge(let limit): "the file is one object of more than \(limit) bytes, not an array of units"
        case .notJSON(let words): "the file is not JSON: \(words)"
        case .foreign(let what): "the file is \(what.rawValue), not units in JSON"
        case .unrecognised: "the file holds neither an array of units, nor a unit, nor a page of a search"
        case .mixedKinds(let file, let unit, let position):
            "\(position) is a \(unit.words) in a file of \(file.words)s: a file that replaces a kind holds that kind only"
        case .noUnits: "the file holds no units"
        case .nothingReadable(let count, let first):
            "none of the \(count) units could be read; the first: \(first.first.map(String.init(describing:)) ?? "")"
        }
    }
}

extension Organisation.Kind {
    /// The kind in words, `main unit` or `sub-unit`.
    public var words: String {
        switch self {
        case .mainUnit: "main unit"
        case .subUnit: "sub-unit"
        }
    }
}
