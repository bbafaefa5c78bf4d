import CHoldfast
import Foundation
import HoldfastABI
import Testing

@testable import HoldfastLab

@Suite("Chaos: processes and kills", .serialized) struct ChaosProcessTests {
    private static let command = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("holdfast-cli").path

    @Test("killed again and again, a session ends as it does in one process, with the same hash")
    func kills() throws {
        var options = DemoOptions.chaos
        (options.seed, options.quotes) = (3, 4_000)
        var processes: [Int32] = []
        var job = ChaosJob(options, executable: Self.command)
        job.onStart = { processes.append($0) }
        let report = try job.run()
        #expect(report.failed.isEmpty, "\(report.checks.flatMap(\.failures))")
        let chaos = try #require(report.chaos)
        #expect(chaos.kills >= 5 && Set(processes).count == chaos.kills + 1)
        #expect(processes.allSatisfy { kill($0, 0) != 0 }, "none is left")
        let direct = try ChaosFixture(seed: 3, quotes: 4_000).run()
        #expect(report.hash == direct.hash && report.closes == direct.closes)
        #expect(direct.chaos?.timeline == chaos.timeline)
    }

    @Test("the command prints a timeline, and its exit status says whether every check holds")
    func demo() throws {
        let ran = try Ran(["demo", "--chaos", "--quotes", "2000", "--seed", "2"])
        #expect(ran.status == 0)
        let text = ran.output.joined(separator: "\n")
        for word in ["KILLED", "back as session", "flat", "0 lost", "0 double closes"] {
            #expect(text.contains(word), "\(word)")
        }
        let json = try Ran(["demo", "--chaos", "--quotes", "2000", "--seed", "2", "--json"])
        let report = try JSONDecoder().decode(
            SessionReport.self, from: Data(try #require(json.output.first).utf8))
        #expect(report.holds && report.chaos?.timeline.isEmpty == false)
    }

    @Test("what an executor cannot work with is told before it connects")
    func refusals() throws {
        let folder = try QuoteFolder()
        let log = folder.path + "/log"
        _ = try BrokerLog(path: log, mark: 1)
        let start = ["executor", "--endpoint", "ipc://\(folder.path)/none"]
        for options in [
            ["--log", log], ["--log", folder.path + "/no/such/folder"], ["--from", "soon"],
            ["--quotes", "5", "--quote-file", "a.csv"], ["--quote-file", folder.path + "/none"],
        ] {
            let ran = try Ran(start + (options[0] == "--from" ? ["--quotes", "9"] : []) + options)
            #expect(ran.status == 2, "\(options)")
        }
    }

    @Test("a venue on recorded quotes fills at their prices")
    func files() throws {
        let folder = try QuoteFolder()
        var options = BrokerOptions()
        options.venue = .calm
        options.files = [
            try folder.write(
                "EURUSD.csv", "time,bid,ask\n1970-01-01T00:16:40Z,1.10000,1.10002\n")
        ]
        let broker = try options.open()
        let entry = BrokerFixture().command(HF_ACTION_OPEN, 7, at: 1)
        guard case .ack(let ack)? = try broker.answers(to: entry, now: entry.sent).first?.content
        else {
            Issue.record("no ack")
            return
        }
        #expect(ack.price == 110_002)
    }
}
