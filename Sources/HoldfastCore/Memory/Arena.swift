import Glibc

/// Address space reserved once at open; pages are used as they are touched, and read as zero until
/// then. Nothing is given back before the arena goes.
///
/// It maps each piece on its own, or carves the pieces out of a region that somebody else maps.
public struct Arena {
    public private(set) var reserved = 0
    /// Bytes of `reserved` for which huge pages were advised.
    private(set) var huge = 0
    private var pieces: [UnsafeMutableRawBufferPointer] = []
    private var region: UnsafeMutableRawBufferPointer?

    public init() {}

    init(in region: UnsafeMutableRawBufferPointer) { self.region = region }

    /// What a region must have for the pieces that `build` reserves, told by a dry run: there every
    /// piece lies at the start of the same few pages, so `build` may write to small pieces only.
    static func bytes(_ build: (inout Arena) throws(Failure) -> Void) throws(Failure) -> Int {
        let scratch = try Pages(bytes: dryRun)
        defer { scratch.release() }
        var dry = Arena(
            in: UnsafeMutableRawBufferPointer(start: scratch.bytes.baseAddress, count: .max))
        dry.isDry = true
        try build(&dry)
        return dry.reserved
    }

    private var isDry = false
    private static let dryRun = 1 << 16
    /// Small pieces never share what a core fetches at once: a line and its neighbour.
    private static let grain = 128

    /// Room for `count` values, zero bytes.
    public mutating func reserve<T: ~Copyable>(_ type: T.Type, _ count: Int) throws(Failure)
        -> UnsafeMutablePointer<T>
    {
        let bytes = max(count, 1) * MemoryLayout<T>.stride
        let isSmall = bytes < Pages.size
        let base = region == nil || !isSmall ? try raw(bytes) : try carve(bytes, Arena.grain)
        return base.bindMemory(to: T.self, capacity: max(count, 1))
    }

    /// Room that starts on a page.
    public mutating func raw(_ bytes: Int) throws(Failure) -> UnsafeMutableRawPointer {
        if region != nil { return try carve(bytes, Pages.size) }
        let pages = try Pages(bytes: bytes)
        pieces.append(pages.bytes)
        reserved += pages.bytes.count
        if pages.isHuge { huge += pages.bytes.count }
        return pages.base
    }

    private mutating func carve(_ bytes: Int, _ grain: Int) throws(Failure)
        -> UnsafeMutableRawPointer
    {
        guard let region, let base = region.baseAddress else { throw .full }
        let from = Pages.rounded(reserved, to: grain)
        if bytes > region.count - from { throw .full }
        reserved = from + bytes
        return isDry ? base : base + from
    }

    /// Gives back what it mapped itself.
    public mutating func release() {
        for piece in pieces { munmap(piece.baseAddress, piece.count) }
        self = Arena()
    }
}
