import RelationalStorage
import TestSupport

@testable import PostgreSQLStorage

extension PostgreSQLSettings {
    /// The tests' own server, by its socket.
    static func socket(database: String = "postgres") throws -> PostgreSQLSettings {
        let server = try PostgreSQLServer.shared()
        return PostgreSQLSettings(
            address: server.socketAddress(database: database),
            password: Password(server.password)
        )
    }
}

extension PostgreSQLConnection {
    /// The first column of a query's first row, as a number.
    func number(_ sql: String) throws -> Int64 {
        try Int64.fetchOne(PostgreSQLDatabase(self), sql: sql) ?? -1
    }
}
