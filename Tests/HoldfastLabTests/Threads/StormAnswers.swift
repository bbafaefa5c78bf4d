import CHoldfast

/// What executors, brokers and markets say.
extension StormThread {
    mutating func take() {
        let executor = draw.one(StormTerms.executors)
        guard let session = world.sessions[executor] else { return }
        var commands = [hf_command](repeating: hf_command(), count: 12)
        let isAnew = draw.chance(3)
        let time = now()
        var count: UInt32 = 0
        let status = session.withLock { epoch in
            if isAnew { epoch += 1 }
            return hf_commands_take(core, executor, epoch, time, &commands, 12, &count)
        }
        expect("take", status, [])
        if status != 0 { return }
        for command in commands.prefix(Int(count)) where command.executor != executor {
            world.complain("a command of executor \(command.executor) went to \(executor)")
        }
        let given = commands.prefix(Int(count))
        world.out.withLock { out in
            out.append(contentsOf: given)
            if out.count > 400 { out.removeFirst(200) }
        }
    }

    /// Retcodes that are no fill: receipts, requotes, rejects, doubts, a closed market.
    private static let others: [UInt32] = [
        10008, 10008, 10004, 10006, 10012, 10013, 10018, 10021, 10030, 10031,
    ]

    mutating func ack() {
        let pick = draw.next()
        let isAgain = draw.chance(15)
        let command = world.out.withLock { out -> hf_command? in
            if out.isEmpty { return nil }
            let at = Int(pick % UInt64(out.count))
            return isAgain ? out[at] : out.remove(at: at)
        }
        guard var command else { return }
        var ack = hf_ack()
        _ = hf_ack_init(&ack, &command.id)
        let isOwn = Int(command.action) == HF_ACTION_QUERY_POSITIONS
        if isOwn {
            (ack.retcode, ack.present) = (draw.chance(50) ? 10008 : 10031, UInt32(HF_HAS_RETCODE))
        } else if Int(command.action) == HF_ACTION_QUERY_DEALS && draw.chance(60) {
            ack.query = 1
        } else if draw.chance(35) {
            ack.retcode = draw.one(Self.others)
            ack.present |= UInt32(HF_HAS_RETCODE)
        } else {
            fill(&ack, of: command)
        }
        let isNamed = isOwn || Int(command.action) == HF_ACTION_MODIFY || ack.query != 0
        if draw.chance(5) && !isNamed {
            (ack.position, ack.command) = (command.position, hf_command_id())
        }
        expect(
            "ack", hf_ack_apply(core, &ack, now()),
            [
                HF_E_COMMAND, HF_E_CLOSED, HF_E_VOLUME, HF_E_PRICE, HF_E_CONFLICT, HF_E_FULL,
                HF_E_STATE, HF_E_DUPLICATE,
            ])
    }

    private mutating func fill(_ ack: inout hf_ack, of command: hf_command) {
        if draw.chance(60) { ack.deal = number() }
        if draw.chance(30) && command.volume > 1_000_000 {
            ack.volume = Int64(1 + draw.below(Int(command.volume / 1_000_000))) * 1_000_000
            ack.present |= UInt32(HF_HAS_VOLUME)
        }
        if draw.chance(60) {
            ack.price = world.mid(Int(command.symbol) - 1).value
            ack.present |= UInt32(HF_HAS_PRICE)
        }
        if draw.chance(10) {
            ack.profit = cost()
            ack.present |= UInt32(HF_HAS_PROFIT)
        }
        if draw.chance(10) {
            ack.ticket = number(shared: 20)
            ack.present |= UInt32(HF_HAS_TICKET)
        }
        (ack.commission, ack.fee) = (cost(), cost())
        ack.present |= UInt32(HF_HAS_COMMISSION | HF_HAS_FEE)
    }

    mutating func deal() {
        guard let position = position(known()) else { return }
        var deal = hf_deal()
        (deal.account, deal.position) = (position.account, position.id)
        if draw.chance(20) && position.ticket != 0 {
            (deal.position, deal.ticket) = (0, position.ticket)
        }
        deal.volume = draw.chance(80) ? max(1_000_000, position.volume) : volume(20)
        deal.price = world.mid(Int(position.symbol) - 1).value
        if draw.chance(90) { deal.deal = number() }
        deal.reason = UInt8(draw.below(4))
        if draw.chance(20) {
            deal.profit = cost()
            deal.present |= UInt32(HF_HAS_PROFIT)
        }
        deal.swap = cost()
        deal.present |= UInt32(HF_HAS_SWAP)
        expect(
            "deal", hf_deal_apply(core, &deal, now()),
            [HF_E_POSITION, HF_E_CLOSED, HF_E_VOLUME, HF_E_CONFLICT])
    }

