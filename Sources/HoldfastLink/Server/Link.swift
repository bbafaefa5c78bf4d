import CHoldfast
import CHoldfastLink
import Glibc
import Synchronization

/// A core behind sockets. Everything but `notify`, `tally` and the endpoints belongs to whoever
/// serves: the thread "hf-link", or the host inside `exclusively`.
final class Link: @unchecked Sendable {
    let core: OpaquePointer
    let settings: Settings
    let endpoint: String
    let publishEndpoint: String
    /// The count of forks when it was opened; another one means that this is a child's copy.
    let forks: UInt32
    let tally = Tally()
    let wake: Wake
    let roster: Roster
    let router: Router

    private let sockets: Sockets
    private var thread: pthread_t?
    private let isServing = Atomic<Bool>(false)
    let isStopping = Atomic<Bool>(false)
    /// Latest time of an input that is known; with simulated time the clock, which starts at
    /// Int64.min.
    private let latest: Atomic<Int64>

    var peers = Peers()
    var parking: Parking
    let events: Publisher
    /// Inputs came through the link since notices were last looked at.
    var isDirty = false
    private var looked: Int64 = 0

    init(core: OpaquePointer, settings: Settings, forks: UInt32) throws(Refusal) {
        guard hf_abi_version() == HF_ABI_VERSION else { throw Refusal(Code.version) }
        var counters = hf_counters()
        let status = hf_counters_get(core, &counters)
        if status != Code.ok { throw Refusal(status) }
        sockets = try Sockets(settings)
        wake = sockets.wake
        guard let socket = sockets.router else { throw Refusal(Code.full) }
        self.core = core
        self.settings = settings
        self.forks = forks
        endpoint = sockets.endpoint
        publishEndpoint = sockets.publishEndpoint
        router = Router(socket: socket, capacity: settings.maxMessage)
        roster = Roster(capacity: settings.maxPeers)
        parking = Parking(capacity: settings.maxParked)
        latest = Atomic(settings.isSimulated ? Int64.min : 0)
        events = Publisher(socket: sockets.publisher, after: counters.events)
    }

    // MARK: Life

    func start() throws(Refusal) {
        guard !settings.isHosted else { return }
        thread = try Worker.start(self)
    }

    /// False when a call is under way on a hosted link.
    func stop() -> Bool {
        if let thread {
            isStopping.store(true, ordering: .releasing)
            wake.ring()
            pthread_join(thread, nil)
            self.thread = nil
        } else if isServing.exchange(true, ordering: .acquiring) {
            return false
        }
        sockets.close()
        return true
    }

    /// Keeps a hosted link to one call at a time.
    func exclusively(_ body: () -> hf_status) -> hf_status {
        guard settings.isHosted, !isServing.exchange(true, ordering: .acquiring) else {
            return Code.state
        }
        defer { isServing.store(false, ordering: .releasing) }
        return body()
    }

    // MARK: Time

    var time: Int64 { latest.load(ordering: .relaxed) }

    /// An input at this time was applied.
    func saw(_ time: Int64) {
        if !settings.isSimulated { latest.max(time, ordering: .relaxed) }
    }

    func setClock(_ now: Int64) { latest.store(now, ordering: .relaxed) }

    // MARK: Serving

    /// From any thread.
    func notify(_ now: Int64) {
        saw(now)
        if roster.contains(where: { waiting($0) > 0 }) { wake.ring() }
    }

    /// Waits for a frame, serves it, sends what became due. A frame a turn: looking whether more
    /// are there costs more than what is done between them.
    func turn(_ timeout: Int64) {
        serve(timeout)
        settle()
    }

    /// Notices and events, when there may be some.
    func settle() {
        let now = Clock.milliseconds()
        let isHeard = wake.hear()
        guard isHeard || isDirty || now &- looked >= settings.noticeInterval else { return }
        looked = now
        isDirty = false
        if !settings.isSimulated { sendNotices(now) }
        events.publish(core, tally)
    }

    /// Serves the next frame that comes within `timeout` ms; false when none did. A ring ends the
    /// wait too.
    @discardableResult
    func serve(_ timeout: Int64) -> Bool {
        switch router.receive(timeout: timeout) {
        case .nothing: return false
        case .ring: return true
        case .malformed(let id): refuse(id, .short, sequence: 0)
        case .frame(let id, let bytes): serve(id, bytes)
        }
        return true
    }

    /// Serves frames that are here, at most a batch.
    @discardableResult
    func drain() -> Int {
        for count in 0..<Limits.batch where !serve(0) { return count }
        return Limits.batch
    }

    /// Commands that wait in the core; none for an executor that it does not know.
    func waiting(_ executor: UInt64) -> UInt32 {
        var count: UInt32 = 0
        return hf_commands_waiting(core, executor, &count) == Code.ok ? count : 0
    }
}
