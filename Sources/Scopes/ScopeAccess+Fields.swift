public import Vocabulary

/// A field of an access grant that the scope's owner sets: its name on the wire and in scope files.
public enum AccessField: String, Sendable, Hashable, CaseIterable {
    /// First second of its life.
    case validFrom = "valid_from"
    /// First second after its life; as a day, the last one that it lives.
    case validUntil = "until"
    /// Why it was given.
    case reason
    /// The consumer's legal basis.
    case legalBasis = "legal_basis"
    /// What the consumer uses the data for.
    case purpose
}

/// The value of one field of an access grant, free of any notation.
public enum AccessFieldValue: Sendable, Hashable {
    /// Nothing.
    case absent
    /// Text.
    case text(String)
    /// A point in time.
    case time(Timestamp)
}

extension AccessFieldValue: CustomStringConvertible {
    /// As a plan shows it.
    public var description: String {
        switch self {
        case .absent: "none"
        case .text(let text): "\"\(text)\""
        case .time(let time): time.description
        }
    }
}

/// One way in which an access grant breaks the rules.
public enum AccessFault: Error, Equatable, Hashable, Sendable {
    /// A value of another form.
    case form(AccessField)
    /// More characters (Unicode scalars) than allowed.
    case tooLong(AccessField, limit: Int)
    /// A character that such texts do not hold.
    case character(AccessField, Unicode.Scalar)
    /// It ends before it begins, or in the same second.
    case endsBeforeItBegins(from: Timestamp, until: Timestamp)

    /// The field at fault.
    public var field: AccessField {
        switch self {
        case .form(let field), .tooLong(let field, _), .character(let field, _): field
        case .endsBeforeItBegins: .validUntil
        }
    }
}

extension AccessFault: CustomStringConvertible {
    /// What to mend, in one line.
    public var description: String {
        switch self {
        case .form(let field) where field == .validFrom || field == .validUntil:
            "`\(field.rawValue)` must be a day as `2027-06-30` or a time as `2027-06-30T12:00:00Z`"
        case .form(let field): "`\(field.rawValue)` must be text"
        case .tooLong(let field, let limit): "`\(field.rawValue)` is longer than \(limit) characters"
        case .character(let field, let scalar):
            "`\(field.rawValue)` holds the character \(PlainText.codePoint(scalar)), "
                + "which is not allowed there"
        case .endsBeforeItBegins(let from, let until): "it ends at `\(until)`, before it begins at `\(from)`"
        }
    }
}

extension ScopeAccess {
    /// The value of one field.
    public subscript(field: AccessField) -> AccessFieldValue {
        switch field {
        case .validFrom: validFrom.map(AccessFieldValue.time) ?? .absent
        case .validUntil: validUntil.map(AccessFieldValue.time) ?? .absent
        case .reason: Self.value(reason)
        case .legalBasis: Self.value(legalBasis)
        case .purpose: Self.value(purpose)
        }
    }

    /// Gives one field a value.
    ///
    /// - Throws: `.form` for a value of another form; the other rules are those of ``faults``.
    public mutating func set(_ field: AccessField, to value: AccessFieldValue) throws(AccessFault) {
        switch field {
        case .validFrom: validFrom = try Self.time(value, of: field)
        case .validUntil: validUntil = try Self.time(value, of: field)
        case .reason: reason = try Self.text(value, of: field)
        case .legalBasis: legalBasis = try Self.text(value, of: field)
        case .purpose: purpose = try Self.text(value, of: field)
        }
    }

    /// Begins a new life: approved, from `origin`, without the limits and reasons of the old one.
    public mutating func begin(from origin: String) {
        state = .approved
        self.origin = origin
        validFrom = nil
        validUntil = nil
        reason = nil
        legalBasis = nil
        purpose = nil
    }

    /// Every rule that it breaks; empty when it may be stored.
    public var faults: [AccessFault] {
        AccessFault.all(in: Dictionary(uniqueKeysWithValues: AccessField.allCases.map { ($0, self[$0]) }))
    }

    private static func value(_ text: String?) -> AccessFieldValue { text.map(AccessFieldValue.text) ?? .absent }

    private static func text(_ value: AccessFieldValue, of field: AccessField) throws(AccessFault) -> String? {
        switch value {
        case .absent: nil
        case .text(let text): text.isEmpty ? nil : text
        case .time: throw .form(field)
        }
    }

    private static func time(_ value: AccessFieldValue, of field: AccessField) throws(AccessFault) -> Timestamp? {
        switch value {
        case .absent: nil
        case .time(let time): time
        case .text: throw .form(field)
        }
    }
}

extension AccessFault {
    /// Every rule that a set of values breaks.
    static func all(in values: [AccessField: AccessFieldValue]) -> [AccessFault] {
        var faults: [AccessFault] = []
        if case .time(let from) = values[.validFrom], case .time(let until) = values[.validUntil], until <= from {
            faults.append(.endsBeforeItBegins(from: from, until: until))
        }
        for field in AccessField.allCases {
            guard case .text(let text) = values[field] else { continue }
            if text.unicodeScalars.count > ScopeRules.maximumLongText {
                faults.append(.tooLong(field, limit: ScopeRules.maximumLongText))
            } else if let scalar = PlainText.firstMisplaced(in: text) {
                faults.append(.character(field, scalar))
            }
        }
        return faults
    }
}

extension AccessField {
    /// Reads the value of a field from text: a day or a time for those two, else the text itself.
    ///
    /// A day counts in UTC and whole: `valid_from` begins it, `until` ends after it.
    ///
    /// - Throws: `.form` for a text that is neither day nor time.
    public func value(parsing text: String) throws(AccessFault) -> AccessFieldValue {
        switch self {
        case .reason, .legalBasis, .purpose: return .text(text)
        case .validFrom, .validUntil:
            if let time = Timestamp(parsing: text) { return .time(time) }
            guard let day = CalendarDate(parsing: text) else { throw .form(self) }
            return .time(self == .validUntil ? day.start + .days(1) : day.start)
        }
    }
}
