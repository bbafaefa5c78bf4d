/// 16 lanes as columns, in one piece of memory of `Node.bytes`: the leaves of 16 positions (level
/// 0), or the bounds and tags of 16 nodes of the level below. Prices are *watched* prices: the bid
/// of a long, the negated ask of a short, so that a stop always fires downward and a target upward.
///
/// One shape for both, because a leaf is a node of one: its levels are its bounds, its extremes are
/// the tag that nobody is left to be told of.
public struct Node {
    public static let lanes = 16
    /// Seven columns of Int64, one of UInt32, and the node's place in the tree.
    public static let bytes = 1024

    /// What is in a node, beside its columns.
    @usableFromInline
    struct Place {
        /// The node above, and the lane there; of the top none.
        @usableFromInline var parent: UInt32
        @usableFromInline var lane: UInt32
        /// 0: of leaves.
        @usableFromInline var level: UInt32
        /// Bit i is set where lane i is in use.
        @usableFromInline var used: UInt32
        /// Bit i is set where the distance of leaf i is a bound only: its owner judges what fires.
        @usableFromInline var judged: UInt32
        /// Neighbours among the nodes of the level that have a free lane.
        @usableFromInline var next: UInt32
        @usableFromInline var before: UInt32

        @inlinable
        init(level: UInt32) {
            (parent, lane, self.level, used, judged) = (Node.none, 0, level, 0, 0)
            (next, before) = (Node.none, Node.none)
        }
    }

    @usableFromInline static let none = UInt32.max
    @usableFromInline static let full: UInt32 = 0xFFFF

    @usableFromInline let columns: UnsafeMutablePointer<Int64>

    @inlinable @inline(__always)
    public init(_ columns: UnsafeMutablePointer<Int64>) { self.columns = columns }

    @inlinable @inline(__always)
    func column(_ index: Int) -> UnsafeMutablePointer<Int64> { columns + index &* Node.lanes }

    /// Fires when the watched price is at or below it; the smallest Int64 when there is none.
    @inlinable @inline(__always) public var down: UnsafeMutablePointer<Int64> { column(0) }
    /// Fires when the watched price is at or above it; the largest Int64 when there is none.
    @inlinable @inline(__always) public var up: UnsafeMutablePointer<Int64> { column(1) }
    /// How far `down` trails behind the watched price; the largest Int64 when it does not.
    @inlinable @inline(__always) public var distance: UnsafeMutablePointer<Int64> { column(2) }
    /// Best and worst watched price and their times: of a leaf since its insertion, of a node since
    /// it last told the level below.
    @inlinable @inline(__always) public var high: UnsafeMutablePointer<Int64> { column(3) }
    @inlinable @inline(__always) public var low: UnsafeMutablePointer<Int64> { column(4) }
    @inlinable @inline(__always) public var highTime: UnsafeMutablePointer<Int64> { column(5) }
    @inlinable @inline(__always) public var lowTime: UnsafeMutablePointer<Int64> { column(6) }

    /// Of a leaf its position's slot, of a node the node below.
    @inlinable @inline(__always)
    public var link: UnsafeMutablePointer<UInt32> {
        UnsafeMutableRawPointer(column(7)).assumingMemoryBound(to: UInt32.self)
    }

    @inlinable @inline(__always)
    var place: UnsafeMutablePointer<Place> {
        (UnsafeMutableRawPointer(column(7)) + Node.lanes &* 4).assumingMemoryBound(to: Place.self)
    }

    // MARK: lanes

    @inlinable @inline(__always)
    func bounds(_ lane: Int) -> Bounds {
        Bounds(down: down[lane], up: up[lane], distance: distance[lane])
    }

    @inlinable @inline(__always)
    func set(_ lane: Int, _ bounds: Bounds) {
        down[lane] = bounds.down
        up[lane] = bounds.up
        distance[lane] = bounds.distance
    }

