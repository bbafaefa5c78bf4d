// swift-tools-version: 6.2
import PackageDescription

// `make build` builds the release library first and then, with HOLDFAST_LIBDIR set to where it
// lies, the link against it, so that libholdfast_link.so names libholdfast.so.0 as NEEDED.
let libraryFolder = Context.environment["HOLDFAST_LIBDIR"]
let root = Context.packageDirectory

let strict: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]

/// Same sources, another instruction set: only the thin targets carry the flag.
func level(_ march: String) -> [SwiftSetting] {
    #if arch(x86_64)
        return strict + [.unsafeFlags(["-Xcc", "-march=\(march)"])]
    #else
        return strict
    #endif
}

/// The flags of a library that a foreign process loads: no Swift runtime needed, only `hf_*` seen.
func shared(_ name: String, map: String, extra: [String] = []) -> [LinkerSetting] {
    [
        .unsafeFlags(
            [
                "-static-stdlib", "-use-ld=lld",
                "-Xlinker", "--version-script=\(root)/Include/\(map)",
                "-Xlinker", "-soname=\(name).so.0",
                "-Xlinker", "-z", "-Xlinker", "nodelete",
                "-Xlinker", "--gc-sections",
            ] + extra)
    ]
}

var products: [Product] = [
    .library(name: "holdfast", type: .dynamic, targets: ["HoldfastShared"]),
    .executable(name: "holdfast-cli", targets: ["holdfast"]),
    // What `Benchmarks/`, a package of its own, measures beneath the C ABI and through it.
    .library(
        name: "HoldfastMeasured",
        targets: [
            "HoldfastKernels", "HoldfastKernelsBaseline", "HoldfastKernelsV3", "HoldfastCore",
            "HoldfastABI",
        ]),
]

var targets: [Target] = [
    .systemLibrary(name: "CHoldfast", path: "Include"),
    .systemLibrary(name: "CVector"),
    .systemLibrary(name: "CLinux"),
    .systemLibrary(name: "CNuma", providers: [.apt(["libnuma-dev"])]),
    .systemLibrary(name: "CZeroMQ", providers: [.apt(["libzmq3-dev"])]),
    .systemLibrary(name: "CArchive", providers: [.apt(["libarchive-dev"])]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),

    .target(name: "HoldfastKernels", dependencies: ["CVector"], swiftSettings: strict),
    .target(
        name: "HoldfastKernelsBaseline", dependencies: ["HoldfastKernels", "CVector"],
        swiftSettings: strict),
    .target(
        name: "HoldfastKernelsV3", dependencies: ["HoldfastKernels", "CVector"],
        swiftSettings: level("x86-64-v3")),
    .target(
        name: "HoldfastCore",
        dependencies: [
            "CHoldfast", "CLinux", "HoldfastKernels", "HoldfastKernelsBaseline",
            "HoldfastKernelsV3",
        ], swiftSettings: strict),
    .target(name: "HoldfastJournal", dependencies: ["CHoldfast"], swiftSettings: strict),
    .target(
        name: "HoldfastEngine",
        dependencies: ["CHoldfast", "CVector", "CNuma", "HoldfastCore", "HoldfastJournal"],
        swiftSettings: strict),
    .target(
        name: "HoldfastABI", dependencies: ["CHoldfast", "HoldfastEngine"], swiftSettings: strict),
    .target(
        name: "HoldfastShared", dependencies: ["HoldfastABI"], swiftSettings: strict,
        linkerSettings: shared("libholdfast", map: "holdfast.map")),

    .target(name: "HoldfastLink", dependencies: ["CHoldfast", "CZeroMQ"], swiftSettings: strict),
    .target(
        name: "HoldfastLab",
        dependencies: [
            "CHoldfast", "HoldfastLink", "CArchive", "CZlib",
            .product(name: "Histogram", package: "hdrhistogram-swift"),
        ],
        swiftSettings: strict),
    .executableTarget(
        name: "holdfast",
        dependencies: [
            "CHoldfast", "HoldfastLab", "HoldfastLink", "HoldfastABI",
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
        ],
        swiftSettings: strict),

    .testTarget(
        name: "HoldfastCoreTests",
        dependencies: [
            "HoldfastCore", "HoldfastKernels", "HoldfastKernelsBaseline", "HoldfastKernelsV3",
            "CHoldfast", "CLinux", "CVector",
        ],
        swiftSettings: strict),
    .testTarget(
        name: "HoldfastLabTests",
        dependencies: [
            "HoldfastLab", "HoldfastLink", "HoldfastABI", "CHoldfast", "CArchive", "CZlib",
        ],
        swiftSettings: strict),
]

if let libraryFolder {
    products.append(
        .library(name: "holdfast_link", type: .dynamic, targets: ["HoldfastLinkShared"]))
    targets.append(
        .target(
            name: "HoldfastLinkShared", dependencies: ["HoldfastLink"], swiftSettings: strict,
            linkerSettings: shared(
                "libholdfast_link", map: "holdfast_link.map",
                extra: ["-L\(libraryFolder)", "-lholdfast", "-Xlinker", "-z", "-Xlinker", "defs"])))
}

let package = Package(
    name: "holdfast",
    products: products,
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: targets
)
