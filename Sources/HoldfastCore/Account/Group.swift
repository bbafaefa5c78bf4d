import CHoldfast

/// Everything open of one account on one symbol and side, as sums: what equity, margin and exposure
/// are made of, without a look at positions.
struct Group {
    let account: UInt32
    let market: UInt32
    let side: Side
    /// Positions that belong to it, pending ones too.
    var count = 0
    var volume: Int128 = 0
    /// Sum of price x volume: points x 1e-8 lot.
    var cost: Int128 = 0
    /// Commission, swap and fee that are not booked yet, in the account's currency.
    var costs: Int128 = 0
    /// Volume that pending entries ask for.
    var asked: Int128 = 0
    /// Neighbours among the groups of its account in this stripe.
    var next = none
    var before = none
}

/// The groups of a stripe: found by what they are of, listed by account. Empty ones stay until
/// there is no room left, because a symbol that was traded is traded again.
struct Groups {
    let rows: Slots<Group>
    private let map: UnsafeMutablePointer<Map>
    /// First group of each account.
    let heads: UnsafeMutablePointer<UInt32>

    init(_ arena: inout Arena, positions: Int, accounts: Int) throws(Failure) {
        // One more than can have a position: there is always an empty one to take back.
        rows = try Slots(&arena, positions + 1)
        map = try arena.reserve(Map.self, 1)
        map.initialize(to: try Map(&arena, capacity: positions + 1))
        heads = try arena.reserve(UInt32.self, accounts)
    }

    @inline(__always)
    subscript(slot: UInt32) -> UnsafeMutablePointer<Group> { rows[slot] }

    /// First group of an account; `none` when it has none here.
    @inline(__always)
    func first(of account: UInt32) -> UInt32 { heads[Int(account)] &- 1 }

    private func key(_ market: UInt32, _ side: Side) -> UInt64 {
        UInt64(market) << 2 | UInt64(side.rawValue)
    }

    /// Found, or made.
    /// - Parameter latest: the group of the symbol and side that was asked for last, or `none`.
    @inline(__always)
    func slot(
        _ account: UInt32, _ market: UInt32, _ side: Side, latest: inout UInt32
    ) -> UInt32 {
        if latest != none && rows[latest].pointee.account == account
            && rows[latest].pointee.market == market && rows[latest].pointee.side == side
        {
            return latest
        }
        latest = slot(account, market, side)
        return latest
    }

    private func slot(_ account: UInt32, _ market: UInt32, _ side: Side) -> UInt32 {
        let key = key(market, side)
        if let found = map.pointee.value(UInt64(account), key) { return UInt32(found) }
        if rows.isFull { takeBackEmpty() }
        let slot = rows.take()
        let head = first(of: account)
        rows[slot].initialize(to: Group(account: account, market: market, side: side, next: head))
        if head != none { rows[head].pointee.before = slot }
        heads[Int(account)] = slot &+ 1
        map.pointee.set(UInt64(account), key, to: UInt64(slot))
        return slot
    }

    private func takeBackEmpty() {
        for slot in 0..<UInt32(rows.used) {
            let group = rows[slot]
            // A free slot has no side of the map's: it is not found there.
            let key = key(group.pointee.market, group.pointee.side)
            if group.pointee.count > 0
                || map.pointee.value(UInt64(group.pointee.account), key) != UInt64(slot)
            {
                continue
            }
            map.pointee.remove(UInt64(group.pointee.account), key)
            let (before, next) = (group.pointee.before, group.pointee.next)
            if before != none {
                rows[before].pointee.next = next
            } else {
                heads[Int(group.pointee.account)] = next &+ 1
            }
            if next != none { rows[next].pointee.before = before }
            // Whoever remembers it sees that it is none of his.
            rows[slot].initialize(to: Group(account: none, market: none, side: .long))
            rows.give(slot)
        }
    }
}

/// A position's part in its group.
extension Stripe {
    @inline(__always)
    mutating func group(_ p: Row) -> UnsafeMutablePointer<Group> { groups[p.pointee.group] }

    @inline(__always)
    mutating func accountIndex(_ p: Row) -> UInt32 { groups[p.pointee.group].pointee.account }

    /// The group of an account on a symbol and side.
    @inline(__always)
    mutating func groupSlot(_ account: UInt32, _ market: MarketRow, _ side: Side) -> UInt32 {
        let place = market.pointee.id - 1
        return side == .long
            ? groups.slot(account, place, side, latest: &market.pointee.longGroup)
            : groups.slot(account, place, side, latest: &market.pointee.shortGroup)
    }

    /// Volume and cost come in or go.
    @inline(__always)
    mutating func add(volume: Int64, cost: Int128, costs: Int128 = 0, to p: Row) {
        let group = group(p)
        group.pointee.volume &+= Int128(volume)
        group.pointee.cost &+= cost
        group.pointee.costs &+= costs
    }

    /// Whether the sums of a group would still fit with more.
    mutating func fits(volume: Int64, price: Int64, in slot: UInt32) -> Bool {
        let more = Int128(volume) * Int128(price)
        return !groups[slot].pointee.cost.addingReportingOverflow(more).overflow
    }

    /// What a group comes to at the quote in force; nil: there is no quote or no rate, or it does
    /// not fit.
    struct Worth {
        var floating: Int64? = 0
        var exposure: Int64? = 0
    }

    /// - Parameter withAsked: the exposure of what pending entries ask for too.
    mutating func worth(
        _ group: UnsafeMutablePointer<Group>, withAsked: Bool = false
    ) -> Worth {
        let (held, account) = (group.pointee.volume, group.pointee.account)
        let exposed = withAsked ? held &+ group.pointee.asked : held
        var worth = Worth()
        let market = shared.pointee.markets[Int(group.pointee.market)]
        if exposed != 0 {
            worth.exposure = exposure(exposed, of: account, market, group.pointee.side)
        }
        if held == 0 { return worth }
        let price = market.pointee.closingPrice(group.pointee.side)
        let (value, isLarge) = held.multipliedReportingOverflow(by: Int128(price))
        let (gain, isOver) =
            group.pointee.side == .long
            ? value.subtractingReportingOverflow(group.pointee.cost)
            : group.pointee.cost.subtractingReportingOverflow(value)
        worth.floating =
            price == 0 || isLarge || isOver ? nil : floating(gain, of: account, market)
        return worth
    }

    /// From a symbol's profit currency to an account's; nil: a rate is missing.
    @inline(__always)
    mutating func conversion(_ market: MarketRow, _ account: UInt32) -> Conversion? {
        let from = market.pointee.currency
        let to = shared.pointee.accounts[Int(account)].currency
        return from == to ? .one : shared.pointee.rates.conversion(from, to)
    }
}
