import Glibc

/// Address space reserved once at open; pages are used as they are touched, and read as zero until
/// then. Nothing is given back before the arena goes.
public struct Arena {
    public private(set) var reserved = 0
    private var pieces: [(base: UnsafeMutableRawPointer, bytes: Int)] = []

    public init() {}

    /// Room for `count` values, zero bytes.
    public mutating func reserve<T: ~Copyable>(_ type: T.Type, _ count: Int) throws(Failure)
        -> UnsafeMutablePointer<T>
    {
        let bytes = max(count, 1) * MemoryLayout<T>.stride
        return try raw(bytes).bindMemory(to: T.self, capacity: max(count, 1))
    }

    /// Room for `bytes`, zero, at the start of a page.
    public mutating func raw(_ bytes: Int) throws(Failure) -> UnsafeMutableRawPointer {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        let base = mmap(nil, bytes, PROT_READ | PROT_WRITE, Int32(flags), -1, 0)
        guard let base, base != MAP_FAILED else { throw .full }
        pieces.append((base, bytes))
        reserved += bytes
        return base
    }

    /// Gives everything back.
    public mutating func release() {
        for piece in pieces { munmap(piece.base, piece.bytes) }
        pieces = []
        reserved = 0
    }
}
