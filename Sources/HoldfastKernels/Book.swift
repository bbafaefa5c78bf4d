/// The trigger index of one symbol and side: leaves in blocks of 64, each block with bounds that
/// say whether a price can fire anything in it, the whole with two that decide a quiet tick.
///
/// Trailing is lazy: a new peak is only noted in the tag at the top. A bound of a block is at least
/// (peak - smallest distance), and exact stops are computed when a price crosses that.
///
/// Leaves are dense: removal moves the last leaf into the hole and tells the owner.
///
/// Not thread-safe: a book belongs to its stripe.
public struct Book {
    /// Bounds and tag of one block.
    public struct Summary {
        public var down: Int64
        public var up: Int64
        public var distance: Int64
        public var tag: Tag

        @inlinable
        init() { (down, up, distance, tag) = (.min, .max, .max, Tag()) }

        /// No leaf of the block can have a stop above this. Rounding up to the grid adds less than
        /// a tick.
        @inlinable @inline(__always)
        func stopBound(_ slack: Int64) -> Int64 {
            distance == .max || tag.high == .min ? down : max(down, tag.high - distance + slack)
        }
    }

    /// The highest price at which a stop may fire, the lowest at which a target may.
    public var stopBound: Int64 = .min
    public var targetBound: Int64 = .max
    /// The smallest trailing distance, Int64.max when nothing trails.
    @usableFromInline var distance: Int64 = .max
    @usableFromInline var tag = Tag()
    /// Prices are rounded up to multiples of this.
    public var tickSize: Int64 { didSet { slack = tickSize - 1 } }
    @usableFromInline var slack: Int64
    @usableFromInline var count = 0
    @usableFromInline var leaves = 0

    @usableFromInline let summaries: UnsafeMutablePointer<Summary>
    @usableFromInline let blocks: UnsafeMutablePointer<UnsafeMutableRawPointer>
    @usableFromInline let pool: UnsafeMutablePointer<BlockPool>

    /// - Parameters:
    ///   - summaries, blocks: room for as many blocks as the book can ever have.
    ///   - pool: where blocks come from; shared with the other books of the stripe.
    public init(
        tickSize: Int64, summaries: UnsafeMutableRawPointer,
        blocks: UnsafeMutablePointer<UnsafeMutableRawPointer>,
        pool: UnsafeMutablePointer<BlockPool>
    ) {
        self.tickSize = tickSize
        slack = tickSize - 1
        self.summaries = summaries.assumingMemoryBound(to: Summary.self)
        self.blocks = blocks
        self.pool = pool
    }

    /// Whether a price can fire nothing: two compares.
    @inlinable @inline(__always)
    public func isQuiet(_ price: Int64) -> Bool { price > stopBound && price < targetBound }

    /// Notes a price that was tested: extremes, and the stops that trail behind it.
    @inlinable @inline(__always)
    public mutating func see(_ price: Int64, at time: Int64) {
        if price > tag.high {
            (tag.high, tag.highTime) = (price, time)
            if distance != .max { stopBound = max(stopBound, price - distance + slack) }
        }
        if price < tag.low { (tag.low, tag.lowTime) = (price, time) }
    }

    /// The smallest multiple of the tick size at or above a price.
    @inlinable @inline(__always)
    func roundedUp(_ price: Int64) -> Int64 {
        if tickSize == 1 { return price }
        let remainder = price % tickSize
        if remainder == 0 { return price }
        return remainder > 0 ? price - remainder + tickSize : price - remainder
    }
}

/// One breached leaf.
public struct Breach {
    public var slot: UInt32
    /// Whether the stop fired (it wins over the target).
    public var isStop: Bool

    @inlinable
    public init(slot: UInt32, isStop: Bool) {
        self.slot = slot
        self.isStop = isStop
    }
}

/// Blocks of one stripe, taken and given back; never more than were reserved.
public struct BlockPool {
    @usableFromInline let memory: UnsafeMutableRawPointer
    @usableFromInline let free: UnsafeMutablePointer<UnsafeMutableRawPointer>
    @usableFromInline var freed = 0
    @usableFromInline var used = 0

    /// - Parameters:
    ///   - memory: `Block.bytes` for each block that can be in use at once.
    ///   - free: room for as many pointers.
    public init(
        memory: UnsafeMutableRawPointer, free: UnsafeMutablePointer<UnsafeMutableRawPointer>
    ) {
        self.memory = memory
        self.free = free
    }

    @inlinable
    mutating func take() -> UnsafeMutableRawPointer {
        if freed > 0 {
            freed -= 1
            return free[freed]
        }
        used += 1
        return memory + (used - 1) * Block.bytes
    }

    @inlinable
    mutating func give(_ block: UnsafeMutableRawPointer) {
        free[freed] = block
        freed += 1
    }
}
