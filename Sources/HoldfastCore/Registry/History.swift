import CHoldfast

/// Closed positions, newest kept: for queries, and for deals that arrive after the close. They are
/// numbered 1, 2, 3 ... in order of closing.
struct History {
    struct Closed {
        var record: hf_position
        var accountIndex: UInt32
        /// Of its account at the close: a later one may have another.
        var currency: UInt64
        var tickSize: Int64
        var tickValue: Int64
        /// See `Position.unmatched`, and its latest command, to find who told it.
        var unmatched: Int64
        var newest: hf_command_id
        var lastTold: UInt32
        /// See `Ledger`.
        var paired: Int64
        var entryTold: Told
        var former: UInt64
        var lost: Told
        var lostAt: Int64
        /// What is known of its profit while a part is lost; nil: that could not be valued either.
        var known: Int64?
        /// The position that a late fill of an ended entry opened; 0: none.
        var successor: UInt64
        /// Sum of price x volume over all that was closed.
        var exits: Int128
        /// What a move to the first stop would have cost, where it was converted; nil: unknown.
        var risk: Int64?
        var isConverted = false
        /// R is worked out when somebody asks.
        private var isDerived = false

        /// A deal says otherwise than the ack that was booked.
        mutating func correct(_ change: Correction, exits more: Int128) {
            let isKnown = record.known & UInt32(HF_KNOWN_NET) != 0
            if isKnown { record.realised &+= change.profit }
            record.commission &+= change.costs.commission
            record.swap &+= change.costs.swap
            record.fee &+= change.costs.fee
            if isKnown { record.net &+= change.profit &+ change.cost }
            exits += more
            if !change.isKnown {
                record.known &= ~UInt32(HF_KNOWN_REALISED | HF_KNOWN_NET)
                (record.realised, record.net) = (0, 0)
            }
            record.exit_average = Ledger.average(exits, record.volume_initial)
            isDerived = false
        }

        /// Its money has changed: R is worked out anew.
        mutating func renew() { isDerived = false }

        /// What follows from its money.
        mutating func derive() {
            if isDerived { return }
            isDerived = true
            record.known &= ~UInt32(HF_KNOWN_R)
            record.r_multiple = 0
            if record.known & UInt32(HF_KNOWN_NET) == 0 || record.sl_first == 0 { return }
            let distance = abs(record.open_price - record.sl_first)
            let points = Int128(distance) * Int128(record.volume_initial)
            let risk =
                isConverted
                ? risk : Money.value(of: points, tickValue: tickValue, tickSize: tickSize)
            guard let risk, let r = Share.ratio(Int128(record.net), Int128(risk)) else { return }
            record.r_multiple = r
            record.known |= UInt32(HF_KNOWN_R)
        }
    }

    private let lock: ShortLock
    private let ring: UnsafeMutablePointer<Closed>
    private let map: UnsafeMutablePointer<Map>
    /// The number of the newest.
    private let last: UnsafeMutablePointer<Int>
    private let capacity: Int

    init(_ arena: inout Arena, capacity: Int) throws(Failure) {
        ring = try arena.reserve(Closed.self, capacity)
        map = try arena.reserve(Map.self, 1)
        map.initialize(to: try Map(&arena, capacity: capacity))
        last = try arena.reserve(Int.self, 1)
        lock = try ShortLock(&arena)
        self.capacity = capacity
    }

    /// What had to go for a newer one.
    struct Evicted {
        var id: UInt64
        var account: UInt64
        var accountIndex: UInt32
        var ticket: UInt64
        var former: UInt64
        var symbol: UInt32
    }

    func append(_ closed: UnsafePointer<Closed>) -> Evicted? {
        lock.take()
        defer { lock.give() }
        let at = last.pointee % capacity
        var evicted: Evicted?
        if last.pointee >= capacity {
            evicted = Evicted(
                id: ring[at].record.id, account: ring[at].record.account,
                accountIndex: ring[at].accountIndex, ticket: ring[at].record.ticket,
                former: ring[at].former, symbol: ring[at].record.symbol)
            map.pointee.remove(ring[at].record.id)
        }
        (ring + at).update(from: closed, count: 1)
        map.pointee.set(closed.pointee.record.id, to: UInt64(at))
        last.pointee += 1
        return evicted
    }

    func find(_ id: UInt64) -> hf_position? {
        lock.hold {
            map.pointee.value(id).map { at in
                ring[Int(at)].derive()
                return ring[Int(at)].record
            }
        }
    }

    /// Runs a change on a closed position.
    @discardableResult
    func change<Answer>(_ id: UInt64, _ body: (inout Closed) -> Answer) -> Answer? {
        lock.hold { map.pointee.value(id).map { body(&ring[Int($0)]) } }
    }

    // MARK: reading in order

    /// The number of the newest.
    var newest: Int { lock.hold { last.pointee } }

    /// Copies records after `cursor` and moves it.
    /// - Returns: how many, or how many were lost when more were closed than are kept.
    func read(
        _ cursor: inout UInt64, _ out: UnsafeMutablePointer<hf_position>?, max: Int
    ) -> (count: Int, lost: UInt64) {
        let newest = self.newest
        var at = Int(min(cursor, UInt64(newest)))
        var count = 0
        repeat {
            let end = min(newest, at + min(max - count, Limits.sliceClosed))
            let lost = visit(after: at, through: end) { closed in
                out?[count] = closed.pointee.record
                count += 1
            }
            if lost > 0 {
                // What was copied already is told first.
                if count > 0 { break }
                cursor = UInt64(at + lost)
                return (0, UInt64(lost))
            }
            at = end
        } while at < newest && count < max
        cursor = UInt64(at)
        return (count, 0)
    }

    /// Runs a body on the records after a number, through another, under one lock.
    /// - Returns: how many of them are no longer kept; then nothing was run.
    func visit(
        after first: Int, through end: Int, _ body: (UnsafePointer<Closed>) -> Void
    ) -> Int {
        lock.take()
        defer { lock.give() }
        let oldest = max(0, last.pointee - capacity)
        if first < oldest { return oldest - first }
        for at in first..<max(first, end) {
            ring[at % capacity].derive()
            body(ring + at % capacity)
        }
        return 0
    }
}
