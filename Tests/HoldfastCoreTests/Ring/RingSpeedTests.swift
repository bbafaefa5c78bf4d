import CHoldfast
import Glibc
import Testing

@testable import HoldfastCore

/// Figures, printed with HOLDFAST_STRESS alone; they mean something in a release build:
/// `HOLDFAST_STRESS=2 HOLDFAST_TEST_CONFIGURATION=release make test ARGS=swift`.
@Suite("Speed of the rings", .serialized, .enabled(if: Stress.isLong))
struct RingSpeedTests {
    private static let records = 400_000
    private static let record = Sealed(writer: 1, serial: 1)

    /// Prints the best and the median of 25 runs: on a shared machine the best repeats.
    private func print(_ name: String, _ count: Int = records, _ body: () throws -> Void) rethrows {
        var times: [Double] = []
        for _ in 0..<25 {
            let start = ContinuousClock.now
            try body()
            let (seconds, attoseconds) = (ContinuousClock.now - start).components
            times.append((Double(seconds) * 1e9 + Double(attoseconds) / 1e9) / Double(count))
        }
        let tenths = times.sorted().map { ($0 * 10).rounded() / 10 }
        Swift.print("ring speed: \(name): \(tenths[0]) ns, median \(tenths[12])")
    }

    /// Tries again and again; gives the processor away when there are more threads than processors.
    private static func until(_ isDone: () -> Bool) {
        var turns = 0
        while !isDone() { rest(&turns) }
    }

    private static func rest(_ turns: inout Int) {
        turns += 1
        if turns % 256 == 0 { sched_yield() } else { Stress.spin() }
    }

    @Test("a ring of 64-byte records")
    func ring() throws {
        var arena = Arena()
        defer { arena.release() }
        let ring = try Ring<Sealed>(&arena, capacity: 1024)
        print("Ring, same thread, push + pop") {
            var sum: UInt64 = 0
            for _ in 0..<Self.records {
                _ = ring.push(Self.record)
                sum &+= ring.pop()?.serial ?? 0
            }
            #expect(sum == Self.records)
        }
        for batch in [1, 16] {
            print("Ring, one writer, one reader, batches of \(batch)") {
                Stress.run([
                    {
                        var (left, turns) = (Self.records, 0)
                        while left > 0 {
                            let room = ring.claim(min(batch, left))
                            if room.isEmpty { Self.rest(&turns) }
                            guard let start = room.baseAddress else { break }
                            for index in 0..<room.count { start[index] = Self.record }
                            if !room.isEmpty { ring.publish(room.count) }
                            left -= room.count
                        }
                    },
                    {
                        var (left, sum, turns) = (Self.records, UInt64(0), 0)
                        while left > 0 {
                            let records = ring.read(batch)
                            guard let start = records.baseAddress else { break }
                            for index in 0..<records.count { sum &+= start[index].serial }
                            if records.isEmpty {
                                Self.rest(&turns)
                            } else {
                                ring.release(records.count)
                            }
                            left -= records.count
                        }
                        #expect(sum == Self.records)
                    },
                ])
            }
        }
    }

    @Test("a shared ring of 64-byte records")
    func sharedRing() throws {
        var arena = Arena()
        defer { arena.release() }
        let ring = try SharedRing<Sealed>(&arena, capacity: 1024, writers: 2, batch: 16)
        print("SharedRing, same thread, push + pop") {
            var sum: UInt64 = 0
            for _ in 0..<Self.records {
                _ = ring.push(Self.record)
                sum &+= ring.pop()?.serial ?? 0
            }
            #expect(sum == Self.records)
        }
        for (writers, batch) in [(1, 1), (1, 16), (2, 1), (2, 16)] {
            print("SharedRing, \(writers) writer(s), one reader, batches of \(batch)") {
                let write: @Sendable (Int) -> Void = { _ in
                    for _ in 0..<Self.records / writers / batch {
                        Self.until {
                            guard let claim = ring.claim(batch) else { return false }
                            for index in 0..<batch { ring.slot(claim, index).pointee = Self.record }
                            ring.publish(claim)
                            return true
                        }
                    }
                }
                Stress.run(writers: writers, write) { _ in
                    var (left, sum) = (Self.records, UInt64(0))
                    while left > 0 {
                        Self.until {
                            let count = ring.read(64) { sum &+= $0.pointee.serial }
                            left -= count
                            return count > 0
                        }
                    }
                    #expect(sum == Self.records)
                }
            }
        }
    }

    @Test("the event ring of 288-byte events, beside a mutex around the same copy")
    func eventRing() throws {
        var arena = Arena()
        defer { arena.release() }
        let ring = try EventRing(&arena, capacity: 4096)
        nonisolated(unsafe) let mutex = Lock()
        defer { mutex.destroy() }
        let copies = try arena.reserve(hf_event.self, 4096)
        nonisolated(unsafe) let (slots, last) = (copies, try arena.reserve(Int.self, 1))
        let event = hf_event()
        let events = Self.records / 2
        for writers in [1, 2] {
            print("EventRing, \(writers) writer(s), append", events) {
                Stress.run(
                    writers: writers,
                    { _ in
                        for _ in 0..<events / writers { ring.append(event) }
                    }, readers: 0, { _ in })
            }
            print("EventRing, \(writers) writer(s), append of 8", events) {
                Stress.run(
                    writers: writers,
                    { _ in
                        let batch = [hf_event](repeating: event, count: 8)
                        batch.withUnsafeBufferPointer {
                            for _ in 0..<events / writers / 8 { ring.append($0) }
                        }
                    }, readers: 0, { _ in })
            }
            print("mutex and copy, \(writers) writer(s)", events) {
                Stress.run(
                    writers: writers,
                    { _ in
                        for _ in 0..<events / writers {
                            mutex.hold {
                                last.pointee += 1
                                slots[last.pointee & 4095] = event
                                slots[last.pointee & 4095].number = UInt64(last.pointee)
                            }
                        }
                    }, readers: 0, { _ in })
            }
        }
        var out = [hf_event](repeating: hf_event(), count: 64)
        print("EventRing, read, batches of 64", events) {
            for _ in 0..<events / 4096 {
                var cursor = ring.written - 4096
                for _ in 0..<64 { _ = ring.read(&cursor, &out, max: 64) }
            }
        }
    }

    @Test("a wake-up for a busy reader", arguments: [true, false])
    func wake(usesMembarrier: Bool) throws {
        var arena = Arena()
        defer { arena.release() }
        let wake = try Wake(&arena, usesMembarrier: usesMembarrier)
        defer { wake.destroy() }
        let ring = try Ring<Sealed>(&arena, capacity: 1024)
        let name = usesMembarrier ? "membarrier" : "a fence of its own"
        print("Ring, same thread, push + notify + pop, \(name)") {
            for _ in 0..<Self.records {
                _ = ring.push(Self.record)
                wake.notify()
                _ = ring.pop()
            }
        }
        print("prepareToSleep + cancelSleep, \(name)", 100_000) {
            for _ in 0..<100_000 {
                wake.prepareToSleep()
                wake.cancelSleep()
            }
        }
    }
}
