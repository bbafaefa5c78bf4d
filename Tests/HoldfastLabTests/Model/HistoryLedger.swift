import CHoldfast

/// The promises of commands, kept by what a core says alone: its events, in order, and its takes.
final class HistoryLedger {
    private struct Command {
        var position: UInt64
        var isClose: Bool
        var volume: Int64
        var state: Int
        /// Until when its executor may start it.
        var actBefore: Int64 = 0
        /// The session in which it was given out last.
        var session: (executor: UInt64, epoch: UInt32)?

        var isLive: Bool { state <= HF_COMMAND_UNKNOWN }
    }

    private(set) var failures: [String] = []
    private var commands: [ModelID: Command] = [:]
    /// Volume that is open, and that ever was.
    private var open: [UInt64: Int64] = [:]
    private var ever: [UInt64: Int64] = [:]
    private var live: [UInt64: Set<ModelID>] = [:]
    /// Until when a command that nobody answered may still be started.
    private var held: [UInt64: Int64] = [:]
    private(set) var positions: [UInt64] = []

    /// Everything that has no end state.
    var unsettled: [ModelID] { commands.filter(\.value.isLive).map(\.key) }

    func takeFailures() -> [String] {
        defer { failures = [] }
        return failures
    }

    private func fail(_ text: String) { failures.append(text) }

    // MARK: Events

    func read(_ events: [hf_event]) {
        for event in events { read(event) }
        for (position, ids) in live where ids.count > 1 {
            fail("position \(position) has \(ids.count) live closes")
        }
        for (position, ids) in live {
            // What nobody has taken asks for no more than is there.
            for id in ids where commands[id]?.state == HF_COMMAND_PENDING {
                let volume = commands[id]?.volume ?? 0
                if volume > open[position] ?? 0 { fail("command \(id) asks for \(volume)") }
            }
        }
    }

    private func read(_ event: hf_event) {
        let position = event.position
        switch Int(event.kind) {
        case HF_EVENT_OPENED:
            if open[position] == nil { positions.append(position) }
            open[position, default: 0] += event.volume
            ever[position, default: 0] += event.volume
        case HF_EVENT_CHANGED where Int(event.what) == HF_WHAT_VOLUME:
            let old = open[position] ?? 0
            if event.old_value != old { fail("position \(position) changes from what it is not") }
            if event.new_value < 0 { fail("position \(position) holds \(event.new_value)") }
            open[position] = event.new_value
            ever[position, default: 0] += max(0, event.new_value - old)
        case HF_EVENT_CLOSED: open[position] = 0
        case HF_EVENT_COMMAND: made(event)
        case HF_EVENT_COMMAND_STATE: moved(ModelID(event.command), Int(event.state))
        default: break
        }
    }

    private func made(_ event: hf_event) {
        let id = ModelID(event.command)
        let action = Int(event.action)
        let isClose = action == HF_ACTION_CLOSE || action == HF_ACTION_REDUCE
        if commands[id] != nil { fail("command \(id) is made twice") }
        commands[id] = Command(
            position: event.position, isClose: isClose, volume: event.volume,
            state: HF_COMMAND_PENDING)
        guard isClose else { return }
        live[event.position, default: []].insert(id)
        if event.time < held[event.position] ?? .min { fail("command \(id) is made too early") }
        let open = open[event.position] ?? 0
        if event.volume > open { fail("command \(id) asks for \(event.volume) of \(open)") }
    }

    private func moved(_ id: ModelID, _ state: Int) {
        guard let command = commands[id] else { return fail("command \(id) never was") }
        if !command.isLive {
            let isDeal = state == HF_COMMAND_EXECUTED || state == HF_COMMAND_PARTIAL
            if !isDeal || command.state == HF_COMMAND_EXECUTED {
                fail("command \(id) goes from \(command.state) to \(state)")
            }
        }
        if command.isClose {
            let isUnanswered = command.state == HF_COMMAND_UNKNOWN && state == HF_COMMAND_FAILED
            held[command.position] = isUnanswered ? command.actBefore : nil
        }
        commands[id]?.state = state
        if state > HF_COMMAND_UNKNOWN { live[command.position]?.remove(id) }
    }

    // MARK: Takes

    /// Commands that a take gave, after the events of that take were read.
    func given(_ taken: [ModelTaken], executor: UInt64, epoch: UInt32) {
        for some in taken {
            guard let command = commands[some.id] else {
                fail("command \(some.id) was never made")
                continue
            }
            if !command.isLive { fail("command \(some.id) is given out and final") }
            if let last = command.session, last == (executor, epoch),
                some.action < HF_ACTION_QUERY_DEALS
            {
                fail("command \(some.id) is given out twice in one session")
            }
            if command.session != nil, !some.isRedelivered {
                fail("command \(some.id) does not say that it was given out before")
            }
            commands[some.id]?.session = (executor, epoch)
            commands[some.id]?.actBefore = some.actBefore
        }
    }

    // MARK: Volumes

    /// What commands have closed is never more than what was there.
    func checkVolumes(_ core: HistoryCore) {
        var executed: [UInt64: Int64] = [:]
        for (id, command) in commands where command.isClose {
            executed[command.position, default: 0] += core.command(id)?.executed ?? 0
        }
        for (position, sum) in executed where sum > ever[position] ?? 0 {
            fail("position \(position) had \(ever[position] ?? 0) and closed \(sum)")
        }
        for (position, volume) in open {
            guard let theirs = core.position(position) else { continue }
            if theirs.volume != volume { fail("position \(position) is not what was told") }
        }
    }
}
