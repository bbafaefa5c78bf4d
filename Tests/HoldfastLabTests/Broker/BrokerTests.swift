import CHoldfast
import HoldfastABI
import Testing

@testable import HoldfastLab

@Suite("Broker") struct BrokerTests {
    private func command(
        _ position: UInt64, count: UInt32 = 1, volume: Int64 = 100_000_000,
        action: Int = HF_ACTION_CLOSE
    ) -> hf_command {
        var command = hf_command()
        command.id = hf_command_id(owner: position, count: count, epoch: 1)
        command.position = position
        command.account = 1
        command.action = UInt8(action)
        command.side = UInt8(HF_LONG)
        command.volume = volume
        command.price = 110_000
        command.sent = 1_000_000_000_000
        command.act_before = command.sent + 2_000_000_000
        return command
    }

    private func query(_ doubted: hf_command) -> hf_command {
        var query = command(doubted.position, count: 9, action: HF_ACTION_QUERY_DEALS)
        query.parent = doubted.id
        query.sent = doubted.sent + 2_000_000_000
        return query
    }

    private func shown(_ answers: [BrokerAnswer]) -> [String] {
        answers.map { answer in
            switch answer.content {
            case .ack(let ack):
                "\(answer.time) ack \(ack.retcode) \(ack.volume) \(ack.price) \(ack.deal)"
                    + " \(ack.query)"
            case .deal(let deal): "\(answer.time) deal \(deal.deal) \(deal.volume) \(deal.price)"
            case .snapshot(let snapshot):
                "\(answer.time) snapshot \(snapshot.head.positions) \(snapshot.head.deals)"
            }
        }
    }

    @Test("answers follow from the seed and the id, in whatever order commands come")
    func order() {
        let forward = Broker(seed: 5)
        let backward = Broker(seed: 5)
        let other = Broker(seed: 6)
        let commands = (1...200).map { command(UInt64($0)) }
        let one = commands.map { shown(forward.answers(to: $0, now: 0)) }
        let two = commands.reversed().map { shown(backward.answers(to: $0, now: 0)) }
        #expect(one == two.reversed())
        #expect(commands.map { shown(other.answers(to: $0, now: 0)) } != one)
    }

    @Test("a repeated id gets its stored answer, not before it was asked again")
    func repetition() {
        let broker = Broker(seed: 1, settings: .calm)
        let first = broker.answers(to: command(1), now: 0)
        var again = command(1)
        again.sent += 60_000_000_000
        let second = broker.answers(to: again, now: 0)
        #expect(second.map(\.time) == [again.sent])
        #expect(
            shown(second).map { $0.split(separator: " ")[1...] }
                == shown(first).map { $0.split(separator: " ")[1...] })
        #expect(broker.book.executed(1) == 100_000_000)
        #expect(broker.book.deals.count == 1)
    }

    @Test("nothing starts after act_before")
    func actBefore() {
        let broker = Broker(seed: 1, settings: .calm)
        var late = command(1)
        late.act_before = late.sent
        let answers = broker.answers(to: late, now: 0)
        #expect(shown(answers).allSatisfy { $0.contains("ack 10006") } && answers.count == 1)
        #expect(broker.book.deals.isEmpty)
    }

    @Test("a query finds the deal of a command that was never answered")
    func silent() {
        var settings = BrokerSettings.calm
        settings.silent = 1_000_000
        let broker = Broker(seed: 1, settings: settings)
        #expect(broker.answers(to: command(1), now: 0).isEmpty)
        #expect(broker.book.executed(1) == 100_000_000)
        let found = broker.answers(to: query(command(1)), now: 0)
        #expect(found.count == 1)
        guard case .deal(let deal) = found[0].content else {
            Issue.record("no deal")
            return
        }
        #expect(deal.volume == 100_000_000 && deal.command.count == 1)
        #expect(found[0].time > query(command(1)).sent)
    }

    @Test("a query for what never arrived says none, and then it never executes")
    func none() {
        let broker = Broker(seed: 1, settings: .calm)
        let answers = broker.answers(to: query(command(1)), now: 0)
        guard answers.count == 1, case .ack(let ack) = answers[0].content else {
            Issue.record("no ack")
            return
        }
        #expect(ack.query == 1 && ack.command.count == 9)
        #expect(broker.answers(to: command(1), now: 0).isEmpty)
        #expect(broker.book.deals.isEmpty)
    }

    @Test("a query that was not heard is answered when it is repeated")
    func unheard() {
        var settings = BrokerSettings.calm
        settings.queryLost = 1_000_000
        let broker = Broker(seed: 1, settings: settings)
        _ = broker.answers(to: command(1), now: 0)
        #expect(broker.answers(to: query(command(1)), now: 0).isEmpty)
        #expect(broker.answers(to: query(command(1)), now: 0).count == 1)
    }

    @Test("parts lie on the symbol's volume grid and leave a rest that can be closed")
    func parts() {
        var settings = BrokerSettings.calm
        settings.partial = 1_000_000
        var instrument = Instrument.recorded("X", digits: 5)
        instrument.volumeMin = 20_000_000
        instrument.volumeStep = 10_000_000
        let broker = Broker(seed: 1, instruments: [instrument], settings: settings)
        var parts = 0
        for position in 1...300 {
            let volume = 20_000_000 + Int64(position % 7) * 10_000_000
            var close = command(UInt64(position), volume: volume)
            FixedText.write("X", into: &close.symbol_name)
            _ = broker.answers(to: close, now: 0)
            let executed = broker.book.executed(UInt64(position))
            #expect(executed % 10_000_000 == 0 && executed >= 20_000_000)
            #expect(executed == volume || volume - executed >= 20_000_000)
            if executed < volume { parts += 1 }
        }
        #expect(parts > 100)
    }

    @Test("closing a long sells: adverse slippage is a lower price, for a short a higher one")
    func slippage() {
        var settings = BrokerSettings.calm
        settings.slippage = 1_000_000
        settings.favourable = 0
        let broker = Broker(seed: 1, settings: settings)
        for position in 1...50 {
            var close = command(UInt64(position))
            if position % 2 == 0 { close.side = UInt8(HF_SHORT) }
            _ = broker.answers(to: close, now: 0)
        }
        for deal in broker.book.deals {
            #expect(deal.position % 2 == 0 ? deal.price >= 110_000 : deal.price <= 110_000)
        }
        #expect(Set(broker.book.deals.map(\.price)).count > 20)
    }

    @Test("everything happens about as often as it was set")
    func frequencies() {
        let broker = Broker(seed: 3)
        var codes: [UInt32: Int] = [:]
        var silent = 0
        for position in 1...20_000 {
            let answers = broker.answers(to: command(UInt64(position)), now: 0)
            if answers.isEmpty { silent += 1 }
            for case .ack(let ack) in answers.map(\.content) { codes[ack.retcode, default: 0] += 1 }
        }
        #expect(500...700 ~= codes[10004, default: 0])
        #expect(150...250 ~= codes[10021, default: 0])
        #expect(240...360 ~= codes[10006, default: 0])
        #expect(70...130 ~= codes[10012, default: 0])
        #expect(1000...1300 ~= codes[10010, default: 0])
        #expect(5000...6500 ~= codes[10008, default: 0])
        #expect(codes[10024] != nil && codes[10030] != nil)
        #expect(200...330 ~= silent)
    }
}

