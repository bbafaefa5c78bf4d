import CHoldfast

/// The whole core, in memory, through the C ABI: what a host does for each tick. It applies the
/// tick, asks whether commands wait, takes them, answers each with a deal at its own price, and
/// opens the next life. A life travels as the position's magic number.
struct CoreGame: Game, ~Copyable {
    private(set) var tally = Tally()
    let host: Host
    private let lives: Lives
    private var walker: Walker
    private let walk: UnsafeMutableBufferPointer<Workload.Step>
    private let taken: UnsafeMutablePointer<hf_command>
    private var deals: UInt64 = 0
    /// Rises by one a tick, whatever part of the walk is played.
    private var time: Int64 = 0

    static let credit = 64

    init(_ workload: Workload, _ kernel: Engine.Kernel, stripes: Int = 1) {
        host = Host(
            positions: workload.positions, symbols: workload.symbols, kernel: kernel,
            stripes: stripes)
        lives = Lives(workload)
        walker = Walker(workload)
        walk = .allocate(capacity: workload.ticks)
        walker.fill(walk)
        taken = .allocate(capacity: Self.credit)
        let bid = Workload.startBid
        // The quote at opening is the first that a trail sees, so it must be in force.
        for symbol in 0..<workload.symbols { host.tick(symbol, time: 0, bid: bid) }
        for id in 0..<workload.positions {
            open(Life(id: id), symbol: id % workload.symbols, bid: bid)
        }
    }

    deinit {
        host.close()
        walk.deallocate()
        taken.deallocate()
    }

    /// Holds what the core itself says of the run against the tally.
    func check() {
        let counters = host.counters()
        precondition(counters.refusals == 0 && counters.ticks_refused == 0, "an input was refused")
        precondition(counters.positions_closed == tally.triggers, "closed otherwise than triggered")
    }

    mutating func walkOn() { walker.fill(walk) }

    mutating func play(_ part: Range<Int>) {
        for index in part {
            let step = walk[index]
            time += 1
            host.tick(step.symbol, time: time, bid: step.bid)
            while host.waiting() > 0 {
                let count = host.take(taken, Self.credit, time: time)
                if count == 0 { break }
                for at in 0..<count { answer(taken + at, step, tick: index + 1) }
            }
        }
    }

    /// Plays one tick.
    /// - Returns: how many commands it made, and when the first were taken.
    mutating func playOne(_ index: Int) -> (commands: Int, taken: UInt64) {
        let step = walk[index]
        time += 1
        host.tick(step.symbol, time: time, bid: step.bid)
        var count = host.take(taken, Self.credit, time: time)
        let instant = Clock.now()
        var all = 0
        while count > 0 {
            all += count
            for at in 0..<count { answer(taken + at, step, tick: index + 1) }
            count = host.take(taken, Self.credit, time: time)
        }
        return (all, instant)
    }

    func isShort(_ id: Int) -> Bool { lives.draw(Life(id: id)).isShort }

    /// Opens the same life once more, at the starting quote.
    func reopen(_ position: UInt64) {
        open(Life(id: Int(position) & 0xFFFF_FFFF), symbol: 0, bid: Workload.startBid)
    }

    /// The ticks of the walk as records, for those that send them in batches.
    func ticks() -> UnsafeMutableBufferPointer<hf_tick> {
        let ticks = UnsafeMutableBufferPointer<hf_tick>.allocate(capacity: walk.count)
        for (index, step) in walk.enumerated() {
            ticks.initializeElement(at: index, to: host.record(step.symbol, time: 0, bid: step.bid))
        }
        return ticks
    }

    @inline(__always)
    private mutating func answer(
        _ command: UnsafeMutablePointer<hf_command>, _ step: Workload.Step, tick: Int
    ) {
        let life = Life(key: UInt64(bitPattern: command.pointee.magic))
        tally.add(life, tick: tick, reason(command.pointee.reason))
        deals += 1
        host.fill(command, deal: deals, time: time)
        open(life.next, symbol: step.symbol, bid: step.bid)
    }

    @inline(__always)
    private func reason(_ reason: UInt8) -> Tally.Reason {
        switch Int(reason) {
        case HF_REASON_SL: .stop
        case HF_REASON_TP: .target
        case HF_REASON_TRAILING: .trailing
        default: preconditionFailure("a command for another reason: \(reason)")
        }
    }

    @inline(__always)
    private func open(_ life: Life, symbol: Int, bid: Int64) {
        let opening = lives.draw(life)
        let ask = bid + Workload.spread
        var stop = opening.isShort ? ask + opening.stopDistance : bid - opening.stopDistance
        let target = opening.isShort ? ask - opening.targetDistance : bid + opening.targetDistance
        if opening.isTrailing { stop = 0 }
        let position = host.open(
            life.key, symbol: symbol, isShort: opening.isShort, price: opening.isShort ? bid : ask,
            sl: stop, tp: target, time: time)
        if opening.isTrailing {
            host.trail(position, rule: UInt64(life.id) + 1, opening.stopDistance, time: time)
        }
    }
}
