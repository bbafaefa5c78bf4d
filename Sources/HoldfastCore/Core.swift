import CHoldfast
import HoldfastKernels
import HoldfastKernelsBaseline
import HoldfastKernelsV3
import Synchronization

/// The pipeline. A tick goes
///
/// ticks -> stripe (one short lock) -> book (two compares; breaches) -> trigger (which rule, level)
///           -> intent (one a position) -> command -> outbox -> take -> ack -> fill -> registry
///
/// and every input passes here on its way: look up, take the stripe's lock, check, claim a sequence
/// (and be recorded), apply. Trivial to copy: everything it points to lives until `close`.
public struct Core {
    let shared: UnsafeMutablePointer<Shared>
    let stripes: Stripes
    let stripeCount: Int
    let arena: UnsafeMutablePointer<Arena>
    private let refusals: UnsafeMutablePointer<Atomic<UInt64>>
    private let lapped: UnsafeMutablePointer<Atomic<UInt64>>
    let slicesMax: UnsafeMutablePointer<Atomic<Int>>
    let syncSliceMax: UnsafeMutablePointer<Atomic<Int>>

    public var recorder: (start: (@escaping InputSink) -> Bool, stop: () -> Void) {
        (shared.pointee.recorder.start, shared.pointee.recorder.stop)
    }
    /// Inputs that were given a sequence.
    public var claimed: UInt64 { shared.pointee.recorder.claimed }
    public var config: hf_core_config { shared.pointee.config }

    private let kernel: Int

    public init(
        _ config: hf_core_config, hasV3: Bool, nodes: Nodes = .unknown, watch: LockWatch = .none
    ) throws(Failure) {
        try Configuration.check(config, hasV3: hasV3)
        arena = .allocate(capacity: 1)
        arena.initialize(to: Arena())
        do {
            shared = try Core.build(config, hasV3: hasV3, nodes, watch, &arena.pointee)
            stripes = try Stripes(config, shared)
        } catch {
            arena.pointee.release()
            arena.deinitialize(count: 1).deallocate()
            throw error
        }
        stripeCount = Int(config.stripes)
        kernel = Configuration.kernel(config, hasV3: hasV3)
        refusals = .allocate(capacity: 1)
        refusals.initialize(to: Atomic(0))
        lapped = .allocate(capacity: 1)
        lapped.initialize(to: Atomic(0))
        slicesMax = .allocate(capacity: 1)
        slicesMax.initialize(to: Atomic(0))
        syncSliceMax = .allocate(capacity: 1)
        syncSliceMax.initialize(to: Atomic(0))
    }

    private static func build(
        _ config: hf_core_config, hasV3: Bool, _ nodes: Nodes, _ watch: LockWatch,
        _ arena: inout Arena
    ) throws(Failure) -> UnsafeMutablePointer<Shared> {
        let positions = Int(config.positions)
        let lastPosition = try arena.reserve(Atomic<UInt64>.self, 1)
        lastPosition.initialize(to: Atomic(0))
        let openPositions = try arena.reserve(Atomic<Int>.self, 1)
        openPositions.initialize(to: Atomic(0))
        let ruleCount = try arena.reserve(Atomic<Int>.self, 1)
        ruleCount.initialize(to: Atomic(0))
        let deskDue = try arena.reserve(Atomic<Int64>.self, 1)
        deskDue.initialize(to: Atomic(.max))
        let deskAlarms = try arena.reserve(Atomic<UInt64>.self, 1)
        deskAlarms.initialize(to: Atomic(0))
        let machine = try arena.reserve(Nodes.self, 1)
        machine.initialize(to: nodes)
        let events = try EventRing(&arena, capacity: Int(config.events))
        let shared = try arena.reserve(Shared.self, 1)
        shared.initialize(
            to: Shared(
                config: config, face: Configuration.face(config, hasV3: hasV3),
                watch: watch, nodes: machine,
                markets: try arena.reserve(
                    UnsafeMutablePointer<Market>.self, Int(config.symbols)),
                accounts: try arena.reserve(Account.self, Int(config.accounts)),
                executors: try arena.reserve(Executor.self, Int(config.executors)),
                rates: try Rates(&arena, capacity: 2 * Int(config.symbols)),
                directory: try Index(
                    &arena, capacity: positions, numbers: Places(config).count),
                places: Places(config),
                tickets: try SharedMap(&arena, capacity: positions + Int(config.history)),
                formers: try SharedMap(&arena, capacity: positions + Int(config.history)),
                clients: try SharedMap(&arena, capacity: positions),
                nets: try SharedMap(&arena, capacity: positions + Int(config.history)),
                ruleOwners: try SharedMap(&arena, capacity: 2 * Int(config.rules)),
                wide: try WideRules(&arena, capacity: Int(config.rules)), ruling: Lock(),
                entering: Lock(), naming: Lock(), desk: Lock(), deskDue: deskDue,
                deskAlarms: deskAlarms,
                history: try History(&arena, capacity: Int(config.history)),
                reads: try Reads(&arena, config),
                events: events, bell: try EventBell(&arena, events),
                definitions: Lock(), names: try Names(&arena, config), recorder: Recorder(),
                lastPosition: lastPosition, openPositions: openPositions, ruleCount: ruleCount))
        return shared
    }

