/// A timer as part of what it is for: no allocation, ordered by (due, position id, kind).
struct TimerNode {
    var due = Int64.max
    var position: UInt64 = 0
    var isArmed = false
    // A pairing heap's links: first child, next sibling, and the one before (parent or sibling).
    var child: UnsafeMutablePointer<TimerNode>?
    var next: UnsafeMutablePointer<TimerNode>?
    var before: UnsafeMutablePointer<TimerNode>?
    /// Of the life or the withheld breach.
    var slot: UInt32 = 0
    var kind = Kind.command

    /// What it is for, in the order at one instant and position.
    enum Kind: UInt8 { case command, query, withheld, modify }

    static func precedes(
        _ a: UnsafeMutablePointer<TimerNode>, _ b: UnsafeMutablePointer<TimerNode>
    ) -> Bool {
        let (a, b) = (a.pointee, b.pointee)
        if a.due != b.due { return a.due < b.due }
        if a.position != b.position { return a.position < b.position }
        return a.kind.rawValue < b.kind.rawValue
    }
}

/// The timers of one symbol: an intrusive pairing heap (Fredman, Sedgewick, Sleator, Tarjan 1986),
/// so that the first due is one load, any timer can be taken out, and memory is that of the lives.
struct TimerHeap {
    typealias Node = UnsafeMutablePointer<TimerNode>
    private var root: Node?

    /// When the first timer is due; the largest Int64 when there is none.
    @inline(__always) var due: Int64 { root?.pointee.due ?? .max }

    mutating func arm(_ node: Node, due: Int64) {
        if node.pointee.isArmed { disarm(node) }
        node.pointee.due = due
        node.pointee.isArmed = true
        node.pointee.child = nil
        root = Self.meld(root, node)
    }

    mutating func disarm(_ node: Node) {
        if !node.pointee.isArmed { return }
        let orphans = Self.pair(node.pointee.child)
        if node == root {
            root = orphans
        } else {
            Self.cut(node)
            root = Self.meld(root, orphans)
        }
        node.pointee.isArmed = false
        (node.pointee.child, node.pointee.next, node.pointee.before) = (nil, nil, nil)
    }

    /// Takes out the first timer when it is due at or before an instant.
    mutating func pop(until instant: Int64) -> Node? {
        guard let first = root, first.pointee.due <= instant else { return nil }
        disarm(first)
        return first
    }

    private static func cut(_ node: Node) {
        if let before = node.pointee.before {
            if before.pointee.child == node {
                before.pointee.child = node.pointee.next
            } else {
                before.pointee.next = node.pointee.next
            }
        }
        node.pointee.next?.pointee.before = node.pointee.before
        (node.pointee.next, node.pointee.before) = (nil, nil)
    }

    private static func meld(_ a: Node?, _ b: Node?) -> Node? {
        guard let a else { return b }
        guard let b else { return a }
        let (top, under) = TimerNode.precedes(b, a) ? (b, a) : (a, b)
        under.pointee.next = top.pointee.child
        under.pointee.next?.pointee.before = under
        under.pointee.before = top
        top.pointee.child = under
        (top.pointee.next, top.pointee.before) = (nil, nil)
        return top
    }

    /// Melds siblings pair by pair, then the pairs from the last to the first; loops, so that a
    /// long list needs no stack.
    private static func pair(_ first: Node?) -> Node? {
        var list = first
        var pairs: Node?
        while let a = list {
            let b = a.pointee.next
            list = b?.pointee.next
            (a.pointee.next, a.pointee.before) = (nil, nil)
            if let b { (b.pointee.next, b.pointee.before) = (nil, nil) }
            let melded = meld(a, b)
            melded?.pointee.next = pairs
            pairs = melded
        }
        var result: Node?
        while let one = pairs {
            pairs = one.pointee.next
            (one.pointee.next, one.pointee.before) = (nil, nil)
            result = meld(result, one)
        }
        return result
    }
}
