import Testing

@testable import HoldfastCore

/// Forbidden: a record lost, doubled, torn, read before it was published, or out of order with
/// another of the same writer; two writers in one slot; "full" below the capacity, or never; a wait
/// where the ring is full or empty.
@Suite("SharedRing", .serialized)
struct SharedRingTests {
    @Test("one thread sees a plain queue, full exactly at the capacity", arguments: [1, 3, 8, 50])
    func model(capacity: Int) throws {
        var arena = Arena()
        defer { arena.release() }
        let batch = min(capacity, 6)
        let ring = try SharedRing<Int>(&arena, capacity: capacity, writers: 3, batch: batch)
        var random = TestRandom(UInt64(capacity))
        var queue: [Int] = []
        var next = 0
        for _ in 0..<20_000 {
            switch random.below(5) {
            case 0:
                #expect(ring.push(next) == (queue.count < capacity))
                if queue.count < capacity { queue.append(next) }
                next += 1
            case 1:
                let records = (0..<random.below(batch + 1)).map { next + $0 }
                let fits = queue.count + records.count <= capacity
                #expect(records.withUnsafeBufferPointer { ring.push($0) } == fits)
                if fits { queue += records }
                next += records.count
            case 2:
                #expect(ring.pop() == queue.first)
                queue = Array(queue.dropFirst())
            default:
                let most = random.below(capacity + 2)
                var got: [Int] = []
                #expect(ring.read(most) { got.append($0.pointee) } == min(most, queue.count))
                #expect(got == Array(queue.prefix(most)))
                queue = Array(queue.dropFirst(most))
            }
        }
    }

    @Test("a claim that is not published holds back what others published behind it")
    func unpublished() throws {
        var arena = Arena()
        defer { arena.release() }
        let ring = try SharedRing<Int>(&arena, capacity: 8, writers: 2, batch: 4)
        let claim = try #require(ring.claim(2))
        #expect(ring.push(7))
        #expect(ring.pop() == nil)
        ring.slot(claim, 0).pointee = 5
        ring.slot(claim, 1).pointee = 6
        ring.publish(claim)
        var got: [Int] = []
        #expect(ring.read(9) { got.append($0.pointee) } == 3)
        #expect(got == [5, 6, 7])
    }

    @Test("a writer that others went by waits until its slot has been read")
    func wentBy() throws {
        var arena = Arena()
        defer { arena.release() }
        // Three look where one was promised, and there is memory for two.
        let ring = try SharedRing<Int>(&arena, capacity: 1, writers: 1, batch: 1)
        let looks = try (0..<3).map { _ in try #require(ring.look(1)) }
        for number in 0..<2 {
            let claim = ring.take(1, looks[number])
            ring.slot(claim, 0).pointee = number
            ring.publish(claim)
        }
        let state = Shared64()
        Stress.run([
            {
                let claim = ring.take(1, looks[2])
                #expect(state.now == 1)
                ring.slot(claim, 0).pointee = 2
                ring.publish(claim)
            },
            {
                for _ in 0..<20 { Stress.nap() }
                state.set(1)
                #expect(ring.pop() == 0)
            },
        ])
        #expect(ring.pop() == 1 && ring.pop() == 2 && ring.pop() == nil)
    }

    @Test("sizes that make no ring are refused")
    func refused() {
        var arena = Arena()
        defer { arena.release() }
        for (capacity, writers, batch) in [(0, 1, 1), (4, 0, 1), (4, 1, 0), (4, 1, 5)] {
            #expect(throws: Failure.range) {
                try SharedRing<Int>(&arena, capacity: capacity, writers: writers, batch: batch)
            }
        }
    }

    @Test("three writers and a reader see no forbidden outcome", arguments: [1, 4, 64, 1024])
    func stress(capacity: Int) throws {
        try run(capacity: capacity, writers: 3, promised: 3)
    }

    @Test("more writers than were promised wait for their slot, and nothing is lost")
    func promiseBroken() throws {
        try run(capacity: 1, writers: 6, promised: 1)
    }

    private func run(capacity: Int, writers: Int, promised: Int) throws {
        var arena = Arena()
        defer { arena.release() }
        let batch = min(capacity, 5)
        let ring = try SharedRing<Sealed>(
            &arena, capacity: capacity, writers: promised, batch: batch)
        let deadline = Stress.deadline(0.25)
        let announced = (0..<writers).map { _ in Shared64() }
        let ended = Shared64()
        nonisolated(unsafe) var witness = Witness()
        let write: @Sendable (Int) -> Void = { writer in
            var random = TestRandom(UInt64(capacity * 10 + writer))
            var serial = 0
            while ContinuousClock.now < deadline {
                guard let claim = ring.claim(1 + random.below(batch)) else { continue }
                for index in 0..<claim.count {
                    Sealed.spoil(ring.slot(claim, index))
                    ring.slot(claim, index).pointee = Sealed(writer: writer, serial: serial + index)
                }
                serial += claim.count
                announced[writer].note(serial)
                ring.publish(claim)
            }
            ended.add(1)
        }
        let read: @Sendable (Int) -> Void = { _ in
            var random = TestRandom(UInt64(capacity))
            while true {
                let end = ended.now
                let count = ring.read(1 + random.below(9)) {
                    witness.see($0.pointee) { $0 < writers ? announced[$0].noted : 0 }
                }
                if count == 0 && end == writers { break }
            }
        }
        Stress.run(writers: writers, write, read)
        witness.close(announced.map(\.now))
        #expect(witness.isClean, "capacity \(capacity): \(witness)")
        #expect(announced.contains { $0.now > 0 })
    }
}
