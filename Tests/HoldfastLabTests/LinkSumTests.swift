import CHoldfast
import CHoldfastLink
import HoldfastABI
import HoldfastLink
import Testing

/// Sums and the history as frames: what the same call in process says.
@Suite("Link: sums and the history")
struct LinkSumTests {
    /// Forty long positions, each of a strategy of its own.
    private func fixture(_ change: (inout hf_link_config) -> Void = { _ in }) throws -> LinkFixture
    {
        let fixture = try LinkFixture(change)
        for strategy in UInt64(1)...40 {
            var open = fixture.record()
            open.strategy = strategy
            var id: UInt64 = 0
            try check(hf_position_open(fixture.core, &open, 1, &id))
        }
        return fixture
    }

    private func everything() -> hf_filter {
        var filter = hf_filter()
        filter.present = UInt32(bitPattern: HF_FILTER_ALL)
        return filter
    }

    private func inProcess(_ fixture: LinkFixture, by: UInt32) throws -> [hf_summary] {
        var filter = everything()
        var sums = [hf_summary](repeating: hf_summary(), count: 64)
        var count: UInt32 = 0
        try check(hf_positions_summary(fixture.core, &filter, by, 2, &sums, 64, &count))
        return Array(sums.prefix(Int(count)))
    }

    @Test("a summary over the link is that of the core, as a whole and by group")
    func summary() throws {
        let fixture = try fixture()
        let host = try fixture.client(.host)
        for by in [0, UInt32(HF_BY_STRATEGY)] {
            let sums = try host.summary(everything(), by: by, now: 2)
            let expected = try inProcess(fixture, by: by)
            #expect(sums.count == (by == 0 ? 1 : 40))
            #expect(sums.map(\.count) == expected.map(\.count))
            #expect(sums.map(\.strategy) == expected.map(\.strategy))
            #expect(sums.map(\.volume_long) == expected.map(\.volume_long))
        }
        let watcher = try fixture.client(.watcher)
        #expect(try watcher.summary(everything(), by: 0, now: 2).first?.count == 40)
    }

    @Test("more groups than a frame holds are told, not left out")
    func oversize() throws {
        let fixture = try fixture { $0.max_message = 4096 }
        let host = try fixture.client(.host)
        #expect(throws: LinkError.oversize) {
            try host.summary(everything(), by: UInt32(HF_BY_STRATEGY), now: 2)
        }
        var narrow = everything()
        narrow.present = UInt32(HF_FILTER_STRATEGY)
        narrow.strategy = 7
        #expect(
            try host.summary(narrow, by: UInt32(HF_BY_STRATEGY), now: 2).map(\.strategy) == [7])
    }

    @Test("the history comes in pages that a frame holds, every closed position once")
    func history() throws {
        let fixture = try fixture { $0.max_message = 4096 }
        let host = try fixture.client(.host)
        try fixture.tick(2, bid: 109_400)
        let executor = try fixture.client(.executor(1, epoch: 1))
        var deal: UInt64 = 0
        for command in try executor.take(now: 3, max: 8) {
            deal += 1
            _ = try executor.apply(HF_RECORD_ACK, doneAck(command, deal: deal), time: 4)
        }
        for command in try executor.take(now: 5, max: 8) {
            deal += 1
            _ = try executor.apply(HF_RECORD_ACK, doneAck(command, deal: deal), time: 6)
        }
        var cursor: UInt64 = 0
        var ids: [UInt64] = []
        while true {
            let page = try host.history(after: &cursor, max: 256)
            if page.isEmpty { break }
            #expect(page.count <= (4096 - 32 - 24) / MemoryLayout<hf_position>.size)
            #expect(page.allSatisfy { Int($0.state) == HF_POSITION_CLOSED })
            ids += page.map(\.id)
        }
        #expect(deal == 16)
        #expect(ids == Array(1...deal))
        let results = try host.performance(everything(), by: 0, now: 7)
        #expect(results.map(\.count) == [deal])
    }

    @Test("an executor may not ask")
    func role() throws {
        let fixture = try fixture()
        let executor = try fixture.client(.executor(1, epoch: 1))
        let role = LinkError.refused(
            status: Int32(HF_E_STATE), cause: UInt32(HF_LINK_CAUSE_ROLE))
        #expect(throws: role) { try executor.summary(everything(), by: 0, now: 2) }
        var cursor: UInt64 = 0
        #expect(throws: role) { try executor.history(after: &cursor, max: 1) }
        #expect(throws: role) { try executor.performance(everything(), by: 0, now: 2) }
    }
}
