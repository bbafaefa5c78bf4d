import Foundation
import HoldfastABI
import Testing

@testable import HoldfastLab

@Suite("Demo", .serialized) struct DemoTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private static let command = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("holdfast-cli").path

    private func options(_ quotes: Int = 20_000, seed: UInt64 = 1) -> DemoOptions {
        var options = DemoOptions()
        options.quotes = quotes
        options.seed = seed
        return options
    }

    private func isAlive(_ process: Int32) -> Bool { kill(process, 0) == 0 }

    @Test("through an executor in a process of its own a session has the hash that it has in one")
    func sameHash() throws {
        var executor: Int32 = 0
        var job = DemoJob(options(seed: 3), executable: Self.command)
        job.onStart = { executor = $0 }
        let report = try job.run()
        #expect(report.failed.isEmpty)
        #expect(report.tickToCommand.count > 0 && report.commandToAck.count > 0)
        let direct = try SessionFixture(seed: 3).run()
        #expect(report.hash == direct.hash)
        #expect(report.commands == direct.commands && report.closes == direct.closes)
        #expect(executor > 0 && !isAlive(executor))
    }

    @Test("recorded and applied again, here and by the command, it has the same hash")
    func recorded() throws {
        let path = scratch.path("demo.rec")
        let ran = try Ran(["demo", "--quotes", "20000", "--seed", "2", "--json", "--record", path])
        #expect(ran.status == 0)
        let report = try JSONDecoder().decode(
            SessionReport.self, from: Data(try #require(ran.output.first).utf8))
        #expect(report.holds && report.opened > 100)
        let again = try Reapply(RecordingFile(path: path)).run()
        #expect(again.agrees && SessionNames.hash(again.hash) == report.hash)
        let applied = try Ran(["apply", "--hash", path])
        #expect(applied.status == 0 && applied.output.last == report.hash)
        let refused = try Ran(["demo", "--quotes", "20000", "--record", path])
        #expect(refused.status == 2 && refused.output.isEmpty)
    }

    @Test("an executor that dies ends the session with a message")
    func death() throws {
        var executor: Int32 = 0
        var slow = options()
        slow.speed = 20_000
        var job = DemoJob(slow, executable: Self.command)
        job.onStart = { executor = $0 }
        job.onProgress = { progress in
            if progress.quotes > 4_000 { kill(executor, SIGKILL) }
        }
        #expect {
            try job.run()
        } throws: { error in
            "\(error)".contains("signal 9")
        }
        #expect(!isAlive(executor))
    }

    @Test("a program that is no executor, and none at all, are told")
    func strangers() {
        for path in ["/bin/true", "/no/such/program"] {
            #expect {
                try DemoJob(options(), executable: path).run()
            } throws: { error in
                guard case SessionError.executor = error else { return false }
                return true
            }
        }
    }

    @Test("options out of range are refused before anything starts")
    func ranges() throws {
        for quotes in [0, 999, -5] {
            #expect(throws: DemoError.quotes(most: 100_000_000)) {
                try DemoJob(options(quotes), executable: Self.command).run()
            }
        }
        var long = DemoOptions.chaos
        long.quotes = 10_000_001
        #expect(throws: DemoError.quotes(most: 10_000_000)) {
            try ChaosJob(long, executable: Self.command).run()
        }
        var backward = options()
        backward.speed = -1
        #expect(throws: DemoError.speed) { try DemoJob(backward, executable: Self.command).run() }
        #expect(try Ran(["demo", "--quotes", "1"]).status == 2)
        #expect(try Ran(["executor", "--endpoint", "carrier:pigeon"]).status == 2)
    }

    @Test("a signal ends it: no executor is left, and no file", arguments: [SIGINT, SIGTERM])
    func signals(_ number: Int32) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.command)
        process.arguments = ["demo", "--speed", "5000"]
        process.environment = ["TMPDIR": scratch.path("")]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        var folders: [String] = []
        for _ in 0..<500 where folders.isEmpty {
            usleep(10_000)
            folders = try FileManager.default.contentsOfDirectory(atPath: scratch.path(""))
        }
        #expect(folders.count == 1)
        usleep(300_000)
        kill(process.processIdentifier, number)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit && process.terminationStatus == 128 + number)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path("")).isEmpty)
    }

    @Test("a pace is kept: simulated seconds in a second")
    func pace() throws {
        let pacer = SessionPacer(speed: 10) {}
        let start = MonotonicClock.now()
        for time in [Int64(0), 500_000_000, 1_000_000_000, 900_000_000] {
            try pacer.wait(for: time)
        }
        let gone = MonotonicClock.now() - start
        #expect(90_000_000...3_000_000_000 ~= gone)
    }
}

@Suite("Session: progress") struct SessionProgressTests {
    private let progress = Session.Progress(
        quotes: 50_000, permille: 250, time: 0, open: 3, closed: 40)

    @Test("a terminal gets a bar with rate and time left, on one line")
    func bar() {
        var written = ""
        var bar = SessionProgress(style: .bar, now: 0) { written += $0 }
        bar.show(progress, now: 1)
        #expect(written.isEmpty, "just begun")
        bar.show(progress, now: 2_000_000_000)
        #expect(
            written
                == "\r\u{1B}[K[######..................] 25 %  50 000 quotes, 25 000 a second,"
                + " 6 s left, 3 open, 40 closed")
        bar.clear()
        #expect(written.hasSuffix("\r\u{1B}[K"))
    }

    @Test("everything else gets JSON lines, one a second")
    func lines() throws {
        var written: [String] = []
        var lines = SessionProgress(style: .lines, now: 0) { written.append($0) }
        for instant in [500_000_000, 1_000_000_000, 1_500_000_000, 2_000_000_000] as [UInt64] {
            lines.show(progress, now: instant)
        }
        #expect(written.count == 2)
        let object = try JSONSerialization.jsonObject(with: Data(written[0].utf8))
        let fields = try #require((object as? [String: [String: Double]])?["progress"])
        #expect(fields["quotes"] == 50_000 && fields["percent"] == 25)
        #expect(fields["rate"] == 50_000 && fields["seconds_left"] == 3)
    }

    @Test("without an end in sight there is no time left")
    func endless() {
        var endless = progress
        endless.permille = nil
        #expect(!SessionProgress.bar(endless, seconds: 2).contains("left"))
        #expect(!SessionProgress.line(endless, seconds: 2).contains("left"))
    }
}
