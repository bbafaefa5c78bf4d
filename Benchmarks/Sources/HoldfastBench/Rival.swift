import Foundation

/// The C++ reference program, run as a child on the same core in the same session.
public struct Rival: Sendable {
    public enum Design: String, CaseIterable, Sendable { case tree, zone }

    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    private let program: URL

    /// - Parameter path: of the built program.
    public init(path: String) throws(Failure) {
        program = URL(fileURLWithPath: path)
        if !FileManager.default.isExecutableFile(atPath: path) {
            throw Failure(
                description: "no C++ reference at \(path): build it with"
                    + " `make -C Benchmarks/Rivals/cpp`, or name it with --rival")
        }
    }

    private struct Answer: Decodable {
        var cpu_ns_per_tick: Double
        var triggers: UInt64
        var checksum: String
    }

    public func run(_ design: Design, _ workload: Workload) throws -> Run {
        let process = Process()
        process.executableURL = program
        process.arguments =
            [
                "--engine", design.rawValue, "--mode", workload.mode.rawValue,
                "--positions", "\(workload.positions)", "--ticks", "\(workload.ticks)",
                "--symbols", "\(workload.symbols)", "--seed", "\(workload.seed)", "--json",
            ] + (workload.isQuiet ? ["--quiet"] : [])
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        if process.terminationStatus != 0 {
            throw Failure(description: "the C++ reference ended with \(process.terminationStatus)")
        }
        let answer = try JSONDecoder().decode(Answer.self, from: bytes)
        guard let checksum = UInt64(answer.checksum, radix: 16) else {
            throw Failure(description: "the C++ reference printed no checksum")
        }
        return Run(
            nsPerTick: answer.cpu_ns_per_tick,
            tally: Tally(triggers: answer.triggers, checksum: checksum), timedTriggers: 0)
    }
}
