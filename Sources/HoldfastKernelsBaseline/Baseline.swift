import CVector
import HoldfastKernels

/// The book for every processor, and its scalar twin.
public enum Baseline {
    public static let face = BookFace(
        breaches: { BookWork<LanesBaseline>.breaches($0, $1, $2) },
        insert: { BookWork<LanesBaseline>.insert($0, $1, $2) },
        modify: { BookWork<LanesBaseline>.modify($0, $1, $2, $3, $4, $5) },
        remove: { BookWork<LanesBaseline>.remove($0, $1) },
        read: { BookWork<LanesBaseline>.read($0, $1, $2) })

    public static let scalar = BookFace(
        breaches: { BookWork<ScalarLanes>.breaches($0, $1, $2) },
        insert: { BookWork<ScalarLanes>.insert($0, $1, $2) },
        modify: { BookWork<ScalarLanes>.modify($0, $1, $2, $3, $4, $5) },
        remove: { BookWork<ScalarLanes>.remove($0, $1) },
        read: { BookWork<ScalarLanes>.read($0, $1, $2) })
}

/// The vector steps of CVector in this target's instruction set. A type of its own in each thin
/// target: a shared one would give the specialised code of both the same symbol, and the linker
/// would keep one.
enum LanesBaseline: Lanes {
    @inline(__always)
    static func crossed(_ node: Columns, _ price: Int64) -> UInt32 { hf_crossed(node, price) }

    @inline(__always)
    static func measure(_ node: Columns) -> Bounds {
        let bounds = hf_measure(node)
        return Bounds(down: bounds.down, up: bounds.up, distance: bounds.distance)
    }

    @inline(__always)
    static func see(_ node: Columns, _ tag: Tag) {
        hf_see(node, tag.high, tag.highTime, tag.low, tag.lowTime)
    }

    @inline(__always)
    static func trail(_ node: Columns, _ peak: Int64) { hf_trail(node, peak) }
}
