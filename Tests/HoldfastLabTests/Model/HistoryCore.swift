import CHoldfast

/// A core behind the C header, driven by the inputs of a history.
final class HistoryCore {
    struct Setting {
        var stripes: UInt32 = 1
        var kernel = HF_KERNEL_AUTO
        var outbox: UInt32 = 16_384
        /// For one position and a few inputs.
        var isSmall = false
        /// For a history of a few hundred inputs.
        var isBrief = false
        /// So many symbols, accounts, executors and positions at a time, few of all else.
        var slots: UInt32 = 0
        var recording: String?
    }

    private(set) var core: OpaquePointer?
    private var cursor: UInt64 = 0
    private var page = [hf_event](repeating: hf_event(), count: 64)
    private var taken = [hf_command](repeating: hf_command(), count: 256)
    private var results = [hf_close_result](repeating: hf_close_result(), count: 256)
    private let isRecording: Bool

    /// nil when the core does not open.
    init?(_ setting: Setting = Setting()) {
        var config = hf_core_config()
        _ = hf_core_config_init(&config)
        config.stripes = setting.stripes
        config.kernel = UInt32(setting.kernel)
        config.outbox = setting.outbox
        config.symbols = 16
        config.accounts = 16
        config.executors = 16
        config.positions = 256
        config.rules = 256
        config.events = 8192
        config.history = 1024
        config.deals = 1024
        config.finished = 4096
        if setting.isSmall {
            (config.symbols, config.accounts, config.executors) = (1, 1, 1)
            (config.positions, config.rules, config.events) = (4, 4, 256)
            (config.history, config.deals, config.finished, config.outbox) = (4, 64, 256, 16)
        }
        if setting.isBrief {
            (config.symbols, config.accounts, config.executors) = (4, 4, 4)
            (config.positions, config.rules, config.events) = (64, 16, 512)
            (config.history, config.deals, config.finished) = (64, 128, 256)
            config.outbox = 64
        }
        if setting.slots > 0 {
            let slots = setting.slots
            (config.symbols, config.accounts, config.executors) = (slots, slots, slots)
            (config.positions, config.rules, config.events) = (slots, 4, 1024)
            (config.history, config.deals, config.finished, config.outbox) = (2 * slots, 64, 64, 16)
        }
        isRecording = setting.recording != nil
        if hf_core_open(&config, &core) != 0 { return nil }
        if let path = setting.recording, hf_recording_open(core, path) != 0 { return nil }
    }

    deinit { _ = hf_core_close(&core) }

    func endRecording() -> Int32 { isRecording ? hf_recording_close(core) : 0 }

    func apply(_ input: HistoryInput) -> HistoryAnswer {
        var answer = HistoryAnswer()
        switch input {
        case .symbol(var record, let now):
            var id: UInt32 = 0
            answer.status = hf_symbol_put(core, &record, now, &id)
        case .account(var record, let now): answer.status = hf_account_put(core, &record, now)
        case .open(var record, let now):
            var id: UInt64 = 0
            answer.status = hf_position_open(core, &record, now, &id)
        case .tick(var record): answer.status = hf_tick_apply(core, &record)
        case .ticks(let records):
            var report = hf_ticks_report()
            answer.status = hf_ticks_apply(core, records, UInt32(records.count), &report)
            answer.refused = Int(report.refused)
        case .modify(var record, let now): answer.status = hf_position_modify(core, &record, now)
        case .rule(var record, let now): answer.status = hf_rule_put(core, &record, now)
        case .close(var record, let now):
            var count: UInt32 = 0
            answer.status = hf_positions_close(
                core, &record, now, &results, UInt32(results.count), &count)
            answer.results = results.prefix(answer.status == 0 ? Int(count) : 0).map {
                ExactModel.CloseResult(
                    position: $0.position, status: $0.status, volume: $0.volume,
                    command: ModelID($0.command))
            }
        case .cancel(var record, let now): answer.status = hf_position_cancel(core, &record, now)
        case .take(let executor, let epoch, let max, let now):
            var count: UInt32 = 0
            answer.status = hf_commands_take(
                core, executor, epoch, now, &taken, UInt32(min(max, taken.count)), &count)
            if answer.status == 0 {
                answer.commands = taken.prefix(Int(count)).map(ModelTaken.init)
            }
        case .ack(var record, let now): answer.status = hf_ack_apply(core, &record, now)
        case .deal(var record, let now): answer.status = hf_deal_apply(core, &record, now)
        case .step(let now): answer.status = hf_step(core, now)
        case .executor(var record, let now): answer.status = hf_executor_put(core, &record, now)
        case .snapshot(var snapshot, let now):
            var report = hf_sync_report()
            snapshot.record.positions = UInt32(snapshot.positions.count)
            snapshot.record.deals = UInt32(snapshot.deals.count)
            answer.status = hf_reconcile_apply(
                core, &snapshot.record, snapshot.positions, snapshot.deals, now, &report, nil, 0)
            if answer.status == 0 { answer.report = ModelReport(report) }
        }
        return answer
    }

