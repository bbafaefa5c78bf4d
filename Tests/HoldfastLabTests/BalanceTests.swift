import CHoldfast
import HoldfastABI
import Testing

@Suite("Balance")
struct BalanceTests {
    enum Order: CaseIterable { case ackWithDeal, ackThenDeal, dealThenAck }

    @Test("a deal books the same, whether its ack came with it, before it or after it")
    func order() throws {
        var seen: Set<[Int64]> = []
        var hashes: Set<UInt64> = []
        for order in Order.allCases {
            let world = try World()
            world.tick(time: 1, bid: 110_000, ask: 110_010)
            let position = world.open(now: 1)
            #expect(world.close(position, now: 2) == HF_OK)
            let id = try #require(world.take(now: 2).first).id
            switch order {
            case .ackWithDeal: ack(world, id, deal: 7)
            case .ackThenDeal:
                ack(world, id, deal: 0)
                deal(world, position)
            case .dealThenAck:
                deal(world, position)
                ack(world, id, deal: 7)
            }
            var account = hf_account_view()
            #expect(hf_account_get(world.core, 1, &account) == HF_OK)
            let closed = world.position(position)
            seen.insert([account.account.balance, closed.realised, closed.commission, closed.net])
            hashes.insert(world.hash)
        }
        #expect(seen == [[-300_000_000, -100_000_000, -200_000_000, -300_000_000]])
        #expect(hashes.count == 1)
    }

    @Test("a deal whose money does not fit is refused and changes nothing")
    func overflow() throws {
        let world = try World()
        world.tick(time: 1, bid: 110_000, ask: 110_010)
        let position = world.open(now: 1) { $0.commission = .max }
        var part = hf_deal()
        (part.account, part.position, part.deal) = (1, position, 1)
        (part.volume, part.price, part.commission) = (1_000_000, 110_000, .max)
        part.present = UInt32(HF_HAS_COMMISSION)
        let before = world.hash
        #expect(hf_deal_apply(world.core, &part, 2) == HF_E_OVERFLOW)
        #expect(world.hash == before)
        let row = world.position(position)
        #expect(row.commission == .max)
        #expect(row.volume == 10_000_000)
    }

    private func ack(_ world: World, _ id: hf_command_id, deal: UInt64) {
        var id = id
        var ack = hf_ack()
        hf_ack_init(&ack, &id)
        ack.deal = deal
        if deal != 0 {
            ack.commission = -200_000_000
            ack.present = UInt32(HF_HAS_COMMISSION)
        }
        #expect(hf_ack_apply(world.core, &ack, 3) == HF_OK)
    }

    private func deal(_ world: World, _ position: UInt64) {
        var deal = hf_deal()
        (deal.account, deal.position, deal.deal) = (1, position, 7)
        (deal.volume, deal.price, deal.commission) = (10_000_000, 110_000, -200_000_000)
        deal.present = UInt32(HF_HAS_COMMISSION)
        #expect(hf_deal_apply(world.core, &deal, 3) == HF_OK)
    }
}
