import CHoldfast
import HoldfastABI

/// A call on a small registry: told beforehand, answered in words.
struct LinearCall: Sendable {
    let text: String
    let run: @Sendable (OpaquePointer?) -> [UInt64]

    init(_ text: String, _ run: @escaping @Sendable (OpaquePointer?) -> [UInt64]) {
        (self.text, self.run) = (text, run)
    }
}

extension hf_status {
    var word: UInt64 { UInt64(bitPattern: Int64(self)) }
}

extension Int64 {
    var word: UInt64 { UInt64(bitPattern: self) }
}

/// The small registry: two symbols on two stripes, one whose profit the other converts, an account
/// in dollars, three positions.
enum LinearCore {
    static func open(stripes: UInt32, isNetting: Bool) -> OpaquePointer? {
        var config = hf_core_config()
        _ = hf_core_config_init(&config)
        config.stripes = stripes
        (config.symbols, config.accounts, config.executors) = (4, 1, 1)
        (config.positions, config.rules, config.events) = (16, 32, 256)
        (config.history, config.deals, config.finished) = (64, 64, 256)
        config.outbox = 16
        var core: OpaquePointer?
        if hf_core_open(&config, &core) != 0 { return nil }
        for (name, digits, currency) in [("EURUSD", 5, "USD"), ("GER40", 1, "EUR")] {
            var symbol = hf_symbol()
            _ = hf_symbol_init(&symbol, name, UInt32(digits), 1, 100_000_000, currency)
            var id: UInt32 = 0
            _ = hf_symbol_put(core, &symbol, 0, &id)
            _ = tick(id, 1_000, at: 1).run(core)
        }
        _ = account(observes: false, isNetting, at: 0).run(core)
        let sides = [(UInt32(1), HF_LONG), (2, HF_LONG), (1, HF_SHORT)]
        for (index, (symbol, side)) in sides.enumerated() {
            _ = openPosition(symbol, side, volume: 4, ticket: UInt64(11 + index), at: 2).run(core)
        }
        // One command is out, so that answers find it.
        _ = close(2, volume: 2, at: 2).run(core)
        _ = take(at: 2).run(core)
        return core
    }

    static func close(_ core: OpaquePointer?) {
        var core = core
        _ = hf_core_close(&core)
    }

    static let lot: Int64 = 1_000_000

    // MARK: calls

    static func tick(_ symbol: UInt32, _ bid: Int64, at time: Int64) -> LinearCall {
        LinearCall("tick \(symbol) \(bid) at \(time)") { core in
            var tick = hf_tick()
            _ = hf_tick_init(&tick, symbol, time, bid, bid + 2)
            return [hf_tick_apply(core, &tick).word]
        }
    }

    static func openPosition(
        _ symbol: UInt32, _ side: Int, volume: Int64, ticket: UInt64, at time: Int64
    ) -> LinearCall {
        LinearCall("open \(symbol) side \(side) \(volume) ticket \(ticket)") { core in
            var open = hf_open()
            _ = hf_open_init(&open, 1, symbol, UInt8(side), volume * lot, 1_000)
            open.sl = side == HF_LONG ? 990 : 1_012
            open.ticket = ticket
            open.commission = -7
            var id: UInt64 = 0
            return [hf_position_open(core, &open, time, &id).word, id]
        }
    }

    static func enter(_ symbol: UInt32, client: UInt8, at time: Int64) -> LinearCall {
        LinearCall("enter \(symbol) client \(client)") { core in
            var open = hf_open()
            _ = hf_open_init(&open, 1, symbol, UInt8(HF_LONG), 3 * lot, 0)
            open.client_id.0 = CChar(client)
            var id: UInt64 = 0
            return [hf_position_enter(core, &open, time, &id).word, id]
        }
    }

    static func fill(
        _ symbol: UInt32, _ position: UInt64, _ side: Int, volume: Int64, deal: UInt64,
        at time: Int64
    ) -> LinearCall {
        LinearCall("fill \(symbol) of \(position) side \(side) \(volume) deal \(deal)") { core in
            var fill = hf_fill()
            _ = hf_fill_init(&fill, 1, symbol, UInt8(side), volume * lot, 1_003)
            (fill.position, fill.deal) = (position, deal)
            fill.fee = -3
            fill.present = UInt32(HF_HAS_FEE)
            var id: UInt64 = 0
            return [hf_fill_apply(core, &fill, time, &id).word, id]
        }
    }

    static func modify(_ position: UInt64, sl: Int64, at time: Int64) -> LinearCall {
        LinearCall("modify \(position) sl \(sl)") { core in
            var modify = hf_modify()
            (modify.position, modify.sl, modify.change_sl) = (position, sl, UInt8(HF_SET))
            modify.allow_immediate = 1
            return [hf_position_modify(core, &modify, time).word]
        }
    }

    static func close(_ position: UInt64, volume: Int64, at time: Int64) -> LinearCall {
        LinearCall("close \(position) \(volume)") { core in
            var close = hf_close()
            close.filter.present = UInt32(HF_FILTER_POSITION)
            close.filter.position = position
            close.volume = volume * lot
            var result = hf_close_result()
            var count: UInt32 = 0
            let status = hf_positions_close(core, &close, time, &result, 1, &count)
            return [
                status.word, UInt64(count), result.volume.word, UInt64(result.command.count),
            ]
        }
    }

