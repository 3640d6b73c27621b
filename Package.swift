// swift-tools-version: 6.3
import PackageDescription

// MARK: Settings that every target of ours shares

/// Warnings are errors; the upcoming features are those that keep imports honest.
let house: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

func module(
    _ name: String,
    _ dependencies: [Target.Dependency],
    exclude: [String] = [],
    resources: [Resource] = []
) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: house)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.init(stringLiteral: name), "TestSupport"] + dependencies,
        exclude: exclude,
        swiftSettings: house
    )
}

// MARK: Products of other packages

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let coreMetrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let dequeModule = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grdbSQLite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdHTTP2 = Target.Dependency.product(name: "HummingbirdHTTP2", package: "hummingbird")
let hummingbirdTesting = Target.Dependency.product(name: "HummingbirdTesting", package: "hummingbird")
let jwtKit = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTP2 = Target.Dependency.product(name: "NIOHTTP2", package: "swift-nio-http2")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let swiftASN1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let inMemoryTracing = Target.Dependency.product(name: "InMemoryTracing", package: "swift-distributed-tracing")
let metricsTestKit = Target.Dependency.product(name: "MetricsTestKit", package: "swift-metrics")
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "portvakt",
    products: [
        .executable(name: "portvakt", targets: ["portvakt"]),
        // A library comes with the modules whose types stand in its signatures: issuer, scope names, keys, JSON.
        .library(name: "PortvaktClient", targets: ["PortvaktClient", "JOSE", "LibCrypto", "Vocabulary"]),
        .library(
            name: "PortvaktProvider",
            targets: ["PortvaktProvider", "JOSE", "LibCrypto", "StatusLists", "Vocabulary"]
        ),
        .library(
            name: "PortvaktHummingbird",
            targets: [
                "PortvaktHummingbird", "PortvaktProvider", "JOSE", "LibCrypto", "StatusLists", "Vocabulary",
            ]
        ),
        // For Benchmarks/, which sees products only.
        .library(
            name: "Delegations",
            targets: [
                "Administration", "AuditLedger", "Delegations", "JOSE", "Organisations", "SQLiteStorage", "Vocabulary",
            ]
        ),
    ],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache.git", from: "2.1.1"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.34.1"),
        .package(url: "https://github.com/apple/swift-nio-http2.git", from: "1.38.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.6"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/apple/swift-asn1.git", from: "1.7.4"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(
            url: "https://github.com/apple/swift-configuration.git",
            from: "1.4.0",
            traits: [.defaults, "YAML"]
        ),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.7.3"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin.git", from: "1.5.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
        .package(url: "https://github.com/vapor/jwt-kit.git", from: "5.7.1"),
    ],
    targets: [
        // The bottom: know nothing of servers.
        module("Vocabulary", []),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        // The register's bulk files: gzip and JSON at the speed that C++ libraries have, behind a plain C header.
        .target(
            name: "CRegisterReader",
            cxxSettings: [.treatAllWarnings(as: .error)],
            linkerSettings: [.linkedLibrary("simdjson"), .linkedLibrary("isal")]
        ),
        // Own declarations of a C interface; nothing is linked.
        .systemLibrary(name: "CPKCS11"),
        module("LibCrypto", ["COpenSSL", "CPKCS11", "Vocabulary"]),
        module("JOSE", ["LibCrypto", "Vocabulary"]),
        module("XACML", ["CLibXML2", "JOSE", "Vocabulary"]),
        module("StatusLists", ["CZlib", "JOSE", "Vocabulary"]),

        // The domain: none imports another.
        module(
            "EnterpriseCertificates",
            ["LibCrypto", "Vocabulary", yams],
            resources: [.embedInCode("BundledTrust")]
        ),
        module("Organisations", ["CRegisterReader", "CZlib", "JOSE", "Vocabulary"]),
        module("Attention", ["JOSE", "LibCrypto", "Vocabulary"]),
        module("Scopes", ["JOSE", "Vocabulary", yams], resources: [.embedInCode("BundledScopes")]),
        module("Clients", ["JOSE", "LibCrypto", "Vocabulary"]),
        module("AuditLedger", ["JOSE", "LibCrypto", "Vocabulary", dequeModule]),
        module("Delegations", ["JOSE", "LibCrypto", "Vocabulary", "XACML"]),

        // The grant pipeline: no HTTP, no SQL.
        module(
            "TokenIssuance",
            [
                "AuditLedger", "Clients", "Delegations", "EnterpriseCertificates", "JOSE", "LibCrypto", "Organisations",
                "Scopes", "StatusLists", "Vocabulary", logging, metrics,
            ]
        ),

        // The acts of administrators on the domain: no HTTP, no SQL.
        module(
            "Administration",
            [
                "Attention", "AuditLedger", "Clients", "Delegations", "JOSE", "LibCrypto", "Organisations", "Scopes",
                "Vocabulary",
                "XACML",
            ]
        ),

        // What command line, operator API and console ask for by name, and the reports that answer: no HTTP, no SQL.
        module(
            "Operations",
            [
                "Administration", "Attention", "AuditLedger", "Clients", "Delegations", "JOSE", "LibCrypto",
                "Organisations",
                "Scopes",
                "TokenIssuance", "Vocabulary", "XACML",
            ]
        ),

        // What is counted, as Prometheus reads it; knows nothing of servers.
        module("MetricsExposition", [coreMetrics]),

        // The edges.
        // What is stored where, in SQL that two databases understand; their drivers are the targets after it.
        module("RelationalStorage", ["AuditLedger"]),
        // Own declarations of libpq's interface; the library is opened at run time.
        .systemLibrary(name: "CLibPQ"),
        module("PostgreSQLStorage", ["AuditLedger", "CLibPQ", "RelationalStorage", "Vocabulary"]),
        module(
            "SQLiteStorage",
            [
                "Administration", "Attention", "AuditLedger", "Clients", "Delegations", "EnterpriseCertificates",
                "JOSE",
                "LibCrypto", "Organisations", "RelationalStorage", "Scopes", "TokenIssuance", "Vocabulary", "XACML",
                grdb,
                grdbSQLite,
            ]
        ),
        module(
            "HTTPServer",
            [
                "AuditLedger", "JOSE", "TokenIssuance", "Vocabulary", coreMetrics, hummingbird, hummingbirdCore,
                hummingbirdHTTP2, httpTypes, logging, metrics, mustache, nioCore, nioHTTP1, nioHTTP2, nioHTTPTypes,
                nioSSL, serviceLifecycle,
            ],
            resources: [.embedInCode("Resources")]
        ),
        module(
            "AdminAPI",
            [
                "Administration", "Attention", "AuditLedger", "Clients", "Delegations", "HTTPServer", "JOSE",
                "LibCrypto",
                "Operations", "Organisations", "Scopes", "TokenIssuance", "Vocabulary", "XACML", hummingbird, httpTypes,
                logging, nioCore,
            ]
        ),
        module(
            "WebConsole",
            [
                "Administration", "HTTPServer", "JOSE", "Operations", "TokenIssuance", "Vocabulary", hummingbird,
                httpTypes, mustache, nioCore,
            ],
            resources: [.embedInCode("Resources")]
        ),
        module(
            "Server",
            [
                "AdminAPI", "Administration", "Attention", "AuditLedger", "Clients", "Delegations",
                "EnterpriseCertificates", "Fetching",
                "HTTPServer",
                "JOSE", "LibCrypto", "MetricsExposition", "Operations", "Organisations", "SQLiteStorage", "Scopes",
                "StatusLists",
                "TokenIssuance", "Vocabulary", "WebConsole", asyncHTTPClient, configuration, coreMetrics, logging,
                metrics, nioCore,
                nioHTTP1,
                nioPosix, nioSSL, serviceLifecycle, unixSignals, yams,
            ]
        ),
        module("TestAuthority", ["LibCrypto", "Vocabulary", swiftASN1]),
        module(
            "DemoWorld",
            [
                "Administration", "AuditLedger", "Clients", "Delegations", "EnterpriseCertificates", "JOSE",
                "LibCrypto",
                "Organisations", "SQLiteStorage", "Scopes", "Server", "TestAuthority", "TokenIssuance", "Vocabulary",
                logging, nioCore, nioHTTP1, nioPosix, serviceLifecycle,
            ]
        ),
        .executableTarget(
            name: "portvakt",
            dependencies: [
                "Administration", "Attention", "AuditLedger", "Clients", "Delegations", "DemoWorld",
                "EnterpriseCertificates",
                "JOSE",
                "LibCrypto", "Operations", "Organisations", "PortvaktClient", "PortvaktHummingbird", "PortvaktProvider",
                "SQLiteStorage", "Scopes", "Server", "TokenIssuance", "Vocabulary", "XACML", argumentParser,
                asyncHTTPClient, hummingbird, httpTypes, logging, mustache, nioCore, nioHTTP1, serviceLifecycle, yams,
            ],
            swiftSettings: house
        ),

        // What users of our tokens link: no server code.
        module("Fetching", ["Vocabulary", asyncHTTPClient, logging, nioCore, nioHTTP1]),
        module(
            "PortvaktClient",
            [
                "Fetching", "JOSE", "LibCrypto", "Vocabulary", asyncHTTPClient, logging, metrics, nioCore, nioHTTP1,
                nioSSL, serviceLifecycle, tracing,
            ]
        ),
        module(
            "PortvaktProvider",
            [
                "Fetching", "JOSE", "LibCrypto", "StatusLists", "Vocabulary", asyncHTTPClient, logging, metrics,
                nioCore, nioHTTP1,
                serviceLifecycle, tracing,
            ]
        ),
        module(
            "PortvaktHummingbird",
            [
                "JOSE", "LibCrypto", "PortvaktProvider", "Vocabulary", hummingbird, httpTypes, logging, nioCore, nioSSL,
            ]
        ),

        // Tests.
        module(
            "TestSupport",
            [
                "AuditLedger", "Clients", "Delegations", "JOSE", "LibCrypto", "Organisations", "Scopes",
                "TokenIssuance", "Vocabulary", "XACML",
            ]
        ),
        // Apart from TestSupport: it needs nothing of servers, so that its users build alone under a sanitizer.
        module("TestTokens", ["JOSE", "LibCrypto", "Vocabulary"]),
        // What holds of each parser of hostile input: run over Tests/Corpora here, and by scripts/fuzz.sh under a fuzzer.
        module(
            "FuzzTargets",
            [
                "EnterpriseCertificates", "JOSE", "LibCrypto", "Organisations", "Scopes", "StatusLists",
                "TokenIssuance",
                "Vocabulary", "XACML",
            ]
        ),
        .testTarget(name: "FuzzTargetsTests", dependencies: ["FuzzTargets"], swiftSettings: house),
        tests(of: "Vocabulary"),
        tests(of: "LibCrypto", ["CPKCS11", "TestAuthority", "TestTokens", "Vocabulary"]),
        tests(of: "JOSE", ["LibCrypto", "TestTokens", "Vocabulary", jwtKit]),
        tests(of: "XACML", ["JOSE", "Vocabulary"], exclude: ["Golden"]),
        tests(of: "StatusLists", ["JOSE", "Vocabulary"]),
        tests(of: "Delegations", ["JOSE", "LibCrypto", "Vocabulary", "XACML"], exclude: ["Golden"]),
        tests(of: "EnterpriseCertificates", ["LibCrypto", "TestAuthority", "Vocabulary"]),
        tests(of: "Organisations", ["JOSE", "Vocabulary"]),
        tests(of: "Scopes", ["JOSE", "Vocabulary"]),
        tests(of: "Clients", ["JOSE", "LibCrypto", "TestAuthority", "Vocabulary"]),
        tests(of: "AuditLedger", ["JOSE", "LibCrypto", "Vocabulary"]),
        tests(
            of: "TokenIssuance",
            [
                "AuditLedger", "Clients", "Delegations", "EnterpriseCertificates", "JOSE", "LibCrypto", "Organisations",
                "Scopes", "StatusLists", "TestAuthority", "TestTokens", "Vocabulary",
            ]
        ),
        tests(
            of: "Administration",
            [
                "Attention", "AuditLedger", "Clients", "Delegations", "JOSE", "LibCrypto", "Organisations", "Scopes",
                "SQLiteStorage", "Vocabulary", "XACML",
            ]
        ),
        tests(of: "Attention", ["JOSE", "Vocabulary"]),
        tests(
            of: "Operations",
            [
                "Administration", "AuditLedger", "Clients", "Delegations", "JOSE", "Organisations", "SQLiteStorage",
                "Scopes", "TokenIssuance", "Vocabulary",
            ]
        ),
        tests(of: "PostgreSQLStorage", ["AuditLedger", "RelationalStorage", "SQLiteStorage", "Vocabulary", grdb]),
        tests(
            of: "SQLiteStorage",
            [
                "Administration", "AuditLedger", "Clients", "Delegations", "JOSE", "LibCrypto", "Organisations",
                "RelationalStorage", "Scopes", "TokenIssuance", "Vocabulary", "XACML", grdb, grdbSQLite,
            ]
        ),
        tests(
            of: "HTTPServer",
            [
                "JOSE", "LibCrypto", "TestAuthority", "TokenIssuance", "Vocabulary", hummingbird,
                hummingbirdTesting, httpTypes,
                logging,
                nioCore,
            ],
            exclude: ["Golden"]
        ),
        tests(
            of: "AdminAPI",
            [
                "Administration", "AuditLedger", "Clients", "Delegations", "HTTPServer", "JOSE", "LibCrypto",
                "Organisations", "SQLiteStorage", "Scopes", "TestTokens", "TokenIssuance", "Vocabulary", "XACML",
                hummingbird, hummingbirdTesting, httpTypes, logging, nioCore,
            ],
            exclude: ["Golden"]
        ),
        tests(
            of: "WebConsole",
            [
                "Administration", "AuditLedger", "Clients", "Delegations", "HTTPServer", "JOSE", "Operations",
                "Organisations", "SQLiteStorage", "Scopes", "TokenIssuance", "Vocabulary", hummingbird,
                hummingbirdTesting, httpTypes, logging, nioCore,
            ]
        ),
        tests(
            of: "Server",
            [
                "Administration", "Attention", "AuditLedger", "Clients", "Delegations", "JOSE", "LibCrypto",
                "Organisations",
                "SQLiteStorage",
                "Scopes",
                "TestAuthority", "TestTokens", "TokenIssuance", "Vocabulary", asyncHTTPClient, grdb, logging, nioCore,
                nioHTTP1,
                nioPosix,
                nioSSL,
            ]
        ),
        tests(of: "MetricsExposition", [coreMetrics]),
        tests(of: "Fetching", ["Vocabulary", asyncHTTPClient, logging, nioCore, nioHTTP1]),
        tests(
            of: "PortvaktClient",
            [
                "Fetching", "JOSE", "LibCrypto", "TestAuthority", "TestTokens", "Vocabulary", asyncHTTPClient,
                inMemoryTracing,
                logging,
                metrics, metricsTestKit, nioCore, nioHTTP1, nioSSL, serviceLifecycle, tracing,
            ]
        ),
        tests(
            of: "PortvaktProvider",
            [
                "Fetching", "JOSE", "LibCrypto", "StatusLists", "TestTokens", "Vocabulary", asyncHTTPClient,
                inMemoryTracing, logging, metrics, metricsTestKit, nioCore, nioHTTP1, serviceLifecycle, tracing,
            ]
        ),
        tests(
            of: "PortvaktHummingbird",
            [
                "JOSE", "LibCrypto", "PortvaktProvider", "TestAuthority", "TestTokens", "Vocabulary", asyncHTTPClient,
                hummingbird, hummingbirdHTTP2, hummingbirdTesting, httpTypes, logging, nioCore, nioHTTP1, nioSSL,
                serviceLifecycle,
            ]
        ),
        tests(
            of: "DemoWorld",
            [
                "Administration", "Clients", "Delegations", "EnterpriseCertificates", "JOSE", "LibCrypto",
                "Organisations", "SQLiteStorage", "Scopes", "Server", "TokenIssuance", "Vocabulary",
            ]
        ),
        tests(
            of: "portvakt",
            [
                "AuditLedger", "Clients", "Delegations", "JOSE", "LibCrypto", "Organisations", "SQLiteStorage",
                "TestAuthority", "Vocabulary", argumentParser, grdb,
            ],
            exclude: ["Golden"]
        ),
        .testTarget(
            name: "ConformanceTests",
            dependencies: [
                "Administration", "AuditLedger", "Clients", "Delegations", "EnterpriseCertificates", "JOSE",
                "LibCrypto",
                "Organisations", "PortvaktProvider", "SQLiteStorage", "Scopes", "Server", "StatusLists",
                "TestAuthority",
                "TestSupport", "TestTokens", "Vocabulary",
                asyncHTTPClient,
                logging, nioCore, nioHTTP1,
            ],
            exclude: ["Golden"],
            swiftSettings: house
        ),
        .testTarget(name: "ArchitectureTests", swiftSettings: house),
    ],
    cxxLanguageStandard: .cxx17
)
