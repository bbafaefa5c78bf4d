import CHoldfast
import Glibc

/// Snapshots of the broker that agree with the registry: what an account's schedule costs.
struct Syncs {
    let positions: Int
    let rounds: Int

    struct Cost {
        /// ns a snapshot, the median of some rounds.
        var time: Double = 0
        /// ns (median) for which it holds a stripe's lock at a time.
        var hold: Double = 0
        /// Most positions compared under one lock.
        var slice: Double = 0
        /// Bytes that the process grew by over all of them.
        var memory: Double = 0
    }

    func cost() -> Cost {
        var cost = Cost()
        let host = host(flags: 0)
        let snapshot = theirs()
        defer { snapshot.deallocate() }
        var asked: Int64 = 1
        func sync(_ host: Host) {
            asked += 1
            host.sync(asked, UnsafeBufferPointer(snapshot))
        }
        let before = resident()
        sync(host)
        cost.time = median((0..<rounds).map { _ in nanoseconds { sync(host) } })
        cost.memory = Double(max(0, resident() - before))
        cost.slice = Double(host.counters().sync_slice_max)
        host.close()
        let watched = self.host(flags: UInt32(HF_CONFIG_LATENCY))
        asked = 1
        for _ in 0...rounds { sync(watched) }
        cost.hold = Double(watched.latency(HF_LATENCY_SLICE_HOLD).p50)
        watched.close()
        return cost
    }

    private func host(flags: UInt32) -> Host {
        let host = Host(
            positions: positions, symbols: 1, kernel: Processor.best, stripes: 1, flags: flags)
        let bid = Workload.startBid
        host.tick(0, time: 0, bid: bid)
        for index in 0..<positions {
            _ = host.open(
                UInt64(index), symbol: 0, isShort: false, price: bid, sl: bid - 5_000, tp: 0,
                time: 0, ticket: UInt64(index) + 1)
        }
        return host
    }

    private func theirs() -> UnsafeMutableBufferPointer<hf_broker_position> {
        let room = UnsafeMutableBufferPointer<hf_broker_position>.allocate(capacity: positions)
        for index in 0..<positions {
            var one = hf_broker_position()
            (one.ticket, one.symbol, one.side) = (UInt64(index) + 1, 1, UInt8(HF_LONG))
            (one.volume, one.price) = (Host.lot, Workload.startBid)
            room.initializeElement(at: index, to: one)
        }
        return room
    }

    /// Most memory that the process ever had, in bytes.
    private func resident() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss * 1024
    }
}