@Suite("Broker: deals that come after their answer") struct BrokerLateDealTests {
    @Test("an ack of a child never settles what another command left unmatched")
    func unmatched() throws {
        let world = try World()
        var open = hf_open()
        var position: UInt64 = 0
        hf_open_init(&open, 1, 1, UInt8(HF_LONG), 10_000_000, 110_000)
        open.sl = 109_500
        #expect(hf_position_open(world.core, &open, 1, &position) == HF_OK)
        var tick = hf_tick()
        hf_tick_init(&tick, 1, 2, 109_400, 109_410)
        #expect(hf_tick_apply(world.core, &tick) == HF_OK)

        func take(_ now: Int64) -> [hf_command] {
            var commands = [hf_command](repeating: hf_command(), count: 4)
            var count: UInt32 = 0
            _ = hf_commands_take(world.core, 1, 1, now, &commands, 4, &count)
            return Array(commands.prefix(Int(count)))
        }
        func ack(_ command: hf_command, _ volume: Int64, deal: UInt64, _ now: Int64) -> Int32 {
            var id = command.id
            var ack = hf_ack()
            hf_ack_init(&ack, &id)
            ack.volume = volume
            ack.present = UInt32(HF_HAS_VOLUME)
            ack.deal = deal
            return hf_ack_apply(world.core, &ack, now)
        }
        let first = try #require(take(3).first)
        #expect(ack(first, 4_000_000, deal: 0, 4) == HF_OK)
        let child = try #require(take(4).first)
        #expect(child.volume == 6_000_000)
        #expect(ack(child, 6_000_000, deal: 62, 5) == HF_OK)
        #expect(take(6).isEmpty, "all of it is closed: nothing more may go out")
        var record = hf_position()
        #expect(hf_position_get(world.core, position, &record) == HF_OK)
        #expect(record.state == UInt8(HF_POSITION_CLOSED) && record.volume == 0)
        // The first deal's number, late: it corrects the books and closes nothing.
        var deal = hf_deal()
        deal.account = 1
        deal.position = position
        deal.deal = 61
        deal.command = first.id
        deal.volume = 4_000_000
        deal.price = 109_390
        #expect(hf_deal_apply(world.core, &deal, 7) == HF_OK)
    }
}
