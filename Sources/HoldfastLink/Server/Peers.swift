import CHoldfast
import CHoldfastLink

/// Who said hello.
struct Peer {
    let role: UInt8
    /// Of executors.
    let executor: UInt64

    var isHost: Bool { role == UInt8(HF_LINK_HOST) }
    var isExecutor: Bool { role == UInt8(HF_LINK_EXECUTOR) }
}

/// What the link knows of one executor, connected or not. A session ends with a higher epoch only,
/// so that what was given out to one that died is still awaited.
struct Session {
    struct Take {
        let sequence: UInt64
        let max: UInt32
    }

    let executor: UInt64
    var epoch: UInt32
    var peer: RoutingID?
    /// Nothing was taken since its hello: what an earlier session left open is given out again.
    var isFresh = true
    /// When it was told that commands wait and has not taken since, ms.
    var noticed: Int64?
    /// Simulated time: the take that is not answered in full; 0 = none.
    var outstanding: UInt64 = 0
    /// Simulated time: a take that came before its turn.
    var held: Take?
    /// Simulated time: the core gave it nothing, though commands wait: the executor is down, or its
    /// limits are reached. Only an input or the clock can change that.
    var isBlocked = false
}

/// Peers by routing id, sessions in order of executor.
struct Peers {
    private(set) var byID: [RoutingID: Peer] = [:] {
        didSet { recent = nil }
    }
    /// Whoever sent the last frame mostly sends the next.
    private var recent: (id: RoutingID, peer: Peer)?
    var sessions: [Session] = []

    subscript(id: RoutingID) -> Peer? { byID[id] }

    mutating func sender(_ id: RoutingID) -> Peer? {
        if let recent, recent.id == id { return recent.peer }
        let peer = byID[id]
        recent = peer.map { (id, $0) }
        return peer
    }

    var count: Int { byID.count }
    var ids: [RoutingID] { Array(byID.keys) }

    func count(role: Int) -> Int {
        byID.values.reduce(0) { $0 + (Int($1.role) == role ? 1 : 0) }
    }

    func session(_ executor: UInt64) -> Int? {
        sessions.firstIndex { $0.executor == executor }
    }

    mutating func admit(_ id: RoutingID, _ hello: hf_link_hello) throws(Fault) {
        if Int(hello.role) == HF_LINK_EXECUTOR { try begin(id, hello) }
        if let old = byID[id], old.isExecutor, old.executor != hello.executor { detach(id) }
        byID[id] = Peer(role: hello.role, executor: hello.executor)
    }

    private mutating func begin(_ id: RoutingID, _ hello: hf_link_hello) throws(Fault) {
        guard let index = session(hello.executor) else {
            var session = Session(executor: hello.executor, epoch: hello.epoch)
            session.peer = id
            let place = sessions.firstIndex { $0.executor > hello.executor } ?? sessions.endIndex
            sessions.insert(session, at: place)
            return
        }
        guard hello.epoch >= sessions[index].epoch else { throw .epoch }
        if let old = sessions[index].peer, old != id { byID[old] = nil }
        if hello.epoch > sessions[index].epoch { sessions[index].isFresh = true }
        sessions[index].epoch = hello.epoch
        sessions[index].peer = id
        sessions[index].noticed = nil
        sessions[index].held = nil
    }

    mutating func remove(_ id: RoutingID) {
        detach(id)
        byID[id] = nil
    }

    private mutating func detach(_ id: RoutingID) {
        for index in sessions.indices where sessions[index].peer == id {
            sessions[index].peer = nil
            sessions[index].held = nil
        }
    }

    /// An input may have freed what waits.
    mutating func unblock() {
        for index in sessions.indices { sessions[index].isBlocked = false }
    }

    /// Forgets sessions that nobody holds and nobody waits for, so that hellos cannot grow the
    /// table.
    mutating func trim(to most: Int) {
        guard sessions.count > most else { return }
        sessions.removeAll { $0.peer == nil && $0.outstanding == 0 }
    }
}
