import CHoldfast
import HoldfastLab
import Testing

/// A feed of real quotes: the files of one symbol.
struct ReplayFeed: Sendable, CustomTestStringConvertible {
    var name: String
    var folder: String
    var zone = "UTC"
    var digits: Int
    var tick: Int64
    var quotes: Int

    var testDescription: String { name }

    static let all = [
        ReplayFeed(
            name: "XAUUSD", folder: "cfd-oanda-tick-xauusd", digits: 3, tick: 5, quotes: 461_108),
        ReplayFeed(
            name: "EURUSD", folder: "forex-oanda-tick-eurusd", digits: 5, tick: 1, quotes: 532_903),
        ReplayFeed(
            name: "EURUSD", folder: "forex-fxcm-tick-eurusd", zone: "UTC-5", digits: 5, tick: 1,
            quotes: 263_872),
        ReplayFeed(name: "BTCUSDT", folder: "", digits: 2, tick: 10, quotes: 66_089),
    ]

    func inputs() throws -> [QuoteInput] {
        if folder.isEmpty { return [QuoteInput(path: QuoteData.bitcoin)] }
        let zone = zone == "UTC" ? QuoteZone.utc : try QuoteZone(zone)
        return try QuoteData.files(folder).map { QuoteInput(path: $0, zone: zone) }
    }
}

@Suite("Real quotes against the model", .needsQuoteData)
struct ReplayModelTests {
    @Test("every trigger on every quote is the model's", arguments: ReplayFeed.all)
    func triggers(_ feed: ReplayFeed) throws {
        let merge = try QuoteMerge(feed.inputs())
        let run = try #require(ReplayRun(feed))
        var count = 0
        while let (_, quote) = try merge.next(), run.failures.isEmpty {
            count += 1
            guard let bid = quote.bid.units(digits: feed.digits),
                let ask = quote.ask.units(digits: feed.digits)
            else { continue }
            run.quote(time: quote.time, bid: bid, ask: ask)
        }
        run.finish()
        #expect(run.failures.isEmpty)
        for failure in run.failures.prefix(3) { Issue.record("\(failure)") }
        #expect(count == feed.quotes)
        #expect(run.triggered > 200, "\(run.triggered) of \(run.opened)")
        #expect(run.reasons.count == 3)
    }
}

/// One feed through a core and the model of its triggers, position by position.
final class ReplayRun {
    private(set) var failures: [String] = []
    private(set) var triggered = 0
    private(set) var opened = 0
    private(set) var reasons: Set<Int> = []

    private let core: HistoryCore
    private let model: ReplayBook
    private var policy: PositionPolicy
    private var waiting: [hf_tick] = []

    init?(_ feed: ReplayFeed) {
        guard let core = HistoryCore() else { return nil }
        self.core = core
        model = ReplayBook(tick: feed.tick)
        let lot: Int64 = 100_000_000
        var settings = PositionPolicy.Settings()
        settings.openMax = 60
        settings.stopUnits = 3...20
        settings.targetUnits = 3...24
        settings.trailingUnits = 2...16
        policy = PositionPolicy(
            instruments: [
                Instrument(
                    name: feed.name, digits: feed.digits, tickSize: feed.tick, tickValue: lot,
                    contract: 1, volumeMin: lot / 100, volumeMax: 100 * lot,
                    volumeStep: lot / 100, profitCurrency: "USD")
            ], seed: 1, settings: settings)
        var symbol = hf_symbol()
        _ = hf_symbol_init(&symbol, feed.name, UInt32(feed.digits), feed.tick, lot, "USD")
        var account = hf_account()
        _ = hf_account_init(&account, 1, "USD")
        guard core.apply(.symbol(symbol, 0)).status == 0,
            core.apply(.account(account, 0)).status == 0
        else { return nil }
    }

