/// Why an operation was not done, as every way of asking for it tells it.
public struct OperationFault: Error, Sendable, Hashable {
    /// Whose fault it is, which decides exit code and status.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// It was asked for in a wrong way (exit 64, status 400).
        case usage
        /// What was named is not there (exit 1, status 404).
        case absent
        /// A rule forbids it (exit 1, status 422).
        case refused
        /// Whoever asks may not (exit 4, status 403).
        case notAllowed
        /// It exists already, changed meanwhile or belongs to somebody else (exit 6, status 409).
        case conflict
    }

    /// Whose fault it is.
    public let kind: Kind
    /// What scripts compare: `client_not_found`, `usage`.
    public let code: String
    /// What is wrong, for a person: lower case, no full stop, values in backticks.
    public let message: String
    /// What to do about it, if we know.
    public let hint: String?
    /// Facts for scripts.
    public let details: [OutputValue.Member]

    /// A fault.
    public init(
        _ kind: Kind,
        _ code: String,
        _ message: String,
        hint: String? = nil,
        details: [OutputValue.Member] = []
    ) {
        self.kind = kind
        self.code = code
        self.message = message
        self.hint = hint
        self.details = details
    }

    /// It was asked for in a wrong way.
    public static func usage(_ message: String, hint: String? = nil) -> OperationFault {
        OperationFault(.usage, "usage", message, hint: hint)
    }

    /// The thing named does not exist.
    public static func absent(_ kind: String, _ name: String, hint: String? = nil) -> OperationFault {
        OperationFault(.absent, "\(kind)_not_found", "\(kind) `\(name)` does not exist", hint: hint)
    }
}
