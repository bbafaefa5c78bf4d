/// The book's face: what the core calls, compiled once per instruction set and chosen at open.
/// Coarse, so that one indirect call does a whole step; the quiet tick does not pass through it.
///
/// C function pointers: a Swift closure would be retained and released around every call.
public struct BookFace: Sendable {
    public typealias Breaches =
        @convention(c) (
            _ book: UnsafeMutableRawPointer, _ price: Int64, _ out: UnsafeMutableRawPointer
        ) -> Int
    public typealias Insert =
        @convention(c) (
            _ book: UnsafeMutableRawPointer, _ leaf: UnsafeRawPointer, _ slot: UInt32
        ) -> UInt32
    public typealias Modify =
        @convention(c) (
            _ book: UnsafeMutableRawPointer, _ place: UInt32, _ down: Int64, _ up: Int64,
            _ distance: Int64, _ isJudged: Bool
        ) -> Void
    public typealias Remove =
        @convention(c) (
            _ book: UnsafeMutableRawPointer, _ place: UInt32
        ) -> Void
    public typealias Read =
        @convention(c) (
            _ book: UnsafeRawPointer, _ place: UInt32, _ leaf: UnsafeMutableRawPointer
        ) -> Void

    @usableFromInline let breachesIn: Breaches
    @usableFromInline let insertInto: Insert
    @usableFromInline let modifyIn: Modify
    @usableFromInline let removeFrom: Remove
    @usableFromInline let readFrom: Read

    public init(
        breaches: Breaches, insert: Insert, modify: Modify, remove: Remove, read: Read
    ) {
        (breachesIn, insertInto, modifyIn) = (breaches, insert, modify)
        (removeFrom, readFrom) = (remove, read)
    }

    /// - Parameter out: room for every leaf.
    /// - Returns: how many leaves the price fires.
    @inlinable @inline(__always)
    public func breaches(
        _ book: inout Book, _ price: Int64, _ out: UnsafeMutablePointer<Breach>
    ) -> Int {
        breachesIn(&book, price, out)
    }

    /// - Returns: the leaf's place, until it is removed.
    @inlinable @inline(__always)
    public func insert(_ book: inout Book, _ leaf: Leaf, _ slot: UInt32) -> UInt32 {
        withUnsafePointer(to: leaf) { insertInto(&book, $0, slot) }
    }

    @inlinable @inline(__always)
    public func modify(
        _ book: inout Book, _ place: UInt32, _ down: Int64, _ up: Int64, _ distance: Int64,
        isJudged: Bool = false
    ) {
        modifyIn(&book, place, down, up, distance, isJudged)
    }

    @inlinable @inline(__always)
    public func remove(_ book: inout Book, _ place: UInt32) { removeFrom(&book, place) }

    /// A leaf as it stands after everything seen; changes nothing.
    @inlinable @inline(__always)
    public func read(_ book: inout Book, _ place: UInt32) -> Leaf {
        var leaf = Leaf()
        readFrom(&book, place, &leaf)
        return leaf
    }
}

/// The pointers of a face as what they point to.
extension BookWork {
    @inlinable @inline(__always)
    static func book(_ raw: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Book> {
        raw.assumingMemoryBound(to: Book.self)
    }

    @inlinable @inline(__always)
    public static func breaches(
        _ raw: UnsafeMutableRawPointer, _ price: Int64, _ out: UnsafeMutableRawPointer
    ) -> Int {
        breaches(&book(raw).pointee, price, out.assumingMemoryBound(to: Breach.self))
    }

    @inlinable @inline(__always)
    public static func insert(
        _ raw: UnsafeMutableRawPointer, _ leaf: UnsafeRawPointer, _ slot: UInt32
    ) -> UInt32 {
        insert(
            &book(raw).pointee, leaf.assumingMemoryBound(to: Leaf.self).pointee, slot: slot)
    }

    @inlinable @inline(__always)
    public static func modify(
        _ raw: UnsafeMutableRawPointer, _ place: UInt32, _ down: Int64, _ up: Int64,
        _ distance: Int64, _ isJudged: Bool
    ) {
        modify(
            &book(raw).pointee, place, down: down, up: up, distance: distance,
            isJudged: isJudged)
    }

    @inlinable @inline(__always)
    public static func remove(_ raw: UnsafeMutableRawPointer, _ place: UInt32) {
        remove(&book(raw).pointee, place)
    }

    @inlinable @inline(__always)
    public static func read(
        _ raw: UnsafeRawPointer, _ place: UInt32, _ leaf: UnsafeMutableRawPointer
    ) {
        read(
            raw.assumingMemoryBound(to: Book.self), place,
            to: leaf.assumingMemoryBound(to: Leaf.self))
    }
}
