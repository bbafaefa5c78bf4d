import CHoldfast

/// A simulated venue with its executor: answers each command with latency, slippage, partial fills,
/// requotes and rejects, sometimes not at all, and keeps the books.
///
/// A repeated id gets its stored answer, also one that was withheld the first time. Nothing starts
/// after a command's `act_before`. A query is answered when the fate of the command in doubt is
/// certain: with its deal, or with "none", and then that command never executes.
///
/// An order is worked out when it comes, up to its end: quotes are read ahead, and what else comes
/// for the same position waits for that end. So answers are known at once, and their instants say
/// when they take effect.
public final class Broker: CommandExecutor {
    public let seed: UInt64
    public let settings: BrokerSettings
    public internal(set) var book = BrokerBook()

    private let terms: [String: BrokerTerms]
    private var orders: [CommandKey: Order] = [:]
    /// How often each query was delivered.
    var turns: [CommandKey: Int] = [:]
    let tape: BrokerTape?
    let outages: BrokerOutages
    var positions = BrokerPositions()
    /// The latest instant at which it was told something; stops up to here have fired.
    var now = Int64.min
    /// Deals that nobody asked for, to be told.
    var news: [BrokerNews] = []
    /// Balances that change at instants that are still to come.
    var bookings: [BrokerBooking] = []
    /// Where a person may trade: accounts and symbols that commands have named.
    var desks: [BrokerDesk] = []
    var renewed: UInt64 = 0
    /// When a command closed the last part of a position, by place.
    var closers: [Int: Int64] = [:]

    /// Everything that was decided about a command when it was first seen.
    struct Order {
        /// When its fate is certain.
        var end: Int64
        var deal: BrokerDeal?
        /// The whole answer, where a closing deal does not say it.
        var told: hf_ack?
        var answers: [BrokerAnswer] = []
        /// Answers that the first delivery does not get.
        var isWithheld = false
        /// Its deal is one of two that closed each other.
        var isPair = false
    }

    /// - Parameters:
    ///   - instruments: the symbols whose grids are known; others trade in ticks of a point and
    ///     steps of 0.01 lot.
    ///   - quotes: what it trades on; without them it fills at the price of the command, and no
    ///     stop fires.
    public init(
        seed: UInt64, instruments: [Instrument] = [], settings: BrokerSettings = .init(),
        quotes: (any SessionQuotes)? = nil
    ) {
        self.seed = seed
        self.settings = settings
        tape = quotes.map { BrokerTape($0) }
        outages = BrokerOutages(seed: seed, settings: settings)
        terms = Dictionary(
            instruments.map { ($0.name, BrokerTerms($0, settings)) },
            uniquingKeysWith: { first, _ in first })
    }

    public func answers(to command: hf_command, now: Int64) -> [BrokerAnswer] {
        let taken = max(now, command.sent)
        meet(command)
        advance(to: taken)
        return deliver(command, taken) + tellNews(at: taken)
    }

    private func deliver(_ command: hf_command, _ taken: Int64) -> [BrokerAnswer] {
        let key = CommandKey(command.id)
        if let known = orders[key] { return known.answers.map { $0.notBefore(taken) } }
        let fate = BrokerFate(command, seed: seed, settings)
        let order: Order
        switch Int(command.action) {
        case HF_ACTION_QUERY_POSITIONS: return snapshot(command, fate, taken)
        case HF_ACTION_QUERY_DEALS:
            if outages.outage(at: taken) != nil { return [] }
            order = inquire(command, fate, taken)
        default: order = execute(command, fate, taken)
        }
        orders[key] = order
        if order.isWithheld { return [] }
        var faults = BrokerFaults(command.id, turn: 1, seed: seed)
        return faults.mangle(order.answers, settings).map { answer in
            guard let outage = outages.outage(at: answer.time) else { return answer }
            return answer.notBefore(outage.end + fate.transit)
        }
    }

    // MARK: orders

