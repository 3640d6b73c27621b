internal import CLibPQ

/// What libpq is given for a connection: the address taken apart, checked, and completed.
struct ConnectionOptions: Sendable {
    /// Keywords of libpq and their values.
    let values: [String: String]

    /// Takes the address apart.
    ///
    /// - Throws: `PostgreSQLError.configuration` when it cannot be read, names no database, or would speak in clear, or
    ///   to anybody, over a network.
    init(_ settings: PostgreSQLSettings, _ library: LibPQ) throws(PostgreSQLError) {
        var values = try Self.parse(settings.address, library)
        guard values["dbname"]?.isEmpty == false else { throw .configuration("it names no database (`dbname`)") }
        if let password = settings.password { values["password"] = password.text }
        if Self.isLocal(values) {
            if values["sslmode"] == nil { values["sslmode"] = values["sslrootcert"] == nil ? "disable" : "verify-full" }
        } else {
            // Weaker modes take a stranger's certificate, or none.
            guard (values["sslmode"] ?? "verify-full") == "verify-full" else {
                throw .configuration("over a network `sslmode` must be `verify-full`")
            }
            values["sslmode"] = "verify-full"
        }
        if values["sslmode"] == "verify-full" {
            values["ssl_min_protocol_version"] = values["ssl_min_protocol_version"] ?? "TLSv1.2"
            // With SCRAM the password proves itself to this very TLS connection, and is never sent (RFC 5802 §6).
            if values["password"] != nil { values["channel_binding"] = values["channel_binding"] ?? "require" }
        }
        values["gssencmode"] = "disable"
        values["connect_timeout"] = "\(max(2, settings.connectTimeout.components.seconds))"
        values["target_session_attrs"] = values["target_session_attrs"] ?? "read-write"
        values["application_name"] = values["application_name"] ?? settings.applicationName
        values["client_encoding"] = "UTF8"
        values["keepalives_idle"] = values["keepalives_idle"] ?? "15"
        values["keepalives_interval"] = values["keepalives_interval"] ?? "5"
        values["keepalives_count"] = values["keepalives_count"] ?? "3"
        values["tcp_user_timeout"] =
            values["tcp_user_timeout"] ?? "\(Self.milliseconds(settings.statementTimeout) + 5_000)"
        let own = Self.sessionOptions(settings)
        values["options"] = values["options"].map { "\($0) \(own)" } ?? own
        self.values = values
    }

    /// What the server is told of times: it ends by itself what nobody waits for any more.
    private static func sessionOptions(_ settings: PostgreSQLSettings) -> String {
        let statement = milliseconds(settings.statementTimeout)
        return [
            "statement_timeout=\(statement)", "lock_timeout=\(milliseconds(settings.lockTimeout))",
            "idle_in_transaction_session_timeout=\(statement * 2)", "standard_conforming_strings=on",
            "timezone=UTC", "extra_float_digits=1",
        ]
        .map { "-c \($0)" }.joined(separator: " ")
    }

    static func milliseconds(_ duration: Duration) -> Int64 { Int64(duration / .milliseconds(1)) }

    /// Whether nothing leaves this machine: a socket in a folder, or the loopback addresses.
    private static func isLocal(_ values: [String: String]) -> Bool {
        let hosts = (values["hostaddr"] ?? values["host"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
        return hosts.allSatisfy {
            // Without a host it is libpq's own folder of sockets.
            $0.isEmpty || $0.hasPrefix("/") || $0.hasPrefix("@") || $0 == "localhost" || $0 == "::1"
                || $0.hasPrefix("127.")
        }
    }

    private static func parse(_ address: String, _ library: LibPQ) throws(PostgreSQLError) -> [String: String] {
        var message: UnsafeMutablePointer<CChar>?
        guard let options = library.parseOptions(address, &message) else {
            defer { library.freeMemory(message) }
            // What libpq says may repeat the address, which may hold a password.
            throw .configuration("it is neither a URI nor keywords and values")
        }
        defer { library.freeOptions(options) }
        var values: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { values[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return values
    }
}
