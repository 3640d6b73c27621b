import Server
import SQLiteStorage

extension StorageError: CLIErrorConvertible {
    /// The error with a code for scripts; the text says what to do.
    var cliError: CLIError {
        switch self {
        case .missing: CLIError("store_missing", description)
        case .locked: CLIError("store_locked", description)
        case .readOnly: CLIError("store_read_only", description)
        case .full: CLIError("store_full", description)
        case .corrupt: CLIError("store_corrupt", description)
        case .displaced: CLIError("store_displaced", description)
        case .newerSchema: CLIError("store_newer", description)
        case .olderSchema: CLIError("store_older", description)
        case .exposed: CLIError("store_exposed", description, status: .notAllowed)
        case .served: CLIError("store_served", description, status: .conflict)
        case .inputOutput, .other: CLIError("store_failed", description)
        }
    }
}

extension KeyFileFault: CLIErrorConvertible {
    /// A key beside the database that cannot be used.
    var cliError: CLIError { CLIError("pseudonym_key", "\(self)") }
}
