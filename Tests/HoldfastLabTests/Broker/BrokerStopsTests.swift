import CHoldfast
import Testing

@testable import HoldfastLab

@Suite("Broker: stops and distances") struct BrokerStopsTests {
    private func modify(
        _ venue: BrokerFixture, _ ticket: UInt64, sl: Int64, at seconds: Double
    ) -> UInt32? {
        venue.ack(
            venue.command(HF_ACTION_MODIFY, 7, at: seconds) { ($0.ticket, $0.sl) = (ticket, sl) }
        )?.retcode
    }

    @Test("a stop fires by itself on a quote, and is told with the next answers, as reason sl")
    func fires() throws {
        let venue = BrokerFixture([110_000, 110_000, 109_890, 110_000])
        let ticket = venue.open(7, at: 0)
        #expect(modify(venue, ticket, sl: 109_900, at: 1) == 10009)
        let news = venue.say(venue.command(HF_ACTION_OPEN, 8, at: 2.5))
        let deals = news.compactMap { answer -> hf_deal? in
            if case .deal(let deal) = answer.content { deal } else { nil }
        }
        let stop = try #require(deals.first)
        #expect(deals.count == 1 && stop.reason == UInt8(HF_DEAL_SL) && stop.position == 7)
        #expect(stop.price == 109_890, "a gap fills at the price that there is")
        #expect(stop.time == BrokerFixture.at(2) && stop.command.owner == 0)
        #expect(venue.close(7, ticket, at: 3)?.retcode == 10036)
    }

    @Test("a stop that fires while a close works goes first: the close finds nothing")
    func race() throws {
        let venue = BrokerFixture([110_000, 110_000, 109_890]) {
            ($0.workFloor, $0.workMean) = (900_000_000, 0)
        }
        let ticket = venue.open(7, at: 0)
        #expect(modify(venue, ticket, sl: 109_900, at: 1) == 10009)
        let answers = venue.say(
            venue.command(HF_ACTION_CLOSE, 7, at: 1.9) { $0.ticket = ticket })
        var codes: [UInt32] = []
        var reasons: [UInt8] = []
        for answer in answers {
            if case .ack(let ack) = answer.content { codes.append(ack.retcode) }
            if case .deal(let deal) = answer.content { reasons.append(deal.reason) }
        }
        #expect(codes == [10036] && reasons == [UInt8(HF_DEAL_SL)])
        #expect(venue.broker.book.executed(7) == 100_000_000)
        #expect(venue.broker.book.tooMuch == 0, "the host could not know")
    }