    /// Gives everything back; no call may be under way.
    public func close() {
        stripes.destroy()
        shared.pointee.bell.destroy()
        shared.pointee.ruling.destroy()
        shared.pointee.entering.destroy()
        shared.pointee.naming.destroy()
        shared.pointee.desk.destroy()
        shared.pointee.definitions.destroy()
        shared.pointee.reads.destroy()
        shared.pointee.recorder.destroy()
        shared.pointee.nodes.deinitialize(count: 1)
        shared.deinitialize(count: 1)
        arena.pointee.release()
        arena.deinitialize(count: 1).deallocate()
        refusals.deinitialize(count: 1).deallocate()
        lapped.deinitialize(count: 1).deallocate()
        slicesMax.deinitialize(count: 1).deallocate()
        syncSliceMax.deinitialize(count: 1).deallocate()
    }

    public func countRefusal() { refusals.pointee.add(1, ordering: .relaxed) }
    func noteLapped(_ lost: UInt64) { lapped.pointee.add(lost, ordering: .relaxed) }

    /// Counters that no stripe keeps.
    func addOwn(_ sum: inout hf_counters) {
        sum.refusals = refusals.pointee.load(ordering: .relaxed)
        sum.events_lapped = lapped.pointee.load(ordering: .relaxed)
        sum.kernel = UInt64(kernel)
        sum.alarms += shared.pointee.deskAlarms.pointee.load(ordering: .relaxed)
        sum.sync_slice_max = UInt64(syncSliceMax.pointee.load(ordering: .relaxed))
        sum.numa_nodes = UInt64(shared.pointee.nodes.pointee.count)
    }

    // MARK: finding things

    func market(_ id: UInt32) throws(Failure) -> UnsafeMutablePointer<Market> {
        let count = shared.pointee.names.symbols.pointee.load(ordering: .acquiring)
        if id == 0 || Int(id) > count { throw .symbol }
        return shared.pointee.markets[Int(id) - 1]
    }

    func stripe(_ symbol: UInt32) -> UnsafeMutablePointer<Stripe> {
        stripes + Int(symbol - 1) % stripeCount
    }

    func account(_ id: UInt64) throws(Failure) -> UInt32 {
        let accounts = shared.pointee.accounts
        let index = shared.pointee.names.accounts.number(of: id) { accounts[Int($0)].id == id }
        guard let index else { throw .account }
        return UInt32(index)
    }

    func executor(_ id: UInt64) throws(Failure) -> UnsafeMutablePointer<Executor> {
        let executors = shared.pointee.executors
        let index = shared.pointee.names.executors.number(of: id) { executors[Int($0)].id == id }
        guard let index else { throw .executor }
        return shared.pointee.executors + Int(index)
    }

