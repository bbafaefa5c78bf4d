import CHoldfast
import Foundation
import Testing

/// Calls that several threads make at a time answer as if one thread had made them one after
/// another, in an order that agrees with real time. What visits several stripes by its header is
/// left out: lists, sums, closes by a filter, steps, what an account comes to. So are takes, which
/// pick a command before they lock its stripe: a more urgent one may come between.
///
/// HOLDFAST_HISTORIES says how many are tried, HOLDFAST_SEED from which seed.
@Suite("Threads: linearizability", .serialized) struct LinearTests {
    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap(Int.init)
    }
    private static let histories = number("HOLDFAST_HISTORIES") ?? 300
    private static let seed =
        number("HOLDFAST_SEED") ?? Int(Date().timeIntervalSince1970) % 1_000_000 * 1_000

    @Test("short histories of several threads are answered as by one after another")
    func histories() throws {
        var (overlaps, cores, odd) = (0, 0, 0)
        for seed in Self.seed..<Self.seed + Self.histories {
            let run = LinearRun(seed: UInt64(seed))
            let history = run.history()
            overlaps += LinearRun.overlaps(history)
            var search = LinearSearch(history, isNetting: run.isNetting)
            switch search.run() {
            case .order: break
            case .tooLong: odd += 1
            case .none:
                let lines = history.sorted { $0.begun < $1.begun }.map(\.text)
                Issue.record("seed \(seed): no order:\n\(lines.joined(separator: "\n"))")
            }
            cores += search.cores
        }
        print(
            "linearizability: seeds \(Self.seed)..<\(Self.seed + Self.histories),"
                + " \(overlaps) overlaps, \(cores) cores, \(odd) given up")
        // Beside other tests on two processors they meet less often.
        #expect(overlaps * 4 > Self.histories, "the threads hardly met")
        #expect(odd * 100 <= Self.histories)
    }

    @Test("a history with one altered answer has no order")
    func altered() throws {
        var found = 0
        for seed in Self.seed..<Self.seed + 20 {
            let run = LinearRun(seed: UInt64(seed))
            var history = run.history()
            // The hash at the end has seen everything; a status is what every call has.
            var draw = StormDraw(UInt64(seed))
            let victim = draw.below(history.count)
            history[victim].answer[0] ^= 0x4000
            var search = LinearSearch(history, isNetting: run.isNetting)
            if case .none = search.run() { found += 1 }
        }
        #expect(found == 20)
    }

    @Test("a lost deposit, a position that opened twice and a stale read have no order")
    func mutants() {
        func verdict(_ calls: [(LinearCall, [UInt64])], isTogether: Bool) -> Bool {
            let history = calls.enumerated().map { index, call in
                LinearSeen(
                    call: call.0, thread: index, begun: isTogether ? 0 : 2 * index,
                    ended: isTogether ? 10 + index : 2 * index + 1, answer: call.1)
            }
            var search = LinearSearch(history, isNetting: false)
            if case .order = search.run() { return true }
            return false
        }
        let start: UInt64 = 1_000_000_000
        let deposits = (0..<2).map { (LinearCore.deposit(5 + $0, at: 10), [UInt64(0)]) }
        func balance(_ value: UInt64) -> (LinearCall, [UInt64]) {
            (LinearCore.balance(), [0, start + value, start + value])
        }
        // Beside both deposits a reader may see none, either or both; after them only both.
        for value in [UInt64(0), 5, 6, 11] {
            #expect(verdict(deposits + [balance(value)], isTogether: true))
            #expect(verdict(deposits + [balance(value)], isTogether: false) == (value == 11))
        }
        #expect(!verdict(deposits + [balance(7)], isTogether: true))
        func open(_ id: UInt64) -> (LinearCall, [UInt64]) {
            (LinearCore.openPosition(1, HF_LONG, volume: 1, ticket: 21, at: 10), [0, id])
        }
        let duplicate = (open(4).0, [UInt64(HF_E_DUPLICATE), 0])
        #expect(verdict([open(4), duplicate], isTogether: true))
        #expect(!verdict([duplicate, open(4)], isTogether: false))
        #expect(!verdict([open(4), open(5)], isTogether: true))
    }
}

/// One history: threads that make calls drawn from a seed, all at once.
struct LinearRun {
    let isNetting: Bool
    private let plans: [[LinearCall]]
    private let pauses: [[Int]]

