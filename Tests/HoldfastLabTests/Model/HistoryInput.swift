import CHoldfast

/// One input of a history: a record of the header and the host's time.
enum HistoryInput {
    case symbol(hf_symbol, Int64)
    case account(hf_account, Int64)
    case open(hf_open, Int64)
    case tick(hf_tick)
    case ticks([hf_tick])
    case modify(hf_modify, Int64)
    case rule(hf_rule, Int64)
    case close(hf_close, Int64)
    case cancel(hf_cancel, Int64)
    case take(executor: UInt64, epoch: UInt32, max: Int, Int64)
    case ack(hf_ack, Int64)
    case deal(hf_deal, Int64)
    case step(Int64)
    case executor(hf_executor, Int64)
    case snapshot(ModelSnapshot, Int64)
}

/// What an input gave back beside its events.
struct HistoryAnswer: Equatable {
    var status: Int32 = 0
    /// Ids in the order in which they were given, or made by a close.
    var commands: [ModelTaken] = []
    var results: [ExactModel.CloseResult] = []
    var refused = 0
    var report = ModelReport()
}

/// What a snapshot came to.
struct ModelReport: Equatable {
    var counts: [UInt32] = []

    init() {}

    init(_ report: hf_sync_report) {
        counts = [
            report.found, report.adopted, report.removed, report.fixed, report.suspect,
            report.skipped, report.stale, report.ignored, report.deals, report.differences,
        ]
    }
}

/// A command as an executor gets it.
struct ModelTaken: Hashable {
    var id = ModelID()
    var parent = ModelID()
    var action = 0
    var reason = 0
    var priority = 0
    var volume: Int64 = 0
    var price: Int64 = 0
    var level: Int64 = 0
    var triggerPrice: Int64 = 0
    var attempt: UInt32 = 0
    var fillMode = 0
    var sent: Int64 = 0
    var deadline: Int64 = 0
    var actBefore: Int64 = 0
    var isRedelivered = false
    var created: Int64 = 0
}

extension ModelTaken {
    init(_ command: hf_command) {
        id = ModelID(command.id)
        parent = ModelID(command.parent)
        action = Int(command.action)
        reason = Int(command.reason)
        priority = Int(command.priority)
        if action < HF_ACTION_QUERY_DEALS {
            volume = command.volume
            price = command.price
            level = command.level
            triggerPrice = command.trigger_price
        }
        attempt = command.attempt
        fillMode = Int(command.fill_mode)
        sent = command.sent
        deadline = command.deadline
        actBefore = command.act_before
        isRedelivered = command.flags & UInt32(HF_COMMAND_REDELIVERED) != 0
        created = command.created
    }

    init(_ command: ModelCommand) {
        id = command.id
        parent = command.parent
        action = command.action
        reason = command.reason
        priority = command.priority
        volume = command.volume
        price = command.price
        level = command.level
        triggerPrice = command.triggerPrice
        attempt = command.attempt
        fillMode = command.fillMode
        sent = command.sent
        deadline = command.deadline
        actBefore = command.actBefore
        isRedelivered = command.isRedelivered
        created = command.created
    }
}

extension ModelID {
    init(_ id: hf_command_id) {
        owner = id.owner
        count = id.count
    }

    var record: hf_command_id { hf_command_id(owner: owner, count: count, epoch: isZero ? 0 : 1) }
}

extension ExactModel {
    /// A take as the core met it: with a limit of commands in flight fewer may be given than wait.
    func limited(_ input: HistoryInput, by answer: HistoryAnswer) -> HistoryInput {
        guard case .take(let executor, let epoch, _, let now) = input, answer.status == 0,
            executors[executor]?.record.in_flight_max ?? 0 > 0
        else { return input }
        return .take(executor: executor, epoch: epoch, max: answer.commands.count, now)
    }

    /// Applies an input; its events stand in `events`.
    func apply(_ input: HistoryInput) -> HistoryAnswer {
        events = []
        var answer = HistoryAnswer()
        switch input {
        case .symbol(let record, let now): answer.status = put(record, now: now)
        case .account(let record, let now): answer.status = put(record, now: now)
        case .open(let record, let now): answer.status = open(record, now: now)
        case .tick(let record): answer.status = tick(record)
        case .ticks(let records):
            let report = ticks(records)
            answer.refused = report.refused
        case .modify(let record, let now): answer.status = modify(record, now: now)
        case .rule(let record, let now): answer.status = rule(record, now: now)
        case .close(let record, let now):
            let (status, results) = close(record, now: now)
            answer.status = status
            answer.results = results
        case .cancel(let record, let now): answer.status = cancel(record, now: now)
        case .take(let executor, let epoch, let max, let now):
            let given = take(executor: executor, epoch: epoch, max: max, now: now)
            answer.status = given == nil ? Int32(HF_E_EXECUTOR) : 0
            answer.commands = (given ?? []).map(ModelTaken.init)
        case .ack(let record, let now): answer.status = ack(record, now: now)
        case .deal(let record, let now): answer.status = deal(record, now: now)
        case .step(let now): answer.status = step(now)
        case .executor(let record, let now): answer.status = put(record, now: now)
        case .snapshot(let snapshot, let now):
            let (status, report) = reconcile(snapshot, now: now)
            answer.status = status
            if status == 0 { answer.report = ModelReport(report) }
        }
        return answer
    }
}

