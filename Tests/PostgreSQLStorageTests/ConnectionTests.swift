import Foundation
import RelationalStorage
import TestSupport
import Testing

@testable import PostgreSQLStorage

@Suite("A connection to PostgreSQL", .timeLimit(.minutes(2)))
struct ConnectionTests {
    @Test func `is made over a socket, by SCRAM`() throws {
        let connection = try PostgreSQLConnection(.socket())
        #expect(connection.serverVersion >= 150_000)
        #expect(!connection.isEncrypted)
        #expect(try connection.number("SELECT 40 + 2") == 42)
    }

    @Test func `is encrypted over a network, to the server whose name its certificate bears`() throws {
        let server = try PostgreSQLServer.shared()
        let password = PostgreSQLSettings.Password(server.password)
        let connection = try PostgreSQLConnection(PostgreSQLSettings(address: server.tlsAddress(), password: password))
        #expect(connection.isEncrypted)
        #expect(try connection.number("SELECT ssl::int FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == 1)
        let other = PostgreSQLSettings(address: server.tlsAddress(host: "database.example"), password: password)
        #expect(throws: PostgreSQLError.self) { try PostgreSQLConnection(other) }
    }

    @Test(arguments: ["disable", "allow", "prefer", "require", "verify-ca"])
    func `is refused over a network where the other end would not be known`(mode: String) {
        let settings = PostgreSQLSettings(address: "host=database.example dbname=portvakt sslmode=\(mode)")
        #expect(throws: PostgreSQLError.configuration("over a network `sslmode` must be `verify-full`")) {
            try PostgreSQLConnection(settings)
        }
    }

    @Test(arguments: ["postgresql://[", "dbname"])
    func `needs an address that can be read`(address: String) {
        #expect(throws: PostgreSQLError.configuration("it is neither a URI nor keywords and values")) {
            try PostgreSQLConnection(PostgreSQLSettings(address: address))
        }
    }

    @Test func `needs a database's name`() {
        #expect(throws: PostgreSQLError.configuration("it names no database (`dbname`)")) {
            try PostgreSQLConnection(PostgreSQLSettings(address: "host=/tmp"))
        }
    }

    @Test func `is refused with a wrong password, which no message shows`() throws {
        let settings = PostgreSQLSettings(
            address: try PostgreSQLServer.shared().socketAddress(),
            password: PostgreSQLSettings.Password("wrong-horse")
        )
        let error = #expect(throws: PostgreSQLError.self) { try PostgreSQLConnection(settings) }
        guard case .unreachable(let reason)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("password authentication failed"))
        #expect(!reason.contains("wrong-horse"))
        #expect("\(settings)".contains("<redacted>"))
    }

    @Test func `gives up a server that takes connections and says nothing`() throws {
        let listener = try SilentListener()
        defer { listener.close() }
        var settings = PostgreSQLSettings(address: "host=127.0.0.1 port=\(listener.port) dbname=portvakt")
        settings.connectTimeout = .milliseconds(200)
        #expect(throws: PostgreSQLError.unreachable(reason: "no connection within the time given for it")) {
            try PostgreSQLConnection(settings)
        }
    }

    @Test func `tells errors by their codes, and goes on`() throws {
        let connection = try PostgreSQLConnection(.socket())
        let error = #expect(throws: PostgreSQLError.self) { try connection.run("SELECT 1 / 0") }
        #expect(error == .refused(SQLState("22012"), message: "division by zero"))
        #expect(connection.fault == nil)
        #expect(try connection.number("SELECT 1") == 1)
    }

    @Test func `ends a statement that takes too long, and goes on`() throws {
        var settings = try PostgreSQLSettings.socket()
        settings.statementTimeout = .milliseconds(100)
        let connection = try PostgreSQLConnection(settings)
        let error = #expect(throws: PostgreSQLError.self) { try connection.run("SELECT pg_sleep(60)") }
        #expect(error == .refused(.cancelled, message: "canceling statement due to statement timeout"))
        #expect(error?.isWorthRepeating == false)
        #expect(try connection.number("SELECT 1") == 1)
    }

    @Test func `is of no use after the server ended it`() throws {
        let connection = try PostgreSQLConnection(.socket())
        let process = try connection.number("SELECT pg_backend_pid()")
        let killer = try PostgreSQLConnection(.socket())
        #expect(try killer.number("SELECT pg_terminate_backend(\(process), 10000)::int") == 1)
        #expect(!connection.seemsAlive)
        #expect(throws: PostgreSQLError.self) { try connection.run("SELECT 1") }
        #expect(connection.fault != nil)
        #expect(throws: PostgreSQLError.self) { try connection.run("SELECT 1") }
    }

    @Test func `hears what is said on a channel`() throws {
        let listener = try PostgreSQLConnection(.socket())
        try listener.run("LISTEN portvakt_test")
        try PostgreSQLConnection(.socket()).run("NOTIFY portvakt_test, 'revision 7'")
        var heard: [(channel: String, payload: String)] = []
        let deadline = ContinuousClock.now + .seconds(30)
        while heard.isEmpty, try listener.wait(for: .readable, until: deadline) {
            heard += try listener.notifications()
        }
        #expect(heard.map(\.payload) == ["revision 7"])
    }
}

/// A port that takes connections and answers nothing.
private struct SilentListener {
    private let descriptor: Int32
    let port: Int

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 8) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        try #require(bound)
        self.descriptor = descriptor
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    func close() { _ = Foundation.close(descriptor) }
}
