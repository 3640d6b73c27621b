/// Why PostgreSQL cannot be used, or would not do what it was asked.
public enum PostgreSQLError: Error, Hashable, Sendable {
    /// libpq cannot be opened.
    case library(reason: String)
    /// What the connection is described by is wrong.
    case configuration(String)
    /// No connection could be made in time, or none that is safe.
    case unreachable(reason: String)
    /// The server did not answer in time; the connection was given up, and nobody knows what it did.
    case timeout(Duration)
    /// The connection broke; a transaction that was being committed may or may not be.
    case lost(reason: String)
    /// All connections of the pool were in use for longer than one waits.
    case exhausted(connections: Int)
    /// The server refused a statement.
    case refused(SQLState, message: String)
    /// The server sent what this program does not understand.
    case unexpected(String)
    /// The pool was closed.
    case closed
    /// The tables are not those that this program works with.
    case schema(SchemaFault)
    /// A row that must be there is missing, or not what this program writes.
    case corrupt(detail: String)

    /// Why the tables will not do.
    public enum SchemaFault: Hashable, Sendable {
        /// There are none.
        case missing(schema: String)
        /// Made by a later version of this program.
        case newer(found: Int, known: Int)
        /// Made by an earlier version and not migrated yet.
        case older(found: Int, known: Int)
        /// A schema of that name has other tables.
        case foreign(schema: String)
    }
}

/// A code of an error by the SQL standard, five characters; the first two are its class (PostgreSQL, appendix A).
public struct SQLState: Hashable, Sendable, CustomStringConvertible {
    /// The five characters.
    public let code: String

    /// A code as a server sends it.
    public init(_ code: String) { self.code = code }

    /// The five characters.
    public var description: String { code }

    /// Two transactions could not both be as if alone.
    public static let serializationFailure = SQLState("40001")
    /// Two transactions waited for each other.
    public static let deadlock = SQLState("40P01")
    /// A statement of the transaction failed before.
    public static let failedTransaction = SQLState("25P02")
    /// A row of that key is there already.
    public static let uniqueViolation = SQLState("23505")
    /// A statement took longer than `statement_timeout`, or was cancelled.
    public static let cancelled = SQLState("57014")
    /// A lock was not to be had within `lock_timeout`.
    public static let lockNotAvailable = SQLState("55P03")
    /// The server is a standby, or was set to only read.
    public static let readOnlyTransaction = SQLState("25006")

    /// The class, such as `53` for insufficient resources.
    public var category: Substring { code.prefix(2) }
}

extension PostgreSQLError {
    /// Whether the transaction did not happen, and the very same may succeed if it is run once more.
    ///
    /// Never so after a connection was lost: a commit that was under way may have happened.
    public var isWorthRepeating: Bool {
        switch self {
        case .refused(.serializationFailure, _), .refused(.deadlock, _): true
        default: false
        }
    }

    /// Whether the connection is of no use any more.
    var endsConnection: Bool {
        switch self {
        case .timeout, .lost, .unexpected: true
        // 57P01 admin_shutdown, 57P02 crash_shutdown, 57P03 cannot_connect_now, 57P05 idle_session_timeout; class 08 is
        // the connection's own; a server that turned standby may write no more.
        case .refused(let state, _):
            state.code.hasPrefix("57P") || state.category == "08" || state == .readOnlyTransaction
                || state.code == "25P03"
        default: false
        }
    }
}

extension PostgreSQLError: CustomStringConvertible {
    /// What is wrong and what to do, on one line; never a password.
    public var description: String {
        switch self {
        case .library(let reason): "libpq cannot be used, install it (Debian: `libpq5`): \(reason)"
        case .configuration(let fault): "the connection to PostgreSQL is misdescribed: \(fault)"
        case .unreachable(let reason): "PostgreSQL cannot be reached: \(reason)"
        case .timeout(let time): "PostgreSQL did not answer within \(time)"
        case .lost(let reason): "the connection to PostgreSQL broke: \(reason)"
        case .exhausted(let connections): "all \(connections) connections to PostgreSQL are in use"
        case .refused(let state, let message): "PostgreSQL said: \(message) (SQLSTATE \(state))"
        case .unexpected(let what): "PostgreSQL sent something unexpected: \(what)"
        case .closed: "the connections to PostgreSQL are closed"
        case .schema(.missing(let schema)): "the database has no schema `\(schema)`: it was not migrated yet"
        case .schema(.newer(let found, let known)):
            "the database is of schema version \(found), newer than this program's \(known): use a newer portvakt"
        case .schema(.older(let found, let known)):
            "the database is of schema version \(found), older than this program's \(known): it was not migrated yet"
        case .schema(.foreign(let schema)): "the schema `\(schema)` was made by another program"
        case .corrupt(let detail): "the database is damaged or not portvakt's: \(detail)"
        }
    }
}
