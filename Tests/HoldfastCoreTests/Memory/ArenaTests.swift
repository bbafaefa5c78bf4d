import Testing

@testable import HoldfastCore

@Suite("Arena")
struct ArenaTests {
    @Test("a dry run tells exactly what a region must have")
    func dryRun() throws {
        let build = { (arena: inout Arena) throws(Failure) in
            _ = try arena.reserve(UInt8.self, 3)
            _ = try arena.reserve(UInt64.self, 10_000)
            _ = try arena.raw(5)
            _ = try arena.reserve(UInt32.self, 7)
        }
        let bytes = try Arena.bytes(build)
        let pages = try Pages(bytes: bytes)
        defer { pages.release() }
        var enough = Arena(in: UnsafeMutableRawBufferPointer(rebasing: pages.bytes[..<bytes]))
        try build(&enough)
        #expect(enough.reserved == bytes)
        var short = Arena(in: UnsafeMutableRawBufferPointer(rebasing: pages.bytes[..<(bytes - 1)]))
        #expect(throws: Failure.full) { try build(&short) }
    }

    @Test("pieces of a region are zero, do not overlap, and the large ones start on a page")
    func carving() throws {
        let pages = try Pages(bytes: 64 * Pages.size)
        defer { pages.release() }
        var arena = Arena(in: pages.bytes)
        var last = UInt(bitPattern: pages.base)
        for count in [1, 100, 5000, 2, 9000, 3] {
            let piece = try arena.reserve(UInt16.self, count)
            let at = UInt(bitPattern: piece)
            #expect(at >= last)
            #expect(at % (2 * count < Pages.size ? 128 : UInt(Pages.size)) == 0)
            #expect((0..<count).allSatisfy { piece[$0] == 0 })
            for index in 0..<count { piece[index] = 0xFFFF }
            last = at + UInt(2 * count)
        }
        arena.release()
        #expect(
            (pages.base.load(as: UInt16.self)) == 0xFFFF, "the region is not the arena's to give")
    }

    @Test("large pages are advised from a size on, and then start on one")
    func huge() throws {
        let small = try Pages(bytes: Pages.hugeFrom - Pages.size)
        let large = try Pages(bytes: Pages.hugeFrom)
        defer {
            small.release()
            large.release()
        }
        #expect(!small.isHuge)
        #expect(UInt(bitPattern: large.base) % UInt(Pages.huge) == 0)
    }
}

@Suite("Regions")
struct RegionsTests {
    @Test("regions are whole pages side by side; large ones are whole huge pages")
    func spacing() throws {
        for bytes in [1, Pages.size + 1, Pages.hugeFrom + 1] {
            let regions = try Regions(3, bytes: bytes)
            defer { regions.pages.release() }
            let grain = bytes > Pages.hugeFrom ? Pages.huge : Pages.size
            #expect(regions.spacing >= bytes && regions.spacing % grain == 0)
            for index in 0..<3 {
                let region = regions[index]
                #expect(region.count == regions.spacing)
                #expect(region.baseAddress == regions.pages.base + index * regions.spacing)
                region[region.count - 1] = 1
            }
        }
    }

    @Test("what the address space does not have is full, not a trap")
    func tooMuch() {
        #expect(throws: Failure.full) { try Regions(64, bytes: 1 << 58) }
        #expect(throws: Failure.full) { try Regions(64, bytes: 1 << 42) }
    }
}