    static func closeBy(_ position: UInt64, _ other: UInt64, at time: Int64) -> LinearCall {
        LinearCall("close \(position) by \(other)") { core in
            var close = hf_close_by()
            (close.position, close.with) = (position, other)
            return [hf_position_close_by(core, &close, time).word]
        }
    }

    static func cancel(_ position: UInt64, at time: Int64) -> LinearCall {
        LinearCall("cancel \(position)") { core in
            var cancel = hf_cancel()
            cancel.position = position
            return [hf_position_cancel(core, &cancel, time).word]
        }
    }

    static func take(at time: Int64) -> LinearCall {
        LinearCall("take") { core in
            var command = hf_command()
            var count: UInt32 = 0
            let status = hf_commands_take(core, 1, 1, time, &command, 1, &count)
            return [
                status.word, UInt64(count), command.position, UInt64(command.id.count),
                command.volume.word,
            ]
        }
    }

    static func ack(
        _ position: UInt64, _ code: UInt32, volume: Int64, deal: UInt64, at time: Int64
    ) -> LinearCall {
        LinearCall("ack \(position) \(code) \(volume) deal \(deal)") { core in
            var ack = hf_ack()
            (ack.position, ack.deal, ack.retcode) = (position, deal, code)
            ack.present = UInt32(HF_HAS_RETCODE)
            if volume > 0 {
                ack.volume = volume * lot
                ack.present |= UInt32(HF_HAS_VOLUME)
            }
            return [hf_ack_apply(core, &ack, time).word]
        }
    }

    /// - Parameter ticket: names the position when `position` is 0.
    static func deal(
        _ position: UInt64, ticket: UInt64 = 0, volume: Int64, deal number: UInt64, at time: Int64
    ) -> LinearCall {
        LinearCall("deal \(number) of \(position) ticket \(ticket) \(volume)") { core in
            var deal = hf_deal()
            (deal.account, deal.position, deal.ticket) = (1, position, ticket)
            (deal.deal, deal.volume, deal.price) = (number, volume * lot, 1_004)
            return [hf_deal_apply(core, &deal, time).word]
        }
    }

    static func deposit(_ amount: Int64, at time: Int64) -> LinearCall {
        LinearCall("deposit \(amount)") { core in
            var deposit = hf_deposit(account: 1, amount: amount)
            return [hf_deposit_apply(core, &deposit, time).word]
        }
    }

    /// Put again, it keeps its balance.
    static func account(observes: Bool, _ isNetting: Bool, at time: Int64) -> LinearCall {
        LinearCall("account observes \(observes)") { core in
            var account = hf_account()
            _ = hf_account_init(&account, 1, "USD")
            account.mode = UInt8(isNetting ? HF_NETTING : HF_HEDGING)
            account.balance = 1_000_000_000
            account.observe = observes ? 1 : 0
            return [hf_account_put(core, &account, time).word]
        }
    }

    static func symbol(confirms: Bool, at time: Int64) -> LinearCall {
        LinearCall("symbol 2 confirms \(confirms)") { core in
            var symbol = hf_symbol()
            _ = hf_symbol_init(&symbol, "GER40", 1, 1, 100_000_000, "EUR")
            if confirms {
                symbol.confirm_ticks = 2
                symbol.present = UInt32(HF_SYMBOL_CONFIRM_TICKS)
            }
            var id: UInt32 = 0
            return [hf_symbol_put(core, &symbol, time, &id).word, UInt64(id)]
        }
    }

    static func rule(_ id: UInt64, _ position: UInt64, remove: Bool, at time: Int64) -> LinearCall {
        LinearCall("rule \(id) of \(position) remove \(remove)") { core in
            var rule = hf_rule()
            (rule.id, rule.remove) = (id, remove ? 1 : 0)
            if !remove {
                rule.kind = UInt8(HF_RULE_TRAILING)
                rule.scope = UInt8(position == 0 ? HF_SCOPE_ALL : HF_SCOPE_POSITION)
                (rule.scope_id, rule.distance) = (position, 8)
                rule.present = UInt64(HF_RULE_DISTANCE)
            }
            return [hf_rule_put(core, &rule, time).word]
        }
    }

    // MARK: reads

    static func get(_ position: UInt64) -> LinearCall {
        LinearCall("get \(position)") { core in
            var record = hf_position()
            let status = hf_position_get(core, position, &record)
            return [
                status.word, record.volume.word, UInt64(record.state), record.sl.word,
                record.profit.word, record.realised.word, record.commission.word,
                record.fee.word, record.ticket, record.intent_volume.word,
                UInt64(record.command.count), record.average.word, UInt64(record.reason),
            ]
        }
    }

    static func find(_ ticket: UInt64) -> LinearCall {
        LinearCall("find \(ticket)") { core in
            var id: UInt64 = 0
            return [hf_position_find(core, 1, ticket, &id).word, id]
        }
    }

    /// The booked money of the account: what it comes to visits the stripes one after another.
    static func balance() -> LinearCall {
        LinearCall("balance") { core in
            var view = hf_account_view()
            let status = hf_account_get(core, 1, &view)
            return [status.word, view.account.balance.word, view.account.initial.word]
        }
    }

    static func hash() -> LinearCall {
        LinearCall("hash") { core in
            var hash: UInt64 = 0
            return [hf_state_hash(core, &hash).word, hash]
        }
    }
}