    /// Prices move a little; mostly all of them in one batch.
    mutating func ticks() {
        var ticks: [hf_tick] = []
        let isBatch = draw.chance(80)
        let time = now()
        for index in StormTerms.symbols.indices where isBatch || draw.chance(12) {
            let size = StormTerms.symbols[index].tickSize
            let mid = world.mid(index)
            let home = StormTerms.symbols[index].mid
            let pull: Int64 = mid.value > home ? -1 : 1
            mid.add((Int64(draw.below(13)) - 6 + (draw.chance(20) ? pull : 0)) * size)
            var tick = world.tick(index, time)
            if draw.chance(1) { (tick.bid, tick.ask) = (tick.ask, tick.bid) }
            ticks.append(tick)
        }
        if ticks.count == 1 {
            expect("tick", hf_tick_apply(core, &ticks), [HF_E_TIME])
            return
        }
        var report = hf_ticks_report()
        expect("ticks", hf_ticks_apply(core, ticks, UInt32(ticks.count), &report), [])
        if Int(report.accepted + report.refused) != ticks.count {
            world.complain("a batch of \(ticks.count) came to \(report)")
        }
        if report.refused > 0 { expect("ticks' first", report.first_status, [HF_E_TIME]) }
    }

    mutating func step() {
        expect("step", hf_step(core, now()), [HF_E_TIME])
    }

    // MARK: definitions

    /// Money comes and goes, rates move, terms are put again.
    mutating func define() {
        let time = now()
        switch draw.below(6) {
        case 0, 1:
            let at = draw.below(StormTerms.accounts.count)
            let amount = (Int64(draw.below(2_000)) - 900) * 1_000_000 + 1
            var deposit = hf_deposit(account: StormTerms.accounts[at].id, amount: amount)
            let status = hf_deposit_apply(core, &deposit, time)
            expect("deposit", status, [])
            if status == 0 { world.paid(at).add(amount) }
        case 2:
            let move = Int64(draw.below(2_000_000)) - 1_000_000
            var rate = StormTerms.rate("AUD", "USD", 65_000_000 + move)
            expect("rate", hf_rate_put(core, &rate, time), [])
        case 3:
            let move = Int64(draw.below(200_000_000))
            var rate = StormTerms.rate("GBP", "JPY", 18_000_000_000 + move)
            expect("rate", hf_rate_put(core, &rate, time), [])
        case 4: putAccount(time)
        default: putSymbol(time)
        }
    }

    private mutating func putAccount(_ time: Int64) {
        let account = draw.one(StormTerms.accounts)
        var record = StormTerms.record(account)
        if account.id == 4 {
            record.leverage = Int64(1 + draw.below(30)) * 100_000_000
            record.max_positions = UInt32(5 + draw.below(100))
            record.max_volume = Int64(5 + draw.below(50)) * 100_000_000
            record.present |= UInt32(
                HF_ACCOUNT_LEVERAGE | HF_ACCOUNT_MAX_POSITIONS | HF_ACCOUNT_MAX_VOLUME)
            record.observe = draw.chance(10) ? 1 : 0
        }
        expect("account", hf_account_put(core, &record, time), [])
    }

    private mutating func putSymbol(_ time: Int64) {
        let symbol = draw.one(StormTerms.symbols)
        var record = StormTerms.record(symbol)
        record.stops_level = Int64(draw.below(4)) * symbol.tickSize
        record.freeze_level = Int64(draw.below(3)) * symbol.tickSize
        if draw.chance(20) {
            record.max_spread = (1 + Int64(draw.below(3))) * symbol.tickSize
            record.present |= UInt32(HF_SYMBOL_MAX_SPREAD)
        }
        if draw.chance(20) {
            record.confirm_ticks = 2
            record.present |= UInt32(HF_SYMBOL_CONFIRM_TICKS)
        }
        var id: UInt32 = 0
        expect("symbol", hf_symbol_put(core, &record, time, &id), [])
    }

    mutating func rule() {
        var rule = hf_rule()
        rule.id = UInt64(1 + draw.below(40))
        if draw.chance(30) {
            rule.remove = 1
        } else {
            rule.kind = UInt8(HF_RULE_TRAILING)
            if draw.chance(70) {
                (rule.distance, rule.present) = (
                    Int64(5 + draw.below(40)) * 5, UInt64(HF_RULE_DISTANCE)
                )
            } else {
                (rule.percent, rule.present) = (500_000, UInt64(HF_RULE_PERCENT))
            }
            let scopes = [
                HF_SCOPE_SYMBOL, HF_SCOPE_STRATEGY, HF_SCOPE_ACCOUNT, HF_SCOPE_ALL,
            ]
            let scope = draw.chance(80) ? HF_SCOPE_POSITION : draw.one(scopes)
            rule.scope = UInt8(scope)
            switch scope {
            case HF_SCOPE_POSITION: rule.scope_id = known()
            case HF_SCOPE_SYMBOL: rule.scope_id = UInt64(1 + draw.below(9))
            case HF_SCOPE_STRATEGY: rule.scope_id = UInt64(1 + draw.below(3))
            case HF_SCOPE_ACCOUNT: rule.scope_id = UInt64(1 + draw.below(5))
            default: break
            }
        }
        expect(
            "rule", hf_rule_put(core, &rule, now()),
            [HF_E_RULE, HF_E_POSITION, HF_E_CLOSED, HF_E_FULL])
    }
}
