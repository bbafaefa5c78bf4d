/// An expectation that did not hold, or an input that was refused though nobody expected it.
public struct Failure: Sendable, CustomStringConvertible {
    public let path: String
    public let line: Int
    public let expected: String
    /// What there was instead: the events of the input, the values asked for.
    public let got: [String]

    public var description: String {
        let shown = got.isEmpty ? ["nothing"] : got
        let lines = shown.joined(separator: "\n            ")
        return "\(path):\(line)\n  expected  \(expected)\n  got       \(lines)\n  line      \(line)"
    }
}

/// What came of a story.
public struct Verdict: Sendable {
    /// Failures that a report shows; the rest are counted.
    public static let shown = 10

    public let path: String
    public let inputs: Int
    public let expectations: Int
    public let failures: [Failure]
    /// The state at the end; nil when the door failed before.
    public let hash: UInt64?

    public var passed: Bool { failures.isEmpty }

    public var hashText: String? { hash.map(Self.text(of:)) }

    /// A state hash as every runner prints it.
    public static func text(of hash: UInt64) -> String {
        let hex = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - hex.count) + hex
    }

    /// One line.
    public var summary: String {
        let counts = "\(inputs) inputs, \(expectations) expectations"
        return passed
            ? "ok     \(path): \(counts)" : "FAILED \(path): \(counts), \(failures.count) failed"
    }

    /// The first failures and how many more there are.
    public var report: String {
        var parts = failures.prefix(Self.shown).map(\.description)
        if failures.count > Self.shown {
            parts.append("... and \(failures.count - Self.shown) more")
        }
        return parts.joined(separator: "\n")
    }
}
