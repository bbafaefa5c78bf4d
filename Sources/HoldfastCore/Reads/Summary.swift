import CHoldfast
import Synchronization

/// Sums over open positions.
extension Core {
    /// - Parameters:
    ///   - by: HF_BY_..., added up.
    ///   - out: room for `max` records.
    /// - Returns: how many groups there are.
    public func summary(
        _ filter: hf_filter, by: UInt32, _ now: Int64, _ out: UnsafeMutablePointer<hf_summary>?,
        max: Int
    ) throws(Failure) -> Int {
        if !Instant.isLegal(now) { throw .range }
        try check(filter)
        if by >= UInt32(HF_BY_REASON) { throw .argument }
        var filter = filter
        filter.present &= ~UInt32(HF_FILTER_STATES)
        let cells = shared.pointee.reads.cells
        shared.pointee.reads.lock.take()
        defer { shared.pointee.reads.lock.give() }
        let start = shared.pointee.recorder.claimed
        sum(Matcher(filter, now, self), isByStrategy: by & UInt32(HF_BY_STRATEGY) != 0, cells)
        let end = shared.pointee.recorder.claimed
        for at in 0..<cells.count {
            let cell = cells.groups + at
            cell.pointee.key = cell.pointee.sums.key(cell.pointee.key.strategy, shared).kept(by)
        }
        cells.sort()
        var (at, groups) = (0, 0)
        repeat {
            let first = at
            while at < cells.count && cells.groups[at].key == cells.groups[first].key { at += 1 }
            if first == at && by != 0 { break }
            if groups < max {
                var record = hf_summary(
                    UnsafeBufferPointer(start: cells.groups + first, count: at - first))
                (record.sequence_start, record.sequence_end) = (start, end)
                out?[groups] = record
            }
            groups += 1
        } while at < cells.count
        return groups
    }

    private func sum(_ filter: Matcher, isByStrategy: Bool, _ cells: GroupTable<Cell>) {
        cells.clear()
        // What opens from here on is left out, so there is room for all.
        let newest = shared.pointee.lastPosition.pointee.load(ordering: .acquiring)
        var slice = 1
        // The latest of each side: neighbours are mostly of one account and symbol.
        var recent: (Recent, Recent) = (nil, nil)
        for index in 0..<stripeCount where filter.concerns(index, of: stripeCount) {
            let first = cells.count
            var slot = 0
            while scan(
                stripes + index, from: &slot, filter,
                { stripe, p in
                    if p.pointee.id > newest { return }
                    let strategy = isByStrategy ? p.pointee.strategy : 0
                    var cell = p.pointee.side == .long ? recent.0 : recent.1
                    if cell?.pointee.sums.has(p) != true || cell?.pointee.key.strategy != strategy {
                        let account = stripe.accountIndex(p)
                        let key = GroupKey(
                            account: UInt64(account), strategy: strategy,
                            symbol: p.pointee.market, side: p.pointee.side.rawValue)
                        cell = cells.group(key) { Cell(p, account: account) }
                        if p.pointee.side == .long { recent.0 = cell } else { recent.1 = cell }
                    }
                    cell?.pointee.sums.add(p, &stripe, slice: slice)
                })
            { slice += 1 }
            value(cells, from: first, stripes + index)
        }
    }

    private typealias Recent = UnsafeMutablePointer<GroupTable<Cell>.Group>?

    /// Values the cells of a stripe's symbols: their sums are whole, and so is each quote.
    private func value(
        _ cells: GroupTable<Cell>, from first: Int, _ stripe: UnsafeMutablePointer<Stripe>
    ) {
        for start in stride(from: first, to: cells.count, by: Limits.slice) {
            stripe.pointee.lock.take()
            for at in start..<min(cells.count, start + Limits.slice) {
                cells.groups[at].sums.value(&stripe.pointee)
            }
            stripe.pointee.lock.give(isSlice: true)
        }
    }
}

extension hf_summary {
    /// - Parameter cells: of one group; none: nothing matched.
    init(_ cells: UnsafeBufferPointer<GroupTable<Cell>.Group>) {
        self.init()
        if let key = cells.first?.key {
            (account, strategy, symbol, side) = (key.account, key.strategy, key.symbol, key.side)
        }
        var (long, short) = (Int128(0), Int128(0))
        for cell in cells {
            count &+= cell.sums.count
            profitable &+= cell.sums.profitable
            losing &+= cell.sums.losing
            unknown &+= cell.sums.unknown
            if cell.sums.isLong { long &+= cell.sums.volume } else { short &+= cell.sums.volume }
        }
        (volume_long, volume_short) = (Int64(clamping: long), Int64(clamping: short))
        if cells.contains(where: { $0.sums.currency != cells[0].sums.currency }) { return }
        let costs = Self.sum(cells) { $0.costs }
        let floating = Self.sum(cells) { $0.floating.map { Int128($0) } }
        if let exposure = Self.sum(cells, { $0.exposure.map { Int128($0) } }) {
            Self.set(&self.exposure, to: exposure, &known, HF_KNOWN_EXPOSURE)
        }
        guard let floating else { return }
        Self.set(&self.floating, to: floating, &known, HF_KNOWN_PROFIT)
        if let costs { Self.set(&net, to: floating &+ costs, &known, HF_KNOWN_NET) }
    }

    /// nil when one is unknown.
    private static func sum(
        _ cells: UnsafeBufferPointer<GroupTable<Cell>.Group>, _ part: (Cell) -> Int128?
    ) -> Int128? {
        var sum: Int128 = 0
        for cell in cells {
            guard let part = part(cell.sums) else { return nil }
            sum &+= part
        }
        return sum
    }

    /// A sum that does not fit is unknown.
    private static func set(
        _ column: inout Int64, to sum: Int128, _ known: inout UInt32, _ bit: Int32
    ) {
        guard let value = Int64(exactly: sum) else { return }
        column = value
        known |= UInt32(bitPattern: bit)
    }
}
