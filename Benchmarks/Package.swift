// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]

let package = Package(
    name: "holdfast-benchmarks",
    products: [.executable(name: "holdfast-bench", targets: ["holdfast-bench"])],
    dependencies: [
        // Named, so that the folder of a clone may be called anything.
        .package(name: "holdfast", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/ordo-one/benchmark", exact: "1.38.1", traits: []),
    ],
    targets: [
        .target(
            name: "HoldfastBench",
            dependencies: [.product(name: "HoldfastMeasured", package: "holdfast")],
            swiftSettings: strict),
        .executableTarget(
            name: "holdfast-bench",
            dependencies: [
                "HoldfastBench",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        // The plugin finds benchmark targets by their folder: right below one named Benchmarks.
        .executableTarget(
            name: "Standard",
            dependencies: ["HoldfastBench", .product(name: "Benchmark", package: "benchmark")],
            path: "Standard", swiftSettings: [.swiftLanguageMode(.v6)],
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    ]
)
