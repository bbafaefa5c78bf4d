import CVector
import HoldfastKernels

/// The book for every processor, and its scalar twin.
public enum Baseline {
    public static let face = BookFace(
        breaches: { BookWork<LanesBaseline>.breaches(&$0, $1, $2) },
        insert: { BookWork<LanesBaseline>.insert(&$0, $1, slot: $2) },
        modify: { BookWork<LanesBaseline>.modify(&$0, $1, down: $2, up: $3, distance: $4) },
        remove: { BookWork<LanesBaseline>.remove(&$0, $1) },
        read: { BookWork<LanesBaseline>.read($0, $1) })

    public static let scalar = BookFace(
        breaches: { BookWork<ScalarLanes>.breaches(&$0, $1, $2) },
        insert: { BookWork<ScalarLanes>.insert(&$0, $1, slot: $2) },
        modify: { BookWork<ScalarLanes>.modify(&$0, $1, down: $2, up: $3, distance: $4) },
        remove: { BookWork<ScalarLanes>.remove(&$0, $1) },
        read: { BookWork<ScalarLanes>.read($0, $1) })
}

/// The vector steps of CVector in this target's instruction set. A type of its own in each thin
/// target: a shared one would give the specialised code of both the same symbol, and the linker
/// would keep one.
enum LanesBaseline: Lanes {
    @inline(__always)
    static func atLeast(_ column: UnsafePointer<Int64>, _ value: Int64) -> UInt64 {
        hf_mask_at_least(column, value)
    }

    @inline(__always)
    static func atMost(_ column: UnsafePointer<Int64>, _ value: Int64) -> UInt64 {
        hf_mask_at_most(column, value)
    }

    @inline(__always)
    static func largest(_ column: UnsafePointer<Int64>) -> Int64 { hf_largest(column) }

    @inline(__always)
    static func smallest(_ column: UnsafePointer<Int64>) -> Int64 { hf_smallest(column) }

    @inline(__always)
    static func raise(
        _ extreme: UnsafeMutablePointer<Int64>, _ time: UnsafeMutablePointer<Int64>,
        _ value: Int64, at: Int64
    ) { hf_raise(extreme, time, value, at) }

    @inline(__always)
    static func lower(
        _ extreme: UnsafeMutablePointer<Int64>, _ time: UnsafeMutablePointer<Int64>,
        _ value: Int64, at: Int64
    ) { hf_lower(extreme, time, value, at) }

    @inline(__always)
    static func trail(
        _ down: UnsafeMutablePointer<Int64>, _ distance: UnsafePointer<Int64>, _ peak: Int64
    ) { hf_trail(down, distance, peak) }
}
