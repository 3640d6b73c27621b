// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "provider-api",
    dependencies: [
        // In a package of your own: `.package(url: …, from: …)`.
        .package(name: "portvakt", path: "../.."),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
    ],
    targets: [
        .executableTarget(
            name: "ProviderAPI",
            dependencies: [
                .product(name: "PortvaktHummingbird", package: "portvakt"),
                .product(name: "Hummingbird", package: "hummingbird"),
            ]
        )
    ]
)
