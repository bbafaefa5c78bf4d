import CHoldfast
import CHoldfastLink
import HoldfastLink
import Testing

@Suite("Link: events and watchers")
struct LinkWatcherTests {
    private func fixture(
        events: UInt32? = nil, _ change: (inout hf_link_config) -> Void = { _ in }
    ) throws -> LinkFixture {
        try LinkFixture(events: events) { config in
            withUnsafeMutableBytes(of: &config.publish) {
                $0.copyBytes(from: "tcp://127.0.0.1:*".utf8)
            }
            change(&config)
        }
    }

    /// Reads until event `last`, or until a minute of silence.
    private func read(_ watcher: LinkWatcher, to last: UInt64) throws -> [hf_event] {
        var events: [hf_event] = []
        for _ in 0..<600 where watcher.cursor < last { events += try watcher.read(timeout: 100) }
        return events
    }

    private func lastEvent(_ fixture: LinkFixture) -> UInt64 {
        var counters = hf_counters()
        hf_counters_get(fixture.core, &counters)
        return counters.events
    }

    @Test("a watcher that starts late asks for what it missed and then follows")
    func lateStart() throws {
        let fixture = try fixture()
        for _ in 0..<10 { try fixture.open() }
        let watcher = try LinkWatcher(endpoint: fixture.endpoint)
        #expect(try read(watcher, to: 10).map(\.number) == Array(1...10))
        for _ in 0..<10 { try fixture.open() }
        hf_link_notify(fixture.link, 1)
        let next = try read(watcher, to: lastEvent(fixture))
        #expect(next.map(\.number) == Array(11...lastEvent(fixture)))
        #expect(next.allSatisfy { $0.kind == UInt16(HF_EVENT_OPENED) })
    }

    @Test("events that the publisher dropped are asked for: each arrives once, in order")
    func gap() throws {
        // One frame of room: PUB must drop most of a burst.
        let fixture = try fixture { $0.window = 1 }
        let watcher = try LinkWatcher(endpoint: fixture.endpoint, window: 1)
        _ = try watcher.read(timeout: 200)
        var numbers: [UInt64] = []
        for _ in 0..<20 {
            for _ in 0..<500 { try fixture.open() }
            numbers += try watcher.read(timeout: 20).map(\.number)
        }
        numbers += try read(watcher, to: lastEvent(fixture)).map(\.number)
        #expect(numbers == Array(1...lastEvent(fixture)))
        #expect(watcher.gaps > 0)
    }

    @Test("a watcher that the ring has overtaken is told how much is lost and goes on")
    func lapped() throws {
        let fixture = try fixture(events: 64)
        for _ in 0..<200 { try fixture.open() }
        let watcher = try LinkWatcher(endpoint: fixture.endpoint)
        var lost: UInt64 = 0
        do {
            _ = try watcher.read(timeout: 100)
        } catch LinkError.lapped(let count) {
            lost = count
        }
        #expect(lost > 0)
        #expect(watcher.cursor == lost)
        let rest = try read(watcher, to: lastEvent(fixture))
        #expect(rest.map(\.number) == Array(lost + 1...lastEvent(fixture)))
    }

    @Test("a link without a publisher is watched by asking")
    func noPublisher() throws {
        let fixture = try LinkFixture()
        try fixture.open()
        let watcher = try LinkWatcher(endpoint: fixture.endpoint)
        #expect(try watcher.read(timeout: 10).count == 1)
        try fixture.open()
        #expect(try watcher.read(timeout: 10).map(\.number) == [2])
    }
}
