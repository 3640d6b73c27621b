import Administration
import Operations
import SQLiteStorage
import Scopes
import Vocabulary

extension GlobalOptions {
    /// Runs acts of administration in one transaction; what they throw undoes all of them.
    func administer<Result>(_ body: (Administration<SQLiteTransaction>) throws -> Result) throws -> Result {
        if let reason,
            reason.unicodeScalars.count > Arguments.maximumReason || PlainText.firstMisplaced(in: reason) != nil
        {
            throw CLIError.usage("`--reason` must be one line of at most \(Arguments.maximumReason) characters")
        }
        let store = try openStore()
        defer { try? store.close() }
        return try store.transaction { transaction in
            try body(
                Administration(in: transaction, by: Actor(operatorIdentity), at: now, reason: reason)
            )
        }
    }

    /// Reads in one snapshot.
    func look<Result>(_ body: (SQLiteReader) throws -> Result) throws -> Result {
        let store = try openStore()
        defer { try? store.close() }
        return try store.read(body)
    }

    /// Reads in one snapshot, and leaves every byte of the database as it is.
    func lookWithoutTrace<Result>(_ body: (SQLiteReader) throws -> Result) throws -> Result {
        let store = try SQLiteStore(.init(path: dataFolder().path), opening: .readOnly)
        defer { try? store.close() }
        return try store.read(body)
    }

    /// Tells a person what is worth knowing about an act that was done.
    func warn(_ warnings: [AdministrationWarning]) {
        for warning in warnings { warn("\(warning)") }
    }
}

extension AdministrationRefusal: CLIErrorConvertible {
    /// The refusal with a code for scripts.
    var cliError: CLIError { OperationFault(self).cliError }
}

extension ScopeFileProblems: CLIErrorConvertible {
    /// All problems, each with file and line.
    var cliError: CLIError { OperationFault(self).cliError }
}

extension ScopePlanProblems: CLIErrorConvertible {
    /// All problems, each with file and line where it has one.
    var cliError: CLIError { OperationFault(self).cliError }
}