extension HistoryInput: CustomStringConvertible {
    /// One line, for a history that failed.
    var description: String {
        switch self {
        case .symbol(let record, let now):
            return "symbol \(text(record.name)) at \(now): tick \(record.tick_size) value"
                + " \(record.tick_value) min \(record.volume_min) step \(record.volume_step)"
                + " last \(record.trigger) trust \(record.trust_crossed) stale"
                + " \(record.stale_after) late \(record.late_ticks)"
        case .account(let record, let now):
            return "account \(record.id) at \(now): \(text(record.currency)) executor"
                + " \(record.executor) observe \(record.observe)"
        case .open(let record, let now):
            return "open at \(now): account \(record.account) symbol \(record.symbol) side"
                + " \(record.side) volume \(record.volume) price \(record.price) sl \(record.sl)"
                + " tp \(record.tp) ticket \(record.ticket) costs \(record.commission)"
                + " \(record.swap)"
        case .tick(let tick): return "tick \(Self.shown(tick))"
        case .ticks(let ticks): return "ticks " + ticks.map(Self.shown).joined(separator: " | ")
        case .modify(let record, let now):
            return "modify \(record.position) at \(now): sl \(record.change_sl):\(record.sl) tp"
                + " \(record.change_tp):\(record.tp) allow \(record.allow_immediate)"
        case .rule(let record, let now):
            return "rule \(record.id) at \(now): position \(record.scope_id) distance"
                + " \(record.distance) remove \(record.remove)"
        case .close(let record, let now):
            return "close at \(now): position \(record.filter.position) volume \(record.volume)"
                + " fraction \(record.fraction) reason \(record.reason)"
        case .cancel(let record, let now): return "cancel \(record.position) at \(now)"
        case .take(let executor, let epoch, let max, let now):
            return "take at \(now): executor \(executor) epoch \(epoch) max \(max)"
        case .ack(let record, let now):
            return "ack at \(now): command \(ModelID(record.command)) position \(record.position)"
                + " code \(record.retcode) answer \(record.answer) deal \(record.deal)"
                + " volume \(record.volume) price \(record.price) profit \(record.profit)"
                + " costs \(record.commission) \(record.swap) \(record.fee)"
                + " present \(record.present) query \(record.query)"
        case .deal(let record, let now):
            return "deal at \(now): position \(record.position) ticket \(record.ticket) deal"
                + " \(record.deal) volume \(record.volume) price \(record.price) reason"
                + " \(record.reason) present \(record.present) profit \(record.profit) costs"
                + " \(record.commission) \(record.swap) \(record.fee)"
        case .step(let now): return "step \(now)"
        case .executor(let record, let now):
            return "executor \(record.id) at \(now): up \(record.up) can \(record.capabilities)"
                + " late \(record.heartbeat_late) flight \(record.in_flight_max)"
        case .snapshot(let snapshot, let now): return "snapshot at \(now): \(snapshot)"
        }
    }

    private static func shown(_ tick: hf_tick) -> String {
        "\(tick.symbol) at \(tick.time): \(tick.bid) \(tick.ask) last \(tick.last)"
    }
}

extension ModelSnapshot: CustomStringConvertible {
    var description: String {
        let theirs = positions.map {
            "[\($0.ticket) \(text($0.client_id)) symbol \($0.symbol) side \($0.side) volume"
                + " \($0.volume) price \($0.price) costs \($0.present) \($0.commission)"
                + " \($0.swap)]"
        }
        let deals = deals.map {
            "[deal \($0.deal) of \($0.ticket) volume \($0.volume) price \($0.price) reason"
                + " \($0.reason)]"
        }
        return "account \(record.account) asked \(record.asked_at) failed \(record.failed) command"
            + " \(ModelID(record.command)) \(theirs.joined(separator: " "))"
            + " \(deals.joined(separator: " "))"
    }
}
