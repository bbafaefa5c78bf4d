import CHoldfast

/// What the ack of a command told without a deal, and what was booked for it: a later deal replaces
/// it.
struct Told {
    var volume: Int64 = 0
    /// Sum of price x volume.
    var cost: Int128 = 0
    var profit: Int64 = 0
    var commission: Int64 = 0
    var swap: Int64 = 0
    var fee: Int64 = 0

    /// Takes a part out, pro rata, truncated; the last part takes what is left.
    mutating func take(_ part: Int64) -> Told {
        if part >= volume {
            defer { self = Told() }
            return self
        }
        func share(_ whole: Int64) -> Int64 {
            Int64(truncatingIfNeeded: Share.of(Int128(whole), part, volume))
        }
        let taken = Told(
            volume: part, cost: Share.of(cost, part, volume), profit: share(profit),
            commission: share(commission), swap: share(swap), fee: share(fee))
        volume -= taken.volume
        cost -= taken.cost
        profit -= taken.profit
        commission -= taken.commission
        swap -= taken.swap
        fee -= taken.fee
        return taken
    }

    mutating func add(_ other: Told) {
        volume += other.volume
        cost += other.cost
        profit &+= other.profit
        commission &+= other.commission
        swap &+= other.swap
        fee &+= other.fee
    }
}

/// Which told volume a fill may be the deal of.
enum ToldBy {
    /// None: it is the fill of a live command.
    case nobody
    case command(hf_command_id)
    /// The oldest commands first.
    case anyone
}

extension FinishedCommands {
    /// How much of a fill an ack has told already.
    /// - Parameters:
    ///   - unmatched: all that acks of its position told and no deal has matched.
    ///   - newest: the latest command of the position.
    func matched(_ fill: Fill, _ unmatched: Int64, newest: hf_command_id) -> Int64 {
        if fill.deal == 0 { return 0 }
        switch fill.toldBy {
        case .nobody: return 0
        case .anyone: return min(fill.volume, unmatched)
        case .command(let id) where find(id) == nil:
            return min(fill.volume, unmatched - remembered(newest))
        case .command(let id):
            return min(fill.volume, unmatched, find(id)?.pointee.told.volume ?? 0)
        }
    }

    /// What the commands of a position that are still remembered told; the rest of its unmatched
    /// volume is that of forgotten ones.
    private func remembered(_ newest: hf_command_id) -> Int64 {
        var (id, sum) = (newest, Int64(0))
        id.count = 1
        while id.count <= newest.count {
            sum += find(id)?.pointee.told.volume ?? 0
            id.count += 1
        }
        return sum
    }

    /// Takes matched volume out of what the commands told.
    /// - Parameters:
    ///   - newest: the latest command of the position.
    /// - Returns: what is known of it; less when its command was forgotten, and the books then stay
    ///   as the ack left them.
    /// - Parameter isLook: nothing is taken.
    func take(
        _ matched: Int64, of fill: Fill, newest: hf_command_id, isLook: Bool = false
    ) -> Told {
        func take(_ row: UnsafeMutablePointer<Finished>, _ part: Int64) -> Told {
            if !isLook { return row.pointee.told.take(part) }
            var told = row.pointee.told
            return told.take(part)
        }
        var sum = Told()
        switch fill.toldBy {
        case .nobody: break
        case .command(let id):
            if let told = find(id) { sum = take(told, matched) }
        case .anyone:
            var id = newest
            id.count = 1
            while sum.volume < matched && id.count <= newest.count {
                if let told = find(id) { sum.add(take(told, matched - sum.volume)) }
                id.count += 1
            }
        }
        return sum
    }
}
