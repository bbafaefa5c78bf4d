import Foundation
import HoldfastCore
import Synchronization

/// Our rings at the tests of Rivals/parts/queues.cpp: 64-byte messages, "same thread", "1 to 1"
/// and, with many writers, "2 to 1".
public enum Rings {
    /// Lines of JSON: design, test, threads, ns (the median of parts of a run, see `Parts` there),
    /// ns_least, checksum.
    public static func lines(messages: Int) -> [String] {
        measure(Single.self, "same thread", writers: 0, messages)
            + measure(Single.self, "1 to 1", writers: 1, messages)
            + measure(Many.self, "same thread", writers: 0, messages)
            + measure(Many.self, "1 to 1", writers: 1, messages)
            + measure(Many.self, "2 to 1", writers: 2, messages)
    }

    private static let capacity = 4096
    private static let rounds = 5

    struct Message: BitwiseCopyable {
        var number: UInt64 = 0
        var rest: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0)
    }

    private protocol Queue: Sendable {
        static var name: String { get }
        init(_ arena: inout Arena, writers: Int) throws
        func push(_ message: Message) -> Bool
        func pop() -> Message?
    }

    private struct Single: Queue {
        static let name = "holdfast single-writer ring"
        private let ring: Ring<Message>

        init(_ arena: inout Arena, writers: Int) throws {
            ring = try Ring(&arena, capacity: Rings.capacity)
        }
        @inline(__always) func push(_ message: Message) -> Bool { ring.push(message) }
        @inline(__always) func pop() -> Message? { ring.pop() }
    }

    private struct Many: Queue {
        static let name = "holdfast many-writer ring"
        private let ring: SharedRing<Message>

        init(_ arena: inout Arena, writers: Int) throws {
            ring = try SharedRing(
                &arena, capacity: Rings.capacity, writers: max(1, writers), batch: 1)
        }
        @inline(__always) func push(_ message: Message) -> Bool { ring.push(message) }
        @inline(__always) func pop() -> Message? { ring.pop() }
    }

    /// The median over parts of what one thread did: a part in which a neighbour had the core says
    /// nothing of the ring.
    private struct Parts {
        private static let size = 1024
        private var ns: [Double] = []
        private var last: UInt64 = 0

        init(_ messages: Int) { ns.reserveCapacity(messages / Self.size + 1) }

        @inline(__always)
        mutating func passed(_ messages: Int) {
            if messages % Self.size != 0 { return }
            let instant = DispatchTime.now().uptimeNanoseconds
            if last > 0 { ns.append(Double(instant - last) / Double(Self.size)) }
            last = instant
        }

        var median: Double { ns.isEmpty ? 0 : ns.sorted()[ns.count / 2] }
    }

    /// Spins, and gives its core away only after a long time: who yields to a neighbour is gone for
    /// milliseconds.
    private struct Patience {
        private var spins = 0

        @inline(__always)
        mutating func wait() {
            spins += 1
            if spins < 1 << 14 { Processor.pause() } else { sched_yield() }
        }
        @inline(__always) mutating func reset() { spins = 0 }
    }

    private static func sameThread<Q: Queue>(
        _ queue: Q, _ count: Int, _ parts: inout Parts
    ) -> UInt64 {
        var sum: UInt64 = 0
        var message = Message()
        for number in 1...count {
            message.number = UInt64(number)
            _ = queue.push(message)
            if let out = queue.pop() { sum &+= out.number }
            parts.passed(number)
        }
        return sum
    }

    private static func read<Q: Queue>(_ queue: Q, _ count: Int, _ parts: inout Parts) -> UInt64 {
        var sum: UInt64 = 0
        var patience = Patience()
        for got in 1...count {
            while true {
                if let out = queue.pop() {
                    sum &+= out.number
                    break
                }
                patience.wait()
            }
            patience.reset()
            parts.passed(got)
        }
        return sum
    }

    private static func write<Q: Queue>(
        _ queue: Q, _ writer: Int, of writers: Int, _ count: Int, _ parts: inout Parts
    ) {
        var patience = Patience()
        var message = Message()
        var sent = 0
        for number in stride(from: writer, through: count, by: writers) {
            message.number = UInt64(number)
            while !queue.push(message) { patience.wait() }
            patience.reset()
            sent += 1
            parts.passed(sent)
        }
    }

    /// - Returns: ns per message at the slower end, and the sum of what was read.
    private static func round<Q: Queue>(
        _ type: Q.Type, writers: Int, _ count: Int
    ) throws -> (ns: Double, sum: UInt64) {
        var arena = Arena()
        defer { arena.release() }
        let queue = try Q(&arena, writers: writers)
        if writers == 0 {
            var parts = Parts(count)
            let sum = sameThread(queue, count, &parts)
            return (parts.median, sum)
        }
        let found = Mutex((slowest: 0.0, sum: UInt64(0)))
        together(writers + 1) { thread in
            var parts = Parts(count)
            var sum: UInt64 = 0
            if thread == 0 {
                sum = read(queue, count, &parts)
            } else {
                write(queue, thread, of: writers, count, &parts)
            }
            let ns = thread == 0 ? parts.median : parts.median / Double(writers)
            found.withLock { $0 = (max($0.slowest, ns), $0.sum &+ sum) }
        }
        return found.withLock { ($0.slowest, $0.sum) }
    }

    /// Runs a body on threads pinned to cores of their own.
    private static func together(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        let group = DispatchGroup()
        for index in 0..<count {
            group.enter()
            Thread {
                _ = Processor.pin(to: index % ProcessInfo.processInfo.activeProcessorCount)
                body(index)
                group.leave()
            }.start()
        }
        group.wait()
    }

    private static func measure<Q: Queue>(
        _ type: Q.Type, _ test: String, writers: Int, _ count: Int
    ) -> [String] {
        var ns: [Double] = []
        var checksum: UInt64 = 0
        for _ in 0..<rounds {
            guard let one = try? round(type, writers: writers, count) else { return [] }
            ns.append(one.ns)
            checksum = one.sum
        }
        ns.sort()
        let digits = String(checksum, radix: 16)
        let padded = String(repeating: "0", count: 16 - digits.count) + digits
        return [
            "{\"design\":\"\(Q.name)\",\"test\":\"\(test)\",\"threads\":\(writers + 1),"
                + "\"ns\":\(ns[rounds / 2]),\"ns_least\":\(ns[0]),\"checksum\":\"\(padded)\"}"
        ]
    }
}
