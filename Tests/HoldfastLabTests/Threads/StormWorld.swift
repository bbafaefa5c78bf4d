import CHoldfast
import Foundation
import HoldfastABI
import Synchronization

/// Random numbers of one thread: the same seed, the same choices.
struct StormDraw {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
    mutating func one<T>(_ all: [T]) -> T { all[below(all.count)] }
}

/// The symbols and accounts of the storm: profit in five currencies, accounts in three, neighbours
/// in stripes of their own, so that conversions and crosses reach over stripes.
enum StormTerms {
    struct Symbol {
        let name: String
        let digits: UInt32
        let tickSize: Int64
        let tickValue: Int64
        let currency: String
        let mid: Int64
    }

    static let symbols = [
        Symbol("EURUSD", 5, 1, 100_000_000, "USD", 110_000),
        Symbol("USDJPY", 3, 1, 10_000_000_000, "JPY", 150_000),
        Symbol("GBPUSD", 5, 1, 100_000_000, "USD", 125_000),
        Symbol("GER40", 1, 5, 50_000_000, "EUR", 180_000),
        Symbol("EURGBP", 5, 1, 100_000_000, "GBP", 85_000),
        Symbol("NIKKEI", 0, 5, 50_000_000_000, "JPY", 38_000),
        Symbol("USDCHF", 5, 1, 100_000_000, "CHF", 90_000),
        Symbol("ASX", 1, 1, 10_000_000, "AUD", 80_000),
        Symbol("SPX", 2, 1, 1_000_000, "USD", 500_000),
    ]

    struct Account {
        let id: UInt64
        let currency: String
        let isNetting: Bool
        let executor: UInt64
    }

    static let accounts = [
        Account(id: 1, currency: "USD", isNetting: false, executor: 1),
        Account(id: 2, currency: "EUR", isNetting: true, executor: 2),
        Account(id: 3, currency: "JPY", isNetting: false, executor: 1),
        Account(id: 4, currency: "EUR", isNetting: false, executor: 4),
        Account(id: 5, currency: "JPY", isNetting: true, executor: 2),
    ]
    static let executors: [UInt64] = [1, 2, 4]
    static let balance: Int64 = 10_000_000_000_000

    static func record(_ symbol: Symbol) -> hf_symbol {
        var record = hf_symbol()
        _ = hf_symbol_init(
            &record, symbol.name, symbol.digits, symbol.tickSize, symbol.tickValue,
            symbol.currency)
        return record
    }

    static func record(_ account: Account) -> hf_account {
        var record = hf_account()
        _ = hf_account_init(&record, account.id, account.currency)
        record.mode = UInt8(account.isNetting ? HF_NETTING : HF_HEDGING)
        record.executor = account.executor
        record.present = UInt32(
            HF_ACCOUNT_EXECUTOR | HF_ACCOUNT_SYNC_EVERY | HF_ACCOUNT_SUSPECT_SYNCS)
        record.balance = balance
        record.sync_every = 50_000_000 * Int64(account.id)
        // A snapshot here tells of positions that were opened meanwhile as absent.
        record.suspect_syncs = 1 << 30
        return record
    }

    static func rate(_ base: String, _ quote: String, _ bid: Int64) -> hf_rate {
        var rate = hf_rate()
        withUnsafeMutableBytes(of: &rate.base) { $0.copyBytes(from: base.utf8) }
        withUnsafeMutableBytes(of: &rate.quote) { $0.copyBytes(from: quote.utf8) }
        (rate.bid, rate.ask) = (bid, bid + bid / 1000)
        return rate
    }
}

extension StormTerms.Symbol {
    init(
        _ name: String, _ digits: UInt32, _ tickSize: Int64, _ tickValue: Int64,
        _ currency: String, _ mid: Int64
    ) {
        self.init(
            name: name, digits: digits, tickSize: tickSize, tickValue: tickValue,
            currency: currency, mid: mid)
    }
}

/// What the threads of a storm share: the core, a clock, prices, and what they may speak of.
final class StormWorld: @unchecked Sendable {
    struct Refused: Error { let what: String }

