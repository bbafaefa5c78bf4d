/// The standard workload, exactly as Rivals/WORKLOAD.md defines it. Nothing here knows an engine.
public struct Workload: Sendable {
    public enum Mode: String, CaseIterable, Sendable { case fix, T30 }

    public var mode: Mode
    public var positions: Int
    public var ticks: Int
    public var symbols = 1
    public var seed: UInt64 = 1
    /// Levels out of the walk's reach: nothing triggers.
    public var isQuiet = false

    public init(_ mode: Mode, positions: Int, ticks: Int) {
        (self.mode, self.positions, self.ticks) = (mode, positions, ticks)
    }

    public static let startBid: Int64 = 1_000_000
    public static let spread: Int64 = 2

    /// Ticks that are played before the clock starts.
    public var warmUp: Int { ticks / 5 }

    /// One tick: a symbol, from 0, and its bid in whole ticks.
    public struct Step: Sendable {
        public var symbol: Int
        public var bid: Int64
        public var ask: Int64 { bid + Workload.spread }
    }
}

/// Draws the walk, before the clock starts.
struct Walker {
    private var bids: [Int64]
    private var random: SplitMix64

    init(_ workload: Workload) {
        bids = Array(repeating: Workload.startBid, count: workload.symbols)
        random = SplitMix64(state: workload.seed)
    }

    /// The next steps.
    mutating func fill(_ walk: UnsafeMutableBufferPointer<Workload.Step>) {
        for index in walk.indices {
            let draw = random.next()
            let symbol = Int(((draw >> 32) &* UInt64(bids.count)) >> 32)
            bids[symbol] += draw & 1 != 0 ? 1 : -1
            walk[index] = Workload.Step(symbol: symbol, bid: bids[symbol])
        }
    }
}

/// The finaliser of SplitMix64.
@inline(__always)
func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
}

let gamma: UInt64 = 0x9E37_79B9_7F4A_7C15

struct SplitMix64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= gamma
        return mix(state)
    }
}

/// A life is a position id and how often it was re-opened.
struct Life {
    let key: UInt64

    init(key: UInt64) { self.key = key }
    init(id: Int) { key = UInt64(id) << 32 }

    var id: Int { Int(key >> 32) }
    var next: Life { Life(key: key + 1) }
}

/// What a life opens. Levels follow from the quote at opening.
struct Opening {
    let isShort: Bool
    let isTrailing: Bool
    let stopDistance: Int64
    let targetDistance: Int64
}

/// Draws lives. Sixteen bits scaled by multiplication, so no division is needed.
struct Lives {
    private let salt: UInt64
    private let base: Int64
    private let trailingTenths: UInt64

    init(_ workload: Workload) {
        salt = mix(workload.seed &+ gamma)
        base = 20 + (workload.isQuiet ? 8192 : 0)
        trailingTenths = workload.mode == .T30 ? 3 : 0
    }

    @inline(__always)
    func draw(_ life: Life) -> Opening {
        let hash = mix(salt ^ life.key)
        func scaled(_ shift: UInt64, _ count: UInt64) -> UInt64 {
            ((hash &>> shift & 0xFFFF) &* count) &>> 16
        }
        return Opening(
            isShort: hash & 1 != 0, isTrailing: scaled(33, 10) < trailingTenths,
            stopDistance: base + Int64(truncatingIfNeeded: scaled(1, 181)),
            targetDistance: base + Int64(truncatingIfNeeded: scaled(17, 181)))
    }
}

/// What a run fired: both must be the same for every engine.
public struct Tally: Equatable, Sendable {
    public var triggers: UInt64 = 0
    public var checksum: UInt64 = 0

    enum Reason: UInt64 { case stop = 1, target, trailing }

    /// - Parameter tick: its index, from 1.
    @inline(__always)
    mutating func add(_ life: Life, tick: Int, _ reason: Reason) {
        triggers &+= 1
        checksum &+= mix(life.key &+ gamma &* (4 &* UInt64(tick) &+ reason.rawValue))
    }
}
