import CHoldfast
import Testing

@testable import HoldfastLab

@Suite("Session") struct SessionTests {
    @Test("the standard session holds its checks")
    func standard() throws {
        let report = try SessionFixture.run(quotes: 300_000)
        print(SessionTable(report).lines.joined(separator: "\n"))
        #expect(report.holds)
        #expect(report.opened >= 2_000)
    }
}
