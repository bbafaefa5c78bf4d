/// The memory of the stripes: a range of whole pages for each, side by side and of one size, so
/// that each can lie on a memory node of its own and none shares a page with another.
struct Regions {
    let pages: Pages
    let spacing: Int

    init(_ count: Int, bytes: Int) throws(Failure) {
        // Huge pages never reach across two stripes either.
        spacing = Pages.rounded(bytes, to: bytes >= Pages.hugeFrom ? Pages.huge : Pages.size)
        let (total, isOver) = spacing.multipliedReportingOverflow(by: count)
        if isOver { throw .full }
        pages = try Pages(bytes: total)
    }

    subscript(index: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(start: pages.base + index * spacing, count: spacing)
    }
}
