import CHoldfast

/// The stripes of a core, each at the start of its own region.
struct Stripes {
    let regions: Regions
    let count: Int

    init(
        _ config: hf_core_config, _ shared: UnsafeMutablePointer<Shared>
    ) throws(Failure) {
        count = Int(config.stripes)
        let bytes = try Arena.bytes { (arena) throws(Failure) in
            _ = try arena.reserve(Stripe.self, 1)
            _ = try Stripe(&arena, index: 0, shared: shared, config: config)
        }
        regions = try Regions(count, bytes: bytes)
        do {
            for index in 0..<count { try build(index, config, shared) }
        } catch {
            regions.pages.release()
            throw error
        }
    }

    private func build(
        _ index: Int, _ config: hf_core_config, _ shared: UnsafeMutablePointer<Shared>
    ) throws(Failure) {
        let region = regions[index]
        let nodes = shared.pointee.nodes.pointee
        let isNamed = config.placement == UInt32(HF_PLACE_NODE)
        // Before anything is touched: then nothing has to move.
        let isBound =
            isNamed && nodes.has(Int(config.node)) && nodes.bind(region, Int(config.node))
        var arena = Arena(in: region)
        let place = try arena.reserve(Stripe.self, 1)
        var stripe = try Stripe(&arena, index: index, shared: shared, config: config)
        if isBound {
            stripe.settle(on: Int(config.node))
        } else if isNamed {
            stripe.refusePlacement()
        } else {
            stripe.isPlaced = config.placement != UInt32(HF_PLACE_DRIVER) || nodes.count < 2
        }
        place.initialize(to: stripe)
    }

    @inline(__always)
    static func + (stripes: Stripes, index: Int) -> UnsafeMutablePointer<Stripe> {
        (stripes.regions.pages.base + index &* stripes.regions.spacing)
            .assumingMemoryBound(to: Stripe.self)
    }

    func destroy() {
        for index in 0..<count {
            (self + index).pointee.lock.destroy()
            (self + index).deinitialize(count: 1)
        }
        regions.pages.release()
    }
}
