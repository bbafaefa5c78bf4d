import CHoldfast
import Testing

@testable import HoldfastCore

/// Forbidden: an event torn, doubled, out of order within its writer, or read before it is whole; a
/// number left out without being told as lost, or told although it is still to be had; two writers
/// in one slot; an event dropped because its slot's last writer is slow.
@Suite("EventRing", .serialized)
struct EventRingTests {
    private static let words = MemoryLayout<hf_event>.size / 8

    /// Every word but the number is a function of writer and serial.
    private static func event(_ writer: Int, _ serial: Int) -> hf_event {
        var event = hf_event()
        fill(&event, writer, serial)
        return event
    }

    private static func fill(_ event: UnsafeMutablePointer<hf_event>, _ writer: Int, _ serial: Int)
    {
        event.withMemoryRebound(to: UInt64.self, capacity: words) {
            $0[1] = UInt64(writer) << 48 | UInt64(serial)
            for word in 2..<words { $0[word] = Sealed.seal($0[1], UInt64(word)) }
        }
    }

    private static func isWhole(_ event: hf_event) -> Bool {
        withUnsafeBytes(of: event) { bytes in
            let all = bytes.bindMemory(to: UInt64.self)
            return (2..<words).allSatisfy { all[$0] == Sealed.seal(all[1], UInt64($0)) }
        }
    }

    @Test("a slow reader is told how much it missed and goes on from the oldest kept")
    func lapped() throws {
        var arena = Arena()
        defer { arena.release() }
        let ring = try EventRing(&arena, capacity: 8)
        for index in 1...20 {
            var event = hf_event()
            event.volume = Int64(index)
            ring.append(event)
        }
        var cursor: UInt64 = 3
        var out = [hf_event](repeating: hf_event(), count: 16)
        let first = ring.read(&cursor, &out, max: 16)
        #expect(first.count == 0 && first.lost == 9 && cursor == 12)
        let second = ring.read(&cursor, &out, max: 16)
        #expect(second.count == 8 && out[0].number == 13 && out[7].volume == 20 && cursor == 20)
    }

    @Test("one thread sees the last events of a list", arguments: [1, 2, 8, 64])
    func model(capacity: Int) throws {
        var arena = Arena()
        defer { arena.release() }
        let ring = try EventRing(&arena, capacity: capacity)
        var random = TestRandom(UInt64(capacity))
        var written = 0
        var cursors: [UInt64] = [0, 0, 0]
        var out = [hf_event](repeating: hf_event(), count: 2 * capacity + 2)
        for _ in 0..<2000 {
            let count = random.below(2 * capacity)
            switch random.below(6) {
            case 0:
                ring.append(Self.event(0, written + 1))
                written += 1
            case 1:
                let batch = (0..<count).map { Self.event(0, written + 1 + $0) }
                batch.withUnsafeBufferPointer { ring.append($0) }
                written += count
            case 2:
                ring.append(count) { Self.fill($1, 0, written + 1 + $0) }
                written += count
            default:
                let reader = random.below(3)
                let max = random.below(2 * capacity + 2)
                let before = Int(cursors[reader])
                let isCounting = random.below(4) == 0
                let answer = out.withUnsafeMutableBufferPointer {
                    ring.read(&cursors[reader], isCounting ? nil : $0.baseAddress, max: max)
                }
                let oldest = Swift.max(0, written - capacity)
                #expect(answer.lost == Swift.max(0, oldest - before))
                #expect(answer.count == (before < oldest ? 0 : min(max, written - before)))
                let after = before < oldest ? oldest : before + answer.count
                #expect(cursors[reader] == after)
                if isCounting { break }
                for index in 0..<answer.count {
                    #expect(out[index].number == before + index + 1)
                    #expect(out[index].sequence == before + index + 1)
                    #expect(Self.isWhole(out[index]))
                }
            }
            #expect(ring.written == written)
        }
    }

    @Test("a cursor from the future is brought back to the newest")
    func future() throws {
        var arena = Arena()
        defer { arena.release() }
        let ring = try EventRing(&arena, capacity: 8)
        ring.append(hf_event())
        var cursor: UInt64 = 99
        var out = hf_event()
        let answer = ring.read(&cursor, &out, max: 1)
        #expect(answer.count == 0 && answer.lost == 0 && cursor == 1)
    }

    @Test("a reader stops before the event that is being built")
    func unfinished() throws {
        var arena = Arena()
        defer { arena.release() }
        let ring = try EventRing(&arena, capacity: 4)
        var cursor: UInt64 = 0
        ring.append(6) { index, event in
            var out = [hf_event](repeating: hf_event(), count: 8)
            let answer = ring.read(&cursor, &out, max: 8)
            // All six are claimed, so the first two will be lost, and nothing else is told as lost.
            #expect(answer.lost == (index == 0 ? 2 : 0))
            #expect(answer.count == (index > 2 ? 1 : 0))
            #expect(answer.count == 0 || out[0].number == UInt64(index))
            Self.fill(event, 0, index + 1)
        }
        #expect(cursor == 5)
    }

