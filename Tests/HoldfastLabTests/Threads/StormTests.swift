import CHoldfast
import Foundation
import HoldfastABI
import Testing

/// Eight threads do at random whatever a host may do, and then the books must balance. What must
/// never be seen, whatever the order of their calls was:
/// - a status that the call cannot answer, a record that is torn or of somebody else;
/// - a balance that is not its deposits and what its positions booked;
/// - a recording that, applied again one input after another, comes to another state.
///
/// HOLDFAST_SECONDS says for how long (in rounds of some seconds), HOLDFAST_SEED from which seed.
@Suite("Threads: a storm", .serialized) struct StormTests {
    static let threads = 8
    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap(Int.init)
    }
    static let seconds = number("HOLDFAST_SECONDS") ?? 3
    static let seed = number("HOLDFAST_SEED") ?? Int(Date().timeIntervalSince1970) % 1_000_000
    /// Positions that the history keeps, and calls that are soon applied again.
    private static let most = 40_000

    @Test("eight threads drive everything at once, and the books balance and replay")
    func storm() throws {
        var seed = Self.seed
        var tally: [StormThread.Answer: Int] = [:]
        // What is applied again and compared is not counted.
        for start in stride(from: 0, to: Self.seconds, by: 3) {
            let round = Duration.seconds(min(3, Self.seconds - start))
            try Self.round(seed: UInt64(seed), round, &tally)
            seed += 1
        }
        if Self.number("HOLDFAST_TALLY") != nil {
            for (answer, count) in tally.sorted(by: { $0.key.call < $1.key.call }) {
                print("  \(answer.call) \(String(cString: hf_status_name(answer.status))) \(count)")
            }
        }
    }

    private static func round(
        seed: UInt64, _ length: Duration, _ tally: inout [StormThread.Answer: Int]
    ) throws {
        let scratch = try Scratch()
        let path = scratch.path("storm.rec")
        let world = try StormWorld(stripes: 4, recording: path)
        let seen = Guarded<[StormThread.Answer: Int]>([:])
        let end = ContinuousClock.now + length
        Crew.run(threads) { index in
            var thread = StormThread(world, seed: seed << 8 | UInt64(index))
            while thread.calls < most && ContinuousClock.now < end { thread.act() }
            let mine = thread.seen
            seen.withLock { $0.merge(mine) { $0 + $1 } }
        }
        let round = seen.withLock { $0 }
        tally.merge(round) { $0 + $1 }
        let books = StormBooks(world.core)
        #expect(hf_recording_close(world.core) == 0)
        let calls = round.values.reduce(0, +)
        print(
            "storm: seed \(seed), \(calls) calls, \(books.counters.sequence) inputs,"
                + " \(books.positions.count) open, \(books.closed.count) closed,"
                + " \(books.counters.lock_waits) waits")
        world.problems.withLock { #expect($0.isEmpty, "seed \(seed): \($0)") }
        let paid = StormTerms.accounts.indices.map { world.paid($0).value }
        let faults = books.faults(paid: paid)
        #expect(faults.isEmpty, "seed \(seed): \(faults)")
        for stripes in [UInt32(1), 3] {
            let again = try StormReplay(path, stripes: stripes)
            #expect(again.refused.isEmpty, "seed \(seed), \(stripes) stripes: \(again.refused)")
            let differences = books.differences(again.books)
            #expect(
                differences.isEmpty,
                "seed \(seed), \(stripes) stripes: \(differences.prefix(5))")
        }
        books.end(world.core, now: world.later(by: 1))
        let last = StormBooks(world.core)
        let rests = last.rests + last.faults(paid: paid)
        #expect(rests.isEmpty, "seed \(seed), all closed: \(rests.prefix(5))")
    }
}
