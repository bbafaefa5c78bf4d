import CHoldfast
import Synchronization

/// Lists of open positions, in pages.
extension Core {
    /// A page of a list.
    /// - Parameter out: room for `max` records.
    public func list(
        _ filter: hf_filter, _ now: Int64, _ cursor: inout hf_cursor,
        _ out: UnsafeMutablePointer<hf_position>, max: Int
    ) throws(Failure) -> Int {
        if !Instant.isLegal(now) { throw .range }
        try check(filter)
        let matcher = Matcher(filter, now, self)
        var at = cursor
        if at.opaque.0 == 0 && at.opaque.1 == 0 {
            at.sequence_start = shared.pointee.recorder.claimed
        }
        let found =
            filter.sort == UInt8(HF_SORT_NONE)
            ? try listByPlace(matcher, &at, out, max: max)
            : try listSorted(matcher, filter.sort, &at, out, max: max)
        at.sequence_end = shared.pointee.recorder.claimed
        cursor = at
        return found
    }

    /// The cursor is (stripe, slot): a slot is read once, whole.
    private func listByPlace(
        _ filter: Matcher, _ cursor: inout hf_cursor, _ out: UnsafeMutablePointer<hf_position>,
        max: Int
    ) throws(Failure) -> Int {
        if cursor.opaque.0 > UInt64(stripeCount) { throw .range }
        var found = 0
        while found < max && cursor.opaque.0 < UInt64(stripeCount) {
            let index = Int(cursor.opaque.0)
            let stripe = stripes + index
            if !filter.concerns(index, of: stripeCount) {
                cursor.opaque = (cursor.opaque.0 + 1, 0)
                continue
            }
            stripe.pointee.lock.take()
            let used = UInt64(stripe.pointee.positions.used)
            // A cursor from elsewhere may be anything.
            let end = min(used, cursor.opaque.1 &+ UInt64(Limits.slice))
            let last = min(max, found + Limits.sliceRecords)
            var read = 0
            while cursor.opaque.1 < end && found < last {
                let p = stripe.pointee.positions[UInt32(truncatingIfNeeded: cursor.opaque.1)]
                cursor.opaque.1 += 1
                read += 1
                if p.pointee.id == 0 || !stripe.pointee.matches(p, filter) { continue }
                stripe.pointee.write(p, to: out + found)
                found += 1
            }
            let isDone = cursor.opaque.1 >= used
            stripe.pointee.lock.give(isSlice: true)
            note(slice: read)
            if isDone { cursor.opaque = (cursor.opaque.0 + 1, 0) }
        }
        return found
    }

    /// The ids that match, in order.
    func matching(_ filter: hf_filter, _ now: Int64) -> [UInt64] {
        var ids: [UInt64] = []
        scan(Matcher(filter, now, self)) { _, p in ids.append(p.pointee.id) }
        return ids.sorted()
    }

    /// Runs a body on every position that matches, in slices.
    @inline(__always)
    func scan(_ filter: Matcher, _ body: (inout Stripe, UnsafeMutablePointer<Position>) -> Void) {
        for index in 0..<stripeCount where filter.concerns(index, of: stripeCount) {
            var slot = 0
            while scan(stripes + index, from: &slot, filter, body) {}
        }
    }

    /// One slice.
    /// - Returns: false when there was none.
    @inline(__always)
    func scan(
        _ stripe: UnsafeMutablePointer<Stripe>, from slot: inout Int, _ filter: Matcher,
        _ body: (inout Stripe, UnsafeMutablePointer<Position>) -> Void
    ) -> Bool {
        stripe.pointee.lock.take()
        let end = min(stripe.pointee.positions.used, slot + Limits.slice)
        let count = end - slot
        while slot < end {
            let p = stripe.pointee.positions[UInt32(truncatingIfNeeded: slot)]
            slot += 1
            if p.pointee.id != 0 && stripe.pointee.matches(p, filter) { body(&stripe.pointee, p) }
        }
        stripe.pointee.lock.give(isSlice: true)
        note(slice: count)
        return count > 0
    }

    func note(slice: Int) {
        if slice > slicesMax.pointee.load(ordering: .relaxed) {
            slicesMax.pointee.store(slice, ordering: .relaxed)
        }
    }
}
