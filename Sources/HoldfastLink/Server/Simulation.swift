import CHoldfast
import CHoldfastLink

/// Simulated time: the market never runs ahead of an answer that is awaited.
extension Link {
    func advance(_ now: Int64) -> hf_status {
        guard settings.isSimulated else { return Code.state }
        guard now >= time else { return Code.time }
        while let (instant, input) = parking.next(due: now) {
            setClock(max(instant, time))
            let outcome = input.withBytes { apply(input.kind, at: instant, $0) }
            if outcome.status != Code.ok { tally.add(.parkedRefused) }
        }
        setClock(now)
        tally.set(.parkedNow, parking.count)
        events.publish(core, tally)
        return Code.ok
    }

    func await(_ now: Int64, _ timeout: Int32) -> hf_status {
        guard settings.isSimulated else { return Code.state }
        guard now >= time else { return Code.time }
        setClock(now)
        // What the host put in by itself, and the clock, may have freed what waits.
        peers.unblock()
        let deadline = Clock.milliseconds() &+ Int64(timeout)
        while true {
            while drain() == Limits.batch {}
            guard let index = turnOf() else { break }
            let start = Clock.milliseconds()
            let session = peers.sessions[index]
            if session.isFresh || session.outstanding == 0 {
                if let held = session.held {
                    peers.sessions[index].held = nil
                    give(held, at: now, index)
                    continue
                }
                remind(index, start)
            }
            guard start < deadline else { return Code.state }
            serve(min(deadline &- start, settings.noticeInterval))
            _ = wake.hear()
        }
        release()
        events.publish(core, tally)
        return Code.ok
    }

    /// Who is to act: whoever has not answered in full, else the lowest executor for whom commands
    /// wait. One at a time, so that the order of inputs never depends on which process was faster.
    private func turnOf() -> Int? {
        let sessions = peers.sessions
        return sessions.firstIndex { $0.outstanding != 0 }
            ?? sessions.firstIndex {
                $0.peer != nil && ($0.isFresh || !$0.isBlocked && waiting($0.executor) > 0)
            }
    }

    /// Takes whose commands vanished before their turn.
    private func release() {
        for index in peers.sessions.indices {
            guard let held = peers.sessions[index].held else { continue }
            peers.sessions[index].held = nil
            giveNothing(held, index)
        }
    }
}
