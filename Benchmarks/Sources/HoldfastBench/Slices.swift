import CHoldfast

/// How long a list of all positions holds a stripe's lock at a time: ns, as the core measures it.
struct Slices {
    let hold: hf_latency

    init(positions: Int, rounds: Int) {
        let host = Host(
            positions: positions, symbols: 1, kernel: Processor.best, stripes: 1,
            flags: UInt32(HF_CONFIG_LATENCY))
        defer { host.close() }
        let bid = Workload.startBid
        host.tick(0, time: 0, bid: bid)
        for index in 0..<positions {
            _ = host.open(
                UInt64(index), symbol: 0, isShort: index % 2 == 0, price: bid, sl: 0, tp: 0,
                time: 0)
        }
        let page = UnsafeMutableBufferPointer<hf_position>.allocate(capacity: 1000)
        defer { page.deallocate() }
        for _ in 0..<rounds { host.list(page) }
        hold = host.latency(HF_LATENCY_SLICE_HOLD)
    }
}
