import CHoldfast
import CHoldfastLink

/// The only way by which commands leave.
extension Link {
    func take(_ id: RoutingID, _ peer: Peer, _ frame: Frame) throws(Fault) {
        guard peer.isExecutor, let index = peers.session(peer.executor) else { throw .role }
        let take = try frame.record(hf_take.self)
        guard take.given == 0, take.reserved == 0 else { throw .body }
        let session = peers.sessions[index]
        guard take.executor == 0 || take.executor == session.executor,
            take.epoch == 0 || take.epoch == session.epoch
        else { throw .foreign }
        peers.sessions[index].noticed = nil
        let held = Session.Take(sequence: frame.head.sequence, max: take.max)
        if settings.isSimulated {
            hold(held, index)
        } else {
            give(held, at: frame.head.time, index)
        }
    }

    /// In simulated time commands leave in `await` only, in turn; nothing may leave at once.
    private func hold(_ take: Session.Take, _ index: Int) {
        let session = peers.sessions[index]
        if let earlier = session.held { giveNothing(earlier, index) }
        peers.sessions[index].held = nil
        if session.isFresh || waiting(session.executor) > 0 {
            peers.sessions[index].held = take
        } else {
            giveNothing(take, index)
        }
    }

    func giveNothing(_ take: Session.Take, _ index: Int) {
        guard let id = peers.sessions[index].peer else { return }
        let reply = Reply(kind: HF_RECORD_COMMAND, size: 0, time: time)
        send(reply, to: id, sequence: take.sequence)
    }

    /// The way to the executor is opened first: what the core gives out has a place in its queue.
    func give(_ take: Session.Take, at time: Int64, _ index: Int) {
        let session = peers.sessions[index]
        guard let id = session.peer, reach(id) else { return }
        let size = MemoryLayout<hf_command>.size
        let out = router.body
        let credit = min(Int(take.max), out.count / size)
        var count: UInt32 = 0
        let status = hf_commands_take(
            core, session.executor, session.epoch, time,
            out.bindMemory(to: hf_command.self).baseAddress, UInt32(truncatingIfNeeded: credit),
            &count)
        tally.add(.takes)
        guard status == Code.ok else {
            return finish(reply(status: status), sequence: take.sequence)
        }
        tally.add(.commands, Int(count))
        saw(time)
        peers.sessions[index].isFresh = false
        peers.sessions[index].outstanding =
            settings.isSimulated && count > 0 ? take.sequence : 0
        peers.sessions[index].isBlocked = count == 0 && credit > 0
        // More may wait than this credit reached. Where nothing may go out, the interval is enough:
        // an executor that takes at each notice must not go round in circles.
        if count > 0 { isDirty = true }
        let reply = Reply(
            kind: HF_RECORD_COMMAND, size: min(Int(count), credit) * size, time: self.time)
        finish(reply, sequence: take.sequence)
    }

    func done(_ peer: Peer, _ frame: Frame) throws(Fault) -> Reply {
        guard peer.isExecutor, let index = peers.session(peer.executor) else { throw .role }
        let done = try frame.record(hf_link_done.self)
        if settings.isSimulated {
            guard done.take != 0, peers.sessions[index].outstanding == done.take else {
                throw .done
            }
            peers.sessions[index].outstanding = 0
        }
        return reply(status: Code.ok)
    }
}
