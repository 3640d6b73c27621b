// swift-tools-version: 6.3
import PackageDescription

// What our libraries cost, beside what the arithmetic alone costs, in one process. A package of its own: it sees
// products only, as a user does.
let package = Package(
    name: "benchmarks",
    dependencies: [
        .package(name: "portvakt", path: ".."),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
    ],
    targets: [
        // Asks at a set rate; compiled by itself where it is used, since it needs no Swift.
        .executableTarget(name: "OpenLoopLoad", linkerSettings: [.linkedLibrary("crypto")]),
        // Counts allocations, for the budgets that allow none.
        .target(name: "CAllocationCount"),
        .executableTarget(
            name: "SDKBenchmarks",
            dependencies: [
                "CAllocationCount", .product(name: "PortvaktClient", package: "portvakt"),
                .product(name: "PortvaktProvider", package: "portvakt"),
            ],
            swiftSettings: [.enableUpcomingFeature("ExistentialAny"), .treatAllWarnings(as: .error)]
        ),
        // Empty routes in the framework that the server stands on: the yardstick of its throughput.
        .executableTarget(
            name: "BareServer",
            dependencies: [.product(name: "Hummingbird", package: "hummingbird")],
            swiftSettings: [.enableUpcomingFeature("ExistentialAny"), .treatAllWarnings(as: .error)]
        ),
        // What a decision costs on a registry of national size.
        .executableTarget(
            name: "DecisionBenchmarks",
            dependencies: [.product(name: "Delegations", package: "portvakt")],
            swiftSettings: [.enableUpcomingFeature("ExistentialAny"), .treatAllWarnings(as: .error)]
        ),
    ]
)