    @inlinable @inline(__always)
    func tag(_ lane: Int) -> Tag {
        var tag = Tag()
        (tag.high, tag.highTime) = (high[lane], highTime[lane])
        (tag.low, tag.lowTime) = (low[lane], lowTime[lane])
        return tag
    }

    @inlinable @inline(__always)
    func set(_ lane: Int, _ tag: Tag) {
        (high[lane], highTime[lane]) = (tag.high, tag.highTime)
        (low[lane], lowTime[lane]) = (tag.low, tag.lowTime)
    }

    /// Watches nothing and has seen nothing.
    @inlinable @inline(__always)
    func clear(_ lane: Int) {
        set(lane, Bounds(down: .min, up: .max, distance: .max))
        set(lane, Tag())
        link[lane] = Node.none
    }
}

/// One leaf, by value.
public struct Leaf: Equatable, Sendable {
    public var down: Int64
    public var up: Int64
    public var distance: Int64
    public var high: Int64
    public var low: Int64
    public var highTime: Int64
    public var lowTime: Int64

    /// A leaf that watches nothing and has seen nothing.
    @inlinable
    public init(down: Int64 = .min, up: Int64 = .max, distance: Int64 = .max) {
        self.down = down
        self.up = up
        self.distance = distance
        high = .min
        low = .max
        highTime = 0
        lowTime = 0
    }

    /// Takes a price that the position has seen.
    @inlinable
    public mutating func see(_ price: Int64, at time: Int64) {
        if price > high { (high, highTime) = (price, time) }
        if price < low { (low, lowTime) = (price, time) }
    }
}

/// What a node or a book has seen since it last told the level below.
public struct Tag {
    public var high: Int64
    public var low: Int64
    public var highTime: Int64
    public var lowTime: Int64

    @inlinable @inline(__always)
    public init() { (high, low, highTime, lowTime) = (.min, .max, 0, 0) }

    @inlinable @inline(__always)
    public mutating func see(_ price: Int64, at time: Int64) {
        if price > high { (high, highTime) = (price, time) }
        if price < low { (low, lowTime) = (price, time) }
    }

    /// Takes what the level above saw later than everything here.
    @inlinable @inline(__always)
    mutating func take(_ above: Tag) {
        if above.high > high { (high, highTime) = (above.high, above.highTime) }
        if above.low < low { (low, lowTime) = (above.low, above.lowTime) }
    }

    @inlinable @inline(__always)
    var isEmpty: Bool { high == .min && low == .max }
}

/// Nodes of one stripe, taken and given back; never more than were reserved.
public struct NodePool {
    @usableFromInline let memory: UnsafeMutableRawPointer
    @usableFromInline var free = Node.none
    @usableFromInline var used: UInt32 = 0

    /// Nodes that trees over `leaves` leaves in `books` books can ever need. A node is made only
    /// when no other of its level and book has room, so a book never has more of a level than its
    /// leaves would fill; but leaves go one by one, and each that is left may hold a node on every
    /// level.
    public static func capacity(leaves: Int, books: Int) -> Int {
        var sum = 0
        var whole = leaves
        repeat {
            whole = (whole + Node.lanes - 1) / Node.lanes
            sum += min(leaves, books * whole)
        } while whole > 1
        return sum + books
    }

    /// - Parameter memory: `Node.bytes` for each node, on a boundary of as many.
    public init(memory: UnsafeMutableRawPointer) { self.memory = memory }

    @inlinable @inline(__always)
    func node(_ id: UInt32) -> Node {
        Node((memory + Int(id) &* Node.bytes).assumingMemoryBound(to: Int64.self))
    }

    @inlinable
    mutating func take(level: UInt32) -> UInt32 {
        let id: UInt32
        if free != Node.none {
            id = free
            free = node(id).place.pointee.next
        } else {
            id = used
            used += 1
        }
        let node = node(id)
        for lane in 0..<Node.lanes { node.clear(lane) }
        node.place.initialize(to: Node.Place(level: level))
        return id
    }

    @inlinable
    mutating func give(_ id: UInt32) {
        node(id).place.pointee.next = free
        free = id
    }
}
