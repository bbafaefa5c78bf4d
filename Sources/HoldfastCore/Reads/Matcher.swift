import CHoldfast

/// A filter as it is asked of many positions: what is the same for all is found once.
struct Matcher {
    /// HF_FILTER_... that a position has to meet; none: every open one matches.
    let conditions: UInt32
    let position: UInt64
    /// Places of the account and the symbol; `none`, which no position has, when there is none.
    let account: UInt32
    let market: UInt32
    let side: UInt8
    let strategy: UInt64
    let tag: Text32
    let states: UInt32
    let now: Int64
    let olderThan: Int64
    let newerThan: Int64

    init(_ filter: hf_filter, _ now: Int64, _ core: Core) {
        conditions = filter.present & ~(UInt32(1) << 31)
        position = filter.position
        account = (try? core.account(filter.account)) ?? none
        market = filter.symbol &- 1
        side = filter.side
        strategy = filter.strategy
        tag = unsafeBitCast(filter.tag, to: Text32.self)
        states = filter.states
        self.now = now
        (olderThan, newerThan) = (filter.older_than, filter.newer_than)
    }

    @inline(__always)
    func asks(_ bit: Int32) -> Bool { conditions & UInt32(bitPattern: bit) != 0 }

    /// Whether a stripe can have positions that match.
    func concerns(_ stripe: Int, of stripes: Int) -> Bool {
        !asks(HF_FILTER_SYMBOL) || Int(market) % stripes == stripe
    }
}

extension Stripe {
    /// Whether an open position, or a pending one that is asked for, meets a filter.
    @inline(__always)
    mutating func matches(_ p: Row, _ filter: Matcher) -> Bool {
        if filter.conditions == 0 { return p.pointee.volume != 0 }
        return meets(p, filter)
    }

    private mutating func meets(_ p: Row, _ filter: Matcher) -> Bool {
        if filter.asks(HF_FILTER_POSITION) && p.pointee.id != filter.position { return false }
        if filter.asks(HF_FILTER_ACCOUNT) && accountIndex(p) != filter.account {
            return false
        }
        if filter.asks(HF_FILTER_SYMBOL) && p.pointee.market != filter.market { return false }
        if filter.asks(HF_FILTER_SIDE) && p.pointee.side.rawValue != filter.side {
            return false
        }
        if filter.asks(HF_FILTER_STRATEGY) && p.pointee.strategy != filter.strategy {
            return false
        }
        let age = filter.now &- p.pointee.opened
        if filter.asks(HF_FILTER_OLDER_THAN) && age <= filter.olderThan { return false }
        if filter.asks(HF_FILTER_NEWER_THAN) && age >= filter.newerThan { return false }
        if filter.asks(HF_FILTER_TAG) && label(p).tag != filter.tag { return false }
        if !filter.asks(HF_FILTER_STATES) {
            if p.pointee.volume == 0 { return false }
        } else if filter.states & 1 << UInt32(state(p).rawValue) == 0 {
            return false
        }
        return meetsMoney(p, filter)
    }

    @inline(__always)
    private mutating func meetsMoney(_ p: Row, _ filter: Matcher) -> Bool {
        let (winners, losers) = (HF_FILTER_PROFITABLE, HF_FILTER_LOSING)
        if !filter.asks(winners | losers) { return true }
        guard let (_, net) = netFloating(p) else { return false }
        return (!filter.asks(winners) || net > 0) && (!filter.asks(losers) || net < 0)
    }

    /// What a position is, as a filter asks for it.
    mutating func state(_ p: Row) -> PositionState {
        if p.pointee.volume == 0 { return .pending }
        let isClosing =
            p.pointee.life != none && lives[p.pointee.life].pointee.intent?.isFull == true
        return isClosing ? .closing : p.pointee.isSuspect ? .suspect : .open
    }
}
