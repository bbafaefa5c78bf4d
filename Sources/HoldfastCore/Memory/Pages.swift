import Glibc

/// A piece of address space straight from the system, with huge pages advised where they pay.
struct Pages {
    let base: UnsafeMutableRawPointer
    let bytes: UnsafeMutableRawBufferPointer
    let isHuge: Bool

    /// The system's smallest page.
    static let size = max(Int(getpagesize()), 1 << 12)
    static let huge = 1 << 21
    /// In less, a page of 2 MiB that is touched for a few bytes costs more than it saves.
    static let hugeFrom = 4 * huge

    static func rounded(_ bytes: Int, to grain: Int) -> Int { (bytes + grain - 1) / grain * grain }

    init(bytes count: Int) throws(Failure) {
        let count = Pages.rounded(max(count, 1), to: Pages.size)
        // Room to start on a huge page; what lies outside goes back at once.
        let slack = count >= Pages.hugeFrom ? Pages.huge : 0
        let flags = Int32(MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)
        let start = mmap(nil, count + slack, PROT_READ | PROT_WRITE, flags, -1, 0)
        guard let start, start != MAP_FAILED else { throw .full }
        let address = Int(bitPattern: start)
        let before = slack == 0 ? 0 : Pages.rounded(address, to: Pages.huge) - address
        base = start + before
        bytes = UnsafeMutableRawBufferPointer(start: base, count: count)
        if before > 0 { munmap(start, before) }
        if slack > before { munmap(base + count, slack - before) }
        // Refused by kernels without huge pages: then there are none.
        isHuge = slack > 0 && madvise(base, count, MADV_HUGEPAGE) == 0
    }

    func release() { munmap(base, bytes.count) }
}
