import CHoldfast

/// One snapshot of the small model, and what must hold of it whatever came before.
struct SmallSyncCheck {
    let story: SmallSync
    let letter: SmallSyncLetter
    let before: hf_position
    let snapshot: ModelSnapshot

    private var slot: SmallSlot { story.slot }
    private var asked: Int64 { snapshot.record.asked_at }

    func run() {
        let live = story.live
        let isKept = letter == .failed || letter == .old
        let isSkipped = !isKept && letter != .dealt && isPassedOver(live)
        let status = story.status
        let answer = slot.apply(.snapshot(snapshot, slot.now))
        guard answer.status == 0 else { return slot.fail("\(letter) is \(answer.status)") }
        let after = slot.view
        if isKept || isSkipped { expectSame(after, live) }
        if letter == .old, answer.report.counts[7] != 1 { slot.fail("an old snapshot is applied") }
        if letter == .failed, answer.report.counts.prefix(6).contains(where: { $0 != 0 }) {
            slot.fail("a failed snapshot compares")
        }
        if isSkipped, before.closed == 0, answer.report.counts[5] != 1 {
            slot.fail("not skipped: \(answer.report.counts)")
        }
        if isKept {
            if story.status.asked_at != status.asked_at { slot.fail("\(letter) counts as good") }
            return
        }
        expectGood()
        if isSkipped { return }
        if before.closed != 0 { return expectClosed(answer.report) }
        compared(answer.report, after, live)
    }

    /// Changed since, or a command that may be doing something.
    private func isPassedOver(_ live: hf_command?) -> Bool {
        if before.closed != 0 { return false }
        if letter == .early { return true }
        guard let live else { return false }
        switch Int(live.state) {
        case HF_COMMAND_SENT, HF_COMMAND_ACKNOWLEDGED: return true
        case HF_COMMAND_UNKNOWN: return asked <= live.deadline
        default: return false
        }
    }

    private func expectSame(_ after: hf_position, _ live: hf_command?) {
        if after.volume != before.volume || after.state != before.state
            || after.average != before.average || after.closed != before.closed
            || story.live?.state != live?.state
        {
            slot.fail("\(letter) changes the position")
        }
    }

    private func expectGood() {
        let status = story.status
        if status.asked_at != asked { slot.fail("a good snapshot is not remembered") }
        if status.stale != 0 { slot.fail("stale after a good snapshot") }
        if snapshot.record.command.owner != 0, status.command.owner != 0 {
            slot.fail("the question that it answers is still live")
        }
    }

    /// The list still has what is closed: nothing is opened anew.
    private func expectClosed(_ report: ModelReport) {
        let isLost = Int(before.reason) == HF_REASON_UNKNOWN
        let wait = isLost ? 1 : 3 * SmallSync.every
        let isBack = !snapshot.positions.isEmpty && asked >= before.closed + wait
        if report.counts[1] != (isBack ? 1 : 0) { slot.fail("adopted \(report.counts)") }
        if isBack { story.adopted() }
    }

    private func compared(_ report: ModelReport, _ after: hf_position, _ live: hf_command?) {
        let isDoubted = live.map { Int($0.state) == HF_COMMAND_UNKNOWN } ?? false
        switch letter {
        case .dealt:
            if after.closed == 0 || after.close_price != 1005 { slot.fail("the deal closes not") }
            if report.counts[2] != 1 { slot.fail("not removed: \(report.counts)") }
        case _ where letter == .absent || letter == .smaller && isDoubted:
            story.absences += 1
            doubt(report, after)
        default:
            story.absences = 0
            // What differs is fixed before a command in doubt is settled.
            if after.volume != snapshot.positions[0].volume { slot.fail("not the broker's volume") }
            if Int(after.state) == HF_POSITION_SUSPECT { slot.fail("still suspect") }
            let isFixed = letter != .right
            if report.counts[isFixed ? 3 : 0] != 1 { slot.fail("\(letter): \(report.counts)") }
            if isDoubted, let live {
                let state = slot.core.command(ModelID(live.id))?.state ?? 0
                if Int(state) != HF_COMMAND_FAILED { slot.fail("in doubt and \(state)") }
            }
            again()
        }
    }

    /// Absent, or less under a command in doubt: nothing happens before the third in a row.
    private func doubt(_ report: ModelReport, _ after: hf_position) {
        if story.absences < 3 {
            let isClosing = Int(before.state) == HF_POSITION_CLOSING
            let state = isClosing ? HF_POSITION_CLOSING : HF_POSITION_SUSPECT
            if Int(after.state) != state { slot.fail("state \(after.state)") }
            if after.volume != before.volume { slot.fail("suspect and changed") }
            if report.counts[4] != 1 { slot.fail("not suspect: \(report.counts)") }
            return
        }
        story.absences = 0
        if letter == .smaller {
            if after.volume != snapshot.positions[0].volume { slot.fail("not the broker's volume") }
            return
        }
        if after.closed == 0 { slot.fail("open after the third absence") }
        if Int(after.reason) != HF_REASON_UNKNOWN { slot.fail("closed by \(after.reason)") }
        if after.close_price != 0 { slot.fail("closed at a price") }
        if after.known & UInt32(HF_KNOWN_NET) != 0 { slot.fail("money that nobody knows is told") }
    }

    /// The same list later changes nothing.
    private func again() {
        guard story.live == nil else { return }
        let first = slot.view
        slot.now += 1
        var later = story.record(slot.now)
        later.positions = snapshot.positions
        let answer = slot.apply(.snapshot(later, slot.now))
        let second = slot.view
        if answer.status != 0 || answer.report.counts[0] != 1 || answer.report.counts[3] != 0 {
            slot.fail("again: \(answer.status) \(answer.report.counts)")
        }
        if first.volume != second.volume || first.state != second.state
            || first.average != second.average
        {
            slot.fail("the same again changes the position")
        }
    }
}
