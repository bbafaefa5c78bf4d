import CHoldfast
import CHoldfastLink

/// Reads every event, in order, each once: from the publisher while its numbers follow one another,
/// by asking where they do not (a late start, a frame that PUB dropped, silence). Belongs to one
/// thread at a time.
public final class LinkWatcher {
    public let client: LinkClient
    /// Number of the last event that was handed out.
    public private(set) var cursor: UInt64
    /// How often a gap was closed by asking.
    public private(set) var gaps = 0

    private let channel: LinkChannel?
    private var hasStarted = false
    private static let page = 256

    public init(
        endpoint: String, after cursor: UInt64 = 0, timeout: Int64 = 5000, window: Int32 = 1000
    ) throws(LinkError) {
        let context = try LinkContext()
        client = try LinkClient(
            endpoint: endpoint, role: .watcher, timeout: timeout, context: context)
        self.cursor = cursor
        guard let publisher = client.publishEndpoint else {
            channel = nil
            return
        }
        channel = try LinkChannel(
            .events, endpoint: publisher, window: window, context: context)
    }

    /// Events since the last call, waiting up to `timeout` ms for the first. Throws
    /// `LinkError.lapped` when some are gone for good: read the positions again, then go on.
    public func read(timeout: Int64) throws(LinkError) -> [hf_event] {
        if !hasStarted {
            hasStarted = true
            let missed = try ask()
            if !missed.isEmpty { return missed }
        }
        guard let channel else { return try ask() }
        var events: [hf_event] = []
        var wait = timeout
        while events.count < LinkWatcher.page, let bytes = try channel.receive(timeout: wait) {
            wait = 0
            let answer = try LinkAnswer(bytes)
            guard answer.kind == HF_RECORD_EVENT, answer.sequence > cursor else { continue }
            if answer.sequence == cursor &+ 1 {
                events.append(try answer.record(HF_RECORD_EVENT))
                cursor = answer.sequence
                continue
            }
            gaps += 1
            // What was read is handed out first: a lap must not lose it.
            guard events.isEmpty else { return events }
            events += try ask()
        }
        // The last event may be the one that was dropped.
        return events.isEmpty ? try ask() : events
    }

    private func ask() throws(LinkError) -> [hf_event] {
        var events: [hf_event] = []
        while true {
            var next = cursor
            do throws(LinkError) {
                let page = try client.events(after: &next, max: LinkWatcher.page)
                cursor = next
                events += page
                if page.count < LinkWatcher.page { return events }
            } catch {
                guard case .lapped = error, events.isEmpty else {
                    if events.isEmpty { throw error }
                    return events
                }
                cursor = next
                throw error
            }
        }
    }
}
