/// The trigger index of one symbol and side: a 16-ary tree over leaves whose place never changes,
/// with two bounds on top that decide a quiet tick.
///
/// Trailing is lazy: a new peak is only noted in the tag on top, and told downward where a price
/// crosses a bound. A bound is at least (peak - smallest distance), and stops are exact in the
/// leaves. The extremes a position has seen are kept by the same tags.
///
/// Not thread-safe: a book belongs to its stripe.
public struct Book {
    /// Levels of nodes, more than 16^8 leaves need.
    public static let levels = 8

    /// The highest price at which a stop may fire, the lowest at which a target may.
    public var stopBound: Int64 = .min
    public var targetBound: Int64 = .max
    /// The smallest trailing distance, Int64.max when nothing trails.
    @usableFromInline var distance: Int64 = .max
    @usableFromInline var tag = Tag()
    /// Prices are rounded up to multiples of this.
    public var tickSize: Int64 { didSet { slack = tickSize - 1 } }
    /// Rounding up to the grid adds at most this.
    @usableFromInline var slack: Int64
    /// The top node; `Node.none` of an empty book.
    @usableFromInline var root = Node.none
    /// First of the nodes of each level that have a free lane.
    @usableFromInline let open: UnsafeMutablePointer<UInt32>
    @usableFromInline let pool: UnsafeMutablePointer<NodePool>

    /// - Parameters:
    ///   - open: room for `levels` numbers.
    ///   - pool: where nodes come from; shared with the other books of the stripe.
    public init(
        tickSize: Int64, open: UnsafeMutablePointer<UInt32>,
        pool: UnsafeMutablePointer<NodePool>
    ) {
        self.tickSize = tickSize
        slack = tickSize - 1
        self.open = open
        self.pool = pool
        open.initialize(repeating: Node.none, count: Book.levels)
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

    @inlinable @inline(__always)
    func node(_ id: UInt32) -> Node { pool.pointee.node(id) }

    /// The smallest multiple of the tick size at or above a price.
    @inlinable @inline(__always)
    func roundedUp(_ price: Int64) -> Int64 {
        if tickSize == 1 { return price }
        let remainder = price % tickSize
        if remainder == 0 { return price }
        return remainder > 0 ? price - remainder + tickSize : price - remainder
    }

    // MARK: nodes with a free lane

    @inlinable
    mutating func list(_ id: UInt32) {
        let place = node(id).place
        let first = open[Int(place.pointee.level)]
        (place.pointee.next, place.pointee.before) = (first, Node.none)
        if first != Node.none { node(first).place.pointee.before = id }
        open[Int(place.pointee.level)] = id
    }

    @inlinable
    mutating func unlist(_ id: UInt32) {
        let place = node(id).place
        let (next, before) = (place.pointee.next, place.pointee.before)
        if next != Node.none { node(next).place.pointee.before = before }
        if before != Node.none {
            node(before).place.pointee.next = next
        } else {
            open[Int(place.pointee.level)] = next
        }
    }
}

/// One breached leaf. It watches nothing from then on, until the trigger says what it is to watch.
public struct Breach {
    public var slot: UInt32
    /// Whether the stop fired (it wins over the target).
    public var isStop: Bool
    /// The leaf's stop at that moment, trailed to the last peak, and the distance it trailed by.
    public var down: Int64
    public var distance: Int64

    @inlinable
    public init(slot: UInt32, isStop: Bool, down: Int64, distance: Int64) {
        (self.slot, self.isStop, self.down, self.distance) = (slot, isStop, down, distance)
    }
}
