import CHoldfast
import HoldfastKernels

/// One tick on its symbol, in the order of SEMANTICS 2.
extension Stripe {
    typealias MarketRow = UnsafeMutablePointer<Market>

    /// - Returns: why it was refused, or nil.
    @inline(__always)
    mutating func tick(_ market: MarketRow, _ tick: UnsafePointer<hf_tick>) -> Failure? {
        // (1) validate
        if let failure = refusal(market, tick) {
            counters.ticks_refused += 1
            return failure
        }
        let time = tick.pointee.time
        let isLate = time < market.pointee.tickTime
        let now = max(market.pointee.time, time)
        if isLate { noteLate(market, now) } else { market.pointee.lateRow = 0 }

        // (2) this symbol's timers that are due, with the quote before the tick
        if market.pointee.timers.due <= now { fireTimers(market, until: now) }

        // (3) the quote
        market.pointee.time = now
        if !isLate { market.pointee.tickTime = time }
        market.pointee.quoteTime = now
        market.pointee.quote = tick.pointee
        market.pointee.hasQuote = true
        if market.pointee.rate >= 0 { publish(market, tick) }
        counters.ticks += 1
        market.pointee.isBlind = false
        let (bid, ask, last) = (tick.pointee.bid, tick.pointee.ask, tick.pointee.last)
        let isCrossed = bid > ask
        if isCrossed { counters.ticks_crossed += 1 }
        market.pointee.isUsable = !isCrossed || market.pointee.terms.trust_crossed != 0
        if market.pointee.held > 0 { releaseHeld(market, now) }
        if !market.pointee.isUsable { return nil }
        if market.pointee.disasters != none { passStops(market) }
        defer { if market.pointee.disasters != none { placeDisasters(market, now) } }
        let isByLast = market.pointee.watchesLast
        if isByLast && last == 0 { return nil }

        // (4) the levels in force before this tick; (6) what trails, tested from the next one on
        let long = isByLast ? last : bid
        let short = isByLast ? -last : -ask
        if market.pointee.recorded != none { rearm(market, long, short) }
        if !market.pointee.longs.isQuiet(long) || !market.pointee.shorts.isQuiet(short)
            || market.pointee.withheld != none
        {
            fireBreaches(market, long, short, now)
        }
        market.pointee.longs.see(long, at: now)
        market.pointee.shorts.see(short, at: now)
        if market.pointee.parked != none { startParked(market) }
        return nil
    }

    /// Its quote is a conversion rate too.
    private mutating func publish(_ market: MarketRow, _ tick: UnsafePointer<hf_tick>) {
        shared.pointee.rates.set(
            market.pointee.rate, bid: tick.pointee.bid, ask: tick.pointee.ask)
    }

    @inline(__always)
    private mutating func refusal(
        _ market: MarketRow, _ tick: UnsafePointer<hf_tick>
    ) -> Failure? {
        let (bid, ask, last) = (tick.pointee.bid, tick.pointee.ask, tick.pointee.last)
        let time = tick.pointee.time
        // One compare each: what is below the range is far above it unsigned.
        let isPlain =
            UInt64(bitPattern: bid &- 1) < UInt64(Limits.price - 1)
            && UInt64(bitPattern: ask &- 1) < UInt64(Limits.price - 1)
            && UInt64(bitPattern: last) < UInt64(Limits.price)
            && tick.pointee.flags == 0 && tick.pointee.reserved == 0 && tick.pointee.volume >= 0
            && UInt64(bitPattern: time) < 1 << 62 && time >= market.pointee.tickTime
        return isPlain ? nil : reason(market, tick.pointee)
    }

