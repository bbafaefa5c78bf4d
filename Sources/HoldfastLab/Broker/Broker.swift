import CHoldfast

/// A simulated venue with its executor: answers each command with latency, slippage, partial fills,
/// requotes and rejects, sometimes not at all, and keeps the books.
///
/// A repeated id gets its stored answer, also one that was withheld the first time. Nothing starts
/// after a command's `act_before`. A query is answered when the fate of the command in doubt is
/// certain: with its deal, or with "none", and then that command never executes.
public final class Broker: CommandExecutor {
    public let seed: UInt64
    public let settings: BrokerSettings
    public private(set) var book = BrokerBook()

    private let terms: [String: BrokerTerms]
    private var orders: [CommandKey: Order] = [:]

    /// Everything that was decided about a command when it was first seen.
    private struct Order {
        /// When its fate is certain.
        var end: Int64
        var deal: BrokerDeal?
        var answers: [BrokerAnswer] = []
        /// Answers that the first delivery does not get.
        var isWithheld = false
    }

    /// - Parameter instruments: the symbols whose grids are known; others trade in ticks of a point
    ///   and steps of 0.01 lot.
    public init(seed: UInt64, instruments: [Instrument] = [], settings: BrokerSettings = .init()) {
        self.seed = seed
        self.settings = settings
        terms = Dictionary(
            instruments.map { ($0.name, BrokerTerms($0)) }, uniquingKeysWith: { first, _ in first })
    }

    public func answers(to command: hf_command, now: Int64) -> [BrokerAnswer] {
        let taken = max(now, command.sent)
        let key = CommandKey(command.id)
        if let known = orders[key] { return known.answers.map { $0.notBefore(taken) } }
        let fate = BrokerFate(command, seed: seed, settings)
        let isQuery = command.action == UInt8(HF_ACTION_QUERY_DEALS)
        let order = isQuery ? inquire(command, fate, taken) : execute(command, fate, taken)
        orders[key] = order
        return order.isWithheld ? [] : order.answers
    }

    // MARK: orders

    private func execute(_ command: hf_command, _ fate: BrokerFate, _ taken: Int64) -> Order {
        let start = taken + fate.transit
        let end = start + fate.work
        if command.act_before > 0 && start > command.act_before {
            return refused(command, UInt32(HF_RETCODE_REJECT), start)
        }
        switch fate.kind {
        case .lost: return Order(end: start)
        case .refused(let code):
            var order = refused(command, code, end)
            order.answers.insert(contentsOf: receipts(command, fate, start), at: 0)
            return order
        case .timedOut(let isDone):
            var order = refused(command, UInt32(HF_RETCODE_TIMEOUT), end)
            if isDone { order.deal = deal(command, fate, command.volume, end) }
            return order
        case .filled: return filled(command, fate, command.volume, start)
        case .silent:
            var order = filled(command, fate, command.volume, start)
            order.isWithheld = true
            return order
        case .partly(let part):
            return filled(command, fate, portion(of: command, part), start)
        }
    }

    private func refused(_ command: hf_command, _ code: UInt32, _ time: Int64) -> Order {
        var ack = self.ack(command)
        ack.retcode = code
        ack.present = UInt32(HF_HAS_RETCODE)
        return Order(end: time, answers: [BrokerAnswer(time: time, content: .ack(ack))])
    }

    private func receipts(
        _ command: hf_command, _ fate: BrokerFate, _ start: Int64
    ) -> [BrokerAnswer] {
        guard let delay = fate.receipt else { return [] }
        var ack = self.ack(command)
        ack.retcode = UInt32(HF_RETCODE_PLACED)
        ack.present = UInt32(HF_HAS_RETCODE)
        return [BrokerAnswer(time: start + delay, content: .ack(ack))]
    }

