/// The parts of the book that work over lanes. Written once; each thin target specialises them for
/// its instruction set.
public enum BookWork<L: Lanes> {
    // MARK: telling downward

    /// Tells a node what the level above has seen: bounds are right and, in leaves, stops and
    /// extremes exact from here on.
    @inlinable @inline(__always)
    static func tell(_ book: Book, _ node: Node, _ tag: Tag, _ distance: Int64) {
        L.see(node.columns, tag)
        if distance == .max || tag.high == .min { return }
        if book.tickSize == 1 {
            L.trail(node.columns, tag.high)
        } else if node.place.pointee.level > 0 {
            L.trail(node.columns, tag.high + book.slack)
        } else {
            for lane in 0..<Node.lanes where node.distance[lane] != .max {
                let candidate = candidate(book, node, lane, tag.high)
                node.down[lane] = max(node.down[lane], candidate)
            }
        }
    }

    /// The stop of a trailing leaf; of a judged one a bound, so that its owner finds the peak.
    @inlinable @inline(__always)
    static func candidate(_ book: Book, _ node: Node, _ lane: Int, _ peak: Int64) -> Int64 {
        let candidate = peak - node.distance[lane]
        let isJudged = node.place.pointee.judged & (1 << UInt32(lane)) != 0
        return isJudged ? candidate : book.roundedUp(candidate)
    }

    /// Tells the top what the book has seen.
    @inlinable @inline(__always)
    static func tellTop(_ book: inout Book) {
        if book.tag.isEmpty { return }
        tell(book, book.node(book.root), book.tag, book.distance)
        book.tag = Tag()
    }

    /// Tells the node below a lane what that lane has seen.
    @inlinable @inline(__always)
    static func tell(_ book: Book, _ node: Node, below lane: Int) -> Node {
        let child = book.node(node.link[lane])
        let tag = node.tag(lane)
        if !tag.isEmpty {
            tell(book, child, tag, node.distance[lane])
            node.set(lane, Tag())
        }
        return child
    }

    /// Tells a node everything that all above it have seen.
    @inlinable
    static func settle(_ book: inout Book, _ id: UInt32) {
        if id == book.root { return tellTop(&book) }
        let place = book.node(id).place
        settle(&book, place.pointee.parent)
        _ = tell(book, book.node(place.pointee.parent), below: Int(place.pointee.lane))
    }

    // MARK: bounds upward

    /// Lets every node above hold what one of its lanes got.
    @inlinable
    static func widen(_ book: inout Book, _ id: UInt32, _ bounds: Bounds) {
        var id = id
        while id != book.root {
            let place = book.node(id).place
            let parent = book.node(place.pointee.parent)
            var whole = parent.bounds(Int(place.pointee.lane))
            if whole.cover(bounds) { return }
            whole.widen(bounds)
            parent.set(Int(place.pointee.lane), whole)
            id = place.pointee.parent
        }
        book.stopBound = max(book.stopBound, bounds.down)
        book.targetBound = min(book.targetBound, bounds.up)
        book.distance = min(book.distance, bounds.distance)
    }

    /// Measures a node anew, and those above it as far as that changes them.
    /// - Parameter old: what one of its lanes had: where it was no bound, nothing changes.
    @inlinable
    static func narrow(_ book: inout Book, _ id: UInt32, _ old: Bounds) {
        var id = id
        var old = old
        while id != book.root {
            let place = book.node(id).place
            let parent = book.node(place.pointee.parent)
            let lane = Int(place.pointee.lane)
            let whole = parent.bounds(lane)
            if old.down < whole.down && old.up > whole.up
                && (old.distance > whole.distance || whole.distance == .max)
            {
                return
            }
            let bounds = measure(book, book.node(id), parent.tag(lane))
            if bounds == whole { return }
            parent.set(lane, bounds)
            (id, old) = (place.pointee.parent, whole)
        }
        measureTop(&book)
    }