    init(seed: UInt64) {
        var draw = StormDraw(seed)
        let isNetting = draw.chance(35)
        let threads = 2 + draw.below(3)
        let calls = threads == 4 ? 3 : 4
        var plans: [[LinearCall]] = []
        var pauses: [[Int]] = []
        let flavour = draw.below(4)
        for _ in 0..<threads {
            plans.append((0..<calls).map { _ in Self.call(&draw, flavour, isNetting) })
            pauses.append((0..<calls).map { _ in draw.chance(50) ? 0 : draw.below(400) })
        }
        self.isNetting = isNetting
        (self.plans, self.pauses) = (plans, pauses)
    }

    /// What histories are about differs, so that some of them are about little.
    private static func call(
        _ draw: inout StormDraw, _ flavour: Int, _ isNetting: Bool
    ) -> LinearCall {
        let time = Int64(10 + draw.below(20))
        let position = UInt64(1 + draw.below(draw.chance(80) ? 3 : 6))
        let symbol = UInt32(1 + draw.below(2))
        let side = draw.chance(50) ? HF_LONG : HF_SHORT
        let number = UInt64(1 + draw.below(3))
        let volume = Int64(1 + draw.below(4))
        if draw.chance(35) { return read(&draw, position, number) }
        let kind = flavour == 0 ? draw.below(3) : flavour == 1 ? 3 + draw.below(5) : draw.below(15)
        switch kind {
        case 0:
            return LinearCore.openPosition(
                symbol, side, volume: volume, ticket: 20 + number, at: time)
        case 1:
            let isNamed = !isNetting || draw.chance(20)
            return LinearCore.fill(
                symbol, isNamed ? position : 0, side, volume: volume, deal: number, at: time)
        case 2: return LinearCore.enter(symbol, client: UInt8(64 + number), at: time)
        case 3: return LinearCore.close(position, volume: draw.chance(50) ? 0 : volume, at: time)
        case 4:
            let code: UInt32 = draw.one([10009, 10009, 10008, 10006])
            return LinearCore.ack(
                position, code, volume: draw.chance(50) ? 0 : volume,
                deal: code == 10009 ? number : 0, at: time)
        case 5:
            let isTicket = draw.chance(20)
            return LinearCore.deal(
                isTicket ? 0 : position, ticket: isTicket ? 10 + number : 0, volume: volume,
                deal: number, at: time)
        case 6: return LinearCore.tick(symbol, Int64(985 + draw.below(30)), at: time)
        case 7: return LinearCore.cancel(position, at: time)
        case 8: return LinearCore.modify(position, sl: Int64(985 + draw.below(30)), at: time)
        case 9: return LinearCore.closeBy(position, UInt64(1 + draw.below(3)), at: time)
        case 10: return LinearCore.deposit(Int64(number), at: time)
        case 11: return LinearCore.account(observes: draw.chance(30), isNetting, at: time)
        case 12: return LinearCore.symbol(confirms: draw.chance(50), at: time)
        default:
            return LinearCore.rule(
                number, draw.chance(30) ? 0 : position, remove: draw.chance(30), at: time)
        }
    }

    private static func read(
        _ draw: inout StormDraw, _ position: UInt64, _ number: UInt64
    ) -> LinearCall {
        switch draw.below(6) {
        case 0: LinearCore.find((draw.chance(50) ? 10 : 20) + number)
        case 1: LinearCore.balance()
        case 2: LinearCore.hash()
        default: LinearCore.get(position)
        }
    }

    func history() -> [LinearSeen] {
        let core = LinearCore.open(stripes: 2, isNetting: isNetting)
        defer { LinearCore.close(core) }
        nonisolated(unsafe) let shared = core
        let (plans, pauses) = (plans, pauses)
        let clock = LinearClock()
        let all = Guarded<[LinearSeen]>([])
        Crew.run(plans.count) { thread in
            var mine: [LinearSeen] = []
            for (call, pause) in zip(plans[thread], pauses[thread]) {
                for _ in 0..<pause { clock.idle() }
                let begun = clock.next()
                let answer = call.run(shared)
                let ended = clock.next()
                mine.append(
                    LinearSeen(
                        call: call, thread: thread, begun: begun, ended: ended, answer: answer))
            }
            all.withLock { $0 += mine }
        }
        // Everything has happened: the whole state must be that of the order.
        let last = LinearCore.hash()
        let begun = clock.next()
        let answer = last.run(core)
        return all.withLock { $0 }
            + [
                LinearSeen(
                    call: last, thread: plans.count, begun: begun, ended: clock.next(),
                    answer: answer)
            ]
    }

    /// Pairs of calls that were under way at the same time.
    static func overlaps(_ history: [LinearSeen]) -> Int {
        var count = 0
        for (index, one) in history.enumerated() {
            for other in history[(index + 1)...]
            where one.begun < other.ended && other.begun < one.ended {
                count += 1
            }
        }
        return count
    }
}
