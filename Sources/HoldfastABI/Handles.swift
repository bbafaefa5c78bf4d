import CHoldfast
import Glibc
import HoldfastEngine
import Synchronization

/// Handles are addresses that nobody reads: places in a range reserved once. A garbage, closed or
/// foreign pointer is told apart without touching what it points to.
struct Handles: @unchecked Sendable {
    static let shared = Handles()

    /// Cores open at once; generations until an address is used again.
    private static let slots = 64
    private static let generations = 1 << 14
    private static let stride = 16

    private struct Slot {
        var generation = 0
        var engine: Unmanaged<Engine>?
        var forks: Int32 = 0
    }

    private let base: UnsafeMutableRawPointer?
    private let table: UnsafeMutablePointer<Slot>
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let forks: UnsafeMutablePointer<Int32>

    private init() {
        let bytes = Self.slots * Self.generations * Self.stride
        let range = mmap(
            nil, bytes, PROT_NONE, Int32(MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE), -1, 0)
        base = range == MAP_FAILED ? nil : range
        table = .allocate(capacity: Self.slots)
        table.initialize(repeating: Slot(), count: Self.slots)
        lock = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
        forks = forkCount
        pthread_atfork(nil, nil, { forkCount.pointee &+= 1 })
    }

    /// - Returns: nil when every slot is taken.
    func add(_ engine: Engine) -> OpaquePointer? {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        guard let base else { return nil }
        for index in 0..<Self.slots where table[index].engine == nil {
            let generation = (table[index].generation + 1) % Self.generations
            table[index] = Slot(
                generation: generation, engine: .passRetained(engine), forks: forks.pointee)
            return OpaquePointer(base + (generation * Self.slots + index) * Self.stride)
        }
        return nil
    }

    /// The place of a handle that is live, else nil.
    @inline(__always)
    private func place(_ handle: OpaquePointer?) -> UnsafeMutablePointer<Slot>? {
        guard let handle, let base else { return nil }
        let offset = Int(bitPattern: handle) &- Int(bitPattern: base)
        if offset < 0 || offset >= Self.slots * Self.generations * Self.stride { return nil }
        if offset % Self.stride != 0 { return nil }
        let number = offset / Self.stride
        let slot = table + number % Self.slots
        if slot.pointee.engine == nil || slot.pointee.generation != number / Self.slots {
            return nil
        }
        return slot
    }

    /// The engine behind a handle, or the status that the caller gets.
    @inline(__always)
    func find(_ handle: OpaquePointer?) -> (engine: Unmanaged<Engine>?, status: Int) {
        guard let slot = place(handle) else { return (nil, HF_E_HANDLE) }
        if slot.pointee.forks != forks.pointee { return (nil, HF_E_FORKED) }
        return (slot.pointee.engine, HF_OK)
    }

    /// Takes a handle out; the engine goes when its last call is over.
    func remove(_ handle: OpaquePointer?) -> (engine: Engine?, status: Int) {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        guard let slot = place(handle) else { return (nil, HF_E_HANDLE) }
        let isForked = slot.pointee.forks != forks.pointee
        let engine = slot.pointee.engine?.takeRetainedValue()
        slot.pointee.engine = nil
        return (engine, isForked ? HF_E_FORKED : HF_OK)
    }
}

/// Rises in the child of every fork, where locks and threads are not what they were.
nonisolated(unsafe) private let forkCount: UnsafeMutablePointer<Int32> = {
    let count = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
    count.initialize(to: 0)
    return count
}()
