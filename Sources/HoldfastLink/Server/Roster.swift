import Synchronization

/// The connected executors, readable from any thread: hf_link_notify asks the core about each
/// without going near the serving thread.
final class Roster: Sendable {
    private struct Cells: @unchecked Sendable {
        let base: UnsafeMutablePointer<Atomic<UInt64>>
    }

    private let cells: Cells
    private let capacity: Int
    private let count = Atomic<Int>(0)

    init(capacity: Int) {
        self.capacity = capacity
        let base = UnsafeMutablePointer<Atomic<UInt64>>.allocate(capacity: capacity)
        for index in 0..<capacity { (base + index).initialize(to: Atomic(0)) }
        cells = Cells(base: base)
    }

    deinit {
        cells.base.deinitialize(count: capacity)
        cells.base.deallocate()
    }

    /// By the serving thread. A reader in between may see an executor twice or miss one that has
    /// just come; it gets a notice for its hello anyway.
    func publish(_ executors: [UInt64]) {
        let kept = min(executors.count, capacity)
        for index in 0..<kept { cells.base[index].store(executors[index], ordering: .relaxed) }
        count.store(kept, ordering: .releasing)
    }

    func contains(where test: (UInt64) -> Bool) -> Bool {
        for index in 0..<count.load(ordering: .acquiring)
        where test(cells.base[index].load(ordering: .relaxed)) { return true }
        return false
    }
}
