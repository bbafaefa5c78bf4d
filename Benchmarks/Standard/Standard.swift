import Benchmark
import HoldfastBench
let benchmarks: @Sendable () -> Void = { Benchmark("x") { b in blackHole(hello()) } }
