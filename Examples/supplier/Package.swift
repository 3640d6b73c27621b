// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "supplier",
    dependencies: [
        // In a package of your own: `.package(url: …, from: …)`.
        .package(name: "portvakt", path: "../..")
    ],
    targets: [
        .executableTarget(
            name: "Supplier",
            dependencies: [.product(name: "PortvaktClient", package: "portvakt")]
        )
    ]
)