    func quote(time: Int64, bid: Int64, ask: Int64) {
        var tick = hf_tick()
        _ = hf_tick_init(&tick, 1, time, bid, ask)
        if model.meets(bid: bid, ask: ask) {
            flush()
            judge(tick)
        } else {
            waiting.append(tick)
            if waiting.count == 512 { flush() }
        }
        model.trail(bid: bid, ask: ask)
        if waiting.isEmpty, opened % 16 == 0 { compare() }
        let shown = MarketQuote(symbol: 0, time: time, bid: bid, ask: ask)
        if let plan = policy.decide(on: shown, open: model.count) {
            flush()
            open(plan, shown)
        }
    }

    func finish() {
        flush()
        compare()
    }

    /// Gives the core the quotes on which the model has seen nothing.
    private func flush() {
        guard !waiting.isEmpty else { return }
        let answer = core.apply(.ticks(waiting))
        if answer.refused != 0 { fail("\(answer.refused) quotes were refused") }
        for event in core.events() where Int(event.kind) == HF_EVENT_COMMAND {
            fail("the core alone: \(shown(event))")
        }
        waiting.removeAll(keepingCapacity: true)
    }

    /// One quote on which levels are met.
    private func judge(_ tick: hf_tick) {
        let expected = model.triggers(time: tick.time, bid: tick.bid, ask: tick.ask)
        if core.apply(.tick(tick)).status != 0 { fail("a quote was refused") }
        let got = core.events().filter { Int($0.kind) == HF_EVENT_COMMAND }.map(shown)
        if got != expected { fail("core \(got), model \(expected)") }
        triggered += expected.count
        let take = HistoryInput.take(executor: 1, epoch: 1, max: 256, tick.time)
        for command in core.apply(take).commands {
            reasons.insert(command.reason)
            var ack = hf_ack()
            var id = command.id.record
            _ = hf_ack_init(&ack, &id)
            if core.apply(.ack(ack, tick.time)).status != 0 { fail("an ack was refused") }
        }
        for trigger in expected { model.close(trigger.position) }
        _ = core.events()
    }

    private func open(_ plan: PlannedPosition, _ quote: MarketQuote) {
        let isLong = plan.side == .long
        var open = hf_open()
        _ = hf_open_init(
            &open, 1, 1, UInt8(isLong ? HF_LONG : HF_SHORT), plan.volume,
            isLong ? quote.ask : quote.bid)
        (open.sl, open.tp) = (plan.sl, plan.tp)
        if core.apply(.open(open, quote.time)).status != 0 { return fail("\(plan) was refused") }
        opened += 1
        let id = UInt64(opened)
        if plan.trailing > 0 {
            var rule = hf_rule()
            (rule.id, rule.scope_id, rule.distance) = (id, id, plan.trailing)
            rule.kind = UInt8(HF_RULE_TRAILING)
            rule.scope = UInt8(HF_SCOPE_POSITION)
            rule.present = UInt64(HF_RULE_DISTANCE)
            if core.apply(.rule(rule, quote.time)).status != 0 { fail("\(plan): no rule") }
        }
        model.open(
            ReplayBook.Live(
                id: id, isLong: isLong, isTrailing: plan.trailing > 0, hasTrailed: false,
                sl: plan.sl, tp: plan.tp, distance: plan.trailing), bid: quote.bid, ask: quote.ask)
    }

    /// The levels in force of every live position.
    private func compare() {
        for position in model.positions {
            guard let theirs = core.position(position.id) else {
                fail("position \(position.id) is gone")
                continue
            }
            if theirs.sl != position.sl || theirs.tp != position.tp {
                fail("position \(position.id): core \(theirs.sl), model \(position.sl)")
            }
        }
    }

    private func fail(_ text: String) { failures.append(text) }

    private func shown(_ event: hf_event) -> ReplayBook.Trigger {
        let reasons: [Int: ReplayBook.Trigger.Reason] = [
            HF_REASON_SL: .sl, HF_REASON_TP: .tp, HF_REASON_TRAILING: .trailing,
        ]
        return ReplayBook.Trigger(
            position: event.position, time: event.time, reason: reasons[Int(event.reason)] ?? .sl,
            price: event.price, level: event.level)
    }
}
