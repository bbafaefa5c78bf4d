import CHoldfast

/// What can happen between one position and the broker's list of it.
enum SmallSyncLetter: CaseIterable, Sendable {
    case right, absent, smaller, larger, dealt, failed, old, early
    case close, part, take, receipt, unknown, done, none, lateDeal, clock

    /// A snapshot, and the volume that the broker has in it against ours, in steps.
    var difference: Int64? {
        switch self {
        case .right: 0
        case .smaller: -1
        case .larger: 1
        default: nil
        }
    }
}

/// A long of three steps with a ticket, on an account that asks every ten seconds.
final class SmallSync: SmallStory {
    static let every = 10 * SmallWorld.second

    let slot: SmallSlot
    /// Absences in a row.
    var absences = 0 {
        didSet { if absences < oldValue { wasBack = true } }
    }
    /// Absences in a row have ended: what follows counts from the start.
    private var wasBack = false
    private var waited = 0
    /// When the position changed last.
    private var changed: Int64
    private var volume: Int64 = 3 * SmallWorld.step

    init(_ slot: SmallSlot) {
        self.slot = slot
        changed = slot.now
        slot.define(sync: Self.every)
        slot.tick(1000)
        slot.open(steps: 3, sl: 900, tp: 0)
    }

    var status: hf_sync_status { slot.core.sync(UInt64(slot.number)) ?? hf_sync_status() }

    /// The closing command that is live.
    var live: hf_command? {
        slot.commands().last {
            Int($0.action) < HF_ACTION_MODIFY && Int($0.state) <= HF_COMMAND_UNKNOWN
        }
    }

    var key: String {
        let position = slot.view
        let status = status
        let commands = slot.commands()
        let shown = commands.filter { Int($0.state) <= HF_COMMAND_UNKNOWN }.map(slot.shown)
        let last = commands.last { Int($0.action) < HF_ACTION_MODIFY }
        let questions = slot.questions().filter { Int($0.state) <= HF_COMMAND_UNKNOWN }
        func steps(_ time: Int64) -> Int64 {
            if time == .max || time == 0 { return 9 }
            return min(1, max(-1, (time - slot.now) / Self.every))
        }
        return "\(position.state) \(position.volume) \(position.known) \(position.intent_volume)"
            + " \(absences) \(wasBack) \(changed >= status.asked_at) \(last?.state ?? 0)"
            + " \(last?.executed ?? 0) \(status.asked_at == 0) \(status.stale)"
            + " \(steps(status.late_at))"
            + " \(questions.map(slot.shown)) \(shown)"
    }

    func apply(_ letter: SmallSyncLetter) -> Bool {
        let isOpen = slot.view.closed == 0
        if letter != .clock { slot.now += 1_000_000 }
        let isSaid: Bool
        switch letter {
        case .right, .absent, .smaller, .larger, .dealt, .failed, .old, .early:
            isSaid = snapshot(letter)
        case .clock: isSaid = clock()
        case .take: isSaid = take()
        case .lateDeal: isSaid = isOpen && deal()
        case .close, .part: isSaid = isOpen && close(isPart: letter == .part)
        default: isSaid = isOpen && answer(letter)
        }
        if letter != .clock { waited = 0 }
        let now = slot.view.volume
        if now != volume { changed = slot.now }
        volume = now
        return isSaid
    }

    /// The broker has it still: a new position of ours.
    func adopted() {
        slot.position = slot.core.find(UInt64(slot.number), 7)
        if slot.position == 0 { slot.fail("adopted and not there") }
        absences = 0
        volume = slot.view.volume
        changed = slot.now
    }

    // MARK: Everything but snapshots

    private func clock() -> Bool {
        guard waited < 3 else { return false }
        waited += 1
        slot.now += Self.every
        let result = slot.apply(.step(slot.now)).status
        let status = status
        if status.next_at <= slot.now { slot.fail("the next question is overdue") }
        if status.late_at <= slot.now, status.stale == 0 { slot.fail("late and not stale") }
        if slot.questions().count(where: { Int($0.state) <= HF_COMMAND_UNKNOWN }) != 1 {
            slot.fail("not one question is live")
        }
        return result == 0
    }

