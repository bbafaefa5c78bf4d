import CHoldfast

/// Inputs that a history leaves out, because the pages do not say what they mean.
enum HistoryDoubt {
    static func isIn(_ input: HistoryInput, _ model: ExactModel) -> Bool {
        switch input {
        case .ack(let ack, _): isIn(ack, model)
        case .deal(let deal, _): isIn(deal, model)
        default: false
        }
    }

    private static func isIn(_ ack: hf_ack, _ model: ExactModel) -> Bool {
        let owner = ack.command.owner == 0 ? ack.position : ack.command.owner
        guard let position = model.position(owner) else { return false }
        let named =
            ack.command.owner == 0 ? position.live : model.command(ModelID(ack.command))
        // An answer to a query that never was, while another is open: accepted, without effect.
        guard let command = named else { return ack.query == 1 && position.query != nil }
        // Left over when inputs were left out: a code for a query, or none found for a close.
        if command.isQuery != (ack.query == 1) { return true }
        // Whether a receipt ends a row of requotes.
        let hasCode = ack.present & UInt32(HF_HAS_RETCODE) != 0
        let isReceipt = hasCode && [0, 10008].contains(ack.retcode)
        if isReceipt, command.isLive, position.intent?.requotes ?? 0 > 0 { return true }
        if ack.deal == 0 { return false }
        // Both a conflict and no volume at all.
        if ack.present & UInt32(HF_HAS_VOLUME) != 0, ack.volume <= 0 { return true }
        let loose = command.isLive ? 0 : position.unmatched(of: command.id)
        let volume = ack.present & UInt32(HF_HAS_VOLUME) != 0 ? ack.volume : command.volume
        if command.isLive { return false }
        // Both a conflict and too much.
        if model.accounts[position.account]?.deals[ack.deal] != nil, volume > command.volume {
            return true
        }
        // A second late one, beside what another command left unmatched.
        if command.executed > 0, position.unmatched(of: nil) > loose { return true }
        // Which of several is told apart by its price.
        if loose != 0, position.unmatched.count > 1 { return true }
        if loose != 0, !model.isMoneyKnown(position) { return true }
        return isUnclear(volume, loose, ack.present)
    }

    private static func isIn(_ deal: hf_deal, _ model: ExactModel) -> Bool {
        let found = model.positions.last {
            $0.id == deal.position
                || (deal.position == 0 && $0.account == deal.account
                    && $0.ticket == deal.ticket && $0.ticket != 0)
        }
        guard let position = found else { return false }
        if deal.deal == 0 { return false }
        let loose = position.unmatched(of: nil)
        if isUnclear(deal.volume, loose, deal.present) { return true }
        return loose != 0 && (position.unmatched.count > 1 || !model.isMoneyKnown(position))
    }

    /// A deal that is for a part of what was booked already, or for more, with money in it.
    private static func isUnclear(_ volume: Int64, _ loose: Int64, _ present: UInt32) -> Bool {
        let columns = HF_HAS_PROFIT | HF_HAS_COMMISSION | HF_HAS_SWAP | HF_HAS_FEE
        if loose != 0, volume > loose { return true }
        return loose != 0 && loose != volume && present & UInt32(columns) != 0
    }
}
