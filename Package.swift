// swift-tools-version: 6.2
import PackageDescription

// The release library is built first; the link is then built against it (see the Makefile), so
// that libholdfast_link.so names libholdfast.so.0 as NEEDED.
let libraryFolder = Context.environment["HOLDFAST_LIBDIR"]
let root = Context.packageDirectory

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
]

// The lab and the command are ordinary programs: warnings are errors there too, unsafe marks are not.
let host: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]

let package = Package(
    name: "holdfast",
    products: [
        .library(name: "holdfast", type: .dynamic, targets: ["HoldfastShared"]),
        .executable(name: "holdfast-cli", targets: ["holdfast"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: [
        .systemLibrary(name: "CHoldfast", path: "Include"),
        .systemLibrary(name: "CArchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "HoldfastLab", dependencies: ["CArchive", "CZlib"], swiftSettings: strict),
        .testTarget(
            name: "HoldfastLabTests", dependencies: ["HoldfastLab", "CArchive", "CZlib"],
            swiftSettings: strict),
        .target(name: "HoldfastABI", dependencies: ["CHoldfast"], swiftSettings: strict),
        .target(
            name: "HoldfastShared", dependencies: ["HoldfastABI"], swiftSettings: strict,
            linkerSettings: [
                .unsafeFlags([
                    "-static-stdlib", "-use-ld=lld",
                    "-Xlinker", "--version-script=\(root)/Include/holdfast.map",
                    "-Xlinker", "-soname=libholdfast.so.0",
                    "-Xlinker", "-z", "-Xlinker", "nodelete",
                ])
            ]),
        .executableTarget(
            name: "holdfast",
            dependencies: [
                "HoldfastABI",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: host),
    ]
)
