import CHoldfast
import CHoldfastLink

/// An answer that may take effect later than it is given.
enum ParkedInput {
    case ack(hf_ack)
    case deal(hf_deal)
    case fill(hf_fill)
    case reconcile(Snapshot)

    var kind: Int {
        switch self {
        case .ack: HF_RECORD_ACK
        case .deal: HF_RECORD_DEAL
        case .fill: HF_RECORD_FILL
        case .reconcile: HF_RECORD_RECONCILE
        }
    }

    var command: hf_command_id {
        switch self {
        case .ack(let ack): ack.command
        case .deal(let deal): deal.command
        case .fill: hf_command_id()
        case .reconcile(let snapshot): snapshot.head.command
        }
    }

    /// With bytes of its own: a frame's body is gone when the next one comes.
    func keeping(_ body: UnsafeRawBufferPointer) -> ParkedInput {
        guard case .reconcile(let snapshot) = self else { return self }
        return .reconcile(snapshot.keeping(body))
    }

    func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        switch self {
        case .ack(let ack): withUnsafeBytes(of: ack, body)
        case .deal(let deal): withUnsafeBytes(of: deal, body)
        case .fill(let fill): withUnsafeBytes(of: fill, body)
        case .reconcile(let snapshot): snapshot.kept.withUnsafeBytes(body)
        }
    }
}

/// Answers that wait for their instant: a heap by (time, command id, arrival).
struct Parking {
    private struct Entry {
        let time: Int64
        let arrival: UInt64
        let input: ParkedInput

        func isBefore(_ other: Entry) -> Bool {
            if time != other.time { return time < other.time }
            let (mine, its) = (input.command, other.input.command)
            if mine.owner != its.owner { return mine.owner < its.owner }
            if mine.count != its.count { return mine.count < its.count }
            if mine.epoch != its.epoch { return mine.epoch < its.epoch }
            return arrival < other.arrival
        }
    }

    private let capacity: Int
    private var heap: [Entry] = []
    private var arrivals: UInt64 = 0

    init(capacity: Int) { self.capacity = capacity }

    var count: Int { heap.count }

    /// Int64.max when nothing is parked.
    var earliest: Int64 { heap.first?.time ?? Int64.max }

    /// False when it is full.
    mutating func add(_ input: ParkedInput, at time: Int64) -> Bool {
        guard heap.count < capacity else { return false }
        arrivals &+= 1
        heap.append(Entry(time: time, arrival: arrivals, input: input))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].isBefore(heap[parent]) else { break }
            heap.swapAt(child, parent)
            child = parent
        }
        return true
    }

    /// The first of those due at or before `now`.
    mutating func next(due now: Int64) -> (time: Int64, input: ParkedInput)? {
        guard let first = heap.first, first.time <= now else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        return (first.time, first.input)
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].isBefore(heap[least]) { least = child }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
