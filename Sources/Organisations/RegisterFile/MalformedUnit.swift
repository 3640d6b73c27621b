public import Vocabulary

/// An element of a register file that is no unit; it is listed, and the rest of the file is read all the same.
public struct MalformedUnit: Sendable, Hashable {
    /// What is wrong with it.
    public enum Reason: Error, Sendable, Hashable {
        /// It is not strict JSON; the parser's words.
        case notJSON(String)
        /// It is JSON, but no object.
        case notAnObject
        /// It is larger than any unit, in bytes.
        case tooLarge(limit: Int)
        /// A member is missing or empty that no unit can be without.
        case missing(String)
        /// A member has another JSON type than the register gives it.
        case wrongType(String, expected: String)
        /// A member is no organisation number.
        case number(String, OrganisationNumber.ParseError)
        /// A member is no national identity number.
        case identityNumber(String)
        /// A member is no day of the calendar.
        case date(String)
        /// Nothing tells whether it is a main unit or a sub-unit.
        case kindUnknown
        /// A unit of that number stood earlier in the file, and was taken.
        case duplicate
    }

    /// Where it stands.
    public let position: RegisterPosition
    /// Its number, where that much could be read.
    public let number: OrganisationNumber?
    /// What is wrong with it.
    public let reason: Reason

    /// A malformed unit.
    public init(position: RegisterPosition, number: OrganisationNumber?, reason: Reason) {
        self.position = position
        self.number = number
        self.reason = reason
    }
}

extension MalformedUnit.Reason: CustomStringConvertible {
    /// What is wrong, in words.
    public var description: String {
        switch self {
        case .notJSON(let words): "not JSON: \(words)"
        case .notAnObject: "not an object"
        case .tooLarge(let limit): "more than \(limit) bytes"
        case .missing(let member): "`\(member)` is missing"
        case .wrongType(let member, let expected): "`\(member)` is not \(expected)"
        case .number(let member, .checkDigit): "`\(member)` fails modulus 11"
        case .number(let member, .form), .number(let member, .scheme): "`\(member)` is not nine digits"
        case .identityNumber(let member): "`\(member)` is not eleven digits with two control digits"
        case .date(let member): "`\(member)` is not a date"
        case .kindUnknown: "neither form, class, address nor link tells its kind"
        case .duplicate: "its number stood earlier in the file"
        }
    }
}

extension MalformedUnit: CustomStringConvertible {
    /// Position, number and reason.
    public var description: String {
        let name = number.map { " (\($0))" } ?? ""
        return "\(position)\(name): \(reason)"
    }
}
