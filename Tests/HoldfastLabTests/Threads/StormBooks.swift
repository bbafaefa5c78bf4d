import CHoldfast
import HoldfastLab

/// What a core has come to when nobody works in it any more.
struct StormBooks {
    var hash: UInt64 = 0
    var counters = hf_counters()
    var views: [hf_account_view] = []
    /// Open and pending, in order of id.
    var positions: [hf_position] = []
    var closed: [hf_position] = []
    /// The history lost nothing.
    var isWhole = true

    init(_ core: OpaquePointer?) {
        _ = hf_state_hash(core, &hash)
        _ = hf_counters_get(core, &counters)
        for account in StormTerms.accounts {
            var view = hf_account_view()
            _ = hf_account_get(core, account.id, &view)
            views.append(view)
        }
        list(core)
        readHistory(core)
    }

    private mutating func list(_ core: OpaquePointer?) {
        var filter = hf_filter()
        filter.present = UInt32(HF_FILTER_STATES)
        filter.states =
            1 << UInt32(HF_POSITION_PENDING) | 1 << UInt32(HF_POSITION_OPEN)
            | 1 << UInt32(HF_POSITION_CLOSING) | 1 << UInt32(HF_POSITION_SUSPECT)
        var cursor = hf_cursor()
        var page = [hf_position](repeating: hf_position(), count: 256)
        var count: UInt32 = 0
        while hf_positions_list(core, &filter, 1 << 60, &cursor, &page, 256, &count) == 0,
            count > 0
        {
            positions += page.prefix(Int(count))
        }
        positions.sort { $0.id < $1.id }
    }

    private mutating func readHistory(_ core: OpaquePointer?) {
        var cursor: UInt64 = 0
        var page = [hf_position](repeating: hf_position(), count: 1024)
        var count: UInt32 = 0
        while true {
            let status = hf_history_read(core, &cursor, &page, 1024, &count, nil)
            isWhole = isWhole && status == 0
            if status != 0 || count == 0 { return }
            closed += page.prefix(Int(count))
        }
    }

    /// What is wrong with the sums, whatever the order of the calls was.
    func faults(paid: [Int64]) -> [String] {
        var faults: [String] = []
        func check(_ holds: Bool, _ text: @autoclosure () -> String) {
            if !holds { faults.append(text()) }
        }
        check(isWhole, "the history is too short for this test")
        check(counters.faults == 0, "\(counters.faults) stripes are faulted")
        // Pending ones take a place too.
        check(
            counters.positions_open == UInt64(positions.count),
            "\(counters.positions_open) are counted as open, \(positions.count) listed")
        let ids = positions.map(\.id) + closed.map(\.id)
        check(Set(ids).count == ids.count, "a position is open and closed, or twice")
        for (index, view) in views.enumerated() {
            faults += self.faults(of: view, paid: paid[index])
        }
        return faults
    }

    private func faults(of view: hf_account_view, paid: Int64) -> [String] {
        let id = view.account.id
        var faults: [String] = []
        func check(_ holds: Bool, _ text: @autoclosure () -> String) {
            if !holds { faults.append("account \(id): " + text()) }
        }
        let open = positions.filter {
            $0.account == id && Int($0.state) != HF_POSITION_PENDING
        }
        let all = open + closed.filter { $0.account == id }
        check(view.positions == UInt64(open.count), "\(view.positions) open, \(open.count) listed")
        let needed = UInt32(HF_KNOWN_REALISED)
        check(
            view.known & needed != 0 && all.allSatisfy { $0.known & needed != 0 },
            "money is unknown")
        check(
            view.account.initial == StormTerms.balance + paid,
            "initial \(view.account.initial) after \(paid) paid in")
        var booked = view.account.initial - view.costs
        for position in all {
            booked += position.realised + position.commission + position.swap + position.fee
        }
        check(
            view.account.balance == booked,
            "balance \(view.account.balance), but its positions come to \(booked)")
        let net = UInt32(HF_KNOWN_NET)
        check(
            view.known & net != 0
                && view.equity == view.account.balance + view.floating + view.costs,
            "equity \(view.equity)")
        check(!open.isEmpty || view.exposure == 0, "exposure \(view.exposure) of nothing")
        return faults
    }

