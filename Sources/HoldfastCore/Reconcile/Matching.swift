import CHoldfast

/// Which of ours is which of the broker's.
extension Core {
    /// Ours that each of theirs is; 0: it is not here. Tickets go before anything else.
    func match(
        _ positions: Positions, _ work: inout Reconciliation
    ) throws(Failure) -> [UInt64] {
        var ours = Array(repeating: UInt64(0), count: positions.count)
        var strangers: [UInt64] = []
        for index in positions.indices where positions[index].symbol != 0 {
            guard let (id, place) = byTicket(positions[index], work.account) else {
                if positions[index].ticket != 0 { strangers.append(positions[index].ticket) }
                continue
            }
            if !work.isNamed.add(place) { throw .duplicate }
            ours[index] = id
        }
        strangers.sort()
        for index in strangers.indices.dropFirst() where strangers[index] == strangers[index - 1] {
            throw .duplicate
        }
        let isNetting = shared.pointee.accounts[Int(work.account)].isNetting
        for index in positions.indices where ours[index] == 0 && positions[index].symbol != 0 {
            guard let (id, place) = byName(positions[index], work.account) else { continue }
            if work.isNamed.add(place) {
                ours[index] = id
            } else if isNetting {
                throw .duplicate
            } else if (try? hf_command_id(text: positions[index].comment)) != nil {
                // The old and the new one of a renewed ticket, in one list.
                ours[index] = Self.passed
                work.report.skipped += 1
            }
        }
        pass(positions, &ours, &work)
        for index in positions.indices where ours[index] == 0 {
            work.strangers.append(positions[index].kind)
        }
        return ours
    }

    /// What is listed under a ticket that one of ours had before is that one, in a late list:
    /// it is there, and it is not compared.
    private func pass(
        _ positions: Positions, _ ours: inout [UInt64], _ work: inout Reconciliation
    ) {
        for index in positions.indices where ours[index] == 0 && positions[index].symbol != 0 {
            guard let id = former(positions[index].ticket, work.account),
                let place = shared.pointee.directory.number(of: id)
            else { continue }
            _ = work.isNamed.add(place)
            ours[index] = Self.passed
            work.report.skipped += 1
        }
    }

    /// Who had a ticket before its present one.
    func former(_ ticket: UInt64, _ account: UInt32) -> UInt64? {
        if ticket == 0 { return nil }
        return shared.pointee.formers.value(
            shared.pointee.accounts[Int(account)].id, ticket)
    }

    static let passed = UInt64.max

    private typealias Found = (id: UInt64, place: UInt64)

    private func open(_ id: UInt64?) -> Found? {
        guard let id, let place = shared.pointee.directory.number(of: id) else { return nil }
        return (id, place)
    }

    /// The open position that one of the broker's is.
    private func byTicket(_ theirs: hf_broker_position, _ account: UInt32) -> Found? {
        if theirs.ticket == 0 { return nil }
        let number = shared.pointee.accounts[Int(account)].id
        return open(shared.pointee.tickets.value(number, theirs.ticket))
    }

    /// The same by client id, by the text of the command that opened it, or on a netting account by
    /// symbol.
    private func byName(_ theirs: hf_broker_position, _ account: UInt32) -> Found? {
        if former(theirs.ticket, account) != nil { return nil }
        let number = shared.pointee.accounts[Int(account)].id
        let text = theirs.comment
        if !text.isEmpty {
            let key = ClientKey(number, text)
            if let found = open(shared.pointee.clients.value(key.a, key.b)) { return found }
            // A broker's comment may be the text of a command.
            if let command = try? hf_command_id(text: text), isEntry(command, theirs, account) {
                return open(command.owner)
            }
        }
        return open(net(account, theirs.symbol))
    }

    private func isEntry(
        _ id: hf_command_id, _ theirs: hf_broker_position, _ account: UInt32
    ) -> Bool {
        let found = try? with(id.owner, isInput: false) { (stripe, p) throws(Failure) in
            stripe.accountIndex(p) == account && p.pointee.market == theirs.symbol - 1
                && p.pointee.side.rawValue == theirs.side
        }
        return found ?? false
    }
}

/// Symbol and side as one number: what is alike.
extension hf_broker_position {
    var kind: UInt64 { UInt64(symbol) << 8 | UInt64(side) }
    var comment: Text40 { unsafeBitCast(client_id, to: Text40.self) }
}

extension Position {
    var kind: UInt64 { UInt64(market + 1) << 8 | UInt64(side.rawValue) }
}
