import Benchmark
import HoldfastBench

/// The standard workload for regressions: one benchmark for each engine, mode and size, each
/// iteration the same walk there and back. Compare against a baseline of your own machine: `swift
/// package benchmark baseline compare`.
let benchmarks: @Sendable () -> Void = {
    let perTick = BenchmarkMetric.custom("processor time per tick (ps)", useScalingFactor: false)
    let configuration = Benchmark.Configuration(
        metrics: [perTick, .wallClock, .peakMemoryResident], maxDuration: .seconds(1))
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
