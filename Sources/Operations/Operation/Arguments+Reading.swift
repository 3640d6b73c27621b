public import Delegations
public import JOSE
public import Vocabulary

// What was given, as what it means. Every reader throws a fault that names the parameter and what it must be.
extension Arguments {
    /// A text.
    public func text(_ name: String) throws(OperationFault) -> String? {
        guard let value = values[name] else { return nil }
        guard let text = value.string else { throw .usage("\(title(of: name)) must be one text") }
        return text
    }

    /// A text that must be given.
    public func requiredText(_ name: String) throws(OperationFault) -> String {
        guard let text = try text(name) else { throw .usage("\(title(of: name)) is missing") }
        return text
    }

    /// Texts, none when not given.
    public func texts(_ name: String) throws(OperationFault) -> [String] {
        guard let value = values[name] else { return [] }
        guard let texts = value.strings else { throw .usage("\(title(of: name)) must be a list of texts") }
        return texts
    }

    /// Yes or no; no when not given.
    public func flag(_ name: String) throws(OperationFault) -> Bool {
        guard let value = values[name] else { return false }
        guard let flag = value.bool else { throw .usage("\(title(of: name)) must be true or false") }
        return flag
    }

    /// A whole number in a range.
    public func number(_ name: String, in range: ClosedRange<Int64>) throws(OperationFault) -> Int64? {
        guard let value = values[name] else { return nil }
        guard let number = value.integer, range.contains(number) else {
            throw .usage("\(title(of: name)) must be \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A JSON object.
    public func object(_ name: String) throws(OperationFault) -> JSONObject? {
        guard let value = values[name] else { return nil }
        guard let object = value.object else { throw .usage("\(title(of: name)) must be an object") }
        return object
    }

    /// A scope's name.
    public func scope(_ name: String) throws(OperationFault) -> ScopeName? {
        guard let text = try text(name) else { return nil }
        return try Parsed.scope(text)
    }

    /// A prefix of scopes.
    public func prefix(_ name: String) throws(OperationFault) -> ScopePrefix? {
        guard let text = try text(name) else { return nil }
        return try Parsed.prefix(text)
    }

    /// An organisation number.
    public func organisation(_ name: String) throws(OperationFault) -> OrganisationNumber? {
        guard let text = try text(name) else { return nil }
        return try Parsed.organisation(text)
    }

    /// Organisation numbers, each once.
    public func organisations(_ name: String) throws(OperationFault) -> [OrganisationNumber] {
        var numbers: [OrganisationNumber] = []
        for text in try texts(name) {
            let number = try Parsed.organisation(text)
            if !numbers.contains(number) { numbers.append(number) }
        }
        return numbers
    }

    /// A client's identifier.
    public func client(_ name: String) throws(OperationFault) -> ClientID? {
        guard let text = try text(name) else { return nil }
        return try Parsed.client(text)
    }

    /// A key's identifier.
    public func key(_ name: String) throws(OperationFault) -> KeyID? {
        guard let text = try text(name) else { return nil }
        return try Parsed.key(text)
    }

    /// A resource's identifier.
    public func resource(_ name: String) throws(OperationFault) -> ResourceID? {
        guard let text = try text(name) else { return nil }
        return try Parsed.resource(text)
    }

    /// A length of time.
    public func span(_ name: String) throws(OperationFault) -> Seconds? {
        guard let text = try text(name) else { return nil }
        guard let span = Parsed.span(text) else {
            throw .usage("\(title(of: name)) is no length of time: `\(text)`", hint: "write 90s, 30m, 24h or 30d")
        }
        return span
    }

    /// A moment in the past: a time, or how long before `now`.
    public func past(_ name: String, before now: Timestamp) throws(OperationFault) -> Timestamp? {
        guard let text = try text(name) else { return nil }
        if text.last.map({ "smhd".contains($0) }) == true, let span = Parsed.span(text) { return now - span }
        guard let time = Parsed.time(text) else {
            throw .usage(
                "\(title(of: name)) is no time: `\(text)`",
                hint: "write 2026-11-22T08:00:00Z, 2026-11-22, or how long ago: 90s, 30m, 24h, 7d"
            )
        }
        return time
    }

    /// The value of a parameter that must be given.
    public func required<Value>(
        _ name: String,
        _ read: (String) throws(OperationFault) -> Value?
    ) throws(OperationFault) -> Value {
        guard let value = try read(name) else { throw .usage("\(title(of: name)) is missing") }
        return value
    }
}
