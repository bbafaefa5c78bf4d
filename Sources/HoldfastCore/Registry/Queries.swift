import CHoldfast
import Synchronization

/// Reads. Long ones work in slices, so that a tick waits for no more than one.
extension Core {
    public func position(_ id: UInt64) throws(Failure) -> hf_position {
        do {
            return try with(id, isInput: false) { (stripe, p) throws(Failure) in
                stripe.record(of: p)
            }
        } catch {
            guard error == .closed, let record = shared.pointee.history.find(id) else {
                throw error
            }
            return record
        }
    }

    public func position(account id: UInt64, ticket: UInt64) throws(Failure) -> UInt64 {
        _ = try account(id)
        guard ticket != 0, let found = shared.pointee.tickets.value(id, ticket) else {
            throw .position
        }
        return found
    }

    public func command(_ id: hf_command_id) throws(Failure) -> hf_command {
        if id.isOfAccount { return try question(id) }
        let live: hf_command?
        var owner: UInt64?
        do {
            (live, owner) = try with(id.owner, isInput: false) { (stripe, p) throws(Failure) in
                (stripe.live(p, id), stripe.account(p).pointee.terms.id)
            }
        } catch {
            live = nil
            owner = shared.pointee.history.find(id.owner)?.account
        }
        if let live { return live }
        guard let owner, let final = finished(id, owner) else { throw .command }
        return final
    }

    public func check(_ filter: hf_filter) throws(Failure) {
        if !isZero(filter.reserved) { throw .argument }
        if filter.sort > UInt8(HF_SORT_SYMBOL) { throw .argument }
        let known = UInt32(1 << 11 - 1) | UInt32(1) << 31
        if filter.present & ~known != 0 { throw .argument }
        if filter.states & ~Self.states != 0 { throw .argument }
        if !isText(filter.tag) { throw .range }
        try checkStray(filter)
        if filter.older_than < 0 || filter.newer_than < 0 { throw .range }
        if filter.present & UInt32(HF_FILTER_SIDE) != 0 && Side(rawValue: filter.side) == nil {
            throw .argument
        }
    }

    private static let states: UInt32 =
        (HF_POSITION_PENDING...HF_POSITION_CLOSED).reduce(0) { $0 | 1 << UInt32($1) }

    /// A value without its bit would widen the filter unseen: a close of one could become one of
    /// all.
    private func checkStray(_ filter: hf_filter) throws(Failure) {
        let isSet: [(Int, Bool)] = [
            (Int(HF_FILTER_POSITION), filter.position != 0),
            (Int(HF_FILTER_ACCOUNT), filter.account != 0),
            (Int(HF_FILTER_SYMBOL), filter.symbol != 0),
            (Int(HF_FILTER_SIDE), filter.side != 0),
            (Int(HF_FILTER_STRATEGY), filter.strategy != 0),
            (Int(HF_FILTER_TAG), !isZero(filter.tag)),
            (Int(HF_FILTER_STATES), filter.states != 0),
            (Int(HF_FILTER_OLDER_THAN), filter.older_than != 0),
            (Int(HF_FILTER_NEWER_THAN), filter.newer_than != 0),
        ]
        for (bit, isSet) in isSet where isSet && filter.present & UInt32(bit) == 0 {
            throw .argument
        }
    }

    // MARK: events, counters, hash

    public func events(
        _ cursor: inout UInt64, _ out: UnsafeMutablePointer<hf_event>?, max: Int
    ) -> (count: Int, lost: UInt64) {
        let answer = shared.pointee.events.read(&cursor, out, max: max)
        if answer.lost > 0 { noteLapped(answer.lost) }
        return answer
    }

    /// - Returns: whether there is an event after a cursor, waited for.
    public func waitForEvent(
        after cursor: UInt64, timeout_ms: Int32, _ clock: () -> Int64
    ) throws(Failure) -> Bool {
        try bell().wait(after: cursor, timeout_ms: timeout_ms, clock)
    }

    public func armEvents(after cursor: UInt64) throws(Failure) -> Int32 {
        try bell().arm(after: cursor)
    }

