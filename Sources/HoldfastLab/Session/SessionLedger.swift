import CHoldfast

/// What happened in a session, from the core's own events.
struct SessionLedger {
    /// What was put in when an event came out.
    enum Cause: Equatable {
        /// Quotes by index, and when they were handed over by the monotonic clock.
        case ticks(ClosedRange<Int>, UInt64)
        case other
    }

    /// The first command of a position.
    struct First {
        var cause: Cause
        var reason: Int
        var price: Int64
        var level: Int64
    }

    struct Opened {
        var symbol: Int
        /// 1e-8 lot.
        var volume: Int64
    }

    private(set) var opened: [UInt64: Opened] = [:]
    private(set) var firsts: [UInt64: First] = [:]
    /// Positions with a live intent.
    private(set) var live: Set<UInt64> = []
    private(set) var openCount = 0
    private(set) var openMost = 0
    private(set) var closed: Set<UInt64> = []
    private(set) var tally = SessionTally()
    /// Asked for, and not filled yet.
    private(set) var pending: [UInt64: PlannedPosition] = [:]
    /// Asked for and opened.
    private(set) var planned: [UInt64: PlannedPosition] = [:]
    /// Opened and closed since they were last forgotten; only of those asked for.
    private(set) var begun: [(UInt64, PlannedPosition)] = []
    private(set) var ended: [(UInt64, PlannedPosition)] = []
    var incidents = SessionIncidents()
    /// The core's numbers of the instruments.
    var symbols: [UInt32] = []
    /// When the tick that made a command was handed over.
    private(set) var stamps: [CommandKey: UInt64] = [:]
    private var cursor: UInt64 = 0

    mutating func opened(_ id: UInt64, symbol: Int, volume: Int64) {
        opened[id] = Opened(symbol: symbol, volume: volume)
        openCount += 1
        openMost = max(openMost, openCount)
    }

    mutating func asked(_ id: UInt64, _ position: PlannedPosition) { pending[id] = position }

    mutating func forgetNews() {
        begun.removeAll()
        ended.removeAll()
    }

    /// Nothing is open, asked for or under way.
    var isSettled: Bool { openCount == 0 && live.isEmpty && pending.isEmpty }

    /// Reads what is new.
    /// - Returns: whether anything was.
    mutating func read(
        _ door: any Door, cause: Cause, _ onEvent: ((hf_event) -> Void)? = nil
    ) throws -> Bool {
        let events = try door.events(after: &cursor)
        if let onEvent { events.forEach(onEvent) }
        for event in events { note(event, cause) }
        return !events.isEmpty
    }

    private mutating func note(_ event: hf_event, _ cause: Cause) {
        incidents.note(event)
        switch Int(event.kind) {
        case HF_EVENT_OPENED: noteOpened(event)
        case HF_EVENT_COMMAND: noteCommand(event, cause)
        case HF_EVENT_COMMAND_STATE: tally.state(event)
        case HF_EVENT_CLOSED: noteClosed(event)
        case HF_EVENT_ALARM: tally.alarms += 1
        case HF_EVENT_ESCALATED: tally.escalations += 1
        case HF_EVENT_RECORDED:
            // A dropped intent: the position is open and watched again.
            if Int(event.what) == HF_WHAT_INTENT { live.remove(event.position) }
        default: break
        }
    }

    /// Of positions that the host put in by itself the ledger knows already.
    private mutating func noteOpened(_ event: hf_event) {
        if let position = pending.removeValue(forKey: event.position) {
            opened(event.position, symbol: position.symbol, volume: event.volume)
            planned[event.position] = position
            begun.append((event.position, position))
        } else if opened[event.position] == nil, incidents.isOn {
            let symbol = symbols.firstIndex(of: event.symbol) ?? 0
            opened(event.position, symbol: symbol, volume: event.volume)
        }
    }

    private mutating func noteCommand(_ event: hf_event, _ cause: Cause) {
        if Int(event.action) == HF_ACTION_QUERY_DEALS {
            tally.queries += 1
            return
        }
        guard [HF_ACTION_CLOSE, HF_ACTION_REDUCE].contains(Int(event.action)) else { return }
        tally.attempts[event.attempt, default: 0] += 1
        live.insert(event.position)
        if event.attempt == 1, case .ticks(_, let stamp) = cause {
            stamps[CommandKey(event.command)] = stamp
        }
        guard firsts[event.position] == nil else { return }
        firsts[event.position] = First(
            cause: cause, reason: Int(event.reason), price: event.price, level: event.level)
    }

    private mutating func noteClosed(_ event: hf_event) {
        live.remove(event.position)
        if pending.removeValue(forKey: event.position) != nil {
            incidents.counts.unfilled += 1
            return
        }
        if let position = planned[event.position] { ended.append((event.position, position)) }
        guard closed.insert(event.position).inserted else { return }
        openCount -= 1
        tally.closes[Int(event.reason), default: 0] += 1
        if let opened = opened[event.position], event.known & UInt32(HF_KNOWN_SLIPPAGE) != 0 {
            tally.slippages[opened.symbol, default: []].append(event.slippage)
        }
    }
}

/// Counts of a session.
struct SessionTally {
    /// By HF_REASON_...
    var closes: [Int: Int] = [:]
    var attempts: [UInt32: Int] = [:]
    /// Points, adverse positive, by index of the symbol.
    var slippages: [Int: [Int64]] = [:]
    var requotes = 0
    var rejects = 0
    var partials = 0
    var unknowns = 0
    var failed = 0
    var queries = 0
    var escalations = 0
    var alarms = 0

    mutating func state(_ event: hf_event) {
        guard [HF_ACTION_CLOSE, HF_ACTION_REDUCE].contains(Int(event.action)) else { return }
        switch Int(event.state) {
        case HF_COMMAND_PARTIAL: partials += 1
        case HF_COMMAND_UNKNOWN: unknowns += 1
        case HF_COMMAND_FAILED: failed += 1
        case HF_COMMAND_REJECTED:
            switch event.retcode {
            case 10004, 10020, 10021: requotes += 1
            default: rejects += 1
            }
        default: break
        }
    }
}
