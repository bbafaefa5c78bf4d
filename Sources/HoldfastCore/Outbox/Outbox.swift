/// Where a waiting command stands in line: lane, class, time of the trigger, position, count.
struct Ticket {
    /// Lane and class; the smaller goes first.
    var rank: UInt64
    var time: Int64
    var position: UInt64
    var count: UInt32
    /// Stripe and slot of its life, to find it without a look-up.
    var stripe: UInt32
    var life: UInt32
    /// It asks and does nothing: no limit of its executor counts it.
    var isQuestion = false

    /// All of the priority lane goes before anything of the entry lane; a full line spills the
    /// other end, so that entries never take the room of a close.
    static func rank(lane: UInt8, priority: UInt8) -> UInt64 {
        UInt64(lane) << 8 | UInt64(255 - priority)
    }

    static func precedes(_ a: Ticket, _ b: Ticket) -> Bool {
        if a.rank != b.rank { return a.rank < b.rank }
        if a.time != b.time { return a.time < b.time }
        if a.position != b.position { return a.position < b.position }
        return a.count < b.count
    }

    /// Its class, among those of `Turns`.
    var turn: Int {
        rank >> 8 != 0 ? Turns.entries : Int(UInt64(Priority.emergency.rawValue) &+ rank &- 255)
    }

    /// Stripe of an account's own command: it is in none.
    static let desk = UInt32.max

    static let last = Ticket(
        rank: .max, time: .max, position: .max, count: .max, stripe: 0, life: 0)
}

/// The commands of one account that wait for its executor, ids only. Its capacity changes no
/// result: the heap holds exactly the tickets before `bound`; the others (*spilled*) are known by
/// the state of their commands alone and found again by a sweep when the heap has run empty.
struct Outbox {
    private let heap: UnsafeMutablePointer<Ticket>
    private let capacity: Int
    private(set) var count = 0
    private var bound = Ticket.last
    private(set) var spilled = 0

    init(_ arena: inout Arena, capacity: Int) throws(Failure) {
        heap = try arena.reserve(Ticket.self, capacity)
        self.capacity = capacity
    }

    var waiting: Int { count + spilled }
    var needsSweep: Bool { count == 0 && spilled > 0 }
    /// The class of the first ticket, among those of `Turns`, at least: what is spilled comes after
    /// `bound`. nil: nothing waits.
    var turn: Int? { count > 0 ? heap[0].turn : spilled > 0 ? bound.turn : nil }

    /// Puts a ticket in line.
    /// - Returns: how many tickets now have to wait at their positions instead.
    mutating func push(_ ticket: Ticket) -> Int {
        let before = spilled
        if !Ticket.precedes(ticket, bound) {
            spilled += 1
            return 1
        }
        if count == capacity { makeRoom() }
        if Ticket.precedes(ticket, bound) {
            heap[count] = ticket
            count += 1
            rise(count - 1)
        } else {
            spilled += 1
        }
        return spilled - before
    }

    /// Keeps the first half of the line and spills the rest: rare, and then paid for many pushes.
    private mutating func makeRoom() {
        var line = UnsafeMutableBufferPointer(start: heap, count: count)
        line.sort(by: Ticket.precedes)
        let kept = count / 2
        bound = heap[kept]
        spilled += count - kept
        count = kept
    }

    /// The next in line; nil when the heap is empty (then see `needsSweep`).
    mutating func pop() -> Ticket? {
        if count == 0 { return nil }
        let first = heap[0]
        count -= 1
        if count > 0 {
            heap[0] = heap[count]
            sink(0)
        }
        return first
    }

    /// Takes a ticket out that is no longer to be given out, so that the line holds what waits and
    /// nothing else.
    mutating func remove(_ ticket: Ticket) {
        if !Ticket.precedes(ticket, bound) {
            spilled = max(0, spilled - 1)
            return
        }
        let found = (0..<count).first {
            heap[$0].position == ticket.position && heap[$0].count == ticket.count
        }
        guard let found else { return }
        count -= 1
        if found == count { return }
        let last = heap[count]
        let isUp = Ticket.precedes(last, heap[found])
        heap[found] = last
        if isUp { rise(found) } else { sink(found) }
    }

    /// A sweep begins: every ticket, in line or spilled, is about to be pushed again.
    mutating func beginSweep() {
        bound = .last
        count = 0
        spilled = 0
    }

    private mutating func rise(_ start: Int) {
        var at = start
        let ticket = heap[at]
        while at > 0 {
            let parent = (at - 1) / 2
            if !Ticket.precedes(ticket, heap[parent]) { break }
            heap[at] = heap[parent]
            at = parent
        }
        heap[at] = ticket
    }

    private mutating func sink(_ start: Int) {
        var at = start
        let ticket = heap[at]
        while true {
            var child = 2 * at + 1
            if child >= count { break }
            if child + 1 < count && Ticket.precedes(heap[child + 1], heap[child]) { child += 1 }
            if !Ticket.precedes(heap[child], ticket) { break }
            heap[at] = heap[child]
            at = child
        }
        heap[at] = ticket
    }
}
