import CVector

/// What the book asks of one block of 64 lanes. Two implementations give the same answers: the
/// vector steps, and the scalar twin that tests hold against them.
public protocol Lanes {
    /// Bit i is set where column[i] >= value.
    static func atLeast(_ column: UnsafePointer<Int64>, _ value: Int64) -> UInt64
    /// Bit i is set where column[i] <= value.
    static func atMost(_ column: UnsafePointer<Int64>, _ value: Int64) -> UInt64
    static func largest(_ column: UnsafePointer<Int64>) -> Int64
    static func smallest(_ column: UnsafePointer<Int64>) -> Int64
    /// Takes a higher extreme, and when it was.
    static func raise(
        _ extreme: UnsafeMutablePointer<Int64>, _ time: UnsafeMutablePointer<Int64>,
        _ value: Int64, at: Int64)
    /// Takes a lower extreme, and when it was.
    static func lower(
        _ extreme: UnsafeMutablePointer<Int64>, _ time: UnsafeMutablePointer<Int64>,
        _ value: Int64, at: Int64)
    /// Moves the stops of trailing lanes up to peak - distance.
    static func trail(
        _ down: UnsafeMutablePointer<Int64>, _ distance: UnsafePointer<Int64>, _ peak: Int64)
}

/// One lane at a time: obviously right, and what the vector steps are compared with.
public enum ScalarLanes: Lanes {
    @inlinable
    public static func atLeast(_ column: UnsafePointer<Int64>, _ value: Int64) -> UInt64 {
        var mask: UInt64 = 0
        for lane in 0..<Block.lanes where column[lane] >= value { mask |= 1 << UInt64(lane) }
        return mask
    }

    @inlinable
    public static func atMost(_ column: UnsafePointer<Int64>, _ value: Int64) -> UInt64 {
        var mask: UInt64 = 0
        for lane in 0..<Block.lanes where column[lane] <= value { mask |= 1 << UInt64(lane) }
        return mask
    }

    @inlinable
    public static func largest(_ column: UnsafePointer<Int64>) -> Int64 {
        var best = column[0]
        for lane in 1..<Block.lanes { best = max(best, column[lane]) }
        return best
    }

    @inlinable
    public static func smallest(_ column: UnsafePointer<Int64>) -> Int64 {
        var best = column[0]
        for lane in 1..<Block.lanes { best = min(best, column[lane]) }
        return best
    }

    @inlinable
    public static func raise(
        _ extreme: UnsafeMutablePointer<Int64>, _ time: UnsafeMutablePointer<Int64>,
        _ value: Int64, at: Int64
    ) {
        for lane in 0..<Block.lanes where value > extreme[lane] {
            extreme[lane] = value
            time[lane] = at
        }
    }

    @inlinable
    public static func lower(
        _ extreme: UnsafeMutablePointer<Int64>, _ time: UnsafeMutablePointer<Int64>,
        _ value: Int64, at: Int64
    ) {
        for lane in 0..<Block.lanes where value < extreme[lane] {
            extreme[lane] = value
            time[lane] = at
        }
    }

    @inlinable
    public static func trail(
        _ down: UnsafeMutablePointer<Int64>, _ distance: UnsafePointer<Int64>, _ peak: Int64
    ) {
        for lane in 0..<Block.lanes where distance[lane] != Int64.max {
            down[lane] = max(down[lane], peak - distance[lane])
        }
    }
}
