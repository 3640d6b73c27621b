// swift-tools-version: 6.3
import PackageDescription

// What our libraries cost, beside what the arithmetic alone costs, in one process. A package of its own: it sees
// products only, as a user does.
let package = Package(
    name: "benchmarks",
    dependencies: [.package(name: "portvakt", path: "..")],
    targets: [
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
        // What a decision costs on a registry of national size.
        .executableTarget(
            name: "DecisionBenchmarks",
            dependencies: [.product(name: "Delegations", package: "portvakt")],
            swiftSettings: [.enableUpcomingFeature("ExistentialAny"), .treatAllWarnings(as: .error)]
        ),
    ]
)