    /// Ends everything that is open; then the sums must be of nothing.
    func end(_ core: OpaquePointer?, now: Int64) {
        for position in positions {
            if Int(position.state) == HF_POSITION_PENDING {
                end(entry: position.id, core, now)
                continue
            }
            var deal = hf_deal()
            (deal.account, deal.position) = (position.account, position.id)
            (deal.volume, deal.price) = (position.volume, position.open_price)
            deal.reason = UInt8(HF_DEAL_SO)
            _ = hf_deal_apply(core, &deal, now)
        }
    }

    /// Cancelled, or if it is out already: refused, or unknown to the broker.
    private func end(entry id: UInt64, _ core: OpaquePointer?, _ now: Int64) {
        var cancel = hf_cancel()
        cancel.position = id
        _ = hf_position_cancel(core, &cancel, now)
        var ack = hf_ack()
        ack.position = id
        ack.query = 1
        _ = hf_ack_apply(core, &ack, now)
        (ack.query, ack.retcode, ack.present) = (0, 10006, UInt32(HF_HAS_RETCODE))
        _ = hf_ack_apply(core, &ack, now)
    }

    /// What is left when nothing is open.
    var rests: [String] {
        var texts = positions.map { "position \($0.id) is left in state \($0.state)" }
        for view in views
        where view.positions != 0 || view.floating != 0 || view.exposure != 0 || view.costs != 0 {
            texts.append("account \(view.account.id) is left with \(view)")
        }
        return texts
    }

    /// Where these books and others differ.
    func differences(_ other: StormBooks) -> [String] {
        var texts: [String] = []
        if hash != other.hash { texts.append("the hashes differ") }
        for (mine, its) in zip(views, other.views) where !Self.same(mine, its) {
            texts.append("account \(mine.account.id): \(mine) and \(its)")
        }
        let its = Dictionary(uniqueKeysWithValues: other.positions.map { ($0.id, $0) })
        for mine in positions {
            guard let other = its[mine.id] else {
                texts.append("position \(mine.id) is open here alone")
                continue
            }
            if !Self.same(mine, other) { texts.append("\(mine) and \(other)") }
        }
        let known = Set(positions.map(\.id))
        for other in other.positions where !known.contains(other.id) {
            texts.append("position \(other.id) is open there alone")
        }
        return texts
    }

    private static func same<Record>(_ a: Record, _ b: Record) -> Bool {
        withUnsafeBytes(of: a) { a in withUnsafeBytes(of: b) { a.elementsEqual($0) } }
    }
}

/// A recording applied again, one input after another.
struct StormReplay {
    private(set) var books: StormBooks
    /// Inputs that are refused now though they were applied.
    private(set) var refused: [String] = []
    private(set) var inputs = 0

    /// Statuses of inputs that are recorded though they are refused.
    private static let legal: [Int: [Int]] = [
        HF_RECORD_TICKS: [HF_E_TIME], HF_RECORD_CLOSE: [HF_E_INTENT_LIVE],
        HF_RECORD_ACK: [HF_E_CONFLICT], HF_RECORD_DEAL: [HF_E_CONFLICT],
        HF_RECORD_FILL: [HF_E_CONFLICT],
    ]

    init(_ path: String, stripes: UInt32) throws {
        let file = try RecordingFile(path: path)
        var config = file.config
        config.stripes = stripes
        var core: OpaquePointer?
        if hf_core_open(&config, &core) != 0 { throw StormWorld.Refused(what: "open") }
        defer { _ = hf_core_close(&core) }
        var refused: [String] = []
        try file.forEachInput { record in
            var head = record.head
            let status = record.body.withUnsafeBytes {
                hf_apply(core, &head, $0.baseAddress, $0.count, nil)
            }
            if status == 0 || Self.legal[Int(head.kind)]?.contains(Int(status)) == true { return }
            if refused.count < 20 {
                let name = String(cString: hf_status_name(status))
                refused.append("input \(head.sequence) of kind \(head.kind): \(name)")
            }
        }
        self.refused = refused
        inputs = file.inputs
        books = StormBooks(core)
    }
}