    /// Runs a body on an open position with its stripe locked.
    /// - Parameter books: the body may book money: see `Locking.swift`.
    func with<Answer>(
        _ id: UInt64, isInput: Bool = true, books: Bool = false,
        _ body: (inout Stripe, UnsafeMutablePointer<Position>) throws(Failure) -> Answer
    ) throws(Failure) -> Answer {
        let newest = self.newest
        guard let place = shared.pointee.directory.number(of: id) else {
            throw missing(id, newest: newest)
        }
        let (index, slot) = shared.pointee.places.place(place)
        let stripe = stripes + index
        let p = stripe.pointee.positions[slot]
        stripe.pointee.lock.take()
        if p.pointee.id != id {
            stripe.pointee.lock.give()
            throw missing(id)
        }
        guard books && stripeCount > 1, let rates = stripe.pointee.rateStripes(of: p) else {
            defer { stripe.pointee.lock.give() }
            if isInput && stripe.pointee.isFaulted { throw .fault }
            return try body(&stripe.pointee, p)
        }
        stripe.pointee.lock.give()
        let locks = take(rates, for: p, id, in: stripe, index)
        defer { give(locks) }
        if isInput && stripe.pointee.isFaulted { throw .fault }
        if p.pointee.id != id { throw missing(id) }
        return try body(&stripe.pointee, p)
    }

    /// The newest id that was given out.
    var newest: UInt64 { shared.pointee.lastPosition.pointee.load(ordering: .acquiring) }

    /// Why an id is not in the registry.
    /// - Parameter newest: read before the directory: what is given out later was not there yet.
    func missing(_ id: UInt64, newest: UInt64? = nil) -> Failure {
        id != 0 && id <= newest ?? self.newest ? .closed : .position
    }

    // MARK: ticks and time

    /// What a batch came to.
    public struct Ticked {
        public var accepted: UInt32 = 0
        public var refused: UInt32 = 0
        public var first: (failure: Failure, at: UInt32)?
        public var commands: UInt64 = 0

        @inline(__always)
        mutating func count(_ failure: Failure?, at: UInt32) {
            guard let failure else {
                accepted += 1
                return
            }
            refused += 1
            if let first, first.at <= at { return }
            first = (failure, at)
        }
    }

    public func ticks(_ ticks: UnsafePointer<hf_tick>, _ count: Int) -> Ticked {
        var answer = Ticked()
        let symbols = shared.pointee.names.symbols.pointee.load(ordering: .acquiring)
        if stripeCount == 1 {
            run(ticks, count, symbols, &answer)
            return answer
        }
        var start = 0
        while start < count {
            spread(ticks + start, min(count - start, Self.chunk), from: start, symbols, &answer)
            start += Self.chunk
        }
        return answer
    }

    /// Ticks that are looked through at once: a bit each.
    private static let chunk = 64

