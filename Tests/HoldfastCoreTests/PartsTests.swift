import CHoldfast
import CVector
import Testing

@testable import HoldfastCore

enum Processor {
    static let hasV3 = hf_cpu_has_v3() != 0
}

@Suite("Map")
struct MapTests {
    @Test("agrees with a dictionary through inserts and removals")
    func agrees() throws {
        var arena = Arena()
        defer { arena.release() }
        var map = try Map(&arena, capacity: 200)
        var model: [UInt64: UInt64] = [:]
        var random = TestRandom(7)
        for _ in 0..<20_000 {
            let key = UInt64(random.below(400))
            if random.below(2) == 0 {
                if model.count < 200 || model[key] != nil {
                    let value = UInt64(random.below(1000))
                    map.set(key, 5, to: value)
                    model[key] = value
                }
            } else {
                map.remove(key, 5)
                model[key] = nil
            }
            #expect(map.value(key, 5) == model[key])
            #expect(map.count == model.count)
        }
        for key in UInt64(0)..<400 { #expect(map.value(key, 5) == model[key]) }
    }

    @Test("a full map takes no new key and keeps what it has")
    func full() throws {
        var arena = Arena()
        defer { arena.release() }
        var map = try Map(&arena, capacity: 3)
        for key in UInt64(1)...4 { map.set(key, to: key) }
        #expect(map.isFull)
        #expect(map.value(4) == nil)
        map.set(3, to: 9)
        #expect(map.value(3) == 9)
    }
}

@Suite("TimerHeap")
struct TimerHeapTests {
    @Test("timers come out in order of due and position, whatever is taken out between")
    func order() {
        let nodes = UnsafeMutablePointer<TimerNode>.allocate(capacity: 100)
        defer { nodes.deallocate() }
        for index in 0..<100 {
            nodes[index] = TimerNode()
            nodes[index].position = UInt64(index)
        }
        for seed in UInt64(1)...50 {
            var heap = TimerHeap()
            var random = TestRandom(seed)
            var armed: [Int: Int64] = [:]
            for _ in 0..<500 {
                let index = random.below(100)
                switch random.below(4) {
                case 0, 1:
                    let due = Int64(random.below(40))
                    heap.arm(nodes + index, due: due)
                    armed[index] = due
                case 2:
                    heap.disarm(nodes + index)
                    armed[index] = nil
                default:
                    let until = Int64(random.below(40))
                    let expected = armed.filter { $0.value <= until }
                        .min { ($0.value, $0.key) < ($1.value, $1.key) }
                    let popped = heap.pop(until: until)
                    #expect(popped.map { Int($0.pointee.position) } == expected?.key)
                    if let expected { armed[expected.key] = nil }
                }
                #expect(heap.due == armed.values.min() ?? .max)
            }
            for index in 0..<100 { heap.disarm(nodes + index) }
        }
    }
}

@Suite("Outbox")
struct OutboxTests {
    private func ticket(_ number: Int, rank: Int = 1, time: Int = 0) -> Ticket {
        Ticket(
            rank: UInt64(rank), time: Int64(time), position: UInt64(number), count: 1, stripe: 0,
            life: UInt32(number))
    }

    @Test("a small outbox gives the same line as a large one", arguments: [2, 3, 8, 1000])
    func sameLine(capacity: Int) throws {
        var arena = Arena()
        defer { arena.release() }
        var box = try Outbox(&arena, capacity: capacity)
        var random = TestRandom(11)
        var waiting: [Ticket] = []
        for number in 0..<2000 {
            if random.below(5) < 3 {
                let one = ticket(number, rank: random.below(4), time: random.below(50))
                waiting.append(one)
                _ = box.push(one)
                continue
            }
            if box.needsSweep {
                box.beginSweep()
                for one in waiting { _ = box.push(one) }
            }
            let next = box.pop()
            let expected = waiting.min(by: Ticket.precedes)
            #expect(next?.position == expected?.position)
            waiting.removeAll { $0.position == next?.position }
            #expect(box.waiting == waiting.count)
        }
    }

