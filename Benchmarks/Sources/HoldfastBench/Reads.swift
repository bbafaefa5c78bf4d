import CHoldfast

/// Reads of many positions, as a host asks for them: one account, one symbol.
struct Reads {
    enum Kind: String, CaseIterable {
        /// 1 000 records of a list without an order.
        case page
        /// One record of sums over all.
        case summary
        /// The same where every position has costs.
        case costs
        /// A list of what loses of one strategy in 64.
        case matches
        /// The first 1 000 of all by their profit.
        case sorted
    }

    private static let page = 1000

    let positions: Int
    let rounds: Int

    /// ns a call, the median of some rounds.
    func time(_ kind: Kind) -> Double {
        let host = host(kind, flags: 0)
        defer { host.close() }
        return withPage { page in
            run(kind, host, page)
            return median((0..<rounds).map { _ in nanoseconds { run(kind, host, page) } })
        }
    }

    /// ns (median) for which it holds a stripe's lock at a time, as the core measures it.
    func hold(_ kind: Kind) -> Double {
        let host = host(kind, flags: UInt32(HF_CONFIG_LATENCY))
        defer { host.close() }
        withPage { page in
            for _ in 0...rounds { run(kind, host, page) }
        }
        return Double(host.latency(HF_LATENCY_SLICE_HOLD).p50)
    }

    private func run(
        _ kind: Kind, _ host: Host, _ page: UnsafeMutableBufferPointer<hf_position>
    ) {
        var filter = hf_filter()
        switch kind {
        case .page:
            _ = host.page(&filter, page)
        case .summary, .costs:
            precondition(host.summary(&filter).count == UInt64(positions))
        case .matches:
            filter.present = UInt32(HF_FILTER_STRATEGY) | UInt32(HF_FILTER_LOSING)
            filter.strategy = 1
            _ = host.page(&filter, page)
        case .sorted:
            filter.sort = UInt8(HF_SORT_PROFIT)
            _ = host.page(&filter, page)
        }
    }

    private func withPage<Answer>(
        _ body: (UnsafeMutableBufferPointer<hf_position>) -> Answer
    ) -> Answer {
        let page = UnsafeMutableBufferPointer<hf_position>.allocate(capacity: Self.page)
        defer { page.deallocate() }
        page.initialize(repeating: hf_position())
        return body(page)
    }

    private func host(_ kind: Kind, flags: UInt32) -> Host {
        let host = Host(
            positions: positions, symbols: 1, kernel: Processor.best, stripes: 1, flags: flags)
        let bid = Workload.startBid
        host.tick(0, time: 0, bid: bid)
        var random = SplitMix64(state: 5)
        func open(_ index: Int) -> UInt64 {
            let draw = random.next()
            let away = Int64(draw >> 54) - 512
            let isShort = draw & 1 != 0
            return host.open(
                UInt64(index), symbol: 0, isShort: isShort, price: bid + away,
                sl: bid + (isShort ? 5_000 : -5_000), tp: 0, time: 0,
                strategy: draw >> 1 & 63, commission: kind == .costs ? -700 : 0)
        }
        let ids = (0..<positions).map(open)
        // Places are not in order of id for long.
        for round in 0..<positions / 10 {
            host.gone(ids[round * 10], deal: UInt64(round + 1), price: bid, time: 0)
            _ = open(positions + round)
        }
        return host
    }
}
