import CHoldfast
import HoldfastABI
import Testing

@Suite("Closes that are taken back while they are taken")
struct WithdrawTests {
    private let second: Int64 = 1_000_000_000

    /// What two threads share; its core is made for that.
    private struct Shared: @unchecked Sendable {
        let world: World
        let positions: [UInt64]
    }

    @Test("S6.177 leave their places free, whatever questions are in the same take")
    func inFlight() throws {
        let world = try World()
        world.tick(time: 1, bid: 110_000, ask: 110_010)
        let shared = Shared(world: world, positions: (0..<10).map { _ in world.open(now: 1) })
        // In doubt from here on: their queries are repeated every 5 s.
        for _ in 0..<12 { #expect(world.close(world.open(now: 1), now: 1) == HF_OK) }
        #expect(world.take(now: 1).count == 12)
        var now = 11 * second
        for round in 0..<300 {
            now += 6 * second
            let at = now
            #expect(hf_step(world.core, at) == HF_OK)
            for position in shared.positions {
                let closed = world.close(position, now: at) {
                    $0.reason = UInt8(HF_REASON_EMERGENCY)
                }
                #expect(closed == HF_OK)
            }
            let taken = Guarded<[hf_command]>([])
            Crew.run(2) { index in
                if index == 0 { return shared.positions.forEach { cancel($0, shared.world, at) } }
                let commands = shared.world.take(now: at)
                taken.withLock { $0 = commands }
            }
            for command in taken.withLock({ $0 }) + world.take(now: at)
            where command.action == UInt8(HF_ACTION_CLOSE) {
                cancel(command.position, world, at)
                reject(command.id, world, at)
            }
            var view = hf_executor_view()
            #expect(hf_executor_get(world.core, 1, &view) == HF_OK)
            try #require(view.in_flight == 0 && view.unanswered == 12, "round \(round)")
        }
    }

    private func cancel(_ position: UInt64, _ world: World, _ now: Int64) {
        var cancel = hf_cancel()
        cancel.position = position
        _ = hf_position_cancel(world.core, &cancel, now)
    }

    private func reject(_ id: hf_command_id, _ world: World, _ now: Int64) {
        var (id, ack) = (id, hf_ack())
        hf_ack_init(&ack, &id)
        ack.retcode = 10_006
        ack.present = UInt32(HF_HAS_RETCODE)
        #expect(hf_ack_apply(world.core, &ack, now) == HF_OK)
    }
}
