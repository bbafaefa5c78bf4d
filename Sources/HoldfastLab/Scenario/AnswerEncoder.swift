import CHoldfast

// What executors and brokers say.

extension Encoder {
    func ack(_ fields: Fields) throws -> hf_ack {
        let position = names.position(fields.text("ref"))
        let query = fields.flag("query")
        var command = hf_command_id()
        if let text = fields.text("command") {
            command = CommandID.parse(text) ?? command
        } else if let account = fields.count("account") {
            command = try question(of: account)
        } else if query {
            command = names.query(of: position) ?? command
        } else if case .success(let view) = try door.position(position) {
            command = names.commands.answerable(of: position, closing: view.command)
        }
        var ack = hf_ack()
        _ = hf_ack_init(&ack, &command)
        ack.command = command
        // Without a command the core answers for the position: unknown, or nothing to answer.
        if command.owner == 0 { ack.position = position }
        ack.query = query ? 1 : 0
        ack.answer = fields.word("answer", Words.answer) ?? 0
        let digits = names.digits(of: command.owner)
        ack.deal = fields.count("deal") ?? 0
        ack.price = try fields.units("price", digits: digits) ?? 0
        ack.volume = try fields.units("volume") ?? 0
        ack.profit = try fields.units("profit") ?? 0
        ack.commission = try fields.units("commission") ?? 0
        ack.swap = try fields.units("swap") ?? 0
        ack.fee = try fields.units("fee") ?? 0
        ack.ticket = fields.count("ticket") ?? 0
        for (key, bit) in Self.answerColumns where fields.has(key) { ack.present.set(bit) }
        if let retcode = fields.count("retcode") {
            ack.retcode = UInt32(clamping: retcode)
            ack.present.set(HF_HAS_RETCODE)
        }
        return ack
    }

    /// The query_positions of an account. None was ever made: there is no command to name.
    func question(of account: UInt64) throws -> hf_command_id {
        guard let command = names.commands.question(of: account) else {
            throw Status(HF_E_COMMAND)
        }
        return command
    }

    func deal(_ fields: Fields) throws -> hf_deal {
        var deal = hf_deal()
        let ref = fields.text("ref")
        if ref != nil { deal.position = names.position(ref) }
        deal.account = fields.count("account") ?? names.account(of: deal.position) ?? 0
        deal.ticket = fields.count("ticket") ?? 0
        deal.deal = fields.count("deal") ?? 0
        let position =
            ref == nil
            ? names.position(account: deal.account, ticket: deal.ticket) ?? Names.nobody
            : deal.position
        deal.price = try fields.units("price", digits: names.digits(of: position)) ?? 0
        deal.volume = try fields.units("volume") ?? 0
        deal.profit = try fields.units("profit") ?? 0
        deal.commission = try fields.units("commission") ?? 0
        deal.swap = try fields.units("swap") ?? 0
        deal.fee = try fields.units("fee") ?? 0
        deal.reason = fields.word("reason", Words.dealReason) ?? UInt8(HF_DEAL_CLIENT)
        for (key, bit) in Self.answerColumns.suffix(4) where fields.has(key) {
            deal.present.set(bit)
        }
        return deal
    }

    static let answerColumns: [(String, Int32)] = [
        ("price", HF_HAS_PRICE), ("volume", HF_HAS_VOLUME), ("ticket", HF_HAS_TICKET),
        ("profit", HF_HAS_PROFIT), ("commission", HF_HAS_COMMISSION), ("swap", HF_HAS_SWAP),
        ("fee", HF_HAS_FEE),
    ]
}
