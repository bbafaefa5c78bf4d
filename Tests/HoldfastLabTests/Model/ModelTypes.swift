import CHoldfast

/// A command's id without the epoch, which is the core's.
struct ModelID: Hashable, CustomStringConvertible {
    var owner: UInt64 = 0
    var count: UInt32 = 0

    var isZero: Bool { owner == 0 }
    /// 0 for one of an account.
    var position: UInt64 { owner >> 63 == 1 ? 0 : owner }
    var description: String { "\(owner)-\(count)" }
}

/// Positions of the levels of a symbol, a quote as it is compared.
struct ModelQuote: Equatable {
    var time: Int64 = 0
    var bid: Int64 = 0
    var ask: Int64 = 0
    var last: Int64 = 0
}

struct ModelSymbol {
    let id: UInt32
    var record: hf_symbol
    /// That of the last accepted tick.
    var quote: ModelQuote?
    var tickTime = Int64.min
    var time: Int64
    var lateRow: UInt32 = 0
    var isBlind = false

    /// When it was defined.
    let since: Int64

    init(id: UInt32, record: hf_symbol, time: Int64) {
        self.id = id
        self.record = record
        self.time = .min
        since = time
    }

    var isOnLast: Bool { Int(record.trigger) == HF_TRIGGER_LAST }

    func isUsable(_ quote: ModelQuote) -> Bool {
        quote.bid <= quote.ask || record.trust_crossed == 1
    }

    /// What a side watches in a quote; nil where nothing is to be tested.
    func watched(_ side: ModelSide, _ quote: ModelQuote) -> Int64? {
        if isOnLast { return quote.last > 0 ? quote.last : nil }
        return side == .long ? quote.bid : quote.ask
    }

    /// The watched price of the quote in force; 0 without one.
    func price(_ side: ModelSide) -> Int64 {
        guard let quote else { return 0 }
        return watched(side, quote) ?? (side == .long ? quote.bid : quote.ask)
    }

    /// The price that a stop may trail: of the quote in force, when it may be used at all.
    func trailable(_ side: ModelSide) -> Int64? {
        guard let quote, isUsable(quote), !isBlind else { return nil }
        return watched(side, quote)
    }
}

enum ModelSide: Int64 {
    case long = 1
    case short = -1

    /// `left` is better for the position than `right`, as a stop or as a price.
    func isBetter(_ left: Int64, _ right: Int64) -> Bool {
        self == .long ? left > right : left < right
    }
}

final class ModelCommand {
    let id: ModelID
    let parent: ModelID
    let action: Int
    let priority: Int
    let reason: Int
    var intent: ModelIntent?
    let volume: Int64
    let price: Int64
    let level: Int64
    let triggerPrice: Int64
    let triggerLevel: Int64
    let created: Int64
    let triggerTime: Int64
    let attempt: UInt32
    let fillMode: Int
    let isFull: Bool

    var executed: Int64 = 0
    var state = HF_COMMAND_PENDING
    var sent: Int64 = 0
    var deadline: Int64 = 0
    var actBefore: Int64 = 0
    /// Waits to be given out.
    var isWaiting = true
    var isRedelivered = false
    /// Its intent was cancelled while it was out.
    var isCancelled = false
    /// An escalation found it out: it settles without back-off.
    var isOvertaken = false

    /// The alarm that nobody takes it was raised, or can not be any more.
    var isWaitTold = false
    /// The last deadline that it had, also where it became unknown before.
    var lastDeadline: Int64 = 0
    /// The last answer's code as it was told.
    var retcode: UInt32 = 0

    var isQuery: Bool { action >= HF_ACTION_QUERY_DEALS }
    /// Since when it waits: its making, or the deadline that it was repeated at.
    var waits: Int64
    /// When the alarm is due that nobody takes it.
    var waitDue: Int64 {
        waits + (isQuery ? 5 : priority >= HF_CLASS_SL ? 2 : 10) * 1_000_000_000
    }
    var isLive: Bool { state <= HF_COMMAND_UNKNOWN }
    var isOut: Bool { state >= HF_COMMAND_SENT && state <= HF_COMMAND_UNKNOWN }

    init(
        id: ModelID, parent: ModelID, action: Int, priority: Int, reason: Int, volume: Int64,
        price: Int64, level: Int64, trigger: (price: Int64, level: Int64, time: Int64),
        created: Int64, attempt: UInt32, fillMode: Int, isFull: Bool
    ) {
        self.id = id
        self.parent = parent
        self.action = action
        self.priority = priority
        self.reason = reason
        self.volume = volume
        self.price = price
        self.level = level
        triggerPrice = trigger.price
        triggerLevel = trigger.level
        triggerTime = trigger.time
        self.created = created
        waits = created
        self.attempt = attempt
        self.fillMode = fillMode
        self.isFull = isFull
    }
}

final class ModelIntent {
    enum Wait: Equatable {
        case none
        case until(Int64)
        /// The executor may still act on the command before.
        case actBefore(Int64)
        case session
    }

    var priority: Int
    var reason: Int
    var escalatedFrom = 0
    var isFull: Bool
    /// Of a part: what is still to be closed.
    var left: Int64
    var level: Int64
    var triggerPrice: Int64
    /// Of its trigger, the higher one after an escalation.
    var time: Int64
    var backoffs = 0
    var requotes = 0
    var fillMode = HF_FILL_IOC
    var hasSwitched = false
    var wait = Wait.none
    var latest: ModelCommand?

