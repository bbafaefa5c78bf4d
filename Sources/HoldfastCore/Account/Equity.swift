import CHoldfast

/// What an account comes to: sums over its groups, each valued when somebody asks. So a tick
/// changes no money at all, and a question costs as many steps as the account has symbols and
/// sides.
struct Figures {
    var floating: Int128 = 0
    var exposure: Int128 = 0
    var costs: Int128 = 0
    var volume: Int128 = 0
    var isFloatingKnown = true
    var isExposureKnown = true

    mutating func add(_ worth: Stripe.Worth) {
        if let value = worth.floating { floating += Int128(value) } else { isFloatingKnown = false }
        if let value = worth.exposure { exposure += Int128(value) } else { isExposureKnown = false }
    }
}

extension Core {
    /// - Parameter withAsked: exposure and volume of pending entries too.
    func figures(of account: UInt32, withAsked: Bool = false) -> Figures {
        var figures = Figures()
        for index in 0..<stripeCount {
            let stripe = stripes + index
            stripe.pointee.lock.hold {
                stripe.pointee.add(account, to: &figures, withAsked: withAsked)
            }
        }
        return figures
    }

    /// An account with its money as it stands.
    public func account(named id: UInt64) throws(Failure) -> hf_account_view {
        let index = try account(id)
        let row = shared.pointee.accounts + Int(index)
        let figures = figures(of: index)
        var view = hf_account_view()
        let own = row.pointee.lock.hold {
            view.account = row.pointee.terms
            if let margin = row.pointee.margin {
                view.account.margin = margin
                view.account.present |= UInt32(HF_ACCOUNT_MARGIN)
            }
            view.account.balance = row.pointee.balance
            view.account.initial = row.pointee.initial
            view.positions = row.pointee.open
            view.known = row.pointee.isBookKnown ? UInt32(HF_KNOWN_REALISED) : 0
            return row.pointee.executor
        }
        view.state = UInt32(HF_STATE_ACTIVE)
        shared.pointee.desk.hold {
            let sync = row.pointee.sync
            view.synced_at = sync.pointee.askedAt == .min ? 0 : sync.pointee.askedAt
            view.stale = sync.pointee.isStale ? 1 : 0
        }
        let executor = shared.pointee.executors + Int(own)
        view.executor_epoch = executor.pointee.lock.hold { UInt64(executor.pointee.epoch) }
        fill(&view, figures)
        return view
    }

    private func fill(_ view: inout hf_account_view, _ figures: Figures) {
        func known(_ value: Int128, _ isKnown: Bool, _ bit: Int32) -> Int64 {
            guard isKnown, let small = Int64(exactly: value) else { return 0 }
            view.known |= UInt32(bit)
            return small
        }
        view.floating = known(figures.floating, figures.isFloatingKnown, HF_KNOWN_PROFIT)
        view.costs = Int64(clamping: figures.costs)
        view.exposure = known(figures.exposure, figures.isExposureKnown, HF_KNOWN_EXPOSURE)
        let isBooked = view.known & UInt32(HF_KNOWN_REALISED) != 0
        view.equity = known(
            Int128(view.account.balance) + figures.floating + figures.costs,
            isBooked && figures.isFloatingKnown, HF_KNOWN_NET)
        if view.account.present & UInt32(HF_ACCOUNT_MARGIN) != 0 {
            view.margin = view.account.margin
            view.known |= UInt32(HF_KNOWN_MARGIN)
        } else if view.account.leverage > 0 {
            let used = figures.exposure * Int128(Limits.unit) / Int128(view.account.leverage)
            view.margin = known(used, figures.isExposureKnown, HF_KNOWN_MARGIN)
        }
    }

    /// A deposit, or a withdrawal: `initial` moves with the balance.
    public func deposit(_ deposit: hf_deposit, _ now: Int64) throws(Failure) {
        if !Instant.isLegal(now) || deposit.amount == 0 { throw .range }
        let row = shared.pointee.accounts + Int(try account(deposit.account))
        try holdAll { () throws(Failure) in
            let (balance, isFull) = row.pointee.balance.addingReportingOverflow(deposit.amount)
            let (initial, isOver) = row.pointee.initial.addingReportingOverflow(deposit.amount)
            if isFull || isOver { throw .overflow }
            let stripe = stripes + 0
            stripe.pointee.sequence = shared.pointee.recorder.claim(
                HF_RECORD_DEPOSIT, deposit, time: now)
            let old = row.pointee.balance
            row.pointee.lock.hold {
                (row.pointee.balance, row.pointee.initial) = (balance, initial)
                row.pointee.noteBalance()
            }
            let event = stripe.pointee.event(.changed, now)
            event.pointee.account = deposit.account
            event.pointee.what = What.balance.rawValue
            (event.pointee.old_value, event.pointee.new_value) = (old, balance)
            stripe.pointee.emit(event)
        }
    }
}

extension Stripe {
    /// Adds what an account has in this stripe.
    mutating func add(_ account: UInt32, to figures: inout Figures, withAsked: Bool) {
        var at = groups.first(of: account)
        while at != none {
            let group = groups[at]
            figures.add(worth(group, withAsked: withAsked))
            figures.costs += group.pointee.costs
            figures.volume += group.pointee.volume
            if withAsked { figures.volume += group.pointee.asked }
            at = group.pointee.next
        }
    }
}
