import Foundation
import Synchronization

/// Histories on every core of the machine, until all are run or enough have failed.
struct HistoryCrowd {
    typealias Failure = (seed: UInt64, inputs: [HistoryInput], failure: HistoryFailure)

    /// The first of each kind.
    let failures: [Failure]
    let count: Int

    init(
        _ seeds: [UInt64], kinds: Int = 8,
        _ check: @escaping @Sendable (UInt64) -> ([HistoryInput], HistoryFailure)?
    ) {
        let found = Mutex<[String: Failure]>([:])
        let next = Atomic(0)
        DispatchQueue.concurrentPerform(
            iterations: ProcessInfo.processInfo.activeProcessorCount
        ) { _ in
            while found.withLock({ $0.count }) < kinds {
                let place = next.add(1, ordering: .relaxed).oldValue
                guard place < seeds.count else { return }
                guard let (inputs, failure) = check(seeds[place]) else { continue }
                found.withLock { found in
                    if found[failure.kind]?.seed ?? .max > seeds[place] {
                        found[failure.kind] = (seeds[place], inputs, failure)
                    }
                }
            }
        }
        failures = found.withLock { $0.values.sorted { $0.seed < $1.seed } }
        count = min(next.load(ordering: .relaxed), seeds.count)
    }
}
