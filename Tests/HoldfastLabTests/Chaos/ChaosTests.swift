import CHoldfast
import Foundation
import HoldfastABI
import Testing

@testable import HoldfastLab

@Suite("Chaos: in process") struct ChaosTests {
    @Test(
        "whatever is drawn, nothing is lost, nothing doubled, everything settled", arguments: 1...8
    )
    func seeds(_ seed: Int) throws {
        let report = try ChaosFixture(seed: UInt64(seed), quotes: 4_000).run()
        #expect(report.failed.isEmpty, "\(report.checks.flatMap(\.failures))")
        let chaos = try #require(report.chaos)
        #expect(chaos.kills >= 5 && chaos.sessions == chaos.kills + 1)
        #expect(chaos.syncs > 2000 && chaos.failedSyncs > 50)
        #expect(report.opened > 25)
    }

    @Test("netting accounts: nothing opens the reverse", arguments: 1...6)
    func netting(_ seed: Int) throws {
        var fixture = ChaosFixture(seed: UInt64(seed), quotes: 4_000)
        // What closes at the broker by itself just before a close comes would be turned over by it.
        fixture.change = {
            ($0.settings.terms.areNetting, $0.settings.terms.disaster) = (true, 0)
            ($0.policy.openChance, $0.policy.warmUp) = (200_000, 8)
            ($0.policy.stopUnits, $0.policy.targetUnits) = (1...5, 1...5)
        }
        (fixture.broker.handOpens, fixture.broker.handCloses) = (0, 0)
        let report = try fixture.run()
        #expect(report.failed.isEmpty, "\(report.checks.flatMap(\.failures))")
        #expect(report.opened > 8)
    }

    @Test("a broker that works longer than the deadline of a stop, on netting accounts")
    func slow() throws {
        var fixture = ChaosFixture(seed: 1, quotes: 4_000)
        fixture.change = {
            ($0.settings.terms.areNetting, $0.settings.terms.disaster) = (true, 0)
            ($0.policy.openChance, $0.policy.warmUp) = (200_000, 8)
            ($0.policy.stopUnits, $0.policy.targetUnits) = (1...5, 1...5)
            $0.plan = ChaosPlan(kills: [])
        }
        fixture.broker = .calm
        fixture.broker.isTrusting = false
        fixture.broker.workFloor = 4_000_000_000
        let report = try fixture.run()
        #expect(report.failed.isEmpty, "\(report.checks.flatMap(\.failures))")
    }

    @Test(
        "a stop at the broker that fires while the executor is away, on netting accounts",
        arguments: 1...8)
    func stopMeanwhile(_ seed: Int) throws {
        let fixture = ChaosFixture(seed: UInt64(seed), quotes: 4_000, areNetting: true)
        let report = try fixture.run()
        #expect(report.failed.isEmpty, "\(report.checks.flatMap(\.failures))")
    }

    @Test("a seed gives the same session again, another seed another one")
    func again() throws {
        let fixture = ChaosFixture(seed: 5, quotes: 3_000)
        let first = try fixture.run()
        let second = try fixture.run()
        #expect(first.hash == second.hash && first.chaos == second.chaos)
        #expect(try ChaosFixture(seed: 6, quotes: 3_000).run().hash != first.hash)
    }

    @Test("the number of stripes does not show", arguments: [false, true])
    func stripes(areNetting: Bool) throws {
        var fixture = ChaosFixture(seed: 3, quotes: 3_000, areNetting: areNetting)
        let one = try fixture.run()
        fixture.stripes = 4
        #expect(try fixture.run().hash == one.hash)
    }

    @Test("what was recorded, applied again, has the same hash", arguments: [false, true])
    func recorded(areNetting: Bool) throws {
        let folder = try QuoteFolder()
        let path = folder.path + "/chaos.rec"
        var fixture = ChaosFixture(seed: 4, quotes: 3_000, areNetting: areNetting)
        fixture.record = path
        let report = try fixture.run()
        let applied = try Reapply(RecordingFile(path: path)).run()
        #expect(applied.agrees && SessionNames.hash(applied.hash) == report.hash)
    }

