/// The lock of a stripe. Whoever finds it taken is counted; how long it was waited for and held is
/// told where somebody watches, and costs one branch where nobody does.
struct StripeLock: Holding {
    /// Changed with the lock held.
    private struct State {
        var waits: UInt64 = 0
        var since: UInt64 = 0
    }

    private let lock: Lock
    private let state: UnsafeMutablePointer<State>
    private let watch: LockWatch

    init(_ arena: inout Arena, _ watch: LockWatch) throws(Failure) {
        lock = try Lock(&arena)
        state = try arena.reserve(State.self, 1)
        self.watch = watch
    }

    func destroy() { lock.destroy() }

    /// How often it was found taken. Asked with the lock held.
    var waits: UInt64 { state.pointee.waits }

    @inline(__always)
    func take() {
        if !lock.tryTake() { wait() }
        if watch.isOn { state.pointee.since = watch.now() }
    }

    @inline(__always) func give() { give(isSlice: false) }

    @inline(__always)
    func give(isSlice: Bool) {
        if watch.isOn { tell(isSlice) }
        lock.give()
    }

    @inline(never)
    private func wait() {
        let start = watch.now()
        lock.take()
        state.pointee.waits += 1
        watch.tell(.wait, watch.now() &- start)
    }

    @inline(never)
    private func tell(_ isSlice: Bool) {
        let held = watch.now() &- state.pointee.since
        watch.tell(.hold, held)
        if isSlice { watch.tell(.slice, held) }
    }
}

/// The seam to whoever measures locks: the core itself reads no clock.
public struct LockWatch: @unchecked Sendable {
    public enum What: Int32 {
        case wait, hold
        /// Held by a long read for one slice.
        case slice
    }

    private let context: UnsafeRawPointer?
    let now: @convention(c) () -> UInt64
    private let note: @convention(c) (UnsafeRawPointer, Int32, UInt64) -> Void

    /// - Parameters:
    ///   - context: handed to `note`; nil: nobody watches.
    ///   - note: `What` and nanoseconds; called by any thread.
    public init(
        context: UnsafeRawPointer?, now: @escaping @convention(c) () -> UInt64,
        note: @escaping @convention(c) (UnsafeRawPointer, Int32, UInt64) -> Void
    ) { (self.context, self.now, self.note) = (context, now, note) }

    /// Nobody watches.
    public static let none = LockWatch(context: nil, now: { 0 }, note: { _, _, _ in })

    var isOn: Bool { context != nil }

    func tell(_ what: What, _ time: UInt64) {
        if let context { note(context, what.rawValue, time) }
    }
}
