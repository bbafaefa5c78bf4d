import CHoldfast
import Foundation
import Synchronization

/// Two threads on two symbols of two stripes, quiet ticks in batches of 64, against one alone.
struct Pair: ~Copyable {
    private let host: Host
    private let ticks: [UnsafeMutableBufferPointer<hf_tick>]

    private static let parts = 400
    private static let ticksPerPart = 1 << 13

    init(positions: Int) {
        let host = Host(positions: positions, symbols: 2, kernel: Processor.best, stripes: 2)
        let bid = Workload.startBid
        for symbol in 0..<2 { host.tick(symbol, time: 0, bid: bid) }
        for index in 0..<positions {
            _ = host.open(
                UInt64(index), symbol: index % 2, isShort: false, price: bid, sl: bid - 10_000,
                tp: bid + 10_000, time: 0)
        }
        ticks = (0..<2).map { symbol in
            let ticks = UnsafeMutableBufferPointer<hf_tick>.allocate(capacity: Self.ticksPerPart)
            for index in 0..<ticks.count {
                let step = Int64(index % 7) - 3
                ticks.initializeElement(
                    at: index, to: host.record(symbol, time: 0, bid: bid + step))
            }
            return ticks
        }
        self.host = host
    }

    deinit {
        for part in ticks { part.deallocate() }
        host.close()
    }

    /// How many times one thread's pace both have together. The pace of a thread is the median of
    /// its parts: on a shared machine a neighbour has some of them.
    func scaling(rounds: Int) -> Double {
        median(
            (0..<max(rounds, 3)).map { _ in
                let alone = run([0])[0]
                let both = run([0, 1])
                return alone / both[0] + alone / both[1]
            })
    }

    /// - Returns: ns of a part, for each thread.
    private func run(_ symbols: [Int]) -> [Double] {
        let found = Mutex([Double](repeating: 0, count: symbols.count))
        let ready = Atomic<Int>(0)
        let group = DispatchGroup()
        nonisolated(unsafe) let (host, ticks) = (host, ticks)
        for symbol in symbols {
            group.enter()
            Thread {
                _ = Processor.pin(to: symbol % ProcessInfo.processInfo.activeProcessorCount)
                guard let first = ticks[symbol].baseAddress else { return }
                ready.add(1, ordering: .sequentiallyConsistent)
                while ready.load(ordering: .acquiring) < symbols.count { Processor.pause() }
                let times = (0..<Self.parts).map { _ in
                    // By the wall: who sleeps for a lock uses no processor.
                    let start = DispatchTime.now().uptimeNanoseconds
                    for at in stride(from: 0, to: Self.ticksPerPart, by: Quiet.batch) {
                        host.ticks(first + at, Quiet.batch)
                    }
                    return Double(DispatchTime.now().uptimeNanoseconds - start)
                }
                found.withLock { $0[symbol] = median(times) }
                group.leave()
            }.start()
        }
        group.wait()
        return found.withLock { $0 }
    }
}
