import CVector

/// What no leaf below a node goes beyond.
public struct Bounds: Equatable {
    /// A stop fires at or below it.
    public var down: Int64
    /// A target fires at or above it.
    public var up: Int64
    /// The smallest trailing distance.
    public var distance: Int64

    @inlinable @inline(__always)
    public init(down: Int64, up: Int64, distance: Int64) {
        (self.down, self.up, self.distance) = (down, up, distance)
    }

    /// Whether a node with other bounds fits into these.
    @inlinable @inline(__always)
    func cover(_ other: Bounds) -> Bool {
        other.down <= down && other.up >= up && other.distance >= distance
    }

    @inlinable @inline(__always)
    mutating func widen(_ other: Bounds) {
        down = max(down, other.down)
        up = min(up, other.up)
        distance = min(distance, other.distance)
    }
}

/// What the book asks of one node of 16 lanes. Two implementations give the same answers: the
/// vector steps, and the scalar twin that tests hold against them.
public protocol Lanes {
    typealias Columns = UnsafeMutablePointer<Int64>
    /// Bit i is set where down[i] >= price, bit 16 + i where up[i] <= price.
    static func crossed(_ node: Columns, _ price: Int64) -> UInt32
    static func measure(_ node: Columns) -> Bounds
    /// Takes a higher high and a lower low, each with its time, into every lane.
    static func see(_ node: Columns, _ tag: Tag)
    /// Moves the stops of trailing lanes up to peak - distance.
    static func trail(_ node: Columns, _ peak: Int64)
}

/// One lane at a time: obviously right, and what the vector steps are compared with.
public enum ScalarLanes: Lanes {
    @inlinable
    public static func crossed(_ node: Columns, _ price: Int64) -> UInt32 {
        let node = Node(node)
        var mask: UInt32 = 0
        for lane in 0..<Node.lanes {
            if node.down[lane] >= price { mask |= 1 << UInt32(lane) }
            if node.up[lane] <= price { mask |= 1 << UInt32(Node.lanes + lane) }
        }
        return mask
    }

    @inlinable
    public static func measure(_ node: Columns) -> Bounds {
        let node = Node(node)
        var bounds = Bounds(down: .min, up: .max, distance: .max)
        for lane in 0..<Node.lanes { bounds.widen(node.bounds(lane)) }
        return bounds
    }

    @inlinable
    public static func see(_ node: Columns, _ tag: Tag) {
        let node = Node(node)
        for lane in 0..<Node.lanes {
            var old = node.tag(lane)
            old.take(tag)
            node.set(lane, old)
        }
    }

    @inlinable
    public static func trail(_ node: Columns, _ peak: Int64) {
        let node = Node(node)
        for lane in 0..<Node.lanes where node.distance[lane] != .max {
            node.down[lane] = max(node.down[lane], peak - node.distance[lane])
        }
    }
}
