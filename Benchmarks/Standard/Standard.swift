import Benchmark
import HoldfastBench

/// The standard workload for regressions: one benchmark for each engine, mode and size. Each
/// iteration is the next part of one endless walk, so iterations differ: compare medians, on one
/// machine.
let benchmarks: @Sendable () -> Void = {
    let perTick = BenchmarkMetric.custom("processor time per tick (ps)", useScalingFactor: false)
    let configuration = Benchmark.Configuration(
        metrics: [perTick, .peakMemoryResident], maxDuration: .seconds(2))
    for engine in Processor.kernels.map({ Engine.book($0) }) + [.core(Processor.best)] {
        for mode in Workload.Mode.allCases {
            for positions in [1_000, 10_000, 100_000] {
                Benchmark(
                    "\(engine.name) \(mode) \(positions)", configuration: configuration
                ) { benchmark, round in
                    benchmark.measurement(perTick, Int(1_000 * round.play()))
                } setup: {
                    Round(engine, mode, positions: positions)
                }
            }
        }
    }
}