    @Test("one that is not told is in the deals of the snapshot, when the history has it")
    func untold() throws {
        let venue = BrokerFixture([110_000, 110_000, 109_890]) {
            $0.stopUntold = 1_000_000
            $0.historyLag = 20_000_000_000
        }
        let ticket = venue.open(7, at: 0)
        #expect(modify(venue, ticket, sl: 109_900, at: 1) == 10009)
        let seen = try (3..<30).map { try #require(venue.snapshot(at: Double($0))) }
        #expect(seen.allSatisfy { $0.positions.isEmpty })
        #expect(seen.first?.deals.isEmpty == true && seen.last?.deals.count == 1)
    }

    @Test("a level nearer than the stops level is 10016, one that changes nothing 10025")
    func stopsLevel() {
        let venue = BrokerFixture { $0.stopsTicks = 50 }
        let ticket = venue.open(7, at: 0)
        #expect(modify(venue, ticket, sl: 109_951, at: 1) == 10016)
        #expect(modify(venue, ticket, sl: 110_010, at: 2) == 10016)
        #expect(modify(venue, ticket, sl: 109_950, at: 3) == 10009)
        #expect(modify(venue, ticket, sl: 109_950, at: 4) == 10025)
    }

    @Test("inside the freeze level a modify and a close are 10029")
    func freezeLevel() {
        let venue = BrokerFixture([110_000, 110_000, 109_930, 110_000]) { $0.freezeTicks = 40 }
        let ticket = venue.open(7, at: 0)
        #expect(modify(venue, ticket, sl: 109_900, at: 1) == 10009)
        #expect(modify(venue, ticket, sl: 109_800, at: 2.1) == 10029)
        #expect(venue.close(7, ticket, at: 2.5)?.retcode == 10029)
        #expect(venue.close(7, ticket, at: 3.5)?.retcode == 10009)
    }

    @Test("its prices are worse than the quotes by the markup, and too far is a requote")
    func markup() throws {
        let venue = BrokerFixture([110_000, 110_040]) { $0.markupTicks = 3 }
        let entry = try #require(venue.ack(venue.command(HF_ACTION_OPEN, 7, at: 0)))
        #expect(entry.price == 110_005)
        let far = venue.close(7, entry.ticket, at: 1.5) {
            ($0.price, $0.deviation) = (110_000, 20)
        }
        #expect(far?.retcode == 10004)
        #expect(venue.close(7, entry.ticket, at: 2)?.price == 110_037)
    }
}

@Suite("Broker: faults") struct BrokerFaultTests {
    @Test("while the connection is lost orders are 10031 or unheard, and syncs fail or are unheard")
    func outage() {
        for isDeaf in [true, false] {
            let venue = BrokerFixture {
                $0.outage = 1_000_000
                $0.outageLength = 30_000_000_000...30_000_000_000
                $0.outageDeaf = isDeaf ? 1_000_000 : 0
            }
            var codes: [UInt32: Int] = [:]
            var snapshots: [UInt8: Int] = [:]
            for second in 0..<600 {
                let code = venue.ack(
                    venue.command(HF_ACTION_OPEN, UInt64(second + 10), at: Double(second)))?.retcode
                codes[code ?? 0, default: 0] += 1
                let failed = venue.snapshot(at: Double(second) + 0.5)?.head.failed
                snapshots[failed ?? 9, default: 0] += 1
            }
            #expect(codes[isDeaf ? 0 : 10031, default: 0] > 200)
            #expect(snapshots[isDeaf ? 9 : 1, default: 0] > 200)
            #expect(codes[10009, default: 0] > 200 && snapshots[0, default: 0] > 200)
            #expect(venue.broker.book.lives.count == codes[10009])
        }
    }

    @Test("answers are lost, doubled and late on the first delivery alone")
    func answers() throws {
        let venue = BrokerFixture {
            ($0.answerLost, $0.answerTwice, $0.answerLate) = (200_000, 200_000, 200_000)
        }
        var shapes: [Int: Int] = [:]
        for position in 1...1000 {
            let entry = venue.command(HF_ACTION_OPEN, UInt64(position), at: 0)
            shapes[venue.say(entry).count, default: 0] += 1
            #expect(venue.say(entry).count == 1, "the stored answer")
        }
        #expect(shapes[0, default: 0] > 130 && shapes[2, default: 0] > 100)
        #expect(venue.broker.book.lives.count == 1000)
    }

    @Test("new faults change no fate: the same commands have the same deals")
    func streams() {
        let plain = Broker(seed: 3)
        var settings = BrokerSettings()
        (settings.answerLost, settings.answerTwice) = (300_000, 300_000)
        let rough = Broker(seed: 3, settings: settings)
        let venue = BrokerFixture()
        for position in 1...500 {
            let close = venue.command(HF_ACTION_CLOSE, UInt64(position), at: 0) {
                $0.price = 110_000
            }
            _ = plain.answers(to: close, now: 0)
            _ = rough.answers(to: close, now: 0)
        }
        #expect(plain.book.deals == rough.book.deals && plain.book.deals.count > 400)
    }

    @Test("a person at the terminal opens and closes: only snapshots tell what was opened")
    func byHand() throws {
        let venue = BrokerFixture {
            ($0.handOpens, $0.handCloses) = (500_000, 300_000)
        }
        _ = venue.open(7, at: 0)
        var strange = 0
        for minute in 1...40 {
            let snapshot = try #require(venue.snapshot(at: Double(minute) * 60))
            strange = max(strange, snapshot.positions.filter { $0.ticket >= 1 << 51 }.count)
        }
        #expect(strange > 0)
        #expect(venue.broker.book.deals.contains { $0.command.isEmpty && $0.entry == .closes })
    }
}
