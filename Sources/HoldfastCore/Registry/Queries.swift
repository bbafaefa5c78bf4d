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
        if filter.sort != UInt8(HF_SORT_NONE) { throw .unsupported }
        let known = UInt32(1 << 11 - 1) | UInt32(1) << 31
        if filter.present & ~known != 0 { throw .argument }
        let money = UInt32(HF_FILTER_PROFITABLE) | UInt32(HF_FILTER_LOSING)
        if filter.present & money != 0 { throw .unsupported }
        if !isText(filter.tag) { throw .range }
        try checkStray(filter)
        if filter.older_than < 0 || filter.newer_than < 0 { throw .range }
        if filter.present & UInt32(HF_FILTER_SIDE) != 0 && Side(rawValue: filter.side) == nil {
            throw .argument
        }
    }

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

    /// A page of a list. The cursor is (stripe, slot): a slot is read once, whole.
    /// - Parameter out: room for `max` records.
    public func list(
        _ filter: hf_filter, _ now: Int64, _ cursor: inout hf_cursor,
        _ out: UnsafeMutablePointer<hf_position>, max: Int
    ) throws(Failure) -> Int {
        if !Instant.isLegal(now) { throw .range }
        try check(filter)
        if cursor.opaque.0 == 0 && cursor.opaque.1 == 0 {
            cursor.sequence_start = shared.pointee.recorder.claimed
        }
        if cursor.opaque.0 > UInt64(stripeCount) { throw .range }
        var found = 0
        while found < max && cursor.opaque.0 < UInt64(stripeCount) {
            let stripe = stripes + Int(cursor.opaque.0)
            stripe.pointee.lock.take()
            let used = UInt64(stripe.pointee.positions.used)
            let end = min(used, cursor.opaque.1 &+ UInt64(Limits.slice))
            let last = min(max, found + Limits.sliceRecords)
            var read = 0
            while cursor.opaque.1 < end && found < last {
                let p = stripe.pointee.positions[UInt32(truncatingIfNeeded: cursor.opaque.1)]
                cursor.opaque.1 += 1
                read += 1
                if p.pointee.id == 0 || !stripe.pointee.matches(p, filter, now) { continue }
                stripe.pointee.write(p, to: out + found)
                found += 1
            }
            let isDone = cursor.opaque.1 >= used
            stripe.pointee.lock.give(isSlice: true)
            note(slice: read)
            if isDone { cursor.opaque = (cursor.opaque.0 + 1, 0) }
        }
        cursor.sequence_end = shared.pointee.recorder.claimed
        return found
    }

    private func note(slice: Int) {
        if slice > slicesMax.pointee.load(ordering: .relaxed) {
            slicesMax.pointee.store(slice, ordering: .relaxed)
        }
    }

    /// The ids that match, in order.
    func matching(_ filter: hf_filter, _ now: Int64) -> [UInt64] {
        var ids: [UInt64] = []
        for index in 0..<stripeCount {
            let stripe = stripes + index
            var slot = 0
            while true {
                stripe.pointee.lock.take()
                let end = min(stripe.pointee.positions.used, slot + Limits.slice)
                for at in slot..<max(slot, end) {
                    let p = stripe.pointee.positions[UInt32(at)]
                    if p.pointee.id != 0 && stripe.pointee.matches(p, filter, now) {
                        ids.append(p.pointee.id)
                    }
                }
                stripe.pointee.lock.give(isSlice: true)
                note(slice: max(0, end - slot))
                if end <= slot { break }
                slot = end
            }
        }
        return ids.sorted()
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
        sum = sum &+ shared.pointee.wide.hash
        let counts = shared.pointee.names.counts.pointee
        for index in 0..<counts.accounts {
            let account = shared.pointee.accounts + index
            sum = sum &+ account.pointee.lock.hold { account.pointee.hash }
        }
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
        for command in [command(p.pointee.life), query(p.pointee.life)]
        where command.pointee.isLive && command.pointee.count == id.count
            && command.pointee.epoch == id.epoch
        {
            return record(of: p, command)
        }
        return nil
    }

    mutating func matches(_ p: Row, _ filter: hf_filter, _ now: Int64) -> Bool {
        let row = p.pointee
        func asks(_ bit: UInt32) -> Bool { filter.present & bit != 0 }
        if asks(UInt32(HF_FILTER_POSITION)) && row.id != filter.position { return false }
        if asks(UInt32(HF_FILTER_ACCOUNT)) && account(p).pointee.terms.id != filter.account {
            return false
        }
        if asks(UInt32(HF_FILTER_SYMBOL)) && row.market + 1 != filter.symbol { return false }
        if asks(UInt32(HF_FILTER_SIDE)) && row.side.rawValue != filter.side { return false }
        if asks(UInt32(HF_FILTER_STRATEGY)) && row.strategy != filter.strategy { return false }
        if asks(UInt32(HF_FILTER_TAG)) && label(p).tag != unsafeBitCast(filter.tag, to: Text32.self)
        {
            return false
        }
        if asks(UInt32(HF_FILTER_STATES)) {
            let isClosing = row.life != none && lives[row.life].pointee.intent?.isFull == true
            let state = isClosing ? PositionState.closing : .open
            if filter.states & 1 << UInt32(state.rawValue) == 0 { return false }
        }
        let age = now - row.opened
        if asks(UInt32(HF_FILTER_OLDER_THAN)) && age <= filter.older_than { return false }
        if asks(UInt32(HF_FILTER_NEWER_THAN)) && age >= filter.newer_than { return false }
        return true
    }

    mutating func isDue(_ ticket: Ticket, session: UInt32) -> Bool {
        if Int(ticket.life) >= lives.used { return false }
        let position = lives[ticket.life].pointee.position
        if position == none || positions[position].pointee.id != ticket.position { return false }
        let (command, query) = (command(ticket.life), query(ticket.life))
        if command.pointee.count == ticket.count { return isDue(command.pointee, session) }
        if query.pointee.count == ticket.count { return isDue(query.pointee, session) }
        return false
    }
}
