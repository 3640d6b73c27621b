// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "consumer-job",
    dependencies: [
        // In a package of your own: `.package(url: …, from: …)`.
        .package(name: "portvakt", path: "../.."),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
    ],
    targets: [
        .executableTarget(
            name: "ConsumerJob",
            dependencies: [
                .product(name: "PortvaktClient", package: "portvakt"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
            ]
        )
    ]
)
