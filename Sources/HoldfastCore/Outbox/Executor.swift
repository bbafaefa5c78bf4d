import CHoldfast
import Synchronization

/// Who executes commands: one session at a time, the newest. Behind its lock, but for the terms,
/// which change with every stripe locked.
struct Executor {
    /// First: see `Lock`.
    var epoch: UInt32 = 0
    let lock: ShortLock
    let id: UInt64
    var terms: hf_executor
    /// Whose turn it is among its accounts.
    var turns: Turns
    /// Tickets of all of them and what is put off, for who asks without the lock.
    let waiting: UnsafeMutablePointer<Atomic<Int>>
    /// Commands that the newest session has and did not answer, queries apart.
    var inFlight = 0
    /// Commands in doubt.
    var unanswered = 0
    /// Closes that are put off, and when they are looked at again: see `PassedStop`.
    var putOff = 0
    var offersAt = Int64.min
    /// When the next entry is due at an even pace.
    var nextEntry = Int64.min
    /// Its last recorded take. Behind the desk's lock, like `isSilent`.
    var seen = Int64.min
    var isSilent = false

    init(_ id: UInt64, _ arena: inout Arena, accounts: Int) throws(Failure) {
        self.id = id
        lock = try ShortLock(&arena)
        turns = try Turns(&arena, accounts: accounts)
        waiting = try arena.raw(Limits.line).bindMemory(to: Atomic<Int>.self, capacity: 1)
        waiting.initialize(to: Atomic(0))
        terms = .unlimited(id)
    }

    func can(_ capability: Int32) -> Bool { terms.capabilities & UInt32(capability) != 0 }

    // MARK: the line

    /// - Returns: how many tickets now have to wait at their positions instead.
    mutating func push(_ ticket: Ticket, _ account: Int, _ outbox: UnsafeMutablePointer<Outbox>)
        -> Int
    {
        change(account, outbox) { $0.push(ticket) }
    }

    mutating func pop(_ account: Int, _ outbox: UnsafeMutablePointer<Outbox>) -> Ticket? {
        change(account, outbox) { $0.pop() }
    }

    mutating func remove(
        _ ticket: Ticket, _ account: Int, _ outbox: UnsafeMutablePointer<Outbox>
    ) {
        change(account, outbox) { $0.remove(ticket) }
    }

    mutating func beginSweep(_ account: Int, _ outbox: UnsafeMutablePointer<Outbox>) {
        change(account, outbox) { $0.beginSweep() }
    }

    @inline(__always)
    private mutating func change<Answer>(
        _ account: Int, _ outbox: UnsafeMutablePointer<Outbox>, _ body: (inout Outbox) -> Answer
    ) -> Answer {
        let (old, before) = (outbox.pointee.turn, outbox.pointee.waiting)
        let answer = body(&outbox.pointee)
        turns.move(account, from: old, to: outbox.pointee.turn)
        let more = outbox.pointee.waiting - before
        if more != 0 { waiting.pointee.add(more, ordering: .releasing) }
        return answer
    }

    // MARK: limits

    /// Whether closes that are put off are to be looked at: now and then while there are any.
    mutating func mayOffer(_ now: Int64) -> Bool {
        if putOff == 0 || terms.up == 0 { return false }
        let pace = Limits.second / 10
        if now < offersAt && offersAt - now <= pace { return false }
        offersAt = now + pace
        return true
    }

    /// How many commands may go out now.
    var room: Int {
        terms.in_flight_max == 0 ? .max : max(0, Int(terms.in_flight_max) - inFlight)
    }

    /// A generic cell rate algorithm (ITU-T I.371): a bucket of tokens as one instant. It holds a
    /// second's worth, one at least.
    func entriesAllowed(_ now: Int64) -> Int {
        guard let pace else { return .max }
        let first = first(now, pace)
        return first > now ? 0 : Int((now - first) / pace.interval) + 1
    }

    mutating func count(entries: Int, _ now: Int64) {
        guard entries > 0, let pace else { return }
        let first = first(now, pace)
        nextEntry = first + Int64(entries) * pace.interval
    }

    /// When the next entry is due; never further away than the pace has it, whatever it was before.
    private func first(_ now: Int64, _ pace: (interval: Int64, bucket: Int64)) -> Int64 {
        min(max(nextEntry, now - (pace.bucket - pace.interval)), now + pace.interval)
    }

    /// Nanoseconds of one entry, and of a full bucket.
    private var pace: (interval: Int64, bucket: Int64)? {
        if terms.rate == 0 { return nil }
        let (unit, rate) = (Int128(Limits.unit) * Int128(Limits.second), Int128(terms.rate))
        let interval = Int64(clamping: min((unit + rate - 1) / rate, Int128(Limits.wait)))
        return (interval, max(interval, Limits.second))
    }
}

extension hf_executor {
    /// One of which nothing was said.
    static func unlimited(_ id: UInt64) -> hf_executor {
        var terms = hf_executor()
        (terms.id, terms.capabilities, terms.up) = (id, UInt32(HF_CAN_ALL), 1)
        return terms
    }

    public init(id: UInt64) { self = .unlimited(id) }
}