    /// - Parameter tag: what the node has not been told yet.
    @inlinable @inline(__always)
    static func measure(_ book: Book, _ node: Node, _ tag: Tag) -> Bounds {
        var bounds = L.measure(node.columns)
        if bounds.distance != .max && tag.high != .min {
            bounds.down = max(bounds.down, tag.high - bounds.distance + book.slack)
        }
        return bounds
    }

    @inlinable @inline(__always)
    static func measureTop(_ book: inout Book) {
        let bounds = measure(book, book.node(book.root), book.tag)
        (book.stopBound, book.targetBound) = (bounds.down, bounds.up)
        book.distance = bounds.distance
    }

    // MARK: breaches

    /// Finds what a price fires. A leaf that fired watches nothing from then on: what becomes of
    /// it is the trigger's.
    /// - Parameter out: room for every leaf.
    /// - Returns: how many were found.
    @inlinable
    public static func breaches(
        _ book: inout Book, _ price: Int64, _ out: UnsafeMutablePointer<Breach>
    ) -> Int {
        if book.root == Node.none { return 0 }
        tellTop(&book)
        var end = out
        scan(book, book.node(book.root), price, &end)
        measureTop(&book)
        return end - out
    }

    @inlinable
    static func scan(
        _ book: Book, _ node: Node, _ price: Int64, _ out: inout UnsafeMutablePointer<Breach>
    ) {
        let crossed = L.crossed(node.columns, price)
        var mask = (crossed | crossed >> UInt32(Node.lanes)) & Node.full
        if node.place.pointee.level == 0 {
            while mask != 0 {
                let lane = mask.trailingZeroBitCount
                mask &= mask &- 1
                out.initialize(
                    to: Breach(
                        slot: node.link[lane], isStop: crossed & (1 << UInt32(lane)) != 0,
                        down: node.down[lane], distance: node.distance[lane]))
                out += 1
                node.set(lane, Bounds(down: .min, up: .max, distance: .max))
            }
            return
        }
        while mask != 0 {
            let lane = mask.trailingZeroBitCount
            mask &= mask &- 1
            let child = tell(book, node, below: lane)
            scan(book, child, price, &out)
            node.set(lane, L.measure(child.columns))
        }
    }

    // MARK: leaves

    /// Adds a leaf. Older peaks never reach it.
    /// - Returns: its place, until it is removed.
    @inlinable
    public static func insert(_ book: inout Book, _ leaf: Leaf, slot: UInt32) -> UInt32 {
        var id = book.open[0]
        if id == Node.none {
            id = book.pool.pointee.take(level: 0)
            attach(&book, id, level: 0)
        }
        settle(&book, id)
        let node = book.node(id)
        let lane = (~node.place.pointee.used).trailingZeroBitCount
        let bounds = Bounds(down: leaf.down, up: leaf.up, distance: leaf.distance)
        node.set(lane, bounds)
        (node.high[lane], node.highTime[lane]) = (leaf.high, leaf.highTime)
        (node.low[lane], node.lowTime[lane]) = (leaf.low, leaf.lowTime)
        node.link[lane] = slot
        node.place.pointee.judged &= ~(1 << UInt32(lane))
        use(&book, id, node, lane)
        widen(&book, id, bounds)
        return id << 4 | UInt32(lane)
    }

    @inlinable @inline(__always)
    static func use(_ book: inout Book, _ id: UInt32, _ node: Node, _ lane: Int) {
        node.place.pointee.used |= 1 << UInt32(lane)
        if node.place.pointee.used == Node.full { book.unlist(id) }
    }

    /// Hangs a new node into the tree.
    @inlinable
    static func attach(_ book: inout Book, _ id: UInt32, level: UInt32) {
        book.list(id)
        if book.root == Node.none {
            book.root = id
            return
        }
        if book.open[Int(level) + 1] == Node.none {
            let above = book.pool.pointee.take(level: level + 1)
            if book.node(book.root).place.pointee.level == level {
                tellTop(&book)
                let old = book.root
                book.root = above
                book.list(above)
                let bounds = Bounds(
                    down: book.stopBound, up: book.targetBound, distance: book.distance)
                hang(&book, old, below: above, bounds)
            } else {
                attach(&book, above, level: level + 1)
            }
        }
        let above = book.open[Int(level) + 1]
        // What was seen before must not reach the new lane.
        settle(&book, above)
        hang(&book, id, below: above, Bounds(down: .min, up: .max, distance: .max))
    }

