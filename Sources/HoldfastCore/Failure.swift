import CHoldfast

/// Why an input was refused: the statuses of the header, nothing changed.
public enum Failure: Int32, Error {
    case argument = 101, range, overflow, grid, volume, price, time
    case symbol = 201, account, position, command, rule, executor, duplicate, conflict
    case levelSide = 301, levelBreached, stopsLevel, freezeLevel, intentLive, closed, state
    case blocked, cap, unknownMoney
    case unsupported = 401, full, storage, lapped
    case handle = 501, forked, version, fault
}

/// The header's words as types; raw values are the header's numbers.
public enum Side: UInt8 { case long = 1, short = 2 }

enum PositionState: UInt8 { case pending = 1, open, closing, suspect, closed }

public enum Reason: UInt8 {
    case none = 0, sl, tp, trailing, breakEven, partial, scaleIn, time, volatility, roi, `guard`
    case manual, advisor, emergency, closeBy, external, unknown
}

/// Priority class of an intent, low to high.
public enum Priority: UInt8 { case partial = 1, tp, manual, sl, `guard`, emergency }

enum Action: UInt8 { case close = 1, reduce, modify, open, closeBy, queryDeals, queryPositions }

enum What: UInt8 {
    case none = 0, sl, tp, volume, price, profit, costs, ticket, intent, attempts, retcode
    case lateTicks, deal, disasterStop, rule, balance, modify, waiting, executor, stale, adopted
    case absent
}

enum EventKind: UInt16 {
    case opened = 1, changed, closed, command, commandState, escalated, recorded, alarm, review
    case decision, `guard`, accountState, sync, suspect, blind, refused, recovered
}
