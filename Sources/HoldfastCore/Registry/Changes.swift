import CHoldfast

/// What an owner changes of an open position: levels, rules, closes.
extension Stripe {
    // MARK: modify

    mutating func modify(_ p: Row, _ modify: hf_modify, _ now: Int64) throws(Failure) {
        try check(modify, p)
        sequence = shared.pointee.recorder.claim(HF_RECORD_MODIFY, modify, time: now)
        let market = market(p)
        let at = stamp(market, now)
        sync(p)
        let event = self.event(.changed, p, at)
        event.pointee.reason = modify.reason == 0 ? Reason.manual.rawValue : modify.reason
        event.pointee.by = modify.by
        if modify.change_sl != UInt8(HF_LEAVE) {
            let level = modify.change_sl == UInt8(HF_SET) ? modify.sl : 0
            event.pointee.what = What.sl.rawValue
            (event.pointee.old_value, event.pointee.new_value) = (p.pointee.stop, level)
            p.pointee.stop = level
            p.pointee.setBy = level == 0 ? .none : .sl
            if p.pointee.stopFirst == 0 { p.pointee.stopFirst = level }
            p.pointee.stopRecorded = false
            restart(p, isStop: true)
            forgetRecorded(p)
            // The trail starts over: from the quote in force, after "0" from the next one.
            if livePriority(p) <= Priority.partial.rawValue {
                let peak = level == 0 ? nil : market.pointee.trailed(p.pointee.side)
                park(p, peak: peak ?? .min)
            }
            emit(event)
        }
        if modify.change_tp != UInt8(HF_LEAVE) {
            let level = modify.change_tp == UInt8(HF_SET) ? modify.tp : 0
            event.pointee.what = What.tp.rawValue
            (event.pointee.old_value, event.pointee.new_value) = (p.pointee.target, level)
            p.pointee.target = level
            p.pointee.targetRecorded = false
            restart(p, isStop: false)
            forgetRecorded(p)
            emit(event)
        }
        change(disaster: modify, p, at)
        watch(p)
        place(disaster: p, at)
    }

    private mutating func check(_ modify: hf_modify, _ p: Row) throws(Failure) {
        let changes = max(
            modify.change_sl, modify.change_tp, modify.change_disaster_sl,
            modify.change_disaster_distance)
        if changes > UInt8(HF_SET) { throw .argument }
        if !isZero(modify.reserved) || modify.allow_immediate > 1 { throw .argument }
        if modify.reason > Reason.unknown.rawValue { throw .argument }
        if !isText(modify.by) { throw .range }
        if changes == 0 { throw .argument }
        try checkDisaster(modify, p)
        let sl = modify.change_sl == UInt8(HF_SET) ? modify.sl : 0
        let tp = modify.change_tp == UInt8(HF_SET) ? modify.tp : 0
        let step = market(p).pointee.terms.tick_size
        if min(sl, tp) < 0 { throw .price }
        if max(sl, tp) >= Limits.price { throw .range }
        if sl % step != 0 || tp % step != 0 { throw .grid }
        try checkSides(modify, p, sl: sl, tp: tp)
    }

    private mutating func checkSides(
        _ modify: hf_modify, _ p: Row, sl: Int64, tp: Int64
    ) throws(Failure) {
        let sign = p.pointee.sign
        if let price = market(p).pointee.watched(p.pointee.side) {
            if modify.allow_immediate != 0 { return }
            if sl != 0 && price <= sign * sl { throw .levelBreached }
            if tp != 0 && price >= sign * tp { throw .levelBreached }
            return
        }
        let stop = modify.change_sl == 0 ? stopInForce(p).level : sl
        let target = modify.change_tp == 0 ? p.pointee.target : tp
        if stop != 0 && target != 0 && sign * stop >= sign * target { throw .levelSide }
    }

    // MARK: close

    /// Closes a position, or a part.
    /// - Returns: what is to be closed, and the command that was made.
    mutating func close(
        _ p: Row, _ close: hf_close, _ now: Int64
    ) throws(Failure) -> hf_close_result {
        if p.pointee.isPending { throw .state }
        let wish = try wish(p, close)
        var result = hf_close_result()
        result.position = p.pointee.id
        result.volume = wish.volume ?? p.pointee.volume
        if isObserving(p) { throw .state }
        if wish.volume != nil && !can(HF_CAN_PARTIAL, p) { throw .unsupported }
        let isRefused = wish.priority <= livePriority(p)
        if close.dry_run != 0 {
            if isRefused { throw .intentLive }
            return result
        }
        var record = close
        record.filter = hf_filter()
        record.filter.present = UInt32(HF_FILTER_POSITION)
        record.filter.position = p.pointee.id
        sequence = shared.pointee.recorder.claim(HF_RECORD_CLOSE, record, time: now)
        let at = stamp(market(p), now)
        let before = p.pointee.commandCount
        author = unsafeBitCast(close.by, to: Text32.self)
        defer { author = Text32() }
        sync(p)
        if raise(p, wish, at) == .recorded { throw .intentLive }
        if p.pointee.commandCount != before {
            result.command = hf_command_id(
                owner: p.pointee.id, count: p.pointee.closeCount, epoch: p.pointee.closeEpoch)
        }
        return result
    }

    private mutating func wish(_ p: Row, _ close: hf_close) throws(Failure) -> Wish {
        let reason = close.reason == 0 ? Reason.manual : Reason(rawValue: close.reason)
        guard let reason else { throw .argument }
        var priority: Priority
        switch reason {
        case .manual, .advisor, .time: priority = .manual
        case .emergency: priority = .emergency
        default: throw .argument
        }
        let volume = try part(p, close)
        if volume != nil { priority = .partial }
        return Wish(
            priority: priority.rawValue, reason: reason, volume: volume,
            price: market(p).pointee.closingPrice(p.pointee.side), level: 0)
    }

    /// The part that is asked for, in steps, its rest not below volume_min; nil: all.
    private mutating func part(_ p: Row, _ close: hf_close) throws(Failure) -> Int64? {
        if close.volume < 0 || close.fraction < 0 { throw .volume }
        if close.volume != 0 && close.fraction != 0 { throw .argument }
        if close.volume == 0 && close.fraction == 0 { return nil }
        let terms = market(p).pointee.terms
        let open = p.pointee.volume
        let step = terms.volume_step
        var target = close.volume
        if close.fraction != 0 {
            if close.fraction > Limits.unit { throw .range }
            let steps =
                Int128(open) * Int128(close.fraction) / (Int128(Limits.unit) * Int128(step))
            target = close.fraction == Limits.unit ? open : Int64(clamping: steps) * step
        } else if target % step != 0 && target != open {
            throw .volume
        }
        if target > open { throw .volume }
        if target == open { return nil }
        if target < terms.volume_min { throw .volume }
        let rest = open - target
        if rest < terms.volume_min {
            let short = terms.volume_min - rest
            target -= (short + step - 1) / step * step
            if target < terms.volume_min { throw .volume }
        }
        return target
    }
}