    @inlinable
    static func hang(_ book: inout Book, _ id: UInt32, below above: UInt32, _ bounds: Bounds) {
        let parent = book.node(above)
        let lane = (~parent.place.pointee.used).trailingZeroBitCount
        parent.set(lane, bounds)
        parent.set(lane, Tag())
        parent.link[lane] = id
        book.node(id).place.pointee.parent = above
        book.node(id).place.pointee.lane = UInt32(lane)
        use(&book, above, parent, lane)
    }

    /// Replaces the levels of a leaf; its extremes stay.
    /// - Parameter isJudged: the distance is a bound: the owner computes the stop from the peak,
    ///   which is down + distance once that is above the `down` given here.
    @inlinable
    public static func modify(
        _ book: inout Book, _ place: UInt32, down: Int64, up: Int64, distance: Int64,
        isJudged: Bool = false
    ) {
        let id = place >> 4
        let lane = Int(place & 15)
        let node = book.node(id)
        // Older peaks know the old distance only.
        if distance != .max || node.distance[lane] != .max { settle(&book, id) }
        let old = node.bounds(lane)
        let new = Bounds(down: down, up: up, distance: distance)
        let bit: UInt32 = 1 << UInt32(lane)
        if isJudged { node.place.pointee.judged |= bit } else { node.place.pointee.judged &= ~bit }
        if old == new { return }
        node.set(lane, new)
        if new.cover(old) {
            widen(&book, id, new)
        } else {
            widen(&book, id, new)
            narrow(&book, id, old)
        }
    }

    /// Takes a leaf out.
    @inlinable
    public static func remove(_ book: inout Book, _ place: UInt32) {
        var id = place >> 4
        var lane = Int(place & 15)
        while true {
            let node = book.node(id)
            let old = node.bounds(lane)
            node.clear(lane)
            if node.place.pointee.used == Node.full { book.list(id) }
            node.place.pointee.used &= ~(1 << UInt32(lane))
            if node.place.pointee.used != 0 { return narrow(&book, id, old) }
            // Empty: the memory may serve another book.
            book.unlist(id)
            let (parent, above) = (node.place.pointee.parent, node.place.pointee.lane)
            book.pool.pointee.give(id)
            if id == book.root {
                book.root = Node.none
                (book.stopBound, book.targetBound, book.distance) = (.min, .max, .max)
                book.tag = Tag()
                return
            }
            (id, lane) = (parent, Int(above))
        }
    }

    /// A leaf as it stands after everything seen; changes nothing. Written word by word where it
    /// will lie: a copy would wait for words that were just written.
    @inlinable
    static func read(
        _ book: UnsafePointer<Book>, _ place: UInt32, to leaf: UnsafeMutablePointer<Leaf>
    ) {
        var id = place >> 4
        let lane = Int(place & 15)
        let pool = book.pointee.pool
        let node = pool.pointee.node(id)
        var seen = Tag()
        while id != book.pointee.root {
            let place = pool.pointee.node(id).place
            seen.take(pool.pointee.node(place.pointee.parent).tag(Int(place.pointee.lane)))
            id = place.pointee.parent
        }
        seen.take(book.pointee.tag)
        var extremes = node.tag(lane)
        extremes.take(seen)
        (leaf.pointee.high, leaf.pointee.highTime) = (extremes.high, extremes.highTime)
        (leaf.pointee.low, leaf.pointee.lowTime) = (extremes.low, extremes.lowTime)
        leaf.pointee.up = node.up[lane]
        leaf.pointee.distance = node.distance[lane]
        leaf.pointee.down = node.down[lane]
        if node.distance[lane] != .max && seen.high != .min {
            leaf.pointee.down = max(
                node.down[lane], candidate(book.pointee, node, lane, seen.high))
        }
    }
}
