import CHoldfast
import Testing

@testable import HoldfastLab

@Suite("Broker: books of its own") struct BrokerBooksTests {
    @Test("a position opens at the ask, closes at the bid, and its profit is in the balance")
    func whole() throws {
        let venue = BrokerFixture([110_000, 110_000, 110_050])
        let ticket = venue.open(7, at: 0.5)
        #expect(ticket != 0)
        let open = try #require(venue.snapshot(at: 1.2))
        #expect(open.positions.map(\.ticket) == [ticket] && open.deals.isEmpty)
        #expect(open.positions.map(\.price) == [110_002] && open.positions[0].symbol == 1)
        #expect(FixedText.read(open.positions[0].client_id) == "7-1-1")
        let done = try #require(venue.close(7, ticket, at: 2.1))
        #expect(done.retcode == 10009 && done.price == 110_050 && done.volume == 100_000_000)
        let flat = try #require(venue.snapshot(at: 3))
        #expect(flat.positions.isEmpty && flat.deals.map(\.deal) == [done.deal])
        // 48 points of a tick value of 1 a lot.
        #expect(flat.head.balance - open.head.balance == 48 * 100_000_000)
        #expect(venue.broker.book.lives.map(\.isOpen) == [false])
    }

    @Test("a snapshot is of the instant asked: an order that ends later has not happened")
    func instants() throws {
        let venue = BrokerFixture([110_000]) { ($0.workFloor, $0.workMean) = (3_000_000_000, 0) }
        let ticket = venue.open(7, at: 0)
        #expect(try #require(venue.snapshot(at: 2)).positions.isEmpty)
        #expect(try #require(venue.snapshot(at: 4)).positions.count == 1)
        _ = venue.close(7, ticket, at: 5)
        #expect(try #require(venue.snapshot(at: 7)).positions.count == 1)
        let after = try #require(venue.snapshot(at: 9))
        #expect(after.positions.isEmpty && after.deals.count == 1)
    }

    @Test("a close of what it does not have, or has no more, is 10036 and executes nothing")
    func gone() throws {
        let venue = BrokerFixture()
        #expect(venue.close(3, 55, at: 0)?.retcode == 10036)
        let ticket = venue.open(7, at: 1)
        #expect(venue.close(7, ticket, at: 2)?.retcode == 10009)
        #expect(venue.close(7, ticket, at: 4)?.retcode == 10036)
        #expect(venue.broker.book.executed(7) == 100_000_000)
        #expect(venue.broker.book.tooMuch == 1, "the second close is counted")
    }

    @Test("it never closes more than is open, and counts who asked for it")
    func tooMuch() {
        let venue = BrokerFixture()
        let ticket = venue.open(7, at: 0)
        #expect(venue.close(7, ticket, at: 1) { $0.volume = 100_000_001 }?.retcode == 10038)
        #expect(venue.broker.book.tooMuch == 1 && venue.broker.book.executed(7) == 0)
    }

