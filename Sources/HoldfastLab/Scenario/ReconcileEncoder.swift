import CHoldfast

// What the broker says of an account as a whole.

extension Encoder {
    /// A snapshot: its head, its positions, its deals.
    func reconcile(_ fields: Fields) throws -> Encoded {
        let account = fields.count("account") ?? 0
        let positions = try fields.objects("positions").map { try brokerPosition($0, account) }
        let deals = try fields.objects("deals").map { try brokerDeal($0, account) }
        var head = hf_reconcile()
        head.account = account
        head.asked_at = try instant("asked_at", fields) ?? now
        head.balance = try fields.units("balance") ?? 0
        head.equity = try fields.units("equity") ?? 0
        head.margin = try fields.units("margin") ?? 0
        if fields.flag("query") { head.command = try question(of: account) }
        head.positions = UInt32(clamping: positions.count)
        head.deals = UInt32(clamping: deals.count)
        head.failed = fields.flag("failed") ? 1 : 0
        for (key, bit) in [
            ("balance", HF_BROKER_BALANCE), ("equity", HF_BROKER_EQUITY),
            ("margin", HF_BROKER_MARGIN),
        ] where fields.has(key) { head.present.set(bit) }
        var body = withUnsafeBytes(of: head) { Array($0) }
        for position in positions { withUnsafeBytes(of: position) { body += $0 } }
        for deal in deals { withUnsafeBytes(of: deal) { body += $0 } }
        return Encoded(HF_RECORD_RECONCILE, time: now, body: body)
    }

    private func brokerPosition(_ fields: Fields, _ account: UInt64) throws -> hf_broker_position {
        var position = hf_broker_position()
        position.ticket = try ticket(fields)
        position.symbol = names.symbolID(fields.text("symbol"))
        let digits = names.digits(position.symbol)
        position.side = fields.word("side", Words.side) ?? 0
        position.volume = try fields.units("volume") ?? 0
        position.price = try fields.units("price", digits: digits) ?? 0
        position.sl = try fields.units("sl", digits: digits) ?? 0
        position.tp = try fields.units("tp", digits: digits) ?? 0
        position.swap = try fields.units("swap") ?? 0
        position.commission = try fields.units("commission") ?? 0
        position.profit = try fields.units("profit") ?? 0
        position.magic = fields.integer("magic") ?? 0
        try setText(&position.client_id, fields.text("client_id"))
        for (key, bit) in [
            ("sl", HF_BROKER_SL), ("tp", HF_BROKER_TP), ("swap", HF_BROKER_SWAP),
            ("commission", HF_BROKER_COMMISSION), ("profit", HF_BROKER_PROFIT),
        ] where fields.has(key) { position.present.set(bit) }
        return position
    }

    private func brokerDeal(_ fields: Fields, _ account: UInt64) throws -> hf_deal {
        var deal = hf_deal()
        deal.account = account
        deal.ticket = try ticket(fields)
        deal.deal = fields.count("deal") ?? 0
        let position =
            fields.has("ref")
            ? names.position(fields.text("ref"))
            : names.position(account: account, ticket: deal.ticket) ?? Names.nobody
        deal.price = try fields.units("price", digits: names.digits(of: position)) ?? 0
        deal.volume = try fields.units("volume") ?? 0
        deal.profit = try fields.units("profit") ?? 0
        deal.commission = try fields.units("commission") ?? 0
        deal.swap = try fields.units("swap") ?? 0
        deal.fee = try fields.units("fee") ?? 0
        deal.time = try instant("time", fields) ?? 0
        deal.reason = fields.word("reason", Words.dealReason) ?? UInt8(HF_DEAL_CLIENT)
        for (key, bit) in Self.answerColumns.suffix(4) where fields.has(key) {
            deal.present.set(bit)
        }
        return deal
    }

    /// The broker's ticket: as given, else the one that the position called `ref` has here.
    private func ticket(_ fields: Fields) throws -> UInt64 {
        if let ticket = fields.count("ticket") { return ticket }
        guard let ref = fields.text("ref") else { return 0 }
        return try door.position(names.position(ref)).get().ticket
    }

    /// An instant of its own within an input; "+1s" counts from the input before.
    private func instant(_ key: String, _ fields: Fields) throws -> Int64? {
        guard let moment = fields.moment(key) else { return nil }
        guard let instant = moment.instant(after: last) else { throw Status(HF_E_OVERFLOW) }
        return instant
    }
}
