internal import CLibPQ

/// A command on its way: a prepared statement, or a text for one use, and its values.
enum PostgreSQLCommand {
    case prepared(name: String, ParameterValues)
    case text(String, ParameterValues)
}

/// Numbers in the type's own bytes, text as it is: nothing is parsed that need not be.
private let binaryResults: Int32 = 1

extension PostgreSQLConnection {
    /// Runs a statement without values or rows: `BEGIN`, `COMMIT` ….
    func run(_ sql: String) throws(PostgreSQLError) {
        _ = try run(.text(sql, ParameterValues(count: 0)))
    }

    /// Runs one command in one round trip.
    func run(_ command: PostgreSQLCommand) throws(PostgreSQLError) -> PostgreSQLResult {
        try requireUsable()
        let deadline = ContinuousClock.now + patience
        guard dispatch(command) else { throw noting(.lost(reason: message)) }
        return try outcome(by: deadline)
    }

    /// The statement as the server has prepared it; asks it to, the first time.
    func prepare(_ sql: String) throws(PostgreSQLError) -> PreparedStatement {
        if let known = prepared[sql] { return known }
        try requireUsable()
        let marks = ParameterMarks(sql)
        let statement = PreparedStatement(name: nextStatementName(), parameterCount: marks.count)
        let deadline = ContinuousClock.now + patience
        guard library.sendPrepare(handle, statement.name, marks.sql, 0, nil) == 1 else {
            throw noting(.lost(reason: message))
        }
        _ = try outcome(by: deadline)
        prepared[sql] = statement
        return statement
    }

    /// Runs several commands in one round trip: one transaction, unless one was begun before.
    ///
    /// - Throws: The first error; then none of them has happened.
    /// - Returns: An answer for each.
    func runTogether(_ commands: [PostgreSQLCommand]) throws(PostgreSQLError) -> [PostgreSQLResult] {
        try requireUsable()
        guard library.enterPipelineMode(handle) == 1 else { throw noting(.unexpected("no pipeline: \(message)")) }
        let deadline = ContinuousClock.now + patience
        for command in commands {
            guard dispatch(command) else { throw noting(.lost(reason: message)) }
        }
        guard library.pipelineSync(handle) == 1 else { throw noting(.lost(reason: message)) }
        try send(by: deadline)
        var answers: [PostgreSQLResult] = []
        var failure: PostgreSQLError?
        for _ in commands {
            do throws(PostgreSQLError) {
                if let answer = try pipelined(by: deadline) { answers.append(answer) }
            } catch {
                guard fault == nil || fault == error, !error.leavesPipelineOpen else { throw error }
                failure = failure ?? error
            }
        }
        guard let end = try answer(by: deadline), end.status == PQ_PIPELINE_SYNC else {
            throw noting(.unexpected("a pipeline without its end"))
        }
        guard library.exitPipelineMode(handle) == 1 else { throw noting(.unexpected("an open pipeline: \(message)")) }
        if let failure { throw failure }
        return answers
    }

    /// The channels that something was said on since the last look.
    func notifications() throws(PostgreSQLError) -> [(channel: String, payload: String)] {
        guard library.consumeInput(handle) == 1 else { throw noting(.lost(reason: message)) }
        var heard: [(String, String)] = []
        while let notice = library.notifies(handle) {
            heard.append((String(cString: notice.pointee.relname), String(cString: notice.pointee.extra)))
            library.freeMemory(notice)
        }
        return heard
    }

    private func requireUsable() throws(PostgreSQLError) {
        if let fault { throw fault }
    }

    private func dispatch(_ command: PostgreSQLCommand) -> Bool {
        switch command {
        case .prepared(let name, let values):
            values.withPointers { pointers, lengths, formats in
                library.sendQueryPrepared(
                    handle,
                    name,
                    Int32(values.count),
                    pointers,
                    lengths,
                    formats,
                    binaryResults
                ) == 1
            }
        case .text(let sql, let values):
            values.withPointers { pointers, lengths, formats in
                library.sendQueryParams(
                    handle,
                    sql,
                    Int32(values.count),
                    nil,
                    pointers,
                    lengths,
                    formats,
                    binaryResults
                ) == 1
            }
        }
    }

    /// The one answer of a command outside a pipeline.
    private func outcome(by deadline: ContinuousClock.Instant) throws(PostgreSQLError) -> PostgreSQLResult {
        var last: PostgreSQLResult?
        var failure: PostgreSQLError?
        while let answer = try answer(by: deadline) {
            do throws(PostgreSQLError) { last = try checked(answer) } catch { failure = failure ?? error }
        }
        if let failure { throw noting(failure) }
        guard let last else { throw noting(.lost(reason: message)) }
        return last
    }

    /// The answer of the next command of a pipeline; nil when it was passed over because one before it failed.
    private func pipelined(by deadline: ContinuousClock.Instant) throws(PostgreSQLError) -> PostgreSQLResult? {
        guard let first = try answer(by: deadline) else { throw noting(.unexpected("a command without an answer")) }
        // A command's answers end with none.
        while try answer(by: deadline) != nil {}
        guard first.status != PQ_PIPELINE_ABORTED else { return nil }
        do throws(PostgreSQLError) { return try checked(first) } catch { throw noting(error) }
    }

    private func checked(_ answer: PostgreSQLResult) throws(PostgreSQLError) -> PostgreSQLResult {
        switch answer.status {
        case PQ_COMMAND_OK, PQ_TUPLES_OK, PQ_EMPTY_QUERY: return answer
        case PQ_FATAL_ERROR, PQ_NONFATAL_ERROR: throw answer.error
        case let other: throw .unexpected("an answer of kind \(other)")
        }
    }
}

extension PostgreSQLError {
    /// Whether no further answers can be read after it.
    fileprivate var leavesPipelineOpen: Bool {
        switch self {
        case .timeout, .lost, .unexpected: true
        default: false
        }
    }
}

extension PostgreSQLConnection {
    /// Commits the open transaction.
    ///
    /// - Throws: `PostgreSQLError`, also when a statement failed that nobody heeded: the server then answers that it has
    ///   rolled back, and calls that no error.
    func commit() throws(PostgreSQLError) {
        let answer = try run(.text("COMMIT", ParameterValues(count: 0)))
        guard answer.command == "COMMIT" else {
            throw .refused(.failedTransaction, message: "the transaction had failed before, and was rolled back")
        }
    }

    /// Runs a script of several statements without values, in the order they stand.
    ///
    /// - Throws: The first error; the rest is not run.
    func runScript(_ text: String) throws(PostgreSQLError) {
        try requireUsable()
        let deadline = ContinuousClock.now + patience
        guard library.sendQuery(handle, text) == 1 else { throw noting(.lost(reason: message)) }
        _ = try outcome(by: deadline)
    }
}