    private(set) var core: OpaquePointer?
    private let clock = Atomic<Int64>(1_000_000_000)
    private let numbers = Atomic<UInt64>(1_000)
    private let words: UnsafeMutablePointer<Atomic<Int64>>
    private static let slots = 192
    /// The executors' sessions: a take of an executor is one at a time.
    let sessions: [UInt64: Guarded<UInt32>]
    /// Commands that were taken and may be answered, some of them twice.
    let out = Guarded<[hf_command]>([])
    /// What must not have been.
    let problems = Guarded<[String]>([])

    init(stripes: UInt32, recording path: String) throws {
        var config = hf_core_config()
        _ = hf_core_config_init(&config)
        config.stripes = stripes
        (config.symbols, config.accounts, config.executors) = (16, 8, 8)
        (config.positions, config.rules, config.outbox) = (512, 4096, 64)
        (config.events, config.history) = (4096, 1 << 17)
        (config.deals, config.finished) = (1 << 17, 1 << 18)
        let count = Self.slots + StormTerms.symbols.count + 16
        words = .allocate(capacity: count)
        for at in 0..<count { (words + at).initialize(to: Atomic(0)) }
        sessions = Dictionary(
            uniqueKeysWithValues: StormTerms.executors.map { ($0, Guarded(1)) })
        if hf_core_open(&config, &core) != 0 { throw Refused(what: "open") }
        if hf_recording_open(core, path) != 0 { throw Refused(what: "recording") }
        try define()
    }

    deinit {
        _ = hf_core_close(&core)
        words.deallocate()
    }

    private func define() throws {
        for (index, symbol) in StormTerms.symbols.enumerated() {
            var record = StormTerms.record(symbol)
            var id: UInt32 = 0
            if hf_symbol_put(core, &record, 0, &id) != 0 { throw Refused(what: symbol.name) }
            mid(index).set(symbol.mid)
            var tick = tick(index, now())
            if hf_tick_apply(core, &tick) != 0 { throw Refused(what: "tick") }
        }
        for account in StormTerms.accounts {
            var record = StormTerms.record(account)
            if hf_account_put(core, &record, 0) != 0 { throw Refused(what: "account") }
        }
        var rate = StormTerms.rate("AUD", "USD", 65_000_000)
        if hf_rate_put(core, &rate, 0) != 0 { throw Refused(what: "rate") }
    }

    func now() -> Int64 { clock.load(ordering: .relaxed) }
    func later(by ns: Int64) -> Int64 { clock.add(ns, ordering: .relaxed).newValue }
    func number() -> UInt64 { numbers.add(1, ordering: .relaxed).newValue }

    /// A number that a few calls get one after another.
    func hotNumber() -> UInt64 { 1 << 40 | numbers.add(1, ordering: .relaxed).newValue >> 3 }

    private func word(_ at: Int) -> UnsafeMutablePointer<Atomic<Int64>> { words + at }

    /// Middle of a symbol's price, by its index.
    func mid(_ index: Int) -> StormWord { StormWord(word(Self.slots + index)) }

    /// What was paid in to an account, by its index.
    func paid(_ index: Int) -> StormWord {
        StormWord(word(Self.slots + StormTerms.symbols.count + index))
    }

    /// Positions that may be spoken of: open, or not any more.
    func know(_ id: UInt64, _ draw: inout StormDraw) {
        word(draw.below(Self.slots)).pointee.store(Int64(id), ordering: .relaxed)
    }

    func known(_ draw: inout StormDraw) -> UInt64 {
        UInt64(word(draw.below(Self.slots)).pointee.load(ordering: .relaxed))
    }

    func tick(_ index: Int, _ now: Int64) -> hf_tick {
        let symbol = StormTerms.symbols[index]
        let mid = mid(index).value
        var tick = hf_tick()
        _ = hf_tick_init(
            &tick, UInt32(index + 1), now, mid - symbol.tickSize, mid + symbol.tickSize)
        return tick
    }

    func complain(_ text: String) {
        problems.withLock { if $0.count < 20 { $0.append(text) } }
    }
}

/// A word that any thread may read and write.
struct StormWord: @unchecked Sendable {
    private let at: UnsafeMutablePointer<Atomic<Int64>>

    init(_ at: UnsafeMutablePointer<Atomic<Int64>>) { self.at = at }

    var value: Int64 { at.pointee.load(ordering: .relaxed) }
    func set(_ value: Int64) {
        at.pointee.store(value, ordering: .relaxed)
    }
    func add(_ value: Int64) { at.pointee.add(value, ordering: .relaxed) }
}
