import CHoldfast
import Testing

@testable import HoldfastLab

@Suite("Chaos: in process") struct ChaosTests {
    @Test("whatever is drawn, nothing is lost, nothing doubled, everything settled", arguments: 1...3)
    func seeds(_ seed: Int) throws {
        let report = try ChaosFixture(seed: UInt64(seed)).run()
        for line in SessionTable(report).lines { print(line) }
        #expect(report.failed.isEmpty, "\(report.checks.flatMap(\.failures))")
    }
}
