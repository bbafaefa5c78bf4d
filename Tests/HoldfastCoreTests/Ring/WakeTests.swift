import Glibc
import Testing

@testable import HoldfastCore

/// Forbidden: a reader asleep while a record waits for which a writer has signalled.
@Suite("Wake", .serialized)
struct WakeTests {
    private func isReadable(_ wake: Wake) -> Bool {
        var events = pollfd(fd: wake.descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&events, 1, 0) == 1
    }

    @Test("a busy reader is not signalled, a sleeping one once", arguments: [true, false])
    func once(usesMembarrier: Bool) throws {
        var arena = Arena()
        defer { arena.release() }
        let wake = try Wake(&arena, usesMembarrier: usesMembarrier)
        defer { wake.destroy() }
        wake.notify()
        #expect(!isReadable(wake))
        wake.prepareToSleep()
        #expect(!isReadable(wake))
        wake.notify()
        wake.notify()
        #expect(isReadable(wake))
        wake.sleep(timeout_ms: -1)
        #expect(!isReadable(wake))
        wake.notify()
        #expect(!isReadable(wake))
    }

    @Test("a sleep that was called off leaves nothing behind")
    func cancelled() throws {
        var arena = Arena()
        defer { arena.release() }
        let wake = try Wake(&arena)
        defer { wake.destroy() }
        wake.prepareToSleep()
        wake.notify()
        wake.cancelSleep()
        #expect(!isReadable(wake))
        wake.prepareToSleep()
        wake.sleep(timeout_ms: 0)
        wake.notify()
        #expect(!isReadable(wake))
    }

    /// The writer waits for each record to be taken before it sends the next, so each one meets the
    /// reader on its way to sleep, and a lost wake-up shows as a sleep that only its time-out ends.
    @Test(
        "no wake-up is lost between a reader on its way to sleep and a writer",
        arguments: [true, false])
    func stress(usesMembarrier: Bool) throws {
        var arena = Arena()
        defer { arena.release() }
        let ring = try Ring<Int>(&arena, capacity: 1)
        let wake = try Wake(&arena, usesMembarrier: usesMembarrier)
        defer { wake.destroy() }
        let deadline = Stress.deadline(0.4)
        let (taken, total) = (Shared64(), Shared64())
        nonisolated(unsafe) var (sleeps, lost) = (0, 0)
        Stress.run([
            {
                var random = TestRandom(5)
                var sent = 0
                while ContinuousClock.now < deadline {
                    for _ in 0..<random.below(300) { Stress.spin() }
                    if ring.push(sent) {
                        sent += 1
                        wake.notify()
                    }
                    while taken.now < sent {}
                }
                total.set(sent)
                _ = ring.push(-1)
                wake.notify()
            },
            {
                var random = TestRandom(6)
                while true {
                    var record = ring.pop()
                    if record == nil {
                        for _ in 0..<random.below(300) { Stress.spin() }
                        wake.prepareToSleep()
                        record = ring.pop()
                        if record != nil {
                            wake.cancelSleep()
                        } else {
                            let start = ContinuousClock.now
                            wake.sleep(timeout_ms: 1000)
                            sleeps += 1
                            record = ring.pop()
                            let slept = ContinuousClock.now - start
                            if record != nil && slept >= .milliseconds(1000) { lost += 1 }
                        }
                    }
                    if record == -1 { break }
                    if record != nil { taken.add(1) }
                }
            },
        ])
        #expect(lost == 0, "\(lost) of \(total.now) wake-ups lost, \(sleeps) sleeps")
        #expect(sleeps > 0 && taken.now == total.now)
    }
}
