import CHoldfast

// Opening, changing and closing positions.

extension Encoder {
    func open(_ fields: Fields, _ time: Moment?) throws -> hf_open {
        var open = try start(fields)
        // A position may be older than the story's last time.
        if case .at(let instant) = time {
            open.time = instant
            open.flags.set(HF_OPEN_TIME)
        }
        return open
    }

    /// What we ask for has no price and no time yet.
    func entry(_ fields: Fields) throws -> hf_open {
        var entry = try start(fields)
        if fields.flag("cap_volume") { entry.flags.set(HF_OPEN_CAP_VOLUME) }
        return entry
    }

    /// By symbol on a netting account, where `ref` is what the result will be called; else an
    /// addition to the position that `ref` names, or a part of it.
    func fill(_ fields: Fields) throws -> hf_fill {
        let named = names.position(fields.text("ref"))
        var fill = hf_fill()
        fill.account = fields.count("account") ?? names.account(of: named) ?? 0
        fill.symbol =
            fields.has("symbol")
            ? names.symbolID(fields.text("symbol")) : names.symbol(of: named) ?? 0
        if fields.has("ref"), !names.isNetting(fill.account) { fill.position = named }
        fill.side = fields.word("side", Words.side) ?? 0
        fill.volume = try fields.units("volume") ?? 0
        fill.price = try fields.units("price", digits: names.digits(fill.symbol)) ?? 0
        fill.deal = fields.count("deal") ?? 0
        fill.ticket = fields.count("ticket") ?? 0
        fill.commission = try fields.units("commission") ?? 0
        fill.swap = try fields.units("swap") ?? 0
        fill.fee = try fields.units("fee") ?? 0
        for (key, bit) in Self.answerColumns where key != "price" && key != "volume" {
            if fields.has(key) { fill.present.set(bit) }
        }
        return fill
    }

    private func start(_ fields: Fields) throws -> hf_open {
        let symbol = names.symbolID(fields.text("symbol"))
        let digits = names.digits(symbol)
        var open = hf_open()
        _ = hf_open_init(
            &open, fields.count("account") ?? 0, symbol, fields.word("side", Words.side) ?? 0,
            try fields.units("volume") ?? 0, try fields.units("price", digits: digits) ?? 0)
        open.sl = try fields.units("sl", digits: digits) ?? 0
        open.tp = try fields.units("tp", digits: digits) ?? 0
        open.disaster_sl = try fields.units("disaster_sl", digits: digits) ?? 0
        open.disaster_distance = try fields.units("disaster_distance", digits: digits) ?? 0
        open.disaster_step = try fields.units("disaster_step", digits: digits) ?? 0
        open.strategy = fields.count("strategy") ?? 0
        open.magic = fields.integer("magic") ?? 0
        open.ticket = fields.count("ticket") ?? 0
        open.commission = try fields.units("commission") ?? 0
        open.swap = try fields.units("swap") ?? 0
        open.interval = fields.duration("interval") ?? 0
        try setText(&open.tag, fields.text("tag"))
        try setText(&open.client_id, fields.text("client_id"))
        for (key, bit) in [
            ("interval", HF_OPEN_INTERVAL), ("disaster_sl", HF_OPEN_DISASTER_SL),
            ("disaster_distance", HF_OPEN_DISASTER_DISTANCE),
        ] where fields.has(key) { open.flags.set(bit) }
        return open
    }

    func modify(_ fields: Fields) throws -> hf_modify {
        var modify = hf_modify()
        modify.position = names.position(fields.text("ref"))
        let digits = names.digits(of: modify.position)
        modify.sl = try fields.units("sl", digits: digits) ?? 0
        modify.tp = try fields.units("tp", digits: digits) ?? 0
        modify.change_sl = change(fields.has("sl"), modify.sl)
        modify.change_tp = change(fields.has("tp"), modify.tp)
        modify.disaster_sl = try fields.units("disaster_sl", digits: digits) ?? 0
        modify.disaster_distance = try fields.units("disaster_distance", digits: digits) ?? 0
        modify.change_disaster_sl = change(fields.has("disaster_sl"), modify.disaster_sl)
        modify.change_disaster_distance = change(
            fields.has("disaster_distance"), modify.disaster_distance)
        modify.allow_immediate = fields.flag("allow_immediate") ? 1 : 0
        modify.reason = fields.word("reason", Words.reason) ?? 0
        try setText(&modify.by, fields.text("by"))
        return modify
    }

    private func change(_ given: Bool, _ level: Int64) -> UInt8 {
        UInt8(!given ? HF_LEAVE : level == 0 ? HF_UNSET : HF_SET)
    }

    func close(_ fields: Fields) throws -> hf_close {
        var close = hf_close()
        close.filter = try filter(fields)
        close.volume = try fields.units("volume") ?? 0
        close.fraction = try fields.units("fraction") ?? 0
        // In the record 0 means all.
        if fields.has("volume") && close.volume == 0 { throw Status(HF_E_VOLUME) }
        if fields.has("fraction") && close.fraction == 0 { throw Status(HF_E_RANGE) }
        close.reason = fields.word("reason", Words.reason) ?? UInt8(HF_REASON_MANUAL)
        close.dry_run = fields.flag("dry_run") ? 1 : 0
        try setText(&close.by, fields.text("by"))
        return close
    }

    func closeBy(_ fields: Fields) throws -> hf_close_by {
        var closeBy = hf_close_by()
        closeBy.position = names.position(fields.text("ref"))
        closeBy.with = names.position(fields.text("with"))
        closeBy.reason = fields.word("reason", Words.reason) ?? 0
        try setText(&closeBy.by, fields.text("by"))
        return closeBy
    }

    func cancel(_ fields: Fields) throws -> hf_cancel {
        var cancel = hf_cancel()
        cancel.position = names.position(fields.text("ref"))
        cancel.reason = fields.word("reason", Words.reason) ?? 0
        try setText(&cancel.by, fields.text("by"))
        return cancel
    }

    func filter(_ fields: Fields) throws -> hf_filter {
        var filter = hf_filter()
        if fields.has("ref") { filter.position = names.position(fields.text("ref")) }
        filter.account = fields.count("account") ?? 0
        filter.strategy = fields.count("strategy") ?? 0
        filter.symbol = names.symbolID(fields.text("symbol"))
        filter.side = fields.word("side", Words.side) ?? 0
        filter.older_than = fields.duration("older_than") ?? 0
        filter.newer_than = fields.duration("newer_than") ?? 0
        if let state = fields.word("state", Words.positionState) { filter.states = 1 << state }
        filter.sort = fields.word("sort", Words.sort) ?? 0
        try setText(&filter.tag, fields.text("tag"))
        for (key, bit) in [
            ("ref", HF_FILTER_POSITION), ("account", HF_FILTER_ACCOUNT),
            ("symbol", HF_FILTER_SYMBOL), ("side", HF_FILTER_SIDE),
            ("strategy", HF_FILTER_STRATEGY), ("tag", HF_FILTER_TAG),
            ("older_than", HF_FILTER_OLDER_THAN), ("newer_than", HF_FILTER_NEWER_THAN),
            ("state", HF_FILTER_STATES),
        ] where fields.has(key) { filter.present.set(bit) }
        for (key, bit) in [
            ("profitable", HF_FILTER_PROFITABLE), ("losing", HF_FILTER_LOSING),
            ("all", HF_FILTER_ALL),
        ] where fields.flag(key) { filter.present.set(bit) }
        return filter
    }
}
