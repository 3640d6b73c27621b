internal import CLibPQ

/// One connection to a PostgreSQL server; blocks the calling thread, never longer than it was told.
///
/// Whoever has it is alone with it. After an error that ends connections it is of no more use.
final class PostgreSQLConnection {
    let library: LibPQ
    let handle: OpaquePointer
    /// The longest that an answer is waited for; the server ends a statement before.
    let patience: Duration
    let opened: ContinuousClock.Instant
    /// Why it is of no use any more.
    private(set) var fault: PostgreSQLError?
    /// Statements that the server has prepared, by their text.
    var prepared: [String: PreparedStatement] = [:]
    private var statementNumber = 0

    /// A statement as the server knows it.
    struct PreparedStatement {
        let name: String
        let parameterCount: Int32
    }

    /// Beyond the server's own limit an answer is waited for so much longer: its word is better than our guess.
    private static let grace = Duration.seconds(2)

    /// Makes a connection.
    ///
    /// - Throws: `PostgreSQLError`: `.library`, `.configuration`, `.unreachable`.
    init(_ settings: PostgreSQLSettings) throws(PostgreSQLError) {
        library = try LibPQ.library()
        patience = settings.statementTimeout + Self.grace
        opened = .now
        let options = try ConnectionOptions(settings, library)
        handle = try Self.begin(options, library)
        // When this throws, `deinit` gives the handle back: all is initialised.
        try establish(by: .now + settings.connectTimeout)
    }

    deinit { library.finish(handle) }

    /// The server's version as a number: 150018 is 15.18.
    var serverVersion: Int { Int(library.serverVersion(handle)) }

    /// Whether it speaks TLS.
    var isEncrypted: Bool { library.sslInUse(handle) != 0 }

    /// Takes note of an error; true errors of the connection are remembered.
    func noting(_ error: PostgreSQLError) -> PostgreSQLError {
        if error.endsConnection { fault = fault ?? error }
        return error
    }

    /// What libpq says went wrong, on one line.
    var message: String {
        guard let text = library.errorMessage(handle) else { return "no reason was given" }
        return String(cString: text).split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    func nextStatementName() -> String {
        statementNumber += 1
        return "s\(statementNumber)"
    }

    private static func begin(
        _ options: ConnectionOptions,
        _ library: LibPQ
    ) throws(PostgreSQLError) -> OpaquePointer {
        let texts = options.values.flatMap { [$0.key, $0.value] }.map { Array($0.utf8CString) }
        let pointers = texts.map { text in
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: text.count)
            copy.initialize(from: text, count: text.count)
            return copy
        }
        defer { for pointer in pointers { pointer.deallocate() } }
        var keywords: [UnsafePointer<CChar>?] = []
        var values: [UnsafePointer<CChar>?] = []
        for index in stride(from: 0, to: pointers.count, by: 2) {
            keywords.append(pointers[index])
            values.append(pointers[index + 1])
        }
        // Both lists end with nothing.
        keywords.append(nil)
        values.append(nil)
        // libpq copies what it keeps.
        guard let handle = library.connectStart(keywords, values, 0) else {
            throw .unreachable(reason: "there is no memory for a connection")
        }
        return handle
    }

    private func establish(by deadline: ContinuousClock.Instant) throws(PostgreSQLError) {
        guard library.status(handle) != Int32(PQ_CONNECTION_BAD) else {
            throw .unreachable(reason: message)
        }
        // Notices are for people at a terminal; libpq would write them to the standard error output.
        _ = library.setNoticeReceiver(handle, { _, _ in }, nil)
        var wanted = Readiness.writable
        while true {
            guard try wait(for: wanted, until: deadline) else {
                throw .unreachable(reason: "no connection within the time given for it")
            }
            switch Int(library.connectPoll(handle)) {
            case PQ_POLLING_READING: wanted = .readable
            case PQ_POLLING_WRITING: wanted = .writable
            case PQ_POLLING_OK:
                guard library.setNonBlocking(handle, 1) == 0 else { throw .unreachable(reason: message) }
                return
            default: throw .unreachable(reason: message)
            }
        }
    }
}
