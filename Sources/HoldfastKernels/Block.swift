/// 64 leaves as columns, in one piece of memory of `Block.bytes`. Prices are *watched* prices: the
/// bid of a long, the negated ask of a short, so that a stop always fires downward and a target
/// upward.
public struct Block {
    public static let lanes = 64
    /// Seven columns of Int64 and one of UInt32.
    public static let bytes = lanes * (7 * 8 + 4)

    @usableFromInline let base: UnsafeMutableRawPointer

    @inlinable @inline(__always)
    public init(_ base: UnsafeMutableRawPointer) { self.base = base }

    @inlinable @inline(__always)
    func column(_ index: Int) -> UnsafeMutablePointer<Int64> {
        (base + index &* Block.lanes &* 8).assumingMemoryBound(to: Int64.self)
    }

    /// Fires when the watched price is at or below it; the smallest Int64 when there is none.
    @inlinable @inline(__always) public var down: UnsafeMutablePointer<Int64> { column(0) }
    /// Fires when the watched price is at or above it; the largest Int64 when there is none.
    @inlinable @inline(__always) public var up: UnsafeMutablePointer<Int64> { column(1) }
    /// How far `down` trails behind the watched price; the largest Int64 when it does not.
    @inlinable @inline(__always) public var distance: UnsafeMutablePointer<Int64> { column(2) }
    /// Best and worst watched price since insertion and their times.
    @inlinable @inline(__always) public var high: UnsafeMutablePointer<Int64> { column(3) }
    @inlinable @inline(__always) public var low: UnsafeMutablePointer<Int64> { column(4) }
    @inlinable @inline(__always) public var highTime: UnsafeMutablePointer<Int64> { column(5) }
    @inlinable @inline(__always) public var lowTime: UnsafeMutablePointer<Int64> { column(6) }
    /// The slot of the position that a leaf belongs to.
    @inlinable @inline(__always) public var owner: UnsafeMutablePointer<UInt32> {
        (base + 7 &* Block.lanes &* 8).assumingMemoryBound(to: UInt32.self)
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

/// What a block or a book has seen since it last told its children.
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

    /// Takes what the parent saw later than everything here.
    @inlinable @inline(__always)
    mutating func take(_ parent: Tag) {
        if parent.high > high { (high, highTime) = (parent.high, parent.highTime) }
        if parent.low < low { (low, lowTime) = (parent.low, parent.lowTime) }
    }

    @inlinable @inline(__always)
    var isEmpty: Bool { high == .min && low == .max }
}