    private func take() -> Bool {
        let all = slot.commands() + slot.questions()
        guard all.contains(where: { Int($0.state) == HF_COMMAND_PENDING }) else { return false }
        slot.read()
        let given = slot.apply(
            .take(executor: UInt64(slot.number), epoch: slot.epoch, max: 8, slot.now))
        slot.read()
        slot.ledger.given(given.commands, executor: UInt64(slot.number), epoch: slot.epoch)
        return given.status == 0
    }

    private func close(isPart: Bool) -> Bool {
        var close = hf_close()
        close.filter.present = UInt32(HF_FILTER_POSITION)
        close.filter.position = slot.position
        if isPart { close.volume = SmallWorld.step }
        return slot.apply(.close(close, slot.now)).status == 0
    }

    private func answer(_ letter: SmallSyncLetter) -> Bool {
        var ack = hf_ack()
        if letter == .none {
            let query = slot.commands().last { Int($0.action) == HF_ACTION_QUERY_DEALS }
            guard let query, Int(query.state) == HF_COMMAND_SENT else { return false }
            ack.command = query.id
            ack.query = 1
            return slot.apply(.ack(ack, slot.now)).status == 0
        }
        guard let live, live.sent != 0 else { return false }
        ack.command = live.id
        let classes: [SmallSyncLetter: Int] = [
            .receipt: HF_ANSWER_RECEIPT, .unknown: HF_ANSWER_UNKNOWN, .done: HF_ANSWER_DONE,
        ]
        ack.answer = UInt8(classes[letter] ?? 0)
        if letter == .done {
            ack.deal = slot.nextDeal()
            ack.present = UInt32(HF_HAS_VOLUME)
            ack.volume = min(live.volume, slot.view.volume)
        }
        return slot.apply(.ack(ack, slot.now)).status == 0
    }

    private func deal() -> Bool {
        slot.apply(.deal(closing(), slot.now)).status == 0
    }

    /// The broker's deal of all that is open.
    func closing() -> hf_deal {
        var deal = hf_deal()
        deal.account = UInt64(slot.number)
        deal.ticket = 7
        deal.deal = slot.nextDeal()
        deal.volume = slot.view.volume
        deal.price = 1005
        // One of no told instant may be of what a snapshot took away before.
        deal.time = slot.now
        return deal
    }

    // MARK: Snapshots

    /// A snapshot of this moment, which names the question that is out.
    func record(_ asked: Int64) -> ModelSnapshot {
        var record = hf_reconcile()
        _ = hf_reconcile_init(&record, UInt64(slot.number), asked)
        let question = slot.questions().last { Int($0.state) == HF_COMMAND_SENT }
        if let question { record.command = question.id }
        return ModelSnapshot(record: record)
    }

    func theirs(_ volume: Int64) -> hf_broker_position {
        var theirs = hf_broker_position()
        (theirs.ticket, theirs.volume, theirs.price) = (7, volume, 1000)
        (theirs.symbol, theirs.side) = (slot.symbol, UInt8(HF_LONG))
        return theirs
    }

    private func snapshot(_ letter: SmallSyncLetter) -> Bool {
        let before = slot.view
        var asked = slot.now
        if letter == .old { asked = status.asked_at }
        if letter == .early { asked = changed }
        guard asked > 0, letter == .old || asked > status.asked_at else { return false }
        var snapshot = record(asked)
        if letter == .failed { snapshot.record.failed = 1 }
        if let difference = letter.difference {
            let volume = before.closed == 0 ? before.volume : 3 * SmallWorld.step
            let theirs = volume + difference * SmallWorld.step
            guard theirs > 0, theirs <= 4 * SmallWorld.step else { return false }
            snapshot.positions = [self.theirs(theirs)]
        }
        if letter == .dealt {
            guard before.closed == 0 else { return false }
            snapshot.deals = [closing()]
        }
        SmallSyncCheck(story: self, letter: letter, before: before, snapshot: snapshot).run()
        return true
    }
}