    private func execute(_ command: hf_command, _ fate: BrokerFate, _ taken: Int64) -> Order {
        let start = max(taken + fate.transit, settled(before: command))
        let end = start + fate.work
        if command.act_before > 0 && start > command.act_before {
            return refused(command, UInt32(HF_RETCODE_REJECT), start)
        }
        if let outage = outages.outage(at: start) {
            return outage.isDeaf ? Order(end: start) : refused(command, 10031, start)
        }
        switch fate.kind {
        case .lost: return Order(end: start)
        case .refused(let code):
            var order = refused(command, code, end)
            order.answers.insert(contentsOf: receipts(command, fate, start), at: 0)
            return order
        case .timedOut(let isDone):
            var order = refused(command, UInt32(HF_RETCODE_TIMEOUT), end)
            if isDone, case .done(let fill) = work(command, fate, command.volume, end) {
                order.deal = fill.deal
                order.told = told(command, fill)
                order.isPair = Int(command.action) == HF_ACTION_CLOSE_BY
            }
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
        let fill: BrokerFill
        switch work(command, fate, volume, end) {
        case .refused(let code):
            var order = refused(command, code, end)
            order.answers.insert(contentsOf: receipts(command, fate, start), at: 0)
            return order
        case .done(let done): fill = done
        }
        let whole = told(command, fill)
        var answers = receipts(command, fate, start)
        // The deal of an opening is told with its answer: alone it would be one that closes.
        if let later = fate.dealLater, let deal = fill.deal, deal.entry == .closes,
            Int(command.action) != HF_ACTION_CLOSE_BY
        {
            var ack = whole
            ack.deal = 0
            ack.commission = 0
            ack.present &= ~UInt32(HF_HAS_COMMISSION)
            answers.append(BrokerAnswer(time: end, content: .ack(ack)))
            answers.append(
                BrokerAnswer(time: end + later, content: .deal(record(of: deal))))
        } else {
            answers.append(BrokerAnswer(time: end, content: .ack(whole)))
        }
        return Order(
            end: end, deal: fill.deal, told: whole, answers: answers,
            isPair: Int(command.action) == HF_ACTION_CLOSE_BY)
    }

    /// The answer that says all of it.
    private func told(_ command: hf_command, _ fill: BrokerFill) -> hf_ack {
        var ack = self.ack(command)
        ack.present = UInt32(HF_HAS_RETCODE)
        ack.retcode = UInt32(HF_RETCODE_DONE)
        guard let deal = fill.deal else { return ack }
        let isWhole = fill.volume == command.volume
        ack.retcode = UInt32(isWhole ? HF_RETCODE_DONE : HF_RETCODE_DONE_PARTIAL)
        ack.present |= UInt32(HF_HAS_VOLUME | HF_HAS_PRICE | HF_HAS_COMMISSION)
        ack.volume = fill.volume
        ack.price = deal.price
        ack.deal = deal.number
        ack.commission = deal.commission
        if fill.ticket != 0 {
            ack.ticket = fill.ticket
            ack.present |= UInt32(HF_HAS_TICKET)
        }
        return ack
    }

    /// A part on the volume grid that leaves a rest which can be closed; else all of it.
    private func portion(of command: hf_command, _ part: Int64) -> Int64 {
        let terms = terms(of: command)
        let wanted = proportion(command.volume, part, SeededRandom.one)
        let volume = max(wanted - wanted % terms.volumeStep, terms.volumeMin)
        return command.volume - volume < terms.volumeMin ? command.volume : volume
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
        if let deal = order.deal, deal.entry == .closes, !order.isPair {
            answer.content = .deal(record(of: deal))
        } else if let told = order.told {
            answer.content = .ack(told)
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

    func record(of deal: BrokerDeal) -> hf_deal {
        var record = hf_deal()
        record.account = deal.account
        record.position = deal.position
        record.ticket = deal.position == 0 ? deal.ticket : 0
        record.deal = deal.number
        record.order = deal.number
        _ = hf_command_id_parse(deal.command, &record.command)
        record.volume = deal.volume
        record.price = deal.price
        record.commission = deal.commission
        record.time = deal.time
        record.present = UInt32(HF_HAS_COMMISSION)
        record.reason = deal.reason
        return record
    }

    func commission(_ volume: Int64) -> Int64 {
        -proportion(volume, settings.commission, 100_000_000)
    }

    func terms(of command: hf_command) -> BrokerTerms {
        terms(of: FixedText.read(command.symbol_name))
    }

    func terms(of name: String) -> BrokerTerms { terms[name] ?? BrokerTerms() }
}

extension BrokerAnswer {
    /// A stored answer, given again: it cannot take effect before it was asked for again.
    func notBefore(_ instant: Int64) -> BrokerAnswer {
        BrokerAnswer(time: max(time, instant), content: content)
    }
}
