import CHoldfast
import Foundation
import HoldfastABI
import Testing

@testable import HoldfastLab

/// The command as a user runs it, in a process of its own.
struct Ran {
    let status: Int32
    let output: [String]
    let errors: [String]

    /// Built beside the tests.
    private static let command = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("holdfast-cli")

    init(_ arguments: [String]) throws {
        let files = try Scratch()
        let process = Process()
        let streams = [files.path("out"), files.path("err")]
        for stream in streams { _ = FileManager.default.createFile(atPath: stream, contents: nil) }
        process.executableURL = Self.command
        process.arguments = arguments
        process.standardOutput = FileHandle(forWritingAtPath: streams[0])
        process.standardError = FileHandle(forWritingAtPath: streams[1])
        try process.run()
        process.waitUntilExit()
        status = process.terminationStatus
        let lines = try streams.map {
            try String(contentsOfFile: $0, encoding: .utf8).split(separator: "\n").map(String.init)
        }
        (output, errors) = (lines[0], lines[1])
    }
}

/// A folder that goes away with the test.
final class Scratch {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("holdfast-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

    func write(_ name: String, _ text: String) throws -> String {
        try text.write(toFile: path(name), atomically: false, encoding: .utf8)
        return path(name)
    }
}

@Suite struct ScenarioCommandTests {
    private let files: Scratch

    init() throws { files = try Scratch() }

    private let breach = """
        {"do": "modify", "ref": "a", "sl": "1.096", "by": "desk", "time": "+1ms"}
        {"do": "tick", "symbol": "EURUSD", "bid": "1.0949", "ask": "1.095", "time": "+1s"}
        {"do": "ack", "ref": "a", "price": "1.0947", "commission": "-0.7", "time": "+200ms"}
        {"expect": {"event": "closed", "ref": "a", "net": "-54.7"}}

        """

    @Test("a story that holds is 0, one that does not is 1, a bad file is 2 and nothing runs")
    func statuses() throws {
        let good = try files.write("good.jsonl", Told.opening + breach)
        let wrong = try files.write(
            "wrong.jsonl", Told.opening + #"{"expect": {"event": "closed", "ref": "a"}}"#)
        let bad = try files.write("bad.jsonl", Told.opening + #"{"do": "tikc"}"#)
        let passed = try Ran(["run", good])
        #expect(passed.status == 0)
        #expect(passed.output == ["ok     \(good): 7 inputs, 1 expectations"])
        let failed = try Ran(["run", good, wrong])
        #expect(failed.status == 1)
        #expect(failed.output.contains("\(wrong):5"))
        #expect(failed.output.last == "FAILED \(wrong): 4 inputs, 1 expectations, 1 failed")
        let refused = try Ran(["run", good, bad, files.path("none.jsonl")])
        #expect(refused.status == 2)
        #expect(refused.output == [])
        #expect(
            refused.errors == [
                #"holdfast: \#(bad):5: there is no verb "tikc", did you mean "tick"?"#,
                "holdfast: \(files.path("none.jsonl")): cannot be read",
            ])
    }

    @Test(
        "what comes with a later version says so, and is 2",
        arguments: [
            ["--durability", "durable"], ["--journal", "somewhere"],
        ])
    func later(arguments: [String]) throws {
        let good = try files.write("good.jsonl", Told.opening + breach)
        let ran = try Ran(["run", good] + arguments)
        #expect(ran.status == 2)
        #expect(ran.errors.first?.contains("comes with a later version") == true)
    }

    @Test("--print gives every event exactly, and the hash is the last line")
    func golden() throws {
        let good = try files.write("good.jsonl", Told.opening + breach)
        let ran = try Ran(["run", good, "--print", "--hash"])
        #expect(ran.output.dropLast() == Self.golden)
        #expect(ran.output.last?.count == 16)
        #expect(ran.output.last?.allSatisfy { $0.isHexDigit && !$0.isUppercase } == true)
        #expect(ran.errors == ["ok     \(good): 7 inputs, 1 expectations"])
    }

    private static let golden: ArraySlice<String> = {
        let a = #""ref": "a", "position": 1, "account": 1, "symbol": "EURUSD", "side": "long""#
        let close = #""action": "close", "reason": "sl""#
        let sizes = #""volume": "0.10", "price": "1.09490", "level": "1.09600", "attempt": 1"#
        return [
            #"{"event": "opened", "time": "2026-01-05T00:00:00Z", \#(a), "#
                + #""volume": "0.10", "price": "1.10010", "level": "1.09500"}"#,
            #"{"event": "changed", "time": "2026-01-05T00:00:00.001Z", \#(a), "#
                + #""reason": "manual", "what": "sl", "old": "1.09500", "new": "1.09600", "#
                + #""by": "desk"}"#,
            #"{"event": "command", "time": "2026-01-05T00:00:01.001Z", \#(a), "#
                + #""command": "1-1-1", "parent": null, \#(close), "state": "pending", \#(sizes)}"#,
            #"{"event": "command_state", "time": "2026-01-05T00:00:01.001Z", \#(a), "#
                + #""command": "1-1-1", \#(close), "state": "sent", \#(sizes)}"#,
            #"{"event": "command_state", "time": "2026-01-05T00:00:01.201Z", \#(a), "#
                + #""command": "1-1-1", \#(close), "state": "executed", \#(sizes), "#
                + #""retcode": 10009}"#,
            #"{"event": "closed", "time": "2026-01-05T00:00:01.201Z", \#(a), "#
                + #""command": "1-1-1", "reason": "sl", "state": "closed", "volume": "0.10", "#
                + #""price": "1.09470", "level": "1.09600", "slippage": 20, "#
                + #""slippage_level": 130, "profit": "-54.00", "commission": "-0.70", "#
                + #""swap": "0.00", "fee": "0.00", "net": "-54.70"}"#,
        ]
    }()

    @Test("a recording that is cut off or damaged is 2, and says where")
    func damaged() throws {
        let good = try files.write("good.jsonl", Told.opening + breach)
        let whole = files.path("whole.rec")
        #expect(try Ran(["run", good, "--record", whole]).status == 0)
        #expect(try Ran(["apply", whole]).status == 0)
        #expect(try Ran(["run", good, "--record", whole]).status == 2)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: whole))
        let cut = files.path("cut.rec")
        for size in [0, 20, 100, bytes.count - 41, bytes.count - 40, bytes.count - 1] {
            try bytes.prefix(size).write(to: URL(fileURLWithPath: cut))
            let ran = try Ran(["apply", cut])
            #expect(ran.status == 2, "\(size) of \(bytes.count) bytes")
            #expect(
                ran.errors.first?.contains(cut) ?? ran.output.contains { $0.contains("cut off") })
        }
        let ran = try Ran(["apply", good])
        #expect(ran.status == 2)
    }
}
