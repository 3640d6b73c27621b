public import Foundation
internal import Synchronization

/// A PostgreSQL server of this process's own, started by whoever first asks and ended with the process.
///
/// `scripts/postgresql.sh` makes it in a temporary folder and watches its standard input, which this process holds open: it
/// goes when we go, however that comes about.
public final class PostgreSQLServer: Sendable {
    /// Where it has its files.
    public let folder: URL
    /// Its port, on loopback and as the socket's name.
    public let port: Int
    /// The password of the user `portvakt`, who may do everything.
    public let password: String

    private let input: Pipe

    private static let started = Mutex<Result<PostgreSQLServer, any Error>?>(nil)

    /// Why there is none.
    public struct StartFailure: Error {
        /// What the script said.
        public let output: String
    }

    /// The server.
    ///
    /// - Throws: ``StartFailure``, for every caller.
    public static func shared() throws -> PostgreSQLServer {
        try started.withLock { started in
            if let started { return started }
            let result = Result { try PostgreSQLServer() }
            started = result
            return result
        }
        .get()
    }

    private init() throws {
        input = Pipe()
        let output = Pipe()
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = [Self.script.path]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        // One line, or the end when it cannot be started.
        var line = Data()
        while !line.contains(UInt8(ascii: "\n")) {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { throw StartFailure(output: String(decoding: line, as: UTF8.self)) }
            line += more
        }
        let words = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard words.count == 3, words[0] == "ready", let port = Int(words[2]) else {
            throw StartFailure(output: String(decoding: line, as: UTF8.self))
        }
        self.port = port
        folder = URL(filePath: String(words[1]), directoryHint: .isDirectory)
        password = try String(contentsOf: folder.appending(path: "password"), encoding: .utf8)
            .trimmingCharacters(in: .newlines)
    }

    private static var script: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "scripts/postgresql.sh")
    }

    /// The address of a database by the socket, without the password.
    public func socketAddress(database: String = "postgres") -> String {
        "host=\(folder.path)/socket port=\(port) user=portvakt dbname=\(database)"
    }

    /// The address of a database over TLS, without the password.
    public func tlsAddress(database: String = "postgres", host: String = "localhost") -> String {
        "host=\(host) hostaddr=127.0.0.1 port=\(port) user=portvakt dbname=\(database) sslmode=verify-full "
            + "sslrootcert=\(folder.path)/ca.pem"
    }
}
