import CLinux
import Foundation
import Synchronization

@testable import HoldfastCore

/// What the stress tests of the rings share: threads, sizes, and records that show their own
/// wounds.
enum Stress {
    /// HOLDFAST_STRESS multiplies the work of every stress test.
    static let factor =
        ProcessInfo.processInfo.environment["HOLDFAST_STRESS"].flatMap(Int.init) ?? 1
    static var isLong: Bool { factor > 1 }

    /// Sanitizers and debug builds are slow, so tests count by time as well.
    static func deadline(_ seconds: Double) -> ContinuousClock.Instant {
        .now + .milliseconds(Int(seconds * 1000) * factor)
    }

    /// Runs bodies on threads of their own until all have ended.
    static func run(_ bodies: [@Sendable () -> Void]) {
        let group = DispatchGroup()
        for body in bodies {
            group.enter()
            let thread = Thread {
                body()
                group.leave()
            }
            thread.start()
        }
        group.wait()
    }

    static func run(
        writers: Int, _ write: @escaping @Sendable (Int) -> Void, readers: Int = 1,
        _ read: @escaping @Sendable (Int) -> Void
    ) {
        var bodies: [@Sendable () -> Void] = []
        for index in 0..<writers { bodies.append { write(index) } }
        for index in 0..<readers { bodies.append { read(index) } }
        run(bodies)
    }

    static func nap() { Thread.sleep(forTimeInterval: 0.001) }

    /// A few nanoseconds that the compiler does not take away.
    @inline(never)
    static func spin() { hf_pause() }
}

/// A count that threads share in a test.
final class Shared64: Sendable {
    private let value = Atomic<Int>(0)
    var now: Int { value.load(ordering: .acquiring) }
    /// Without ordering anything else: a ring under test must do that by itself.
    var noted: Int { value.load(ordering: .relaxed) }
    func note(_ to: Int) { value.store(to, ordering: .relaxed) }
    func set(_ to: Int) { value.store(to, ordering: .releasing) }
    func add(_ count: Int) { value.add(count, ordering: .acquiringAndReleasing) }
}

/// 64 bytes, every word a function of who wrote it and which of his it is.
struct Sealed: BitwiseCopyable {
    var writer: UInt64 = 0
    var serial: UInt64 = 0
    var rest: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0)

    init(writer: Int, serial: Int) {
        self.writer = UInt64(writer)
        self.serial = UInt64(serial)
        let seal = Sealed.seal(self.writer, self.serial)
        rest = (seal, seal &+ 1, seal &+ 2, seal &+ 3, seal &+ 4, seal &+ 5)
    }

    /// What a slot holds between its claim and the true record: seeing it is reading too early.
    static let poison: Sealed = {
        var record = Sealed(writer: 0, serial: 0)
        record.rest.0 = .max
        record.rest.5 = .max
        return record
    }()

    static func seal(_ writer: UInt64, _ serial: UInt64) -> UInt64 {
        (writer &* 0x9E37_79B9_7F4A_7C15 ^ serial) &* 0xC2B2_AE3D_27D4_EB4F
    }

    var isWhole: Bool {
        let seal = Sealed.seal(writer, serial)
        return rest == (seal, seal &+ 1, seal &+ 2, seal &+ 3, seal &+ 4, seal &+ 5)
    }

    /// Writes poison, in a way that the compiler cannot leave out, and then the record.
    @inline(never)
    static func spoil(_ slot: UnsafeMutablePointer<Sealed>) { slot.pointee = poison }
}

/// What a reader has seen, by forbidden outcome. Every count must end as 0.
struct Witness: Equatable, CustomStringConvertible {
    var lost = 0
    var doubled = 0
    var reordered = 0
    var torn = 0
    /// Read before it was published.
    var early = 0
    /// Next serial that is due from each writer.
    private var due: [UInt64: UInt64] = [:]

    var description: String {
        "lost \(lost) doubled \(doubled) reordered \(reordered) torn \(torn) early \(early)"
    }
    var isClean: Bool { lost + doubled + reordered + torn + early == 0 }

    /// - Parameter announced: how many that writer had said, before publishing, that it would.
    mutating func see(_ record: Sealed, announced: (Int) -> Int) {
        if !record.isWhole {
            if record.rest.0 == .max || record.rest.5 == .max { early += 1 } else { torn += 1 }
            return
        }
        let next = due[record.writer] ?? 0
        if record.serial > next { lost += Int(record.serial - next) }
        if record.serial + 1 == next { doubled += 1 }
        if record.serial + 1 < next { reordered += 1 }
        if record.serial >= announced(Int(record.writer)) { early += 1 }
        due[record.writer] = max(next, record.serial + 1)
    }

    /// At the end: what never came.
    mutating func close(_ totals: [Int]) {
        for (writer, total) in totals.enumerated() {
            lost += max(0, total - Int(due[UInt64(writer)] ?? 0))
        }
    }
}
