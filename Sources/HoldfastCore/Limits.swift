/// Every limit of the core, with what it protects.
public enum Limits {
    /// Prices and levels lie below this many points, volumes below this many 1e-8 lots: a double
    /// holds them exactly, and price x volume x tick value keeps far from 2^127 for real symbols.
    public static let price: Int64 = 1 << 53
    public static let volume: Int64 = 1 << 53
    public static let digits: UInt32 = 15
    /// What comes into a position over its life: sums of it x price keep far from 2^127.
    static let lifeVolume: Int64 = 1 << 62
    /// 1e-8: the grid of volumes, money and ratios.
    public static let unit: Int64 = 100_000_000

    public static let stripes: UInt32 = 64
    /// Memory nodes that have a bit in a mask.
    public static let nodes: UInt32 = 64
    public static let symbols: UInt32 = 1 << 16
    public static let accounts: UInt32 = 1 << 16
    public static let executors: UInt32 = 1 << 12
    public static let positions: UInt32 = 1 << 26
    /// Ids that a recording may name: the counter after them never wraps.
    public static let positionID: UInt64 = 1 << 62
    public static let ring: UInt32 = 1 << 26

    /// Commands given out at a time: their tickets, 40 bytes each, fit on the stack.
    public static let taken = 24

    /// Bytes between words that different threads write: two cache lines, because processors fetch
    /// them in pairs.
    public static let line = 128

    /// Positions read under one lock by a list.
    public static let slice = 256
    /// Records written under one lock: what takes the time (130 ns each, 5 us are the aim).
    public static let sliceRecords = 32
    /// Closed positions read under the history's lock, which spins: half a microsecond.
    static let sliceClosed = 16
    /// Sorted lists that are kept.
    static let lists = 8

    /// Waits that are added to instants, in nanoseconds: half a year and more.
    public static let wait: Int64 = 1 << 54

    public static let second: Int64 = 1_000_000_000
    /// Requotes of an entry that are followed.
    public static let entryRequotes: UInt32 = 3
    /// After this attempt a person should look.
    public static let alarmAttempt: UInt32 = 6
    /// Requotes in a row that are answered at once; the next one backs off.
    public static let requotesAtOnce: UInt32 = 2
    public static let lateTicks: UInt32 = 3
    /// Absences in a row of a position that close it.
    static let suspectSyncs: UInt32 = 3
    /// How long a broker's list may still have what was closed, where no schedule says so.
    static let lateList: Int64 = 15 * second
    /// Positions that a snapshot compares under one lock: 5 us are the aim.
    static let sliceSync = 48
}

/// What a class of intent waits, in nanoseconds (SEMANTICS 6).
enum Timing {
    /// From SENT, and again from ACKNOWLEDGED, until the command is UNKNOWN.
    static func deadline(_ priority: UInt8) -> Int64 {
        isUrgent(priority) ? 2 * Limits.second : 10 * Limits.second
    }

    /// First back-off, doubled each time.
    static func backOff(_ priority: UInt8, taken: UInt32) -> Int64 {
        let base = isUrgent(priority) ? Limits.second / 5 : Limits.second
        return min(base << Int64(min(taken, 16)), slowest(priority))
    }

    static func slowest(_ priority: UInt8) -> Int64 {
        isUrgent(priority) ? 5 * Limits.second : 60 * Limits.second
    }

    /// How long after it was taken an executor may still start a close.
    static func actBefore(_ action: Action) -> Int64 {
        switch action {
        case .close, .reduce, .closeBy: 2 * Limits.second
        case .modify, .open, .queryDeals, .queryPositions: actBeforeOthers
        }
    }
    static let actBeforeOthers: Int64 = 30 * Limits.second
    /// Of entries and modifies, from the making until they expire too.
    static let onceDeadline: Int64 = 30 * Limits.second
    static let queryDeadline: Int64 = 5 * Limits.second

    private static func isUrgent(_ priority: UInt8) -> Bool { priority >= Priority.sl.rawValue }
}
