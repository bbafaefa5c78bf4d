import CHoldfast
import CHoldfastLink

/// Telling executors that commands wait. A notice holds nothing: losing one costs time, never a
/// command.
extension Link {
    func sendNotices(_ now: Int64) {
        for index in peers.sessions.indices {
            // A send may find that a peer is gone; sessions themselves stay.
            let session = peers.sessions[index]
            guard session.peer != nil, session.isFresh || waiting(session.executor) > 0 else {
                continue
            }
            remind(index, now)
        }
    }

    /// Tells one executor, unless it was told a moment ago.
    func remind(_ index: Int, _ now: Int64) {
        let session = peers.sessions[index]
        guard let id = session.peer else { return }
        if let noticed = session.noticed, now &- noticed < Limits.noticeRepeat { return }
        if send(notice, to: id, sequence: 0) {
            peers.sessions[index].noticed = now
            tally.add(.notices)
        }
    }
}
