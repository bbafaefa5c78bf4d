import Testing

@testable import HoldfastCore

/// Forbidden: a record lost, doubled, out of order, torn, or read before it was published; more
/// records than fit; a wait where the ring is full or empty.
@Suite("Ring", .serialized)
struct RingTests {
    @Test(
        "a ring agrees with a plain queue through every mix of batches", arguments: [1, 2, 8, 64])
    func model(capacity: Int) throws {
        var arena = Arena()
        defer { arena.release() }
        let ring = try Ring<Int>(&arena, capacity: capacity)
        var random = TestRandom(UInt64(capacity))
        var queue: [Int] = []
        var next = 0
        for _ in 0..<20_000 {
            let most = random.below(capacity + 2)
            switch random.below(6) {
            case 0:
                #expect(ring.push(next) == (queue.count < capacity))
                if queue.count < capacity { queue.append(next) }
                next += 1
            case 1:
                let batch = (0..<most).map { next + $0 }
                let fit = min(most, capacity - queue.count)
                #expect(batch.withUnsafeBufferPointer { ring.push($0) } == fit)
                queue += batch.prefix(fit)
                next += most
            case 2:
                let room = ring.claim(most)
                #expect(room.count <= min(most, capacity - queue.count))
                #expect((room.count > 0) == (most > 0 && queue.count < capacity))
                let used = random.below(room.count + 1)
                for index in 0..<used { room[index] = next + index }
                ring.publish(used)
                queue += (0..<used).map { next + $0 }
                next += used
            case 3:
                #expect(ring.pop() == queue.first)
                queue = Array(queue.dropFirst())
            default:
                let records = ring.read(most)
                #expect((records.count > 0) == (most > 0 && !queue.isEmpty))
                #expect(Array(records) == Array(queue.prefix(records.count)))
                let used = random.below(records.count + 1)
                ring.release(used)
                queue.removeFirst(used)
            }
        }
    }

    @Test("what is claimed and not published is not read")
    func unpublished() throws {
        var arena = Arena()
        defer { arena.release() }
        let ring = try Ring<Int>(&arena, capacity: 4)
        let room = ring.claim(3)
        for index in 0..<3 { room[index] = index }
        #expect(ring.pop() == nil && ring.read(4).isEmpty)
        ring.publish(2)
        #expect(Array(ring.read(4)) == [0, 1])
        #expect(ring.claim(4).count == 2)
    }

    @Test("a capacity that is no power of two is refused", arguments: [-1, 0, 3, 12])
    func refused(capacity: Int) {
        var arena = Arena()
        defer { arena.release() }
        #expect(throws: Failure.range) { try Ring<Int>(&arena, capacity: capacity) }
    }

    @Test("one writer and one reader see no forbidden outcome", arguments: [1, 2, 16, 1024])
    func stress(capacity: Int) throws {
        var arena = Arena()
        defer { arena.release() }
        let ring = try Ring<Sealed>(&arena, capacity: capacity)
        let deadline = Stress.deadline(0.2)
        let (announced, total) = (Shared64(), Shared64())
        nonisolated(unsafe) var witness = Witness()
        Stress.run([
            {
                var random = TestRandom(UInt64(capacity) + 100)
                var serial = 0
                while ContinuousClock.now < deadline {
                    let room = ring.claim(1 + random.below(8))
                    for index in 0..<room.count {
                        Sealed.spoil(room.baseAddress! + index)
                        room[index] = Sealed(writer: 0, serial: serial + index)
                    }
                    announced.note(serial + room.count)
                    ring.publish(room.count)
                    serial += room.count
                    let more = (0..<random.below(4)).map {
                        Sealed(writer: 0, serial: serial + $0)
                    }
                    announced.note(serial + more.count)
                    serial += more.withUnsafeBufferPointer { ring.push($0) }
                }
                total.set(serial + 1)
            },
            {
                var random = TestRandom(UInt64(capacity) + 200)
                while true {
                    let end = total.now
                    let records = ring.read(1 + random.below(8))
                    for record in records { witness.see(record) { _ in announced.noted } }
                    ring.release(records.count)
                    if records.isEmpty && end > 0 { break }
                }
            },
        ])
        witness.close([total.now - 1])
        #expect(witness.isClean, "capacity \(capacity): \(witness)")
        #expect(total.now > 1)
    }
}