    /// What happened since it was last asked.
    func events() -> [hf_event] {
        var all: [hf_event] = []
        while true {
            var count: UInt32 = 0
            guard hf_events_read(core, &cursor, &page, UInt32(page.count), &count, nil) == 0 else {
                return all
            }
            all += page.prefix(Int(count))
            if Int(count) < page.count { return all }
        }
    }

    /// The number of a new position; 0 when it is refused.
    func open(_ record: hf_open, _ now: Int64) -> UInt64 {
        var record = record
        var id: UInt64 = 0
        return hf_position_open(core, &record, now, &id) == 0 ? id : 0
    }

    /// The number of a position by its ticket; 0 without one.
    func find(_ account: UInt64, _ ticket: UInt64) -> UInt64 {
        var id: UInt64 = 0
        return hf_position_find(core, account, ticket, &id) == 0 ? id : 0
    }

    func position(_ id: UInt64) -> hf_position? {
        var position = hf_position()
        return hf_position_get(core, id, &position) == 0 ? position : nil
    }

    func command(_ id: ModelID) -> hf_command? {
        var command = hf_command()
        var id = id.record
        return hf_command_get(core, &id, &command) == 0 ? command : nil
    }

    func sync(_ account: UInt64) -> hf_sync_status? {
        var status = hf_sync_status()
        return hf_sync_get(core, account, &status) == 0 ? status : nil
    }

    var hash: UInt64 {
        var hash: UInt64 = 0
        _ = hf_state_hash(core, &hash)
        return hash
    }

    var counters: hf_counters {
        var counters = hf_counters()
        _ = hf_counters_get(core, &counters)
        return counters
    }

    /// Applies a record of a recording.
    func apply(_ head: hf_record_head, _ body: UnsafeRawBufferPointer) -> Int32 {
        var head = head
        return hf_apply(core, &head, body.baseAddress, body.count, nil)
    }
}

extension ModelEvent {
    /// The fields of a core's event that the pages speak of.
    init(_ event: hf_event) {
        self.init(kind: Int(event.kind), time: event.time, position: event.position)
        switch kind {
        case HF_EVENT_OPENED:
            symbol = event.symbol
            volume = event.volume
            price = event.price
            what = Int(event.what)
        case HF_EVENT_CHANGED:
            what = Int(event.what)
            if what == HF_WHAT_PRICE { return }
            if what == HF_WHAT_SL || what == HF_WHAT_TP || what == HF_WHAT_INTENT {
                reason = Int(event.reason)
                by = text(event.by)
            }
            old = event.old_value
            new = event.new_value
        case HF_EVENT_CLOSED:
            reason = Int(event.reason)
            from = Int(event.escalated_from)
            price = event.price
            if event.known & UInt32(HF_KNOWN_REALISED) != 0 { profit = event.profit }
            commission = event.commission
            swap = event.swap
            fee = event.fee
            if event.known & UInt32(HF_KNOWN_NET) != 0 { net = event.net }
            slippage = event.slippage
            slippageLevel = event.slippage_level
        case HF_EVENT_COMMAND:
            command = ModelID(event.command)
            parent = ModelID(event.parent)
            action = Int(event.action)
            attempt = event.attempt
            if action >= HF_ACTION_QUERY_DEALS { return }
            volume = event.volume
            price = event.price
            level = event.level
            reason = Int(event.reason)
        case HF_EVENT_COMMAND_STATE:
            command = ModelID(event.command)
            state = Int(event.state)
        case HF_EVENT_ESCALATED:
            reason = Int(event.reason)
            from = Int(event.escalated_from)
            price = event.price
            level = event.level
        case HF_EVENT_RECORDED:
            reason = Int(event.reason)
            what = Int(event.what)
            price = event.price
            level = event.level
        case HF_EVENT_ALARM:
            what = Int(event.what)
            if position == 0 { symbol = event.symbol }
            if what == HF_WHAT_EXECUTOR { new = event.new_value }
            if position == 0 { account = event.account }
        case HF_EVENT_BLIND:
            symbol = event.symbol
            state = Int(event.state)
        case HF_EVENT_SYNC:
            account = event.account
            counts = withUnsafeBytes(of: event.counts) { Array($0.bindMemory(to: UInt32.self)) }
        case HF_EVENT_SUSPECT: new = event.new_value
        case HF_EVENT_REFUSED: status = event.status
        default: break
        }
    }
}
