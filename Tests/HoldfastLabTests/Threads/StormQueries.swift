import CHoldfast

extension StormThread {
    mutating func query() {
        switch draw.below(12) {
        case 0, 1: list(sort: HF_SORT_NONE)
        case 2: list(sort: 1 + draw.below(5))
        case 3: account()
        case 4: history()
        case 5: performance()
        case 6, 7: readEvents()
        case 8: counters()
        case 9: waiting()
        case 10: summary()
        default: if draw.chance(20) { hash() } else { get() }
        }
    }

    private mutating func get() {
        guard let position = position(known()) else { return }
        if position.volume < 0 || position.volume > position.volume_initial {
            world.complain("position \(position.id) has \(position.volume) open")
        }
        let isClosed = Int(position.state) == HF_POSITION_CLOSED
        if isClosed && position.volume != 0 { world.complain("a closed position has volume") }
        if position.command.owner == 0 { return }
        var id = position.command
        var command = hf_command()
        let status = hf_command_get(core, &id, &command)
        expect("command", status, [HF_E_COMMAND])
        if status == 0 && command.position != position.id {
            world.complain("a command of \(command.position) was asked of \(position.id)")
        }
    }

    private mutating func list(sort: Int) {
        var filter = hf_filter()
        filter.present = UInt32(bitPattern: Int32.min)
        filter.sort = UInt8(sort)
        if draw.chance(50) {
            filter.present |= UInt32(HF_FILTER_ACCOUNT)
            filter.account = draw.one(StormTerms.accounts).id
        }
        if draw.chance(30) {
            filter.present |= UInt32(HF_FILTER_STATES)
            filter.states = 1 << UInt32(HF_POSITION_PENDING) | 1 << UInt32(HF_POSITION_CLOSING)
        }
        var cursor = hf_cursor()
        var page = [hf_position](repeating: hf_position(), count: 40)
        var ids: Set<UInt64> = []
        let time = now()
        while true {
            var count: UInt32 = 0
            let status = hf_positions_list(core, &filter, time, &cursor, &page, 40, &count)
            let sorted = [HF_E_LAPPED]
            expect("list \(sort)", status, sort == HF_SORT_NONE ? [] : sorted)
            if status != 0 || count == 0 { return }
            for position in page.prefix(Int(count)) {
                if !ids.insert(position.id).inserted {
                    world.complain("position \(position.id) was listed twice")
                }
                let isAsked = filter.account == 0 || position.account == filter.account
                if !isAsked { world.complain("a list has what was not asked for") }
            }
        }
    }

    private mutating func account() {
        var view = hf_account_view()
        let account = draw.one(StormTerms.accounts)
        expect("view", hf_account_get(core, account.id, &view), [])
        if view.account.id != account.id || view.exposure < 0 {
            world.complain("the view of account \(account.id) is \(view)")
        }
        if view.known & UInt32(HF_KNOWN_NET) != 0
            && view.equity != view.account.balance + view.floating + view.costs
        {
            world.complain("equity of account \(account.id) is not the sum of its parts")
        }
    }

    private mutating func history() {
        var page = [hf_position](repeating: hf_position(), count: 50)
        var count: UInt32 = 0
        let status = hf_history_read(core, &closed, &page, 50, &count, nil)
        expect("history", status, [])
        if status != 0 { return }
        for position in page.prefix(Int(count)) where Int(position.state) != HF_POSITION_CLOSED {
            world.complain("the history has position \(position.id) in state \(position.state)")
        }
    }

    private mutating func performance() {
        var filter = hf_filter()
        filter.present = UInt32(HF_FILTER_ACCOUNT)
        filter.account = draw.one(StormTerms.accounts).id
        var out = [hf_performance](repeating: hf_performance(), count: 40)
        var count: UInt32 = 0
        let by = UInt32(HF_BY_SYMBOL | HF_BY_SIDE)
        let status = hf_performance_get(core, &filter, by, now(), &out, 40, &count)
        expect("performance", status, [])
        if status != 0 { return }
        for group in out.prefix(Int(min(count, 40)))
        where group.wins + group.losses + group.unknown > group.count {
            world.complain("more wins and losses than positions")
        }
    }

    private mutating func readEvents() {
        var page = [hf_event](repeating: hf_event(), count: 64)
        var count: UInt32 = 0
        var lost: UInt64 = 0
        let before = events
        let status = hf_events_read(core, &events, &page, 64, &count, &lost)
        expect("events", status, [HF_E_LAPPED])
        if status != 0 {
            if events <= before || lost == 0 { world.complain("a lapped reader lost nothing") }
            return
        }
        for (index, event) in page.prefix(Int(count)).enumerated()
        where event.number != before + 1 + UInt64(index) || event.kind == 0 || event.kind > 17 {
            world.complain("event \(event.number) of kind \(event.kind) follows \(before)")
        }
    }

    private mutating func counters() {
        var counters = hf_counters()
        expect("counters", hf_counters_get(core, &counters), [])
        if counters.faults != 0 { world.complain("a stripe is faulted") }
    }

    private mutating func waiting() {
        var count: UInt32 = 0
        let executor = draw.one(StormTerms.executors)
        expect("waiting", hf_commands_waiting(core, executor, &count), [])
        var id: UInt64 = 0
        let account = draw.one(StormTerms.accounts).id
        let status = hf_position_find(core, account, world.hotNumber(), &id)
        expect("find", status, [HF_E_POSITION])
    }

    private mutating func summary() {
        var filter = hf_filter()
        filter.present = UInt32(HF_FILTER_ACCOUNT)
        filter.account = draw.one(StormTerms.accounts).id
        var out = [hf_summary](repeating: hf_summary(), count: 40)
        var count: UInt32 = 0
        let status = hf_positions_summary(
            core, &filter, UInt32(HF_BY_SYMBOL), now(), &out, 40, &count)
        expect("summary", status, [])
    }

    private mutating func hash() {
        var hash: UInt64 = 0
        expect("hash", hf_state_hash(core, &hash), [])
    }
}
