import CHoldfast

/// What can happen to the closing command of one position.
enum SmallCommandLetter: CaseIterable, Sendable {
    case breach, target, calm, close, part, cancel, take, session
    case done, receipt, partial, requote, wait, terminal, never, fillMode, hold, unknown
    case deal, dealOfAPart, none, clock, gone

    /// The class of an answer.
    var answer: Int? {
        switch self {
        case .done: HF_ANSWER_DONE
        case .receipt: HF_ANSWER_RECEIPT
        case .partial: HF_ANSWER_PARTIAL
        case .requote: HF_ANSWER_REQUOTE
        case .wait: HF_ANSWER_WAIT
        case .terminal: HF_ANSWER_TERMINAL
        case .never: HF_ANSWER_NEVER
        case .fillMode: HF_ANSWER_FILL_MODE
        case .hold: HF_ANSWER_HOLD
        case .unknown: HF_ANSWER_UNKNOWN
        default: nil
        }
    }
}

/// A long of two steps with a stop at 990 and a target at 1010.
final class SmallCommand: SmallStory {
    let slot: SmallSlot
    private var price: Int64 = 1000
    /// Ticks of the clock since something else happened.
    private var waited = 0

    init(_ slot: SmallSlot) {
        self.slot = slot
        slot.define(sync: 0)
        slot.tick(1000)
        slot.open(steps: 2, sl: 990, tp: 1010)
    }

    var key: String {
        let position = slot.view
        let commands = slot.commands()
        let live = commands.filter { Int($0.state) <= HF_COMMAND_UNKNOWN }.map(slot.shown)
        let last = commands.first
        let end = last.map { "\($0.state).\($0.retcode).\($0.executed)" } ?? "-"
        return "\(position.state) \(position.volume) \(position.reason) \(position.escalated_from)"
            + " \(position.intent_volume) \(price) \(waited) \(end) \(live)"
    }

    func apply(_ letter: SmallCommandLetter) -> Bool {
        let position = slot.view
        let isLive = position.closed == 0
        if !isLive, letter != .deal, letter != .done { return false }
        slot.now += 1_000_000
        defer { if letter != .clock { waited = 0 } }
        if let answer = letter.answer { return reply(answer, slot.commands(), position) }
        switch letter {
        case .breach, .target, .calm: return move(letter)
        case .close, .part: return close(isPart: letter == .part)
        case .cancel:
            var cancel = hf_cancel()
            cancel.position = slot.position
            return slot.apply(.cancel(cancel, slot.now)).status == 0
        case .take, .session: return take(letter, slot.commands())
        case .deal, .dealOfAPart, .gone: return deal(letter, position)
        case .none: return none(slot.commands())
        case .clock: return clock(slot.commands())
        default: return false
        }
    }

    private func move(_ letter: SmallCommandLetter) -> Bool {
        price = letter == .breach ? 989 : letter == .target ? 1011 : 1000
        slot.tick(price)
        return true
    }

    private func close(isPart: Bool) -> Bool {
        var close = hf_close()
        close.filter.present = UInt32(HF_FILTER_POSITION)
        close.filter.position = slot.position
        if isPart { close.volume = SmallWorld.step }
        return slot.apply(.close(close, slot.now)).status == 0
    }

    private func take(_ letter: SmallCommandLetter, _ commands: [hf_command]) -> Bool {
        let isWaiting = commands.contains { Int($0.state) == HF_COMMAND_PENDING }
        let isOut = commands.contains {
            Int($0.state) == HF_COMMAND_SENT || Int($0.state) == HF_COMMAND_ACKNOWLEDGED
        }
        guard letter == .take ? isWaiting : isOut else { return false }
        if letter == .session { slot.epoch += 1 }
        slot.read()
        let executor = UInt64(slot.number)
        let given = slot.apply(
            .take(executor: executor, epoch: slot.epoch, max: 8, slot.now))
        slot.read()
        slot.ledger.given(given.commands, executor: executor, epoch: slot.epoch)
        if letter == .session, given.commands.isEmpty { slot.fail("nothing is given out again") }
        let old = slot.apply(.take(executor: executor, epoch: slot.epoch - 1, max: 8, slot.now))
        if old.status != Int32(HF_E_EXECUTOR) { slot.fail("an old session is not refused") }
        return true
    }

    private func reply(
        _ answer: Int, _ commands: [hf_command], _ position: hf_position
    ) -> Bool {
        let closes = commands.filter { Int($0.action) < HF_ACTION_MODIFY }
        guard let last = closes.last, last.sent != 0 else { return false }
        let isLive = Int(last.state) <= HF_COMMAND_UNKNOWN
        if !isLive, answer != HF_ANSWER_DONE { return false }
        var ack = hf_ack()
        ack.command = last.id
        ack.answer = UInt8(answer)
        ack.present = UInt32(HF_HAS_PRICE)
        ack.price = price
        if answer == HF_ANSWER_DONE || answer == HF_ANSWER_PARTIAL {
            ack.deal = slot.nextDeal()
            ack.present |= UInt32(HF_HAS_VOLUME)
            let isPart = answer == HF_ANSWER_PARTIAL
            ack.volume = isPart ? SmallWorld.step : min(last.volume, position.volume)
        }
        let status = slot.apply(.ack(ack, slot.now)).status
        if isLive, status != 0 { slot.fail("an answer is \(status)") }
        // Whatever is answered, short of a fill: what was asked for is still to be done.
        let after = slot.view
        if ack.deal == 0, Int(position.reason) != HF_REASON_TP,
            after.intent_volume != position.intent_volume
        {
            slot.fail("an answer ends what it was for")
        }
        return status == 0
    }

    private func deal(_ letter: SmallCommandLetter, _ position: hf_position) -> Bool {
        var deal = hf_deal()
        deal.account = UInt64(slot.number)
        deal.position = slot.position
        deal.deal = slot.nextDeal()
        deal.volume = letter == .dealOfAPart ? SmallWorld.step : position.volume
        deal.price = price
        deal.reason = UInt8(letter == .gone ? HF_DEAL_SL : HF_DEAL_CLIENT)
        guard deal.volume > 0 else { return false }
        let status = slot.apply(.deal(deal, slot.now)).status
        if status != 0 { slot.fail("a deal is \(status)") }
        if slot.view.volume != position.volume - deal.volume { slot.fail("a deal is not booked") }
        _ = slot.apply(.deal(deal, slot.now))
        if slot.view.volume != position.volume - deal.volume { slot.fail("a deal is booked twice") }
        return true
    }

    private func none(_ commands: [hf_command]) -> Bool {
        let query = commands.last {
            Int($0.action) == HF_ACTION_QUERY_DEALS && Int($0.state) == HF_COMMAND_SENT
        }
        guard let query else { return false }
        var ack = hf_ack()
        ack.command = query.id
        ack.query = 1
        return slot.apply(.ack(ack, slot.now)).status == 0
    }

    /// To the next deadline, else past the longest back-off.
    private func clock(_ commands: [hf_command]) -> Bool {
        guard waited < 2 else { return false }
        waited += 1
        let dues = commands.filter { Int($0.state) <= HF_COMMAND_ACKNOWLEDGED }.map(\.deadline)
        let next = dues.filter { $0 > slot.now }.min() ?? slot.now + 60 * SmallWorld.second
        slot.now = next
        return slot.apply(.step(slot.now)).status == 0
    }
}