    @Test("a ticket is renewed by a partial close, and the old one is gone")
    func renewal() throws {
        let venue = BrokerFixture { $0.renewsTickets = true }
        let ticket = venue.open(7, at: 0)
        let part = try #require(venue.close(7, ticket, at: 1) { $0.volume = 40_000_000 })
        #expect(part.present & UInt32(HF_HAS_TICKET) != 0 && part.ticket != ticket)
        #expect(venue.close(7, ticket, at: 2) { $0.volume = 60_000_000 }?.retcode == 10036)
        #expect(try #require(venue.snapshot(at: 3)).positions.map(\.ticket) == [part.ticket])
        #expect(venue.close(7, part.ticket, at: 4) { $0.volume = 60_000_000 }?.retcode == 10009)
        #expect(
            venue.broker.book.lives.map(\.opened) == venue.broker.book.lives.map(\.closed))
    }

    @Test("what comes for a position while an order works is done after it")
    func order() throws {
        let venue = BrokerFixture { ($0.workFloor, $0.workMean) = (3_000_000_000, 0) }
        let ticket = venue.open(7, at: 0)
        let first = venue.say(
            venue.command(HF_ACTION_CLOSE, 7, at: 4) {
                ($0.ticket, $0.volume) = (ticket, 30_000_000)
            })
        let second = venue.say(
            venue.command(HF_ACTION_CLOSE, 7, at: 4.1) {
                ($0.ticket, $0.volume) = (ticket, 70_000_000)
            })
        #expect(try #require(second.last).time >= (try #require(first.last)).time + 3_000_000_000)
        #expect(venue.broker.book.lives.map(\.isOpen) == [false])
    }

    @Test("two positions close each other at each other's open price")
    func closeBy() throws {
        let venue = BrokerFixture([110_000, 110_100])
        let long = venue.open(7, at: 0)
        let short = venue.open(8, at: 1.5) {
            $0.side = UInt8(HF_SHORT)
            $0.volume = 60_000_000
        }
        let before = try #require(venue.snapshot(at: 2)).head.balance
        let by = venue.ack(
            venue.command(HF_ACTION_CLOSE_BY, 7, at: 3) {
                ($0.ticket, $0.with_ticket, $0.volume) = (long, short, 60_000_000)
            })
        #expect(by?.retcode == 10009 && by?.price == 110_100 && by?.volume == 60_000_000)
        let after = try #require(venue.snapshot(at: 4))
        #expect(after.positions.map(\.volume) == [40_000_000])
        // (short's open - long's open) x volume, once.
        #expect(after.head.balance - before == (98 * 6 / 10 * 100_000_000) + 80_000_000)
    }

    @Test("a registered position of the host is there, with its ticket")
    func registered() throws {
        let venue = BrokerFixture()
        var given = Broker.Registered()
        (given.account, given.position, given.ticket) = (1, 7, 900)
        (given.symbol, given.name, given.volume) = (1, "EURUSD", 50_000_000)
        (given.price, given.time) = (109_990, BrokerFixture.at(0))
        venue.broker.register(given)
        #expect(try #require(venue.snapshot(at: 1)).positions.map(\.ticket) == [900])
        #expect(venue.close(7, 900, at: 2) { $0.volume = 50_000_000 }?.retcode == 10009)
    }

    @Test("an entry in doubt is told by the query with its ticket, one that never came as none")
    func entryInDoubt() throws {
        let venue = BrokerFixture { $0.silent = 1_000_000 }
        let entry = venue.command(HF_ACTION_OPEN, 7, at: 0)
        #expect(venue.say(entry).isEmpty)
        let query = { (parent: hf_command_id, seconds: Double) in
            venue.command(HF_ACTION_QUERY_DEALS, 7, at: seconds) { $0.parent = parent }
        }
        let told = try #require(venue.ack(query(entry.id, 31)))
        #expect(told.command.count == entry.id.count && told.ticket != 0 && told.deal != 0)
        let none = try #require(
            venue.ack(query(hf_command_id(owner: 9, count: 1, epoch: 1), 40)))
        #expect(none.query == 1)
    }
}

@Suite("Broker: netting") struct BrokerNettingTests {
    private func venue(_ prices: [Int64] = [110_000]) -> BrokerFixture {
        BrokerFixture(prices) { $0.netting = [1] }
    }

    @Test("orders of one symbol add up to one position at the average price")
    func average() throws {
        let venue = venue([110_000, 110_010])
        let first = venue.open(7, at: 0)
        let second = venue.open(7, at: 1.5)
        #expect(first == second && first != 0)
        let held = try #require(venue.snapshot(at: 2)).positions
        #expect(held.map(\.volume) == [200_000_000] && held.map(\.price) == [110_007])
    }

    @Test("a close that comes when nothing is open opens the reverse, and is counted")
    func reverse() throws {
        let venue = venue()
        let ticket = venue.open(7, at: 0)
        #expect(venue.close(7, ticket, at: 1)?.retcode == 10009)
        #expect(venue.broker.book.reversals == 0)
        #expect(venue.close(7, ticket, at: 2)?.retcode == 10009)
        #expect(venue.broker.book.reversals == 1 && venue.broker.book.tooMuch == 1)
        let reverse = try #require(venue.snapshot(at: 3)).positions
        #expect(reverse.map(\.side) == [UInt8(HF_SHORT)])
    }

    @Test("a larger order the other way turns the position over")
    func turn() throws {
        let venue = venue()
        _ = venue.open(7, at: 0)
        _ = venue.open(8, at: 1) {
            $0.side = UInt8(HF_SHORT)
            $0.volume = 250_000_000
        }
        let turned = try #require(venue.snapshot(at: 2)).positions
        #expect(turned.map(\.side) == [UInt8(HF_SHORT)] && turned.map(\.volume) == [150_000_000])
        #expect(venue.broker.book.lives.map(\.isOpen) == [false, true])
    }
}
