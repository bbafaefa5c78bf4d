/// The parts of the book that work over lanes. Written once; each thin target specialises them for
/// its instruction set.
public enum BookWork<L: Lanes> {
    /// Tells every block what the top has seen.
    @inlinable
    static func spread(_ book: inout Book) {
        if book.tag.isEmpty { return }
        for block in 0..<book.count { book.summaries[block].tag.take(book.tag) }
        book.tag = Tag()
    }

    /// Tells the leaves of a block what it has seen: exact stops and extremes from here on.
    @inlinable
    static func settle(_ book: inout Book, _ index: Int) {
        let tag = book.summaries[index].tag
        if tag.isEmpty { return }
        let block = Block(book.blocks[index])
        if tag.high != .min {
            L.raise(block.high, block.highTime, tag.high, at: tag.highTime)
            if book.summaries[index].distance != .max {
                trail(book, block, tag.high)
                book.summaries[index].down = L.largest(block.down)
            }
        }
        if tag.low != .max { L.lower(block.low, block.lowTime, tag.low, at: tag.lowTime) }
        book.summaries[index].tag = Tag()
    }

    @inlinable
    static func trail(_ book: Book, _ block: Block, _ peak: Int64) {
        if book.tickSize == 1 { return L.trail(block.down, block.distance, peak) }
        for lane in 0..<Block.lanes where block.distance[lane] != .max {
            let candidate = book.roundedUp(peak - block.distance[lane])
            block.down[lane] = max(block.down[lane], candidate)
        }
    }

    /// Bounds of a block after a leaf has changed.
    @inlinable
    static func measure(_ book: inout Book, _ index: Int) {
        let block = Block(book.blocks[index])
        book.summaries[index].down = L.largest(block.down)
        book.summaries[index].up = L.smallest(block.up)
        book.summaries[index].distance = L.smallest(block.distance)
    }

    /// The bounds of the whole from those of the blocks.
    @inlinable
    static func measureAll(_ book: inout Book) {
        var stop = Int64.min
        var target = Int64.max
        var distance = Int64.max
        for index in 0..<book.count {
            stop = max(stop, book.summaries[index].stopBound(book.slack))
            target = min(target, book.summaries[index].up)
            distance = min(distance, book.summaries[index].distance)
        }
        (book.stopBound, book.targetBound, book.distance) = (stop, target, distance)
    }

    /// Finds what a price fires. Changes no level: the trigger decides what becomes of a breach.
    /// - Parameter out: room for every leaf.
    /// - Returns: how many were found.
    @inlinable
    public static func breaches(
        _ book: inout Book, _ price: Int64, _ out: UnsafeMutablePointer<Breach>
    ) -> Int {
        spread(&book)
        var found = 0
        for index in 0..<book.count {
            let summary = book.summaries[index]
            if price > summary.stopBound(book.slack) && price < summary.up { continue }
            settle(&book, index)
            let block = Block(book.blocks[index])
            let stops = L.atLeast(block.down, price)
            var fired = stops | L.atMost(block.up, price)
            while fired != 0 {
                let lane = fired.trailingZeroBitCount
                fired &= fired &- 1
                out[found] = Breach(
                    slot: block.owner[lane], isStop: stops & (1 << UInt64(lane)) != 0)
                found += 1
            }
        }
        measureAll(&book)
        return found
    }

    /// Adds a leaf. Older peaks never reach it.
    /// - Returns: where it is, until `remove` moves it.
    @inlinable
    public static func insert(_ book: inout Book, _ leaf: Leaf, slot: UInt32) -> UInt32 {
        spread(&book)
        let place = book.leaves
        let index = place / Block.lanes
        if index == book.count {
            book.blocks[index] = book.pool.pointee.take()
            book.summaries[index] = Book.Summary()
            book.count += 1
            for lane in 0..<Block.lanes { put(Block(book.blocks[index]), lane, Leaf(), 0) }
        }
        settle(&book, index)
        put(Block(book.blocks[index]), place % Block.lanes, leaf, slot)
        measure(&book, index)
        widen(&book, leaf)
        book.leaves += 1
        return UInt32(truncatingIfNeeded: place)
    }

