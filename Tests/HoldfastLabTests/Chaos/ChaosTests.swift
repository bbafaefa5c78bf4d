import CHoldfast
import Foundation
import Testing

@testable import HoldfastLab

@Suite("Chaos: in process") struct ChaosTests {
    @Test("whatever is drawn, nothing is lost, nothing doubled, everything settled", arguments: 1...30)
    func seeds(_ seed: Int) throws {
        let report = try ChaosFixture(seed: UInt64(seed)).run()
        if report.failed.isEmpty { print("CH \(seed) ok \(report.attempts)") }
        for line in report.checks.flatMap(\.failures) { print("CH \(seed): \(line)") }
        #expect(report.failed.isEmpty, "\(report.checks.flatMap(\.failures))")
    }
}
