import CHoldfast
import Testing

@testable import HoldfastLab

@Suite("Session") struct SessionTests {
    @Test("the standard session holds its checks, meets everything, and has the known hash")
    func standard() throws {
        let report = try SessionFixture(quotes: 300_000).run()
        #expect(report.failed.isEmpty)
        #expect(report.hash == DemoJob.standardHash)
        #expect(report.accepted == 300_000 && report.crossed > 0)
        #expect(report.opened >= 2_000)
        #expect(report.closes.values.reduce(0, +) == report.opened)
        for reason in ["sl", "tp", "trailing", "manual"] {
            #expect(report.closes[reason, default: 0] > 100, "\(reason)")
        }
        #expect(report.partials > 50 && report.requotes > 50 && report.rejects > 30)
        #expect(report.unknowns > 20 && report.queries >= report.unknowns)
        #expect(report.attempts.count >= 3)
        #expect(report.tickToCommand.count > 1_000 && report.commandToAck.count > 2_000)
        #expect(report.slippage.count == 6)
    }

    @Test("a seed gives the same report again, another seed another one")
    func seeds() throws {
        func shown(_ report: SessionReport) -> [String] {
            // The walls' clock is the only thing that differs.
            SessionTable(report).lines.filter { line in
                !["session", "ticks ", "tick to", "cmd to"].contains { line.contains($0) }
            }
        }
        let first = try SessionFixture().run()
        #expect(first.opened > 100)
        #expect(shown(try SessionFixture().run()) == shown(first))
        #expect(try SessionFixture(seed: 2).run().hash != first.hash)
    }

    @Test("the number of stripes does not show", arguments: [UInt32(2), 4, 64])
    func stripes(_ count: UInt32) throws {
        let one = try SessionFixture().run()
        let many = try SessionFixture(stripes: count).run()
        #expect(many.hash == one.hash)
        #expect(many.commands == one.commands && many.failed.isEmpty)
    }

    @Test(
        "a session whose quotes go through in batches holds its checks", arguments: [2, 64, 5000])
    func batches(_ size: Int) throws {
        var fixture = SessionFixture()
        fixture.settings.batch = size
        let report = try fixture.run()
        #expect(report.failed.isEmpty)
        #expect(report.opened > 100)
    }

    @Test("without quotes it says so")
    func empty() {
        #expect(throws: SessionError.noQuotes) {
            try SessionFixture().run(
                WrittenQuotes([], []), openings: ListedOpenings([], symbols: 0))
        }
    }

    @Test("what is thrown while it reports its progress ends it")
    func interruption() throws {
        let market = Market(settings: .init(seed: 1, quotes: 5_000))
        let door = try ABIDoor(config: ABIDoor.defaults())
        let session = Session(
            door: door, venue: DirectVenue(door: door, executor: Broker(seed: 1)),
            quotes: GeneratedQuotes(market), openings: ListedOpenings([], symbols: 6))
        var seen: [Int] = []
        session.onProgress = { progress in
            seen.append(progress.quotes)
            if seen.count == 3 { throw SessionError.interrupted }
        }
        #expect(throws: SessionError.interrupted) { try session.run() }
        #expect(seen == [1024, 2048, 3072])
    }
}

@Suite("Session: every check can fail") struct SessionCheckTests {
    @Test("a broker that executes twice fails the check of double closes")
    func double() throws {
        var fixture = SessionFixture()
        fixture.wrap = { broker in
            BadExecutor(broker) { command, answers, book in
                if command.position == 7, let deal = broker.book.deals.last {
                    var second = deal
                    second.number += 1
                    if deal.position == 7 { book.add(second) }
                }
                return answers
            }
        }
        #expect(try fixture.run().failed == ["double"])
    }

    @Test("a deal that never reaches the core fails it too: the core closes what is closed")
    func hiddenDeal() throws {
        var fixture = SessionFixture()
        fixture.wrap = { broker in
            BadExecutor(broker) { command, answers, _ in
                guard command.position == 7 else { return answers }
                // Executed, but all that is ever said is that there is no deal.
                guard command.action == UInt8(HF_ACTION_QUERY_DEALS) else {
                    return command.attempt == 1 ? [] : answers
                }
                var none = hf_ack()
                none.command = command.id
                none.query = 1
                return [BrokerAnswer(time: command.sent + 1_000_000, content: .ack(none))]
            }
        }
        let report = try fixture.run()
        #expect(report.failed == ["double"])
        #expect(report.checks.first { $0.name == "double" }?.failures.count == 1)
    }

    @Test("an executor that never answers fails the check of what is lost")
    func lost() throws {
        var fixture = SessionFixture()
        fixture.settings.windDown = 20_000_000_000
        fixture.wrap = { broker in
            BadExecutor(broker) { command, answers, _ in command.position == 7 ? [] : answers }
        }
        let report = try fixture.run()
        #expect(report.failed.contains("lost"))
        let failures = try #require(report.checks.first { $0.name == "lost" }).failures
        #expect(
            failures == ["position 7 is open", "position 7 has a live intent", "1 open"])
    }

    @Test("an answer that the core refuses fails the check of what is lost")
    func refused() throws {
        var fixture = SessionFixture()
        fixture.wrap = { broker in
            BadExecutor(broker) { command, answers, _ in
                guard command.position == 7 else { return answers }
                var ack = hf_ack()
                ack.command = command.id
                ack.volume = command.volume * 2
                ack.present = UInt32(HF_HAS_VOLUME)
                return [BrokerAnswer(time: command.sent + 1, content: .ack(ack))] + answers
            }
        }
        #expect(try fixture.run().failed == ["lost"])
    }

    @Test(
        "a model that differs in tick, reason, price or level fails the check of triggers",
        arguments: [0, 1, 2, 3])
    func triggers(_ field: Int) throws {
        var fixture = SessionFixture()
        fixture.oracle = { model in
            var seen = 0
            return TamperedModel(model: model) { prediction in
                seen += 1
                guard seen == 10 else { return prediction }
                var wrong = prediction
                switch field {
                case 0: wrong.tick += 1
                case 1: wrong.reason = HF_REASON_EMERGENCY
                case 2: wrong.price += 1
                default: wrong.level += 1
                }
                return wrong
            }
        }
        let report = try fixture.run()
        #expect(report.failed == ["triggers"])
        #expect(report.checks.first { $0.name == "triggers" }?.failures.count == 1)
    }

    @Test("a model that counts another tick fails the check of ticks")
    func ticks() throws {
        var fixture = SessionFixture()
        fixture.oracle = { model in
            TamperedModel(model: model) {
                $0
            } changeCounts: { counts in
                var wrong = counts
                wrong.refused += 1
                return wrong
            }
        }
        #expect(try fixture.run().failed == ["ticks"])
    }
}
