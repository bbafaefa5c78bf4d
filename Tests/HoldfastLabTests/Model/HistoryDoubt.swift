import CHoldfast

/// Inputs that a history leaves out, because the pages do not say what they mean.
enum HistoryDoubt {
    static func isIn(_ input: HistoryInput, _ model: ExactModel) -> Bool {
        switch input {
        case .ack(let ack, _): isIn(ack, model)
        case .deal(let deal, _): isIn(deal, model)
        case .snapshot(let snapshot, _): snapshot.deals.contains { isIn($0, model) }
        default: false
        }
    }

    private static func isIn(_ ack: hf_ack, _ model: ExactModel) -> Bool {
        let owner = ack.command.owner == 0 ? ack.position : ack.command.owner
        guard let position = model.position(owner) else { return false }
        let named =
            ack.command.owner == 0 ? position.live : model.command(ModelID(ack.command))
        // A position named whose last command is final.
        guard let command = named else { return ack.command.owner == 0 }
        // Left over when inputs were left out: a code for a query, or none found for a close.
        if command.isQuery != (ack.query == 1) { return true }
        if ack.deal == 0 || command.isLive { return false }
        if position.hasLost { return true }
        // Whose ticket a late deal brings.
        if ack.present & UInt32(HF_HAS_TICKET) != 0 { return true }
        return position.unmatched(of: command.id) != 0 && !isKnown(position, model)
    }

    private static func isIn(_ deal: hf_deal, _ model: ExactModel) -> Bool {
        let found = model.positions.last {
            $0.id == deal.position
                || (deal.position == 0 && $0.account == deal.account
                    && $0.ticket == deal.ticket && $0.ticket != 0)
        }
        guard let position = found else { return false }
        // What a deal of volume that a snapshot took away comes to: stories of S8.35 say it.
        if position.hasLost { return true }
        if deal.deal == 0 { return false }
        return position.unmatched(of: nil) != 0 && !isKnown(position, model)
    }

    private static func isKnown(_ position: ModelPosition, _ model: ExactModel) -> Bool {
        model.isMoneyKnown(position) && position.isRealisedKnown
    }
}