    init(
        priority: Int, reason: Int, isFull: Bool, left: Int64, level: Int64, price: Int64,
        born: Int64
    ) {
        self.priority = priority
        self.reason = reason
        self.isFull = isFull
        self.left = left
        self.level = level
        triggerPrice = price
        time = born
    }
}

/// What an ack without a deal number has booked.
struct ModelUnmatched {
    let command: ModelID
    var volume: Int64
    var price: Int64
    /// The profit that was booked with it.
    var booked: Int64
    var commission: Int64
    var swap: Int64
    var fee: Int64
}

final class ModelPosition {
    let id: UInt64
    let account: UInt64
    let symbol: Int
    let side: ModelSide
    let opened: Int64
    var openPrice: Int64
    let volumeInitial: Int64
    var ticket: UInt64 {
        didSet { if oldValue != 0 { formerTickets.insert(oldValue) } }
    }
    /// Those that the broker renewed.
    private(set) var formerTickets: Set<UInt64> = []
    /// A snapshot took something of it away: deals of that bring its money alone (S8.35).
    var hasLost = false
    var volume: Int64
    var cost: Int128
    var sl: Int64
    var tp: Int64
    var slFirst: Int64
    var setBy: Int
    /// Trailing distances by rule.
    var trails: [UInt64: Int64] = [:]
    /// The peak that an owner's change left to start from.
    var peak: Int64?
    var isHeldByOwner = false
    var mae: (price: Int64, time: Int64)?
    var mfe: (price: Int64, time: Int64)?
    var realised: Int64 = 0
    var isRealisedKnown = true
    var commission: Int64
    var swap: Int64
    var fee: Int64 = 0
    /// Deals of before are in what it was told to be.
    var since: Int64
    var isAdopted = false
    var closed: Int64 = 0
    var closePrice: Int64 = 0
    var closeReason = 0
    var closeFrom = 0
    var slippage: (price: Int64, level: Int64)?
    var intent: ModelIntent?
    /// The one closing command that is live.
    var live: ModelCommand?
    var query: ModelCommand?
    var commands: [ModelCommand] = []
    var unmatched: [ModelUnmatched] = []
    /// The command whose ack without a number was the last execution.
    var lastTold: ModelID?
    /// A command that nobody answered may still be started until then.
    var heldUntil = Int64.min
    var isSLRecorded = false
    var isTPRecorded = false
    let clientID: String
    /// When it changed last, as a snapshot means it.
    var changed: Int64
    /// Absences in a row.
    var absences = 0
    /// Costs of opening that are not booked yet.
    var openCommission: Int64
    var openSwap: Int64

    var isOpen: Bool { closed == 0 && volume > 0 }
    /// All but the costs of opening of what is still open.
    var bookedCosts: Int64 { commission + swap + fee - openCommission - openSwap }
    var distance: Int64 { trails.values.min() ?? 0 }
    /// What acks without a number have booked: of one command, or of all.
    func unmatched(of command: ModelID?) -> Int64 {
        unmatched.reduce(0) { sum, some in
            command == nil || some.command == command ? sum + some.volume : sum
        }
    }

    /// A full intent is live.
    var isClosing: Bool { intent?.isFull ?? false }
    var latestClose: ModelCommand? { commands.last { !$0.isQuery } }

    var state: Int {
        if !isOpen { return HF_POSITION_CLOSED }
        if isClosing { return HF_POSITION_CLOSING }
        return absences > 0 ? HF_POSITION_SUSPECT : HF_POSITION_OPEN
    }

    init(id: UInt64, open: hf_open, at time: Int64) {
        self.id = id
        account = open.account
        symbol = Int(open.symbol) - 1
        side = Int(open.side) == HF_LONG ? .long : .short
        opened = open.flags & UInt32(HF_OPEN_TIME) != 0 ? open.time : time
        since = time
        openPrice = open.price
        volumeInitial = open.volume
        ticket = open.ticket
        volume = open.volume
        cost = Int128(open.price) * Int128(open.volume)
        sl = open.sl
        tp = open.tp
        slFirst = open.sl
        setBy = open.sl == 0 ? 0 : HF_REASON_SL
        commission = open.commission
        swap = open.swap
        clientID = text(open.client_id)
        changed = time
        openCommission = open.commission
        openSwap = open.swap
    }
}

/// An event as far as the pages say what it holds; fields that a kind does not have are 0.
struct ModelEvent: Hashable {
    var kind: Int
    var time: Int64 = 0
    var position: UInt64 = 0
    var symbol: UInt32 = 0
    var command = ModelID()
    var parent = ModelID()
    var what = 0
    var reason = 0
    var from = 0
    var state = 0
    var action = 0
    var attempt: UInt32 = 0
    var status: Int32 = 0
    var volume: Int64 = 0
    var price: Int64 = 0
    var level: Int64 = 0
    var old: Int64 = 0
    var new: Int64 = 0
    var profit: Int64 = 0
    var commission: Int64 = 0
    var swap: Int64 = 0
    var fee: Int64 = 0
    var net: Int64 = 0
    var slippage: Int64 = 0
    var slippageLevel: Int64 = 0
    var by = ""
    /// Of a snapshot.
    var account: UInt64 = 0
    var counts: [UInt32] = []
}
