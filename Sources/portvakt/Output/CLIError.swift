import Operations

/// Why a command did not do what was asked: printed once, by the root, as text or as JSON.
struct CLIError: Error, Sendable, Equatable {
    /// What scripts compare: `MP-100`, `client_not_found`, `usage`.
    var code: String
    /// What is wrong, for a person: lower case, no full stop, values in backticks.
    var message: String
    /// What to do about it, if we know.
    var hint: String?
    /// The server's trace id of the refused request.
    var traceID: String?
    /// Facts for scripts.
    var details: [OutputValue.Member]
    /// What the process exits with.
    var status: ExitStatus
    /// Whether a person is shown the details too, one a line.
    var showsDetails = false

    /// An error.
    init(
        _ code: String,
        _ message: String,
        hint: String? = nil,
        traceID: String? = nil,
        details: [OutputValue.Member] = [],
        status: ExitStatus = .failed
    ) {
        self.code = code
        self.message = message
        self.hint = hint
        self.traceID = traceID
        self.details = details
        self.status = status
    }

    /// Wrong usage: nothing was done.
    static func usage(_ message: String, hint: String? = nil) -> CLIError {
        CLIError("usage", message, hint: hint, status: .usage)
    }

    /// The thing named does not exist.
    static func notFound(_ kind: String, _ name: String, hint: String? = nil) -> CLIError {
        CLIError("\(kind)_not_found", "\(kind) `\(name)` does not exist", hint: hint)
    }

    /// A negative verdict of `check` or `verify`, after the facts were printed.
    static func verdict(_ code: String, _ message: String, hint: String? = nil) -> CLIError {
        CLIError(code, message, hint: hint, status: .negative)
    }

    /// It exists already, changed meanwhile, or belongs to somebody else.
    static func conflict(_ code: String, _ message: String, hint: String? = nil) -> CLIError {
        CLIError(code, message, hint: hint, status: .conflict)
    }
}

/// What the process exits with (the table of the CLI's reference).
enum ExitStatus: Int32, Sendable, CaseIterable {
    /// Done; in sync; valid.
    case done = 0
    /// Refused by the server, or input and output failed.
    case failed = 1
    /// Changes are pending, or something wants attention.
    case attention = 2
    /// A negative verdict.
    case negative = 3
    /// Not allowed, or not logged in.
    case notAllowed = 4
    /// The server cannot be reached, or did not answer in time.
    case unreachable = 5
    /// A conflict: stale plan, changed meanwhile, exists already.
    case conflict = 6
    /// Wrong usage.
    case usage = 64
    /// Interrupted from the keyboard.
    case interrupted = 130
}

/// An error of a module that knows how it reads at the command line.
///
/// Conform a module's error type beside the command that meets it; everything else becomes `failed`, exit 1.
protocol CLIErrorConvertible: Error {
    /// The error as the command line shows it.
    var cliError: CLIError { get }
}

extension CLIError {
    /// Any error as the command line shows it.
    init(describing error: any Error) {
        switch error {
        case let error as CLIError: self = error
        case let error as any CLIErrorConvertible: self = error.cliError
        default: self = OperationFault(telling: error)?.cliError ?? CLIError("failed", "\(error)")
        }
    }
}

extension CLIError {
    /// A verdict, after its report was written.
    init(_ verdict: Report.Verdict) {
        self.init(
            verdict.code,
            verdict.message,
            hint: verdict.hint,
            status: verdict.kind == .attention ? .attention : .negative
        )
    }
}

extension OperationFault: CLIErrorConvertible {
    /// The fault with the exit code of its kind.
    var cliError: CLIError {
        let status: ExitStatus =
            switch kind {
            case .usage: .usage
            case .absent, .refused: .failed
            case .notAllowed: .notAllowed
            case .conflict: .conflict
            }
        return CLIError(code, message, hint: hint, details: details, status: status)
    }
}
