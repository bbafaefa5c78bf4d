import CHoldfast
import Testing

@testable import HoldfastCore

/// A core with symbols A, B and C on two stripes, and one account.
struct ReadsWorld {
    let core: Core

    init(history: UInt32 = 64) throws {
        var config = Configuration.defaults
        (config.stripes, config.positions, config.history) = (2, 512, history)
        core = try Core(config, hasV3: false)
        for name in [CChar(65), 66, 67] {
            var symbol = hf_symbol()
            (symbol.name.0, symbol.profit_currency.0) = (name, 65)
            (symbol.tick_size, symbol.tick_value) = (1, 100_000_000)
            (symbol.volume_min, symbol.volume_max, symbol.volume_step) = (1, 100, 1)
            _ = try core.put(symbol, 0)
        }
        var account = hf_account()
        (account.id, account.mode) = (1, UInt8(HF_HEDGING))
        account.currency.0 = 65
        try core.put(account, 0)
        for symbol in [UInt32(1), 2, 3] {
            var tick = hf_tick()
            (tick.symbol, tick.time, tick.bid, tick.ask) = (symbol, 1, 1_000, 1_001)
            _ = core.ticks(&tick, 1)
        }
    }

    func open(_ symbol: UInt32, price: Int64 = 1_000) throws -> UInt64 {
        var open = hf_open()
        (open.account, open.symbol, open.side) = (1, symbol, UInt8(HF_LONG))
        (open.volume, open.price) = (10, price)
        try core.open(&open, 1)
        return open.position
    }

    func close(_ position: UInt64) throws {
        var deal = hf_deal()
        (deal.account, deal.position, deal.volume) = (1, position, 10)
        (deal.price, deal.reason) = (1_000, UInt8(HF_DEAL_SO))
        try core.deal(deal, 2)
    }

    /// Makes a row one that waits for its first fill.
    func empty(_ position: UInt64) throws {
        try core.with(position) { stripe, p in p.pointee.volume = 0 }
    }

    func listed(_ filter: hf_filter, page: Int = 3, between: () -> Void = {}) throws -> [UInt64] {
        var cursor = hf_cursor()
        var out = [hf_position](repeating: hf_position(), count: page)
        var ids: [UInt64] = []
        while true {
            let count = try core.list(filter, 10, &cursor, &out, max: page)
            if count == 0 { return ids }
            ids += out[..<count].map(\.id)
            between()
        }
    }
}

@Suite("Reads")
struct ReadsTests {
    private static func states(_ states: Int...) -> hf_filter {
        var filter = hf_filter()
        filter.present = UInt32(HF_FILTER_STATES)
        filter.states = states.reduce(0) { $0 | 1 << UInt32($1) }
        return filter
    }

    @Test("a pending position is in lists that ask for it, and in no sum")
    func pending() throws {
        let world = try ReadsWorld()
        defer { world.core.close() }
        let (waits, open) = (try world.open(1), try world.open(2))
        try world.empty(waits)
        #expect(try world.listed(hf_filter()) == [open])
        #expect(try world.listed(Self.states(HF_POSITION_PENDING)) == [waits])
        let both = Self.states(HF_POSITION_PENDING, HF_POSITION_OPEN)
        #expect(try world.listed(both) == [waits, open])
        var sorted = both
        sorted.sort = UInt8(HF_SORT_NEWEST)
        #expect(try world.listed(sorted) == [open, waits])
        var named = hf_filter()
        (named.present, named.position) = (UInt32(HF_FILTER_POSITION), waits)
        #expect(try world.listed(named) == [])
        #expect(world.core.matching(named, 10) == [])
        for filter in [hf_filter(), both] {
            var sums = hf_summary()
            #expect(try world.core.summary(filter, by: 0, 10, &sums, max: 1) == 1)
            #expect(sums.count == 1 && sums.volume_long == 10)
        }
    }

    @Test("an entry that was never filled is no closed position of a performance")
    func neverFilled() throws {
        let world = try ReadsWorld()
        defer { world.core.close() }
        let (first, second) = (try world.open(1), try world.open(1))
        try world.close(first)
        try world.close(second)
        _ = world.core.shared.pointee.history.change(first) { $0.record.volume_initial = 0 }
        var sums = hf_performance()
        #expect(try world.core.performance(hf_filter(), by: 0, 10, &sums, max: 1) == 1)
        #expect(sums.count == 1)
    }

