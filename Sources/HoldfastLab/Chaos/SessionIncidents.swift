import CHoldfast

/// What went wrong in a session and how it was put right, from the core's own events.
struct SessionIncidents {
    struct Counts {
        var unfilled = 0
        var entries = 0
        var doubts = 0
        var syncs = 0
        var failedSyncs = 0
        var stale = 0
        var adopted = 0
        var suspects = 0
        var removed = 0
        var fixed = 0
        var skipped = 0
        var silent = 0
        var waiting = 0
        var unknown = 0
    }

    /// Whether anybody looks.
    var isOn = false
    var counts = Counts()
    /// Since they were last read.
    var notes: [(Int64, ChaosNote)] = []
    private var stale: Set<UInt64> = []
    private var opened: Set<UInt64> = []

    mutating func note(_ event: hf_event) {
        guard isOn else { return }
        switch Int(event.kind) {
        case HF_EVENT_COMMAND:
            if Int(event.action) == HF_ACTION_OPEN { counts.entries += 1 }
        case HF_EVENT_COMMAND_STATE: noteState(event)
        case HF_EVENT_ALARM: noteAlarm(event)
        case HF_EVENT_CHANGED:
            if Int(event.what) == HF_WHAT_EXECUTOR && counts.silent > 0 {
                notes.append((event.time, .heard))
            }
        case HF_EVENT_OPENED:
            opened.insert(event.position)
            if Int(event.what) == HF_WHAT_ADOPTED {
                notes.append((event.time, .adopted(position: event.position)))
            }
        case HF_EVENT_SYNC: noteSync(event)
        case HF_EVENT_SUSPECT:
            if event.new_value == 1 {
                counts.suspects += 1
                notes.append((event.time, .suspect(position: event.position)))
            }
        case HF_EVENT_CLOSED: noteClosed(event)
        default: break
        }
    }

    private mutating func noteState(_ event: hf_event) {
        if Int(event.action) == HF_ACTION_QUERY_POSITIONS {
            guard Int(event.state) == HF_COMMAND_REJECTED else { return }
            counts.failedSyncs += 1
            notes.append((event.time, .failed(account: event.account)))
            return
        }
        guard Int(event.state) == HF_COMMAND_UNKNOWN else { return }
        counts.doubts += 1
        if counts.doubts == 1 { notes.append((event.time, .doubt(position: event.position))) }
    }

    private mutating func noteAlarm(_ event: hf_event) {
        switch Int(event.what) {
        case HF_WHAT_STALE:
            counts.stale += 1
            stale.insert(event.account)
            notes.append((event.time, .stale(account: event.account)))
        case HF_WHAT_EXECUTOR:
            counts.silent += 1
            notes.append((event.time, .silent))
        case HF_WHAT_WAITING: counts.waiting += 1
        default: break
        }
    }

    private mutating func noteSync(_ event: hf_event) {
        counts.syncs += 1
        counts.adopted += Int(event.counts.1)
        counts.removed += Int(event.counts.2)
        counts.fixed += Int(event.counts.3)
        counts.skipped += Int(event.counts.5)
        if stale.contains(event.account), event.counts.6 == 0 {
            stale.remove(event.account)
            notes.append((event.time, .fresh(account: event.account, found: event.counts.0)))
        }
    }

    private mutating func noteClosed(_ event: hf_event) {
        // An entry that was not filled ends too.
        guard opened.contains(event.position) else { return }
        if Int(event.reason) == HF_REASON_UNKNOWN { counts.unknown += 1 }
    }
}
