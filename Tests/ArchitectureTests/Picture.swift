/// Who may import whom: the picture of `docs/architecture.md`, as a table.
///
/// A row names a target of ours and the other targets of ours that it may import. Where the picture and good sense
/// differ, change this table together with a page in `docs/decisions/`.
enum Picture {
    /// The domain: no module in it imports another one of it.
    static let domain: Set<String> = [
        "Attention", "AuditLedger", "Clients", "Delegations", "EnterpriseCertificates", "Organisations", "Scopes",
    ]

    /// The bottom, which knows nothing of servers.
    static let bottom: Set<String> = ["JOSE", "LibCrypto", "Vocabulary"]

    /// Targets of ours, and which others of ours each may import.
    static let mayImport: [String: Set<String>] = [
        "Vocabulary": [],
        "COpenSSL": [],
        "CZlib": [],
        "CLibXML2": [],
        "CRegisterReader": [],
        "CPKCS11": [],
        "CLibPQ": [],
        "LibCrypto": ["COpenSSL", "CPKCS11", "Vocabulary"],
        "JOSE": ["LibCrypto", "Vocabulary"],
        "XACML": ["CLibXML2", "JOSE", "Vocabulary"],
        "MetricsExposition": [],
        "StatusLists": ["CZlib", "JOSE", "Vocabulary"],

        "Attention": bottom,
        "AuditLedger": bottom,
        "Clients": bottom,
        "Delegations": bottom.union(["XACML"]),
        "EnterpriseCertificates": bottom,
        "Organisations": bottom.union(["CRegisterReader", "CZlib"]),
        "Scopes": bottom,

        "TokenIssuance": bottom.union(domain).union(["StatusLists"]),
        "Administration": bottom.union([
            "Attention", "AuditLedger", "Clients", "Delegations", "Organisations", "Scopes", "XACML",
        ]),
        "Operations": bottom.union(domain).union(["Administration", "TokenIssuance", "XACML"]),
        "RelationalStorage": ["AuditLedger"],
        "PostgreSQLStorage": ["AuditLedger", "CLibPQ", "RelationalStorage", "Vocabulary"],
        "SQLiteStorage": bottom.union(domain).union([
            "Administration", "RelationalStorage", "TokenIssuance", "XACML",
        ]),
        "HTTPServer": bottom.union(domain).union(["TokenIssuance"]),
        "AdminAPI": bottom.union(domain).union([
            "Administration", "HTTPServer", "Operations", "TokenIssuance", "XACML",
        ]),
        "WebConsole": bottom.union(["Administration", "HTTPServer", "Operations", "TokenIssuance"]),
        "Server": bottom.union(domain).union([
            "AdminAPI", "Administration", "Fetching", "HTTPServer", "MetricsExposition", "WebConsole", "Operations",
            "SQLiteStorage",
            "StatusLists", "TokenIssuance",
        ]),
        "DemoWorld": bottom.union(domain).union([
            "Administration", "Server", "SQLiteStorage", "TestAuthority", "TokenIssuance",
        ]),
        "portvakt": bottom.union(domain).union([
            "Administration", "DemoWorld", "Operations", "PortvaktClient", "PortvaktHummingbird", "PortvaktProvider",
            "Server", "SQLiteStorage", "TokenIssuance", "XACML",
        ]),

        "Fetching": ["Vocabulary"],
        "PortvaktClient": bottom.union(["Fetching"]),
        "PortvaktProvider": bottom.union(["Fetching", "StatusLists"]),
        "PortvaktHummingbird": bottom.union(["PortvaktProvider"]),

        "TestAuthority": ["LibCrypto", "Vocabulary"],
        "TestTokens": ["JOSE", "LibCrypto", "Vocabulary"],
        "FuzzTargets": bottom.union([
            "EnterpriseCertificates", "Organisations", "Scopes", "StatusLists", "TokenIssuance", "XACML",
        ]),
        "TestSupport": bottom.union(domain).union(["TestAuthority", "TokenIssuance", "XACML"]),
    ]

    /// Modules of others that only these targets may import.
    static let reserved: [String: Set<String>] = [
        "ArgumentParser": ["portvakt"],
        "AsyncHTTPClient": ["Fetching", "PortvaktClient", "PortvaktProvider", "Server", "portvakt"],
        "Configuration": ["Server"],
        "Crypto": ["TestAuthority"],
        "CryptoExtras": ["TestAuthority"],
        "GRDB": ["SQLiteStorage"],
        "GRDBSQLite": ["SQLiteStorage"],
        // The routes; and the small API of the demo world, which shows a provider's side.
        "Hummingbird": ["AdminAPI", "HTTPServer", "PortvaktHummingbird", "Server", "WebConsole", "portvakt"],
        "HummingbirdHTTP2": ["HTTPServer", "Server"],
        "HummingbirdTLS": ["HTTPServer", "Server"],
        "Mustache": ["HTTPServer", "WebConsole", "portvakt"],
        "SwiftASN1": ["TestAuthority"],
        "X509": ["TestAuthority"],
        "Yams": ["EnterpriseCertificates", "Scopes", "Server", "portvakt"],
    ]

    /// The only targets that hold SQL.
    static let storage: Set<String> = ["PostgreSQLStorage", "RelationalStorage", "SQLiteStorage"]
}
