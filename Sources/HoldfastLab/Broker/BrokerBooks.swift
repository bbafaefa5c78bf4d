import CHoldfast

/// A balance that changes at an instant.
struct BrokerBooking {
    var account: UInt64
    var time: Int64
    var amount: Int64
}

/// The venue's books: what is opened and closed in them, and the money.
extension Broker {
    /// A position of the host's that is at the venue already.
    public struct Registered: Sendable, Codable {
        public var account: UInt64 = 0
        public var position: UInt64 = 0
        public var ticket: UInt64 = 0
        /// The host's number of the symbol, and the venue's name.
        public var symbol: UInt32 = 0
        public var name = ""
        public var isLong = true
        public var volume: Int64 = 0
        public var price: Int64 = 0
        public var sl: Int64 = 0
        public var time: Int64 = 0

        public init() {}
    }

    public func register(_ given: Registered) {
        advance(to: given.time)
        var phase = BrokerPosition.Phase(
            from: given.time, ticket: given.ticket, volume: given.volume,
            cost: Int128(given.price) * Int128(given.volume))
        phase.sl = given.sl
        add(
            BrokerPosition(
                account: given.account, symbol: given.symbol, name: given.name,
                isLong: given.isLong, id: given.position, comment: "", magic: 0, first: phase))
        positions[positions.rows.count - 1].isNamed = true
    }

    @discardableResult
    func add(_ position: BrokerPosition) -> Int {
        book.lives.append(
            BrokerBook.Life(
                account: position.account, position: position.id,
                ticket: position.last.ticket, opened: position.last.volume, closed: 0))
        return positions.add(position, isNetting: isNetting(position.account))
    }

    func begin(
        _ command: hf_command, isLong: Bool, _ volume: Int64, _ price: Int64, _ time: Int64
    ) -> BrokerFill {
        var deal = self.deal(of: command, volume, price, time)
        deal.entry = .opens
        deal.commission = commission(volume)
        // Positions are numbered from 1: there is room for as many tickets of each.
        deal.ticket = command.id.owner << 8 | UInt64(command.id.count & 0xFF)
        var phase = BrokerPosition.Phase(
            from: time, ticket: deal.ticket, volume: volume,
            cost: Int128(price) * Int128(volume))
        (phase.sl, phase.tp, phase.commission) = (command.sl, command.tp, deal.commission)
        let client = FixedText.read(command.client_id)
        add(
            BrokerPosition(
                account: command.account, symbol: command.symbol,
                name: FixedText.read(command.symbol_name), isLong: isLong, id: command.position,
                comment: client.isEmpty ? deal.command : client, magic: command.magic,
                first: phase))
        book.add(deal)
        return BrokerFill(deal: deal, volume: volume, ticket: deal.ticket)
    }

    /// Closes a part of a position, or all of it, by a deal.
    func settle(_ place: Int, _ wanted: BrokerDeal) -> BrokerDeal {
        let position = positions[place]
        let last = position.last
        let isWhole = wanted.volume == last.volume
        let share = { (of: Int128) -> Int128 in
            isWhole ? of : of * Int128(wanted.volume) / Int128(last.volume)
        }
        let cost = share(last.cost)
        let opening = Int64(share(Int128(last.commission)))
        var deal = wanted
        deal.ticket = last.ticket
        deal.commission = commission(wanted.volume)
        let gain = Int128(wanted.volume) * Int128(wanted.price) - cost
        let profit = terms(of: position.name).money(position.isLong ? gain : -gain)
        bookings.append(
            BrokerBooking(
                account: position.account, time: deal.time,
                amount: profit + deal.commission + opening))
        let isRenewed = settings.renewsTickets && !isWhole && !isNetting(position.account)
        if isRenewed { renewed += 1 }
        positions[place].change(at: deal.time) { phase in
            phase.volume -= wanted.volume
            phase.cost -= cost
            phase.commission -= opening
            if isRenewed { phase.ticket = 1 << 50 | renewed }
        }
        book.lives[place].closed += wanted.volume
        if isWhole && !deal.command.isEmpty { closers[place] = deal.time }
        book.add(deal)
        return deal
    }

    func deal(
        of command: hf_command, _ volume: Int64, _ price: Int64, _ time: Int64
    ) -> BrokerDeal {
        BrokerDeal(
            number: command.id.owner << 20 | UInt64(command.id.count & 0xF_FFFF),
            account: command.account, position: command.position,
            command: CommandKey(command.id).description, volume: volume, price: price, time: time)
    }

    /// Of a deal that no command asked for.
    var freshNumber: UInt64 { 1 << 62 | UInt64(book.deals.count) }

    /// Positions that were not asked for are known by the first command that names them.
    func learn(_ place: Int, _ command: hf_command) {
        positions[place].isNamed = true
        guard positions[place].id == 0 else { return }
        positions[place].id = command.position
        book.lives[place].position = command.position
    }

    // MARK: money

    func balance(_ account: UInt64, at time: Int64) -> Int64 {
        bookings.reduce(book.balances[account] ?? settings.balance) { sum, booking in
            booking.account == account && booking.time <= time ? sum + booking.amount : sum
        }
    }

    /// What is past goes into the balances.
    func bookPast() {
        for booking in bookings where booking.time <= now {
            book.balances[booking.account, default: settings.balance] += booking.amount
        }
        bookings.removeAll { $0.time <= now }
    }
}
