/// The book's face: what the core calls, compiled once per instruction set and chosen at open.
/// Coarse, so that one indirect call does a whole step; the quiet tick does not pass through it.
public struct BookFace: Sendable {
    public let breaches: @Sendable (inout Book, Int64, UnsafeMutablePointer<Breach>) -> Int
    public let insert: @Sendable (inout Book, Leaf, UInt32) -> UInt32
    public let modify: @Sendable (inout Book, UInt32, Int64, Int64, Int64) -> Void
    public let remove: @Sendable (inout Book, UInt32) -> Void
    public let read: @Sendable (Book, UInt32) -> Leaf

    public init(
        breaches: @escaping @Sendable (inout Book, Int64, UnsafeMutablePointer<Breach>) -> Int,
        insert: @escaping @Sendable (inout Book, Leaf, UInt32) -> UInt32,
        modify: @escaping @Sendable (inout Book, UInt32, Int64, Int64, Int64) -> Void,
        remove: @escaping @Sendable (inout Book, UInt32) -> Void,
        read: @escaping @Sendable (Book, UInt32) -> Leaf
    ) {
        (self.breaches, self.insert, self.modify) = (breaches, insert, modify)
        (self.remove, self.read) = (remove, read)
    }
}