    /// Why a tick is refused; nil for a late one that is judged.
    @inline(never)
    private mutating func reason(_ market: MarketRow, _ tick: hf_tick) -> Failure? {
        if tick.bid <= 0 || tick.ask <= 0 || tick.last < 0 { return .price }
        if tick.bid >= Limits.price || tick.ask >= Limits.price || tick.last >= Limits.price {
            return .range
        }
        if tick.flags != 0 || tick.reserved != 0 || tick.volume < 0 { return .argument }
        if !Instant.isLegal(tick.time) { return .range }
        if tick.time < market.pointee.tickTime { return judgeLate(market) }
        return nil
    }

    /// A jump of a clock must not deafen hidden stops: after a row of late ticks they are judged.
    private mutating func judgeLate(_ market: MarketRow) -> Failure? {
        if market.pointee.lateRow < market.pointee.terms.late_ticks {
            market.pointee.lateRow += 1
            return .time
        }
        return nil
    }

    private mutating func noteLate(_ market: MarketRow, _ now: Int64) {
        counters.ticks_late += 1
        if market.pointee.lateRow == market.pointee.terms.late_ticks {
            market.pointee.lateRow &+= 1
            alarm(market, .lateTicks, now)
        }
    }

    mutating func alarm(_ market: MarketRow, _ what: What, _ now: Int64) {
        counters.alarms += 1
        let event = event(.alarm, now)
        event.pointee.what = what.rawValue
        event.pointee.symbol = market.pointee.id
        emit(event)
    }

    private mutating func blindness(_ market: MarketRow, _ now: Int64) {
        let event = event(.blind, now)
        event.pointee.symbol = market.pointee.id
        emit(event)
    }

    /// Finds what the price fires in both books and triggers it in order of position id.
    private mutating func fireBreaches(
        _ market: MarketRow, _ long: Int64, _ short: Int64, _ now: Int64
    ) {
        let face = shared.pointee.face
        var found = 0
        if !market.pointee.longs.isQuiet(long) {
            found = face.breaches(&market.pointee.longs, long, breaches)
        }
        if !market.pointee.shorts.isQuiet(short) {
            found += face.breaches(&market.pointee.shorts, short, breaches + found)
        }
        var waiting = market.pointee.withheld
        if found == 0 && waiting == none { return }
        var isSorted = waiting == none
        for index in 0..<found {
            let slot = breaches[index].slot
            if !holds(positions[slot].pointee.id != 0) { return }
            order[index] = Due(
                id: positions[slot].pointee.id, slot: slot, isStop: breaches[index].isStop,
                down: breaches[index].down, distance: breaches[index].distance)
            if index > 0 && order[index].id < order[index - 1].id { isSorted = false }
        }
        while waiting != none {
            let slot = withheld[waiting].pointee.position
            order[found] = Due(id: positions[slot].pointee.id, slot: slot, isWithheld: true)
            found += 1
            waiting = withheld[waiting].pointee.next
        }
        if !isSorted {
            var line = UnsafeMutableBufferPointer(start: order, count: found)
            line.sort { $0.id < $1.id }
        }
        for index in 0..<found {
            let p = positions[order[index].slot]
            let price = p.pointee.side == .long ? long : short
            if order[index].isWithheld {
                judge(p, price, isTick: true, now)
            } else {
                breached(p, order[index], price, now)
            }
        }
    }

    /// The timers of a symbol up to an instant, and its blindness.
    mutating func step(_ market: MarketRow, _ now: Int64) {
        if market.pointee.timers.due <= now { fireTimers(market, until: now) }
        market.pointee.time = max(market.pointee.time, now)
        if market.pointee.terms.present & UInt32(HF_SYMBOL_STALE_AFTER) != 0
            && !market.pointee.isBlind
            && market.pointee.time - market.pointee.quoteTime >= market.pointee.terms.stale_after
        {
            market.pointee.isBlind = true
            blindness(market, market.pointee.time)
        }
    }
}

/// Instants that leave room for deadlines to be added.
enum Instant {
    @inline(__always)
    static func isLegal(_ time: Int64) -> Bool { time >= 0 && time < 1 << 62 }
}
