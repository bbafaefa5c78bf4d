import CHoldfast
import CHoldfastLink
import Glibc
import Synchronization

/// A pthread mutex: unlike the standard library's, thread sanitizers see it.
final class Lock: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

    init() { pthread_mutex_init(mutex, nil) }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    func lock() { pthread_mutex_lock(mutex) }
    func unlock() { pthread_mutex_unlock(mutex) }
}

/// Handles are tokens, looked up and never dereferenced: whatever a caller passes, it is found or
/// not.
final class LinkTable: @unchecked Sendable {
    static let shared = LinkTable()
    /// How often this process is a fork of one that had the table.
    private static let forkCount = Atomic<UInt32>(0)

    private let lock = Lock()
    private var links: [(token: UInt, link: Link)?]
    private var generation: UInt = 0

    private init() {
        links = Array(repeating: nil, count: Limits.links)
        // The lock is held across a fork, so that the child's table is whole.
        pthread_atfork(
            { LinkTable.shared.lock.lock() },
            { LinkTable.shared.lock.unlock() },
            {
                LinkTable.forkCount.wrappingAdd(1, ordering: .relaxed)
                LinkTable.shared.lock.unlock()
            })
    }

    static var forks: UInt32 { forkCount.load(ordering: .relaxed) }

    /// nil when the table is full.
    func insert(_ link: Link) -> OpaquePointer? {
        lock.lock()
        defer { lock.unlock() }
        guard let index = links.firstIndex(where: { $0 == nil }) else { return nil }
        generation = (generation &+ 1) & 0xffff_ffff
        // Not an address that any process could have: following it would fault at once.
        let token = 0x4c4b_0000_0000_0000 | generation << 8 | UInt(index)
        links[index] = (token, link)
        return OpaquePointer(bitPattern: token)
    }

    func find(_ handle: OpaquePointer?) -> Link? {
        let token = UInt(bitPattern: handle)
        lock.lock()
        defer { lock.unlock() }
        let index = Int(token & 0xff)
        guard index < links.count, let entry = links[index], entry.token == token else {
            return nil
        }
        return entry.link
    }

    func remove(_ handle: OpaquePointer?) {
        let token = UInt(bitPattern: handle)
        lock.lock()
        defer { lock.unlock() }
        let index = Int(token & 0xff)
        if index < links.count, links[index]?.token == token { links[index] = nil }
    }
}