    /// Gives each stripe its ticks, found in one pass.
    /// - Parameter start: the place of the first in the caller's batch.
    private func spread(
        _ ticks: UnsafePointer<hf_tick>, _ count: Int, from start: Int, _ symbols: Int,
        _ answer: inout Ticked
    ) {
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Int(Limits.stripes)) { parts in
            parts.initialize(repeating: 0)
            var touched: UInt64 = 0
            for at in 0..<count {
                let symbol = Int(ticks[at].symbol)
                if symbol == 0 || symbol > symbols {
                    answer.count(.symbol, at: UInt32(truncatingIfNeeded: start + at))
                    continue
                }
                let index = (symbol - 1) % stripeCount
                parts[index] |= 1 << UInt64(at)
                touched |= 1 << UInt64(index)
            }
            while touched != 0 {
                let index = touched.trailingZeroBitCount
                touched &= touched &- 1
                run(stripes + index, ticks, count, part: parts[index], from: start, &answer)
            }
        }
    }

    /// A stripe's part of some ticks, a bit each, in order, under one lock and one sequence.
    private func run(
        _ stripe: UnsafeMutablePointer<Stripe>, _ ticks: UnsafePointer<hf_tick>, _ count: Int,
        part: UInt64, from start: Int, _ answer: inout Ticked
    ) {
        stripe.pointee.lock.take()
        defer { stripe.pointee.lock.give() }
        let index = stripe.pointee.index
        if !stripe.pointee.isPlaced { stripe.pointee.placeByDriver(stripes.regions[index]) }
        let before = stripe.pointee.counters.commands
        stripe.pointee.sequence = claim(ticks, count, part)
        var rest = part
        while rest != 0 {
            let at = rest.trailingZeroBitCount
            rest &= rest &- 1
            let market = shared.pointee.markets[Int(ticks[at].symbol) - 1]
            let failure =
                stripe.pointee.isFaulted ? .fault : stripe.pointee.tick(market, ticks + at)
            answer.count(failure, at: UInt32(truncatingIfNeeded: start + at))
        }
        answer.commands += stripe.pointee.counters.commands - before
    }

    /// One sequence for a part of some ticks; a record holds these alone.
    private func claim(
        _ ticks: UnsafePointer<hf_tick>, _ count: Int, _ part: UInt64
    ) -> UInt64 {
        let recorder = shared.pointee.recorder
        if !recorder.isRecording {
            return recorder.claim(
                HF_RECORD_TICKS, time: 0, body: UnsafeRawBufferPointer(start: nil, count: 0))
        }
        let mine = (0..<count).filter { part & 1 << UInt64($0) != 0 }.map { ticks[$0] }
        return mine.withUnsafeBytes { recorder.claim(HF_RECORD_TICKS, time: 0, body: $0) }
    }

    /// All ticks on the only stripe, in order, under one lock and one sequence.
    private func run(
        _ ticks: UnsafePointer<hf_tick>, _ count: Int, _ symbols: Int, _ answer: inout Ticked
    ) {
        let stripe = stripes + 0
        stripe.pointee.lock.take()
        defer { stripe.pointee.lock.give() }
        if !stripe.pointee.isPlaced { stripe.pointee.placeByDriver(stripes.regions[0]) }
        let before = stripe.pointee.counters.commands
        let whole = UnsafeBufferPointer(start: ticks, count: count)
        stripe.pointee.sequence = shared.pointee.recorder.claim(
            HF_RECORD_TICKS, time: 0, body: UnsafeRawBufferPointer(whole))
        for at in 0..<count {
            let symbol = Int(ticks[at].symbol)
            var failure: Failure? = .symbol
            if symbol != 0 && symbol <= symbols {
                failure =
                    stripe.pointee.isFaulted
                    ? .fault : stripe.pointee.tick(shared.pointee.markets[symbol - 1], ticks + at)
            }
            answer.count(failure, at: UInt32(truncatingIfNeeded: at))
        }
        answer.commands += stripe.pointee.counters.commands - before
    }

    /// Fires what is due on every symbol and then at the desk, or of a recorded part.
    public func step(_ now: Int64, part: Int = 0, parts: Int = 0) throws(Failure) {
        if !Instant.isLegal(now) { throw .range }
        if parts == Self.deskPart { return stepDesk(now) }
        try stepSymbols(now, part, parts)
        if parts == 0 { stepDesk(now) }
    }

    private func stepSymbols(_ now: Int64, _ part: Int, _ parts: Int) throws(Failure) {
        let symbols = shared.pointee.names.symbols.pointee.load(ordering: .acquiring)
        for index in 0..<stripeCount {
            let stripe = stripes + index
            stripe.pointee.lock.take()
            defer { stripe.pointee.lock.give() }
            if now < stripe.pointee.lastStep {
                if index == 0 && parts <= 1 { throw .time }
                continue
            }
            if parts <= 1 || parts == stripeCount { stripe.pointee.lastStep = now }
            let isWhole = parts > 1 && parts != stripeCount
            stripe.pointee.sequence = shared.pointee.recorder.claim(
                HF_RECORD_STEP, time: now, body: UnsafeRawBufferPointer(start: nil, count: 0),
                part: isWhole ? part : index, parts: isWhole ? parts : stripeCount)
            if stripe.pointee.isFaulted { continue }
            for symbol in stride(from: index, to: symbols, by: stripeCount) {
                if parts > 1 && symbol % parts != part { continue }
                stripe.pointee.step(shared.pointee.markets[symbol], now)
            }
        }
    }
}
