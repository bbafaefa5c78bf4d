import CHoldfast
import CHoldfastLink

/// One frame in, one frame out.
extension Link {
    func serve(_ id: RoutingID, _ bytes: UnsafeRawBufferPointer) {
        tally.add(.framesIn)
        do throws(Fault) {
            let frame = try Frame(bytes)
            guard let peer = peers.sender(id) else {
                guard frame.kind == HF_LINK_HELLO else { throw .hello }
                let reply = try welcome(id, frame)
                send(reply, to: id, sequence: frame.head.sequence)
                return
            }
            switch frame.kind {
            case HF_RECORD_TAKE: try take(id, peer, frame)
            case HF_LINK_BYE: forget(id)
            default:
                let reply = try answer(id, peer, frame)
                send(reply, to: id, sequence: frame.head.sequence)
            }
        } catch {
            refuse(id, error, sequence: Frame.sequence(of: bytes))
        }
    }

    /// Everything but takes, which need the way back open before the core is asked.
    private func answer(_ id: RoutingID, _ peer: Peer, _ frame: Frame) throws(Fault) -> Reply {
        switch frame.kind {
        case HF_LINK_HELLO: return try welcome(id, frame)
        case HF_LINK_DONE: return try done(peer, frame)
        case HF_LINK_GET_POSITION...HF_LINK_GET_SYNC:
            if peer.isExecutor { throw .role }
            return try query(frame)
        case HF_RECORD_SYMBOL...HF_RECORD_STEP:
            return try input(peer, frame)
        default: throw .kind
        }
    }

    // MARK: Hello

    private func welcome(_ id: RoutingID, _ frame: Frame) throws(Fault) -> Reply {
        let hello = try frame.record(hf_link_hello.self)
        guard hello.abi_version == HF_ABI_VERSION else { throw .version }
        let isExecutor = Int(hello.role) == HF_LINK_EXECUTOR
        guard (HF_LINK_HOST...HF_LINK_WATCHER).contains(Int(hello.role)),
            withUnsafeBytes(of: hello.reserved, { $0.allSatisfy { $0 == 0 } }),
            isExecutor ? hello.executor != 0 : hello.executor == 0 && hello.epoch == 0
        else { throw .body }
        if peers[id] == nil, peers.count >= settings.maxPeers { sweep() }
        guard peers[id] != nil || peers.count < settings.maxPeers else { throw .peers }
        try peers.admit(id, hello)
        peers.trim(to: settings.maxPeers)
        tally.add(.hellos)
        peersChanged()
        isDirty = true

        var welcome = hf_link_welcome()
        welcome.abi_version = HF_ABI_VERSION
        welcome.flags = settings.isSimulated ? UInt32(HF_LINK_SIMULATED) : 0
        welcome.max_message = UInt32(truncatingIfNeeded: settings.maxMessage)
        welcome.window = UInt32(truncatingIfNeeded: settings.window)
        welcome.time = time
        _ = Text.write(publishEndpoint, into: &welcome.publish)
        return reply(HF_LINK_WELCOME, welcome)
    }

    private func peersChanged() {
        roster.publish(peers.sessions.filter { $0.peer != nil }.map(\.executor))
        tally.set(.hosts, peers.count(role: HF_LINK_HOST))
        tally.set(.executors, peers.count(role: HF_LINK_EXECUTOR))
        tally.set(.watchers, peers.count(role: HF_LINK_WATCHER))
    }

    func forget(_ id: RoutingID) {
        peers.remove(id)
        peersChanged()
    }

    /// ROUTER does not say who left; a notice to everybody finds out.
    private func sweep() {
        for id in peers.ids { send(notice, to: id, sequence: 0) }
    }

    // MARK: Replies

    var notice: Reply { Reply(kind: HF_LINK_NOTICE, size: 0, time: time) }

    func reply<Record>(_ kind: Int, _ record: Record) -> Reply {
        let size = MemoryLayout<Record>.size
        withUnsafeBytes(of: record) { router.body.copyMemory(from: $0) }
        return Reply(kind: kind, size: size, time: time)
    }

    func reply(status: hf_status) -> Reply {
        var outcome = hf_outcome()
        outcome.status = status
        return reply(HF_LINK_OUTCOME, outcome)
    }

    @discardableResult
    func send(_ reply: Reply, to id: RoutingID, sequence: UInt64) -> Bool {
        guard reach(id) else { return false }
        finish(reply, sequence: sequence)
        return true
    }

    func reach(_ id: RoutingID) -> Bool {
        switch router.reserve(id) {
        case .ready: return true
        case .full:
            tally.add(.repliesDropped)
            return false
        case .gone:
            tally.add(.repliesDropped)
            if peers[id] != nil { forget(id) }
            return false
        }
    }

    func finish(_ reply: Reply, sequence: UInt64) {
        router.finish(reply, sequence: sequence)
        tally.add(.framesOut)
    }

    func refuse(_ id: RoutingID?, _ fault: Fault, sequence: UInt64) {
        tally.add(fault.isBadFrame ? .framesBad : .framesRefused)
        guard let id else { return }
        var error = hf_link_error()
        error.status = fault.status
        error.cause = fault.cause
        send(reply(HF_LINK_ERROR, error), to: id, sequence: sequence)
    }
}
