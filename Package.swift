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
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "portvakt",
    products: [
        .executable(name: "portvakt", targets: ["portvakt"]),
        .library(name: "PortvaktClient", targets: ["PortvaktClient"]),
        .library(name: "PortvaktProvider", targets: ["PortvaktProvider"]),
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
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
        .package(url: "https://github.com/vapor/jwt-kit.git", from: "5.7.1"),
    ],
    targets: [
        // The bottom: know nothing of servers.
        module("Vocabulary", []),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        module("LibCrypto", ["COpenSSL", "Vocabulary"]),
        module("JOSE", ["LibCrypto", "Vocabulary"]),

        // The domain: none imports another.
        module(
            "EnterpriseCertificates",
            ["LibCrypto", "Vocabulary", yams],
            resources: [.embedInCode("BundledTrust")]
        ),
        module("Organisations", ["CZlib", "JOSE", "Vocabulary"]),
        module("Scopes", ["JOSE", "Vocabulary", yams], resources: [.embedInCode("BundledScopes")]),
        module("Clients", ["JOSE", "LibCrypto", "Vocabulary"]),
        module("AuditLedger", ["JOSE", "LibCrypto", "Vocabulary", dequeModule]),

        // The grant pipeline: no HTTP, no SQL.
        module(
            "TokenIssuance",
            [
                "AuditLedger", "Clients", "EnterpriseCertificates", "JOSE", "LibCrypto", "Organisations", "Scopes",
                "Vocabulary", logging, metrics,
            ]
        ),

        // The acts of administrators on the domain: no HTTP, no SQL.
        module(
            "Administration",
            ["AuditLedger", "Clients", "JOSE", "Organisations", "Scopes", "Vocabulary"]
        ),

        // The edges.
        module(
            "SQLiteStorage",
            [
                "Administration", "AuditLedger", "Clients", "JOSE", "LibCrypto", "Organisations", "Scopes",
                "TokenIssuance",
                "Vocabulary", grdb, grdbSQLite,
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
            "Server",
            [
                "Administration", "AuditLedger", "EnterpriseCertificates", "HTTPServer", "JOSE", "LibCrypto",
                "Organisations", "SQLiteStorage", "TokenIssuance", "Vocabulary", configuration, logging,
                nioCore,
                nioPosix, serviceLifecycle, unixSignals, yams,
            ]
        ),
        module("TestAuthority", ["LibCrypto", "Vocabulary", swiftASN1]),
        module(
            "DemoWorld",
            [
                "Administration", "AuditLedger", "Clients", "EnterpriseCertificates", "JOSE", "LibCrypto",
                "Organisations", "SQLiteStorage", "Scopes", "Server", "TestAuthority", "TokenIssuance", "Vocabulary",
            ]
        ),
        .executableTarget(
            name: "portvakt",
            dependencies: [
                "Administration", "AuditLedger", "Clients", "DemoWorld", "EnterpriseCertificates", "JOSE", "LibCrypto",
                "Organisations", "PortvaktClient", "PortvaktProvider", "SQLiteStorage", "Scopes", "Server",
                "TokenIssuance", "Vocabulary", argumentParser, asyncHTTPClient, hummingbird, httpTypes, logging,
                nioCore, serviceLifecycle, yams,
            ],
            swiftSettings: house
        ),

        // What users of our tokens link: no server code.
        module(
            "PortvaktClient",
            ["JOSE", "LibCrypto", "Vocabulary", asyncHTTPClient, logging, nioCore, nioHTTP1]
        ),
        module(
            "PortvaktProvider",
            ["JOSE", "LibCrypto", "Vocabulary", asyncHTTPClient, logging, nioCore, nioHTTP1]
        ),

        // Tests.
        module(
            "TestSupport",
            [
                "AuditLedger", "Clients", "JOSE", "LibCrypto", "Organisations", "Scopes",
                "TokenIssuance", "Vocabulary",
            ]
        ),
        tests(of: "Vocabulary"),
        tests(of: "LibCrypto", ["TestAuthority", "Vocabulary"]),
        tests(of: "JOSE", ["LibCrypto", "Vocabulary", jwtKit]),
        tests(of: "EnterpriseCertificates", ["LibCrypto", "TestAuthority", "Vocabulary"]),
        tests(of: "Organisations", ["JOSE", "Vocabulary"]),
        tests(of: "Scopes", ["JOSE", "Vocabulary"]),
        tests(of: "Clients", ["JOSE", "LibCrypto", "TestAuthority", "Vocabulary"]),
        tests(of: "AuditLedger", ["JOSE", "LibCrypto", "Vocabulary"]),
        tests(
            of: "TokenIssuance",
            [
                "AuditLedger", "Clients", "EnterpriseCertificates", "JOSE", "LibCrypto", "Organisations", "Scopes",
                "Vocabulary",
            ]
        ),
        tests(
            of: "Administration",
            ["AuditLedger", "Clients", "JOSE", "LibCrypto", "Organisations", "Scopes", "SQLiteStorage", "Vocabulary"]
        ),
        tests(
            of: "SQLiteStorage",
            [
                "AuditLedger", "Clients", "JOSE", "LibCrypto", "Organisations", "Scopes",
                "TokenIssuance",
                "Vocabulary", grdb,
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
            of: "Server",
            [
                "AuditLedger", "Clients", "JOSE", "LibCrypto", "Organisations", "SQLiteStorage", "Scopes",
                "TestAuthority", "TokenIssuance", "Vocabulary", asyncHTTPClient, logging, nioCore, nioHTTP1, nioPosix,
                nioSSL,
            ]
        ),
        tests(of: "PortvaktClient", ["JOSE", "LibCrypto", "TestAuthority", "Vocabulary", logging]),
        tests(of: "PortvaktProvider", ["JOSE", "LibCrypto", "Vocabulary", logging]),
        tests(
            of: "DemoWorld",
            [
                "Administration", "Clients", "EnterpriseCertificates", "JOSE", "LibCrypto", "Organisations",
                "SQLiteStorage",
                "Scopes", "Server", "TokenIssuance", "Vocabulary",
            ]
        ),
        tests(
            of: "portvakt",
            [
                "AuditLedger", "Clients", "JOSE", "LibCrypto", "Organisations", "SQLiteStorage", "TestAuthority",
                "Vocabulary", argumentParser, grdb,
            ]
        ),
        .testTarget(
            name: "ConformanceTests",
            dependencies: [
                "AuditLedger", "Clients", "EnterpriseCertificates", "JOSE", "LibCrypto", "Organisations",
                "SQLiteStorage", "Scopes", "Server", "TestAuthority", "TestSupport", "Vocabulary", asyncHTTPClient,
                logging, nioCore, nioHTTP1,
            ],
            exclude: ["Golden"],
            swiftSettings: house
        ),
        .testTarget(name: "ArchitectureTests", swiftSettings: house),
    ]
)
