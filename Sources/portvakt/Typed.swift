import Operations
import Vocabulary

/// What was typed in place of a name or a number, as what it means.
enum Typed {
    /// A scope's name.
    static func scope(_ text: String) throws(CLIError) -> ScopeName { try told(text, Parsed.scope) }

    /// A prefix of scopes.
    static func prefix(_ text: String) throws(CLIError) -> ScopePrefix { try told(text, Parsed.prefix) }

    /// An organisation number, bare or in the form that tokens carry.
    static func organisation(_ text: String) throws(CLIError) -> OrganisationNumber {
        try told(text, Parsed.organisation)
    }

    /// A client's identifier.
    static func client(_ text: String) throws(CLIError) -> ClientID { try told(text, Parsed.client) }

    /// A key's identifier.
    static func key(_ text: String) throws(CLIError) -> KeyID { try told(text, Parsed.key) }

    /// A length of time: `90`, `90s`, `30m`, `24h`, `30d`; without a unit it is seconds.
    static func span(_ text: String, option: String) throws(CLIError) -> Seconds {
        guard let span = Parsed.span(text) else {
            throw .usage("`\(option)` is no length of time: `\(text)`", hint: "write 90s, 30m, 24h or 30d")
        }
        return span
    }

    /// What a reading of it throws, as the command line tells it.
    static func told<Value>(
        _ text: String,
        _ read: (String) throws(OperationFault) -> Value
    ) throws(CLIError) -> Value {
        do throws(OperationFault) { return try read(text) } catch { throw error.cliError }
    }
}