    @Test("while three threads open and close, every list has each that lives through it once")
    func threads() throws {
        let world = try ReadsWorld(history: 32)
        defer { world.core.close() }
        // Each third symbol's first and last positions stay; the others come and go around them.
        var stays: Set<UInt64> = []
        for round in 0..<60 {
            let ids = try [UInt32(1), 2, 3].map { try world.open($0, price: 900 + Int64(round)) }
            if round % 3 == 0 { stays.formUnion(ids) }
            if round % 3 == 1 { try ids.forEach(world.close) }
        }
        nonisolated(unsafe) let shared = world
        let lived = stays
        let ended = Shared64()
        let rounds = 300 * Stress.factor
        Stress.run(
            writers: 3,
            { index in
                for _ in 0..<rounds {
                    guard let id = try? shared.open(UInt32(index + 1)) else { continue }
                    try? shared.close(id)
                }
                ended.add(1)
            }, readers: 3,
            { reader in
                var sort = reader
                var cursor: UInt64 = 0
                repeat {
                    var filter = hf_filter()
                    filter.sort = UInt8(sort % 6)
                    sort += 1
                    // Others may begin eight lists meanwhile.
                    guard let ids = try? shared.listed(filter, page: 7) else { continue }
                    #expect(ids.count == Set(ids).count)
                    #expect(lived.isSubset(of: ids))
                    var sums = hf_summary()
                    _ = try? shared.core.summary(hf_filter(), by: 0, 10, &sums, max: 1)
                    #expect(sums.count >= lived.count && sums.unknown == 0)
                    Self.readHistory(shared.core, &cursor)
                    var closed = hf_performance()
                    _ = try? shared.core.performance(hf_filter(), by: 0, 10, &closed, max: 1)
                    #expect(closed.count <= 32)
                } while ended.now < 3
            })
        #expect(world.core.counters.faults == 0)
    }

    /// Reads on; every record is one of a closed position.
    private static func readHistory(_ core: Core, _ cursor: inout UInt64) {
        var out = [hf_position](repeating: hf_position(), count: 5)
        let before = cursor
        let (count, lost) = core.closed(&cursor, &out, max: 5)
        #expect(cursor == before + UInt64(count) + lost)
        for record in out[..<count] {
            #expect(record.state == PositionState.closed.rawValue && record.volume_initial == 10)
        }
    }
}

@Suite("Sorter")
struct SorterTests {
    @Test("ids come in order of key and id, whatever bytes they differ in")
    func order() throws {
        var arena = Arena()
        defer { arena.release() }
        let sorter = try Sorter(&arena, capacity: 300)
        var random = TestRandom(3)
        for round in 0..<200 {
            let (count, keys, ids) = (random.below(301), random.below(64), random.below(64))
            var pairs: [(key: UInt64, id: UInt64)] = []
            var taken: Set<UInt64> = []
            sorter.clear()
            for _ in 0..<count {
                let (key, id) = (random.next() >> UInt64(keys), random.next() >> UInt64(ids))
                if !taken.insert(id).inserted { continue }
                pairs.append((key, id))
                sorter.add(key, id)
            }
            sorter.sort()
            pairs.sort { ($0.key, $0.id) < ($1.key, $1.id) }
            #expect((0..<sorter.count).map(sorter.id) == pairs.map(\.id), "round \(round)")
        }
    }

    @Test("what there is no room for is left out")
    func full() throws {
        var arena = Arena()
        defer { arena.release() }
        let sorter = try Sorter(&arena, capacity: 2)
        sorter.clear()
        for id in [UInt64(3), 2, 1] { sorter.add(0, id) }
        sorter.sort()
        #expect((0..<sorter.count).map(sorter.id) == [2, 3])
    }
}

@Suite("GroupTable")
struct GroupTableTests {
    @Test("sums are those of a dictionary, in order of key, and gone with the next read")
    func agrees() throws {
        var arena = Arena()
        defer { arena.release() }
        let table = try GroupTable<Int>(&arena, capacity: 100)
        var random = TestRandom(5)
        for _ in 0..<50 {
            table.clear()
            var model: [UInt64: Int] = [:]
            for _ in 0..<random.below(400) {
                let draw = UInt64(random.below(100))
                let key = GroupKey(
                    account: draw / 50, strategy: draw / 10 % 5, symbol: UInt32(draw % 10 / 5),
                    side: UInt8(draw % 5))
                let group = table.group(key) { 0 }
                group?.pointee.sums += 1
                model[draw, default: 0] += 1
            }
            table.sort()
            let expected = model.sorted { $0.key < $1.key }.map(\.value)
            #expect((0..<table.count).map { table.groups[$0].sums } == expected)
        }
    }

    @Test("a full table finds what it has and takes no new key")
    func full() throws {
        var arena = Arena()
        defer { arena.release() }
        let table = try GroupTable<Int>(&arena, capacity: 2)
        table.clear()
        for account in [UInt64(1), 2, 3] {
            table.group(GroupKey(account: account)) { 0 }?.pointee.sums += 1
        }
        #expect(table.count == 2)
        #expect(table.group(GroupKey(account: 2)) { 0 }?.pointee.sums == 1)
        #expect(table.group(GroupKey(account: 3)) { 0 } == nil)
    }
}