    private func filled(
        _ command: hf_command, _ fate: BrokerFate, _ volume: Int64, _ start: Int64
    ) -> Order {
        let end = start + fate.work
        let deal = deal(command, fate, volume, end)
        var ack = self.ack(command)
        let isWhole = volume == command.volume
        ack.retcode = UInt32(isWhole ? HF_RETCODE_DONE : HF_RETCODE_DONE_PARTIAL)
        ack.present = UInt32(HF_HAS_RETCODE | HF_HAS_VOLUME | HF_HAS_PRICE)
        ack.volume = deal.volume
        ack.price = deal.price
        var answers = receipts(command, fate, start)
        if let later = fate.dealLater {
            answers.append(BrokerAnswer(time: end, content: .ack(ack)))
            answers.append(
                BrokerAnswer(time: end + later, content: .deal(record(of: deal, command))))
        } else {
            ack.deal = deal.number
            ack.commission = commission(deal.volume)
            ack.present |= UInt32(HF_HAS_COMMISSION)
            answers.append(BrokerAnswer(time: end, content: .ack(ack)))
        }
        return Order(end: end, deal: deal, answers: answers)
    }

    /// A part on the volume grid that leaves a rest which can be closed; else all of it.
    private func portion(of command: hf_command, _ part: Int64) -> Int64 {
        let terms = terms(of: command)
        let wanted = proportion(command.volume, part, SeededRandom.one)
        let volume = max(wanted - wanted % terms.volumeStep, terms.volumeMin)
        return command.volume - volume < terms.volumeMin ? command.volume : volume
    }

    private func deal(
        _ command: hf_command, _ fate: BrokerFate, _ volume: Int64, _ time: Int64
    ) -> BrokerDeal {
        let tick = terms(of: command).tickSize
        let points = proportion(command.price, fate.slippage, 1_000_000_000)
        let adverse = points - points % tick
        // Closing a long sells, so worse is lower.
        let price =
            command.side == UInt8(HF_LONG) ? command.price - adverse : command.price + adverse
        let deal = BrokerDeal(
            number: command.id.owner << 20 | UInt64(command.id.count & 0xF_FFFF),
            account: command.account, position: command.position,
            command: CommandKey(command.id).description, volume: volume, price: max(price, tick),
            time: time)
        book.add(deal)
        return deal
    }

    // MARK: queries

    private func inquire(_ query: hf_command, _ fate: BrokerFate, _ taken: Int64) -> Order {
        let arrival = taken + fate.transit
        let doubted = CommandKey(query.parent)
        // What never arrived must not arrive after "none" was said.
        let order = orders[doubted] ?? Order(end: arrival)
        orders[doubted] = order
        let time = max(arrival, order.end) + fate.transit
        var answer = BrokerAnswer(time: time, content: .ack(ack(query)))
        if let deal = order.deal {
            var record = record(of: deal, query)
            record.command = query.parent
            answer.content = .deal(record)
        } else {
            var none = ack(query)
            none.query = 1
            answer.content = .ack(none)
        }
        return Order(end: time, answers: [answer], isWithheld: fate.isUnheard)
    }

    // MARK: records

    private func ack(_ command: hf_command) -> hf_ack {
        var ack = hf_ack()
        ack.command = command.id
        ack.order = command.id.owner << 20 | UInt64(command.id.count & 0xF_FFFF)
        return ack
    }

    private func record(of deal: BrokerDeal, _ command: hf_command) -> hf_deal {
        var record = hf_deal()
        record.account = deal.account
        record.position = deal.position
        record.deal = deal.number
        record.order = deal.number
        record.command = command.id
        record.volume = deal.volume
        record.price = deal.price
        record.commission = commission(deal.volume)
        record.time = deal.time
        record.present = UInt32(HF_HAS_COMMISSION)
        record.reason = UInt8(HF_DEAL_CLIENT)
        return record
    }

    private func commission(_ volume: Int64) -> Int64 {
        -proportion(volume, settings.commission, 100_000_000)
    }

    private func terms(of command: hf_command) -> BrokerTerms {
        terms[FixedText.read(command.symbol_name)] ?? BrokerTerms()
    }
}

extension BrokerAnswer {
    /// A stored answer, given again: it cannot take effect before it was asked for again.
    fileprivate func notBefore(_ instant: Int64) -> BrokerAnswer {
        BrokerAnswer(time: max(time, instant), content: content)
    }
}