    @Test("all of the priority lane goes before an entry of any class, whoever came first")
    func lanes() throws {
        var arena = Arena()
        defer { arena.release() }
        var box = try Outbox(&arena, capacity: 4)
        func rank(_ lane: Int, _ priority: UInt8) -> Int {
            Int(Ticket.rank(lane: UInt8(lane), priority: priority))
        }
        for number in 1...4 { _ = box.push(ticket(number, rank: rank(HF_LANE_ENTRY, 5))) }
        for number in 5...6 { _ = box.push(ticket(number, rank: rank(HF_LANE_PRIORITY, 0))) }
        #expect(box.pop()?.position == 5 && box.pop()?.position == 6)
        #expect(box.waiting == 4)
    }
}

@Suite("LifeCycle")
struct LifeCycleTests {
    @Test("no event brings a final command back to life")
    func finalStays() {
        for state in CommandState.allCases where state.isFinal {
            for event in CommandEvent.allCases {
                let (next, action) = LifeCycle.step(state, event)
                #expect(next.isFinal)
                #expect(action == .nothing || action == .settleLate)
                #expect((action == .settleLate) == (event == .filled || event == .filledInPart))
            }
        }
    }

    @Test("a live command that ends without a fill says what follows")
    func noLostIntent() {
        let quiet: Set<CommandEvent> = [.withdrawn, .positionGone, .turnedOver]
        for state in CommandState.allCases where !state.isFinal {
            for event in CommandEvent.allCases where !quiet.contains(event) {
                let (next, action) = LifeCycle.step(state, event)
                #expect(!next.isFinal || action != .nothing, "\(state) \(event)")
            }
        }
    }

    @Test("only a command that nobody took can be withdrawn")
    func withdrawn() {
        for state in CommandState.allCases where !state.isFinal {
            let (next, _) = LifeCycle.step(state, .withdrawn)
            #expect(next == (state == .pending ? .superseded : state))
        }
    }

    @Test("every MT5 code of a close has its row")
    func codes() {
        #expect(Retcode.event(10009) == .filled)
        #expect(Retcode.event(10018) == .marketClosed)
        for code in [UInt32(10004), 10020, 10021] { #expect(Retcode.event(code) == .requoted) }
        for code in [UInt32(10006), 10007, 10024, 10028, 10029, 10031] {
            #expect(Retcode.event(code) == .refusedForNow)
        }
        for code in [UInt32(10013), 10017, 10019, 10022, 10032, 10035, 10040, 99999] {
            #expect(Retcode.event(code) == .refusedForGood)
        }
        for code in [UInt32(1), 10005, 10011, 10012, 10023, 10025, 10036, 10037, 10038, 10039] {
            #expect(Retcode.event(code) == .unclear)
        }
    }
}

@Suite("Money")
struct MoneyTests {
    @Test("a share of a sum is exact where 128 bits would overflow")
    func share() {
        let cost = Int128(1) << 106
        #expect(Share.of(cost, 1 << 52, 1 << 53) == cost / 2)
        #expect(Share.of(-7 as Int128, 1, 2) == -3)
        #expect(Share.of(1_000_000_007 as Int128, 3, 7) == 428_571_431)
    }

    @Test("money is rounded once, half away from zero")
    func rounding() {
        // 0.5 of a 1e-8 unit: gain x tick value / (tick size x 1e8)
        #expect(Money.value(of: 50_000_000, tickValue: 1, tickSize: 1) == 1)
        #expect(Money.value(of: -50_000_000, tickValue: 1, tickSize: 1) == -1)
        #expect(Money.value(of: 49_999_999, tickValue: 1, tickSize: 1) == 0)
        #expect(Money.value(of: Int128.max / 2, tickValue: 4, tickSize: 1) == nil)
    }
}