    /// Replaces the levels of a leaf; its extremes stay.
    @inlinable
    public static func modify(
        _ book: inout Book, _ place: UInt32, down: Int64, up: Int64, distance: Int64
    ) {
        let index = Int(place) / Block.lanes
        let lane = Int(place) % Block.lanes
        if distance != .max || !book.summaries[index].tag.isEmpty || !book.tag.isEmpty {
            spread(&book)
            settle(&book, index)
        }
        let block = Block(book.blocks[index])
        block.down[lane] = down
        block.up[lane] = up
        block.distance[lane] = distance
        measure(&book, index)
        widen(&book, Leaf(down: down, up: up, distance: distance))
    }

    /// Takes a leaf out; the last one moves into its place.
    /// - Returns: the slot of the leaf that moved, or nil when none did.
    @inlinable
    public static func remove(_ book: inout Book, _ place: UInt32) -> UInt32? {
        spread(&book)
        let last = book.leaves - 1
        let hole = Int(place)
        let lastBlock = last / Block.lanes
        settle(&book, lastBlock)
        var moved: UInt32?
        if hole != last {
            settle(&book, hole / Block.lanes)
            let owner = Block(book.blocks[lastBlock]).owner[last % Block.lanes]
            let leaf = get(Block(book.blocks[lastBlock]), last % Block.lanes)
            put(Block(book.blocks[hole / Block.lanes]), hole % Block.lanes, leaf, owner)
            measure(&book, hole / Block.lanes)
            moved = owner
        }
        put(Block(book.blocks[lastBlock]), last % Block.lanes, Leaf(), 0)
        book.leaves -= 1
        if last % Block.lanes == 0 {
            book.pool.pointee.give(book.blocks[lastBlock])
            book.count -= 1
        } else {
            measure(&book, lastBlock)
        }
        return moved
    }

    /// A leaf as it stands after everything seen; changes nothing.
    @inlinable
    public static func read(_ book: Book, _ place: UInt32) -> Leaf {
        let index = Int(place) / Block.lanes
        var tag = book.summaries[index].tag
        tag.take(book.tag)
        var leaf = get(Block(book.blocks[index]), Int(place) % Block.lanes)
        if tag.high > leaf.high { (leaf.high, leaf.highTime) = (tag.high, tag.highTime) }
        if tag.low < leaf.low { (leaf.low, leaf.lowTime) = (tag.low, tag.lowTime) }
        if leaf.distance != .max && tag.high != .min {
            leaf.down = max(leaf.down, book.roundedUp(tag.high - leaf.distance))
        }
        return leaf
    }

    @inlinable
    static func widen(_ book: inout Book, _ leaf: Leaf) {
        book.stopBound = max(book.stopBound, leaf.down)
        book.targetBound = min(book.targetBound, leaf.up)
        book.distance = min(book.distance, leaf.distance)
    }

    @inlinable
    static func get(_ block: Block, _ lane: Int) -> Leaf {
        var leaf = Leaf(down: block.down[lane], up: block.up[lane], distance: block.distance[lane])
        (leaf.high, leaf.highTime) = (block.high[lane], block.highTime[lane])
        (leaf.low, leaf.lowTime) = (block.low[lane], block.lowTime[lane])
        return leaf
    }

    @inlinable
    static func put(_ block: Block, _ lane: Int, _ leaf: Leaf, _ slot: UInt32) {
        block.down[lane] = leaf.down
        block.up[lane] = leaf.up
        block.distance[lane] = leaf.distance
        block.high[lane] = leaf.high
        block.low[lane] = leaf.low
        block.highTime[lane] = leaf.highTime
        block.lowTime[lane] = leaf.lowTime
        block.owner[lane] = slot
    }
}
