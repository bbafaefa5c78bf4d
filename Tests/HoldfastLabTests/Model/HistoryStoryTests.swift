import CHoldfast
import Testing

/// Short histories in which model and core once parted, written by hand.
@Suite("Histories that failed once")
struct HistoryStoryTests {
    static let start = HistoryGenerator.start
    static let second = HistoryGenerator.second
    static let step = HistoryGenerator.lot / 100

    /// Inputs after the world of three symbols and three accounts; times are seconds.
    struct Story {
        var inputs = HistoryGenerator.world
        private var now = HistoryStoryTests.start

        mutating func tick(_ second: Int64, _ bid: Int64, _ ask: Int64, symbol: UInt32 = 3) {
            now = HistoryStoryTests.start + second * HistoryStoryTests.second
            var tick = hf_tick()
            _ = hf_tick_init(&tick, symbol, now, bid, ask)
            inputs.append(.tick(tick))
        }

        mutating func batch(_ bids: [Int64]) {
            inputs.append(
                .ticks(
                    bids.map { bid in
                        var tick = hf_tick()
                        _ = hf_tick_init(&tick, 3, now, bid, bid + 1)
                        return tick
                    }))
        }

        mutating func open(
            _ steps: Int64, sl: Int64 = 0, tp: Int64 = 0, account: UInt64 = 1, side: Int = HF_LONG
        ) {
            var open = hf_open()
            _ = hf_open_init(
                &open, account, 3, UInt8(side), steps * HistoryStoryTests.step, 1000)
            (open.sl, open.tp) = (sl, tp)
            inputs.append(.open(open, now))
        }

        mutating func trail(_ distance: Int64) {
            var rule = hf_rule()
            (rule.id, rule.scope_id, rule.distance) = (1, 1, distance)
            rule.kind = UInt8(HF_RULE_TRAILING)
            rule.scope = UInt8(HF_SCOPE_POSITION)
            rule.present = UInt64(HF_RULE_DISTANCE)
            inputs.append(.rule(rule, now))
        }

        mutating func close(_ steps: Int64 = 0) {
            var close = hf_close()
            close.filter.present = UInt32(HF_FILTER_POSITION)
            close.filter.position = 1
            close.volume = steps * HistoryStoryTests.step
            inputs.append(.close(close, now))
        }

        mutating func cancel() {
            var cancel = hf_cancel()
            cancel.position = 1
            inputs.append(.cancel(cancel, now))
        }

        mutating func take() { inputs.append(.take(executor: 1, epoch: 1, max: 8, now)) }

        mutating func ack(
            _ count: UInt32, _ code: UInt32 = 10009, deal: UInt64 = 0, steps: Int64? = nil
        ) {
            var ack = hf_ack()
            ack.command = ModelID(owner: 1, count: count).record
            (ack.retcode, ack.deal) = (code, deal)
            ack.present = UInt32(HF_HAS_RETCODE) | UInt32(HF_HAS_PRICE)
            ack.price = 1000
            if let steps {
                ack.present |= UInt32(HF_HAS_VOLUME)
                ack.volume = steps * HistoryStoryTests.step
            }
            inputs.append(.ack(ack, now))
        }

        mutating func none(_ count: UInt32) {
            var ack = hf_ack()
            ack.command = ModelID(owner: 1, count: count).record
            ack.query = 1
            inputs.append(.ack(ack, now))
        }

        mutating func deal(_ number: UInt64, _ steps: Int64, _ reason: Int = HF_DEAL_CLIENT) {
            var deal = hf_deal()
            (deal.account, deal.position, deal.deal, deal.price) = (1, 1, number, 1000)
            deal.volume = steps * HistoryStoryTests.step
            deal.reason = UInt8(reason)
            inputs.append(.deal(deal, now))
        }
    }

    /// What model and core do not share at the end of a story.
    private func difference(
        hasQuote: Bool = true, _ tell: (inout Story) -> Void
    ) -> String? {
        var story = Story()
        if hasQuote { story.tick(0, 1000, 1001) }
        tell(&story)
        return HistoryRun.compare(story.inputs).map { HistoryRun.shown(story.inputs, $0) }
    }

    @Test("the deal in the ack of a child is the child's, not that of older unmatched volume")
    func childsDeal() {
        #expect(
            difference { story in
                story.open(7)
                story.close()
                story.take()
                story.ack(1, steps: 6)
                story.take()
                story.ack(2, deal: 6)
            } == nil)
    }

    @Test("a deal of the broker's own stop leaves a part that is asked for as it was")
    func partAndStop() {
        #expect(
            difference { story in
                story.open(25)
                story.close(15)
                story.deal(2, 10, HF_DEAL_TP)
            } == nil)
    }

    @Test("a deal of the broker's own stop does not end a back-off")
    func backOffAndStop() {
        #expect(
            difference { story in
                story.open(5, sl: 990)
                story.tick(1, 990, 991)
                story.take()
                story.ack(1, 10024)
                story.deal(2, 3, HF_DEAL_TP)
                story.tick(2, 991, 992)
            } == nil)
    }

    @Test("a late deal names at most its command's volume")
    func lateDealTooLarge() {
        #expect(
            difference { story in
                story.open(4)
                story.close(1)
                story.ack(1, deal: 5)
                story.ack(1, 10010, deal: 6, steps: 2)
            } == nil)
    }

    @Test("a new close behind a cancelled one in doubt waits until that may not start any more")
    func closeBehindDoubt() {
        #expect(
            difference { story in
                story.open(4)
                story.close()
                story.take()
                story.ack(1, 10012)
                story.cancel()
                story.close()
                story.none(2)
                story.tick(1, 1000, 1001)
                story.tick(2, 1000, 1001)
            } == nil)
    }

    @Test("an observed position keeps its stop when its target is met")
    func observedTarget() {
        #expect(
            difference { story in
                story.open(4, sl: 1030, tp: 1020, account: 3, side: HF_SHORT)
                story.tick(1, 1010, 1012)
                story.tick(2, 1019, 1021)
                story.tick(3, 1029, 1031)
            } == nil)
    }

    @Test("an observed position trails on every tick of a batch, its target met or not")
    func observedTrail() {
        #expect(
            difference(hasQuote: false) { story in
                story.open(4, sl: 996, tp: 1004, account: 3)
                story.trail(14)
                story.batch([1010, 1011, 1008])
            } == nil)
    }

    @Test("a query that never was is unknown, like any other command")
    func unknownQuery() throws {
        let core = try #require(HistoryCore())
        var story = Story()
        story.tick(0, 1000, 1001)
        story.open(4)
        for input in story.inputs { #expect(core.apply(input).status == 0) }
        var ack = hf_ack()
        ack.command = ModelID(owner: 1, count: 7).record
        ack.query = 1
        #expect(core.apply(.ack(ack, Self.start)).status == Int32(HF_E_COMMAND))
    }

    @Test("a stop that is met and told hides a target that is met too")
    func observedBoth() throws {
        let core = try #require(HistoryCore())
        var story = Story()
        story.open(4, sl: 1014, tp: 1018, account: 3, side: HF_SHORT)
        story.tick(1, 1013, 1015)
        for input in story.inputs { #expect(core.apply(input).status == 0) }
        _ = core.events()
        var later = Story()
        later.tick(2, 1015, 1016)
        for input in later.inputs.suffix(1) { _ = core.apply(input) }
        #expect(core.events().isEmpty)
    }
}
