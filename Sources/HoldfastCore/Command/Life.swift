import CHoldfast

/// A command while it lives, and the one before it: what the record needs beyond its position.
struct Command {
    var count: UInt32 = 0
    var epoch: UInt32 = 0
    var state = CommandState.pending
    var action = Action.close
    var reason = Reason.none
    var priority: UInt8 = 0
    var isFull = true
    var isRedelivered = false
    /// The other position of a close-by.
    var with: UInt64 = 0
    var fillMode: UInt8 = 0
    /// The executor's session that took it.
    var session: UInt32 = 0
    var attempt: UInt32 = 1
    var retcode: UInt32 = 0
    var parent = hf_command_id()
    var volume: Int64 = 0
    var executed: Int64 = 0
    var price: Int64 = 0
    var level: Int64 = 0
    var triggerPrice: Int64 = 0
    var triggerTime: Int64 = 0
    var created: Int64 = 0
    var sent: Int64 = 0
    var deadline: Int64 = 0
    var actBefore: Int64 = 0
    /// The level that a modify places at the broker; 0 takes it away.
    var stop: Int64 = 0

    var isLive: Bool { count != 0 && !state.isFinal }
    var lane: UInt8 { UInt8(action == .open ? HF_LANE_ENTRY : HF_LANE_PRIORITY) }
}

/// What must become true of a position, until it is.
struct Intent {
    var priority: UInt8 = 0
    var reason = Reason.none
    var escalatedFrom = Reason.none
    var isFull = true
    var fillSwitched = false
    /// The other position of a close-by; 0: none.
    var with: UInt64 = 0
    /// Volume still to be closed, of a part.
    var remaining: Int64 = 0
    var triggerPrice: Int64 = 0
    var triggerTime: Int64 = 0
    var level: Int64 = 0
    var backOffs: UInt32 = 0
    var requotes: UInt32 = 0
    /// Commands of the position from this count on are its own.
    var firstCount: UInt32 = 0
    /// Attempt and parent of the next command.
    var attempt: UInt32 = 1
    var parent = hf_command_id()
    var phase = Phase.out
    /// Escalated while its command was out: the call that settles it sends the child.
    var isHurried = false
    /// No child goes out before: `act_before` of a command that was never answered.
    var notBefore = Int64.min

    enum Phase: UInt8 {
        /// Its command is out.
        case out = 1
        /// A child goes out when the timer fires.
        case backOff
        /// A child goes out with the next tick of the symbol.
        case held
        /// An older, cancelled intent's command is still out.
        case waiting
    }
}

/// The closing of a position: an intent, the command that is out, the query about it. It exists
/// while any of them lives.
struct Life {
    var position = none
    var market: UInt32 = 0
    var intent: Intent?
    var command = Command()
    var query = Command()
    /// Of the disaster stop.
    var modify = Command()
    /// The owner took the entry back after it was sent: no other follows it.
    var isCancelled = false
    /// Its close is due and does not stand in line: see `PassedStop`.
    var isPutOff = false
    /// Timers: of the command or the back-off, of the query, of the modify.
    var timer = TimerNode()
    var queryTimer = TimerNode()
    var modifyTimer = TimerNode()

    var isOver: Bool { intent == nil && !command.isLive && !query.isLive && !modify.isLive }
}
