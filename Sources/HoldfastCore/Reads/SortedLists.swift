import CHoldfast
import Synchronization

/// Sorted lists. The order is that of the ids when a list begins: pages look each up again and skip
/// what is gone or no longer matches, so nobody appears twice and nobody who stays is missed.
extension Core {
    /// The cursor is (this bit and the list's number, place in its order).
    private static let mark: UInt64 = 1 << 63

    func listSorted(
        _ filter: Matcher, _ sort: UInt8, _ cursor: inout hf_cursor,
        _ out: UnsafeMutablePointer<hf_position>, max: Int
    ) throws(Failure) -> Int {
        if cursor.opaque.0 == 0 && cursor.opaque.1 == 0 {
            cursor.opaque.0 = Self.mark | begin(filter, sort)
        }
        if cursor.opaque.0 & Self.mark == 0 { throw .range }
        let number = cursor.opaque.0 & ~Self.mark
        return try withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Limits.sliceRecords) {
            (ids) throws(Failure) in
            var found = 0
            while found < max {
                let most = min(max - found, ids.count)
                let lists = shared.pointee.reads.lists
                let given = lists.read(number, sort, from: cursor.opaque.1, ids, most: most)
                guard case .success(let count) = given else {
                    if case .failure(let failure) = given, found == 0 { throw failure }
                    break
                }
                if count == 0 { break }
                found += write(ids[..<count], filter, to: out + found)
                cursor.opaque.1 += UInt64(count)
            }
            return found
        }
    }

    /// Writes those that still match.
    /// - Returns: how many.
    private func write(
        _ ids: Slice<UnsafeMutableBufferPointer<UInt64>>, _ filter: Matcher,
        to out: UnsafeMutablePointer<hf_position>
    ) -> Int {
        var found = 0
        var held: UnsafeMutablePointer<Stripe>?
        for id in ids {
            guard let place = shared.pointee.directory.number(of: id) else { continue }
            let (index, slot) = shared.pointee.places.place(place)
            let stripe = stripes + index
            if stripe != held {
                held?.pointee.lock.give(isSlice: true)
                stripe.pointee.lock.take()
                held = stripe
            }
            let p = stripe.pointee.positions[slot]
            if p.pointee.id != id || !stripe.pointee.matches(p, filter) { continue }
            stripe.pointee.write(p, to: out + found)
            found += 1
        }
        held?.pointee.lock.give(isSlice: true)
        return found
    }

    /// Fixes the order of what matches now.
    /// - Returns: the list's number.
    private func begin(_ filter: Matcher, _ sort: UInt8) -> UInt64 {
        let lists = shared.pointee.reads.lists
        shared.pointee.reads.lock.take()
        defer { shared.pointee.reads.lock.give() }
        // What opens from here on is in no page, so there is room for all.
        let newest = shared.pointee.lastPosition.pointee.load(ordering: .acquiring)
        lists.sorter.clear()
        scan(filter) { stripe, p in
            if p.pointee.id > newest { return }
            lists.sorter.add(stripe.key(p, sort), p.pointee.id)
        }
        lists.sorter.sort()
        return lists.keep(sort, isReversed: sort == UInt8(HF_SORT_NEWEST))
    }
}

extension Stripe {
    /// What a position is sorted by, before its id.
    @inline(__always)
    mutating func key(_ p: Row, _ sort: UInt8) -> UInt64 {
        switch Int(sort) {
        case HF_SORT_SYMBOL: return UInt64(p.pointee.market)
        case HF_SORT_PROFIT, HF_SORT_LOSS:
            guard let (_, net) = netFloating(p) else { return .max }
            let rising = UInt64(bitPattern: net) ^ 1 << 63
            return sort == UInt8(HF_SORT_LOSS) ? rising : ~rising
        default: return 0
        }
    }
}

/// The orders of the last sorted lists, in memory that is reserved when a core opens.
struct SortedLists {
    private struct List {
        /// 1, 2, 3 ...; 0 while there is none.
        var number: UInt64 = 0
        var count = 0
        var sort: UInt8 = 0
    }

    /// Used by one read at a time.
    let sorter: Sorter
    private let lists: UnsafeMutablePointer<List>
    private let ids: UnsafeMutablePointer<UInt64>
    private let last: UnsafeMutablePointer<UInt64>
    private let lock: ShortLock
    private let capacity: Int

    init(_ arena: inout Arena, positions: Int) throws(Failure) {
        sorter = try Sorter(&arena, capacity: positions)
        lists = try arena.reserve(List.self, Limits.lists)
        ids = try arena.reserve(UInt64.self, Limits.lists * positions)
        last = try arena.reserve(UInt64.self, 1)
        lock = try ShortLock(&arena)
        capacity = positions
    }

    private func place(_ number: UInt64) -> Int { Int(number % UInt64(Limits.lists)) }

    /// Keeps the sorter's order in place of the oldest list.
    /// - Returns: the new list's number.
    func keep(_ sort: UInt8, isReversed: Bool) -> UInt64 {
        let number = last.pointee + 1
        let list = lists + place(number)
        let to = ids + place(number) * capacity
        // From here on nobody reads the oldest.
        lock.hold { list.pointee.number = 0 }
        let count = sorter.count
        for at in 0..<count { to[isReversed ? count - 1 - at : at] = sorter.id(at) }
        lock.hold {
            list.pointee = List(number: number, count: count, sort: sort)
            last.pointee = number
        }
        return number
    }

    /// Copies ids of a list.
    /// - Returns: how many; 0 at its end.
    func read(
        _ number: UInt64, _ sort: UInt8, from: UInt64, _ out: UnsafeMutableBufferPointer<UInt64>,
        most: Int
    ) -> Result<Int, Failure> {
        lock.hold {
            if number == 0 || number > last.pointee { return .failure(.range) }
            let list = lists[place(number)]
            if list.number != number { return .failure(.lapped) }
            if list.sort != sort || from > UInt64(list.count) { return .failure(.range) }
            let count = min(most, list.count - Int(from))
            let source = ids + place(number) * capacity + Int(from)
            for at in 0..<count { out[at] = source[at] }
            return .success(count)
        }
    }
}
