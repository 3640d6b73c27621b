public import Delegations
public import Vocabulary

/// What somebody wrote for a name or a number, as what it means.
public enum Parsed {
    /// A scope's name.
    public static func scope(_ text: String) throws(OperationFault) -> ScopeName {
        do throws(ScopeName.ParseError) {
            return try ScopeName(parsing: text)
        } catch {
            throw .usage(
                "`\(text)` is no scope name",
                hint: "a scope is a prefix, a colon and a subscope: `acme:catch.read`"
            )
        }
    }

    /// A prefix of scopes.
    public static func prefix(_ text: String) throws(OperationFault) -> ScopePrefix {
        do throws(ScopePrefix.ParseError) {
            return try ScopePrefix(parsing: text)
        } catch {
            throw .usage("`\(text)` is no scope prefix", hint: "1 to 64 of `a-z`, `0-9`, `-`, `_`, `.`")
        }
    }

    /// An organisation number, bare or in the form that tokens carry.
    public static func organisation(_ text: String) throws(OperationFault) -> OrganisationNumber {
        do throws(OrganisationNumber.ParseError) {
            return try OrganisationNumber(typed: text)
        } catch {
            throw OperationFault(
                .refused,
                "organisation_number_invalid",
                "`\(text)` is no organisation number: \(error.words)"
            )
        }
    }

    /// A client's identifier.
    public static func client(_ text: String) throws(OperationFault) -> ClientID {
        do throws(IdentifierParseError) {
            return try ClientID(parsing: text)
        } catch {
            throw .usage("`\(text)` is no client id")
        }
    }

    /// A key's identifier.
    public static func key(_ text: String) throws(OperationFault) -> KeyID {
        do throws(IdentifierParseError) {
            return try KeyID(parsing: text)
        } catch {
            throw .usage("`\(text)` is no key id: 1 to 255 of letters, digits, `.`, `_`, `-`")
        }
    }

    /// A resource's identifier.
    public static func resource(_ text: String) throws(OperationFault) -> ResourceID {
        do throws(ResourceID.ParseError) {
            return try ResourceID(parsing: text)
        } catch {
            throw .usage("`\(text)` is no resource id: 4 to 255 of `a-z`, `0-9`, `-`, `_`")
        }
    }

    /// A length of time: `90`, `90s`, `30m`, `24h`, `30d`; without a unit it is seconds.
    public static func span(_ text: String) -> Seconds? {
        let digits = text.prefix { "0123456789".contains($0) }
        guard let count = Int64(digits), digits.count <= 9 else { return nil }
        return switch text.dropFirst(digits.count) {
        case "", "s": Seconds(count)
        case "m": .minutes(count)
        case "h": .hours(count)
        case "d": .days(count)
        default: nil
        }
    }

    /// A time: RFC 3339 in UTC, a day, or seconds since the epoch.
    public static func time(_ text: String) -> Timestamp? {
        if let time = Timestamp(parsing: text) { return time }
        if let day = CalendarDate(parsing: text) { return day.start }
        return Int64(text).flatMap { $0 >= 0 ? Timestamp(seconds: $0) : nil }
    }
}

extension OrganisationNumber {
    /// The number that a person typed: bare, with spaces, or in the ISO 6523 form that tokens carry.
    public init(typed text: String) throws(ParseError) {
        let bare = text.filter { $0 != " " }
        if bare.contains(":") {
            try self.init(parsingISO6523: bare)
        } else {
            try self.init(parsing: bare)
        }
    }
}

extension OrganisationNumber.ParseError {
    /// What is wrong with what was typed.
    public var words: String {
        switch self {
        case .form: "not nine digits"
        case .checkDigit: "fails modulus 11"
        case .scheme: "not of the form `0192:` and nine digits"
        }
    }
}
