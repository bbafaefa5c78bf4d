import Foundation
import Synchronization

/// Threads of their own that begin together, stopped for a moment wherever they are: a signal at a
/// random instruction puts one to sleep, so that few processors show what many would.
enum Crew {
    /// Under ThreadSanitizer a signal waits for a call that blocks: it says nothing there.
    private static let stalls: Bool = {
        if dlsym(UnsafeMutableRawPointer(bitPattern: 0), "__tsan_init") != nil { return false }
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { _ in
            var nap = timespec(tv_sec: 0, tv_nsec: 60_000)
            nanosleep(&nap, nil)
        }
        action.sa_flags = SA_RESTART
        return sigaction(SIGURG, &action, nil) == 0
    }()

    /// Workers that may be stopped; nil once they leave.
    private final class Roll: @unchecked Sendable {
        private let lock = NSLock()
        private var workers: [pthread_t?]
        private var left: Int

        init(_ count: Int) { (workers, left) = (Array(repeating: nil, count: count), count) }

        func enter(_ index: Int) {
            let me = pthread_self()
            lock.withLock { workers[index] = me }
        }

        func leave(_ index: Int) {
            lock.withLock {
                workers[index] = nil
                left -= 1
            }
        }

        /// - Returns: false when all have left.
        func stall(_ pick: Int) -> Bool {
            lock.withLock {
                if let worker = workers[pick % workers.count] { pthread_kill(worker, SIGURG) }
                return left > 0
            }
        }
    }

    static func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        let group = DispatchGroup()
        let gate = LinearClock()
        let roll = Roll(count)
        for index in 0..<count {
            group.enter()
            Thread {
                roll.enter(index)
                gate.meet(count)
                body(index)
                roll.leave(index)
                group.leave()
            }.start()
        }
        var draw = StormDraw(UInt64(count))
        if stalls {
            while roll.stall(draw.below(1 << 20)) {
                var nap = timespec(tv_sec: 0, tv_nsec: 5_000)
                nanosleep(&nap, nil)
            }
        }
        group.wait()
    }
}

/// What threads share, behind a lock that ThreadSanitizer sees through.
final class Guarded<Value>: @unchecked Sendable {
    private let lock = NSLock()
    private var value: Value

    init(_ value: Value) { self.value = value }

    func withLock<Answer>(_ body: (inout Value) -> Answer) -> Answer {
        lock.lock()
        defer { lock.unlock() }
        return body(&value)
    }
}

/// Orders what threads note, and lets them begin together.
final class LinearClock: Sendable {
    private let time = Atomic<Int>(0)
    private let met = Atomic<Int>(0)

    func next() -> Int { time.add(1, ordering: .sequentiallyConsistent).newValue }
    func idle() { _ = met.load(ordering: .relaxed) }

    func meet(_ count: Int) {
        met.add(1, ordering: .sequentiallyConsistent)
        while met.load(ordering: .acquiring) < count { sched_yield() }
    }
}