    @Test("kills are spread over the session, in every place, and one lasts through the figure")
    func plan() {
        var stages: [ExecutorDoom.Stage?: Int] = [:]
        for seed in UInt64(1)...50 {
            let plan = ChaosPlan(
                seed: seed, from: ChaosJob.start, to: ChaosJob.end, news: Market.Settings().news)
            #expect(5...10 ~= plan.kills.count)
            for (one, next) in zip(plan.kills, plan.kills.dropFirst()) {
                #expect(one.at + one.away < next.at)
            }
            let news = Market.Settings().news ?? 0
            #expect(plan.kills.contains { $0.at <= news && news < $0.at + $0.away })
            for kill in plan.kills { stages[kill.stage, default: 0] += 1 }
        }
        #expect(stages.count == 4 && stages.values.allSatisfy { $0 > 40 })
    }
}

@Suite("Chaos: every check can fail") struct ChaosCheckTests {
    private func run(
        _ change: @escaping (hf_command, Broker, Int64) -> [BrokerAnswer]
    ) throws -> SessionReport {
        var fixture = ChaosFixture(seed: 2, quotes: 3_000)
        fixture.change = { $0.settings.windDown = 900_000_000_000 }
        fixture.wrap = { BentBroker($0, change) }
        return try fixture.run()
    }

    @Test("a broker that acts twice on a repeated id")
    func twice() throws {
        let report = try run { command, broker, now in
            let answers = broker.answers(to: command, now: now)
            guard command.action == UInt8(HF_ACTION_OPEN), command.position % 5 == 0 else {
                return answers
            }
            // The same order, as if its id had never been seen.
            var again = command
            again.id.epoch += 1
            _ = broker.answers(to: again, now: now)
            return answers
        }
        #expect(report.failed.contains("double"), "what it opened twice was adopted, and closed")
    }

    @Test("a broker that closes some positions never")
    func deaf() throws {
        let report = try run { command, broker, now in
            let isClose = command.action == UInt8(HF_ACTION_CLOSE)
            return isClose && command.position % 5 == 0 ? [] : broker.answers(to: command, now: now)
        }
        #expect(report.failed.contains("lost") && report.failed.contains("books"))
    }

    @Test("one that closes and never says so is no loss: snapshots tell")
    func silent() throws {
        let report = try run { command, broker, now in
            let answers = broker.answers(to: command, now: now)
            let isClose = command.action == UInt8(HF_ACTION_CLOSE)
            return isClose && command.position % 5 == 0 ? [] : answers
        }
        #expect(report.failed.isEmpty, "\(report.checks.flatMap(\.failures))")
    }

    @Test("a broker whose snapshots leave a position out")
    func hidden() throws {
        let report = try run { command, broker, now in
            broker.answers(to: command, now: now).map { answer in
                guard case .snapshot(var snapshot) = answer.content else { return answer }
                snapshot.positions.removeAll { $0.ticket < 1 << 50 && ($0.ticket >> 8) % 5 == 0 }
                snapshot.head.positions = UInt32(snapshot.positions.count)
                return BrokerAnswer(time: answer.time, content: .snapshot(snapshot))
            }
        }
        #expect(report.failed.contains("books"), "closed here as unknown, open there")
    }
}

/// A broker of which something is bent.
final class BentBroker: CommandExecutor {
    private let broker: Broker
    private let bend: (hf_command, Broker, Int64) -> [BrokerAnswer]

    init(_ broker: Broker, _ bend: @escaping (hf_command, Broker, Int64) -> [BrokerAnswer]) {
        self.broker = broker
        self.bend = bend
    }

    var book: BrokerBook { broker.book }

    func answers(to command: hf_command, now: Int64) -> [BrokerAnswer] {
        bend(command, broker, now)
    }
}