    private func bell() throws(Failure) -> EventBell {
        shared.pointee.definitions.take()
        defer { shared.pointee.definitions.give() }
        try shared.pointee.bell.open(&arena.pointee)
        return shared.pointee.bell
    }

    /// - Returns: how many closed positions were read, or how many are no longer kept.
    public func closed(
        _ cursor: inout UInt64, _ out: UnsafeMutablePointer<hf_position>?, max: Int
    ) -> (count: Int, lost: UInt64) {
        shared.pointee.history.read(&cursor, out, max: max)
    }

    public var counters: hf_counters {
        var sum = hf_counters()
        for index in 0..<stripeCount {
            let stripe = stripes + index
            let (part, waits) = stripe.pointee.lock.hold {
                (stripe.pointee.counters, stripe.pointee.lock.waits)
            }
            sum.lock_waits &+= waits
            withUnsafeBytes(of: part) { from in
                withUnsafeMutableBytes(of: &sum) { to in
                    let words = to.bindMemory(to: UInt64.self)
                    for (at, value) in from.bindMemory(to: UInt64.self).enumerated() {
                        words[at] &+= value
                    }
                }
            }
        }
        sum.sequence = shared.pointee.recorder.claimed
        sum.positions_open = UInt64(
            max(0, shared.pointee.openPositions.pointee.load(ordering: .relaxed)))
        sum.events = shared.pointee.events.written
        sum.slices_max = UInt64(slicesMax.pointee.load(ordering: .relaxed))
        let ranges = stripes.regions.pages
        let (reserved, huge) = shared.pointee.definitions.hold {
            (arena.pointee.reserved, arena.pointee.huge)
        }
        sum.memory_reserved = UInt64(reserved + ranges.bytes.count)
        sum.memory_huge = UInt64(huge + (ranges.isHuge ? ranges.bytes.count : 0))
        addOwn(&sum)
        return sum
    }

    /// The state hash of SEMANTICS 11: every stripe stands still for it.
    public var hash: UInt64 { holdAll { hashLocked } }

    private var hashLocked: UInt64 {
        var sum: UInt64 = 0
        for index in 0..<stripeCount { sum = sum &+ (stripes + index).pointee.hashPositions() }
        let symbols = shared.pointee.names.symbols.pointee.load(ordering: .acquiring)
        for index in 0..<symbols {
            sum = sum &+ (stripes + 0).pointee.hash(shared.pointee.markets[index])
        }
        sum = sum &+ shared.pointee.wide.hash &+ shared.pointee.rates.hash
        let counts = shared.pointee.names.counts.pointee
        for index in 0..<counts.accounts {
            let account = shared.pointee.accounts + index
            sum = sum &+ account.pointee.lock.hold { account.pointee.hash }
        }
        sum = sum &+ shared.pointee.desk.hold { deskHash }
        return sum
    }

    /// Runs a body while every stripe stands still.
    public func still<Answer>(_ body: (UInt64) -> Answer) -> Answer {
        holdAll { body(hashLocked) }
    }
}

extension Stripe {
    /// A live command by its id.
    mutating func live(_ p: Row, _ id: hf_command_id) -> hf_command? {
        if p.pointee.life == none { return nil }
        for command in [command(p.pointee.life), query(p.pointee.life), modify(p.pointee.life)]
        where command.pointee.isLive && command.pointee.count == id.count
            && command.pointee.epoch == id.epoch
        {
            return record(of: p, command)
        }
        return nil
    }

    mutating func isDue(_ ticket: Ticket, session: UInt32) -> Bool {
        if Int(ticket.life) >= lives.used { return false }
        let position = lives[ticket.life].pointee.position
        if position == none || positions[position].pointee.id != ticket.position { return false }
        let (command, query) = (command(ticket.life), query(ticket.life))
        let modify = modify(ticket.life)
        if command.pointee.count == ticket.count {
            if !isDue(command.pointee, session) { return false }
            if mustWait(positions[position], ticket.life) {
                putOff(positions[position], ticket.life)
            }
            return !lives[ticket.life].pointee.isPutOff
        }
        if query.pointee.count == ticket.count { return isDue(query.pointee, session) }
        if modify.pointee.count == ticket.count { return isDue(modify.pointee, session) }
        return false
    }
}