    @Test("a writer that has gone round the whole ring waits for one that is still at its slot")
    func slowWriter() throws {
        var arena = Arena()
        defer { arena.release() }
        let ring = try EventRing(&arena, capacity: 4)
        let (slow, fast) = (Shared64(), Shared64())
        Stress.run([
            {
                ring.append(1) { _, event in
                    Self.fill(event, 0, 1)
                    slow.set(1)
                    while fast.now < 3 {}
                    // Time enough for the other to write where it must not.
                    for _ in 0..<20 { Stress.nap() }
                    #expect(fast.now == 3)
                }
            },
            {
                while slow.now == 0 {}
                for serial in 1...4 {
                    ring.append(Self.event(1, serial))
                    fast.set(serial)
                }
            },
        ])
        var cursor: UInt64 = 0
        var out = [hf_event](repeating: hf_event(), count: 8)
        #expect(ring.read(&cursor, &out, max: 8).lost == 1)
        #expect(ring.read(&cursor, &out, max: 8).count == 4)
        for serial in 1...4 {
            #expect(out[serial - 1].sequence == 1 << 48 | UInt64(serial))
            #expect(Self.isWhole(out[serial - 1]))
        }
    }

    /// What one reader has seen; all but `count` and `lost` must end as 0.
    private struct Seen {
        var count: UInt64 = 0
        var lost: UInt64 = 0
        var gaps = 0
        var torn = 0
        var reordered = 0
        var cursor: UInt64 = 0
        private var last: [UInt64: UInt64] = [:]

        mutating func see(_ event: hf_event, number: UInt64) {
            count += 1
            if event.number != number { gaps += 1 }
            if !isWhole(event) { torn += 1 }
            let writer = event.sequence >> 48
            if event.sequence <= last[writer] ?? 0 { reordered += 1 }
            last[writer] = event.sequence
        }
    }

    @Test(
        "three writers and two readers see no forbidden outcome",
        arguments: [(1, 1), (2, 3), (16, 5), (4096, 9)])
    func stress(capacity: Int, batch: Int) throws {
        var arena = Arena()
        defer { arena.release() }
        let ring = try EventRing(&arena, capacity: capacity)
        let deadline = Stress.deadline(0.3)
        let ended = Shared64()
        nonisolated(unsafe) let seen = UnsafeMutablePointer<Seen>.allocate(capacity: 2)
        defer { seen.deinitialize(count: 2).deallocate() }
        seen.initialize(repeating: Seen(), count: 2)
        let write: @Sendable (Int) -> Void = { writer in
            var random = TestRandom(UInt64(capacity * 10 + writer))
            var serial = 0
            while ContinuousClock.now < deadline {
                let count = 1 + random.below(batch)
                if random.below(2) == 0 {
                    ring.append(count) { Self.fill($1, writer, serial + 1 + $0) }
                } else {
                    let events = (1...count).map { Self.event(writer, serial + $0) }
                    events.withUnsafeBufferPointer { ring.append($0) }
                }
                serial += count
            }
            ended.add(1)
        }
        let read: @Sendable (Int) -> Void = { reader in
            var random = TestRandom(UInt64(capacity * 100 + reader))
            var out = [hf_event](repeating: hf_event(), count: 32)
            while true {
                let end = ended.now
                let before = seen[reader].cursor
                let most = 1 + random.below(32)
                let answer = ring.read(&seen[reader].cursor, &out, max: most)
                seen[reader].lost += answer.lost
                for index in 0..<answer.count {
                    seen[reader].see(out[index], number: before + UInt64(index) + 1)
                }
                if answer.count == 0 && answer.lost == 0 && end == 3 { break }
            }
        }
        Stress.run(writers: 3, write, readers: 2, read)
        for reader in 0..<2 {
            let one = seen[reader]
            let story = "capacity \(capacity): \(one)"
            #expect(one.gaps == 0 && one.torn == 0 && one.reordered == 0, "\(story)")
            #expect(one.count + one.lost == ring.written && one.cursor == ring.written, "\(story)")
        }
        // No slot was left half-way: all that the ring keeps is to be had again.
        var cursor = ring.written - min(ring.written, UInt64(capacity))
        var out = [hf_event](repeating: hf_event(), count: capacity)
        #expect(ring.read(&cursor, &out, max: capacity).lost == 0 && cursor == ring.written)
    }
}
