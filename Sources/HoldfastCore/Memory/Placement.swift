import CHoldfast

/// On which node the memory of a stripe lies. None of this is an input: it changes no result.
extension Core {
    /// Binds a stripe to a node and moves there what lies elsewhere.
    public func bind(_ index: UInt32, node: UInt32) throws(Failure) {
        if index >= UInt32(stripeCount) || node >= Limits.nodes { throw .range }
        let nodes = shared.pointee.nodes.pointee
        let stripe = stripes + Int(index)
        if !nodes.has(Int(node)) {
            if nodes.count > 1 { throw .range }
            stripe.pointee.lock.hold { stripe.pointee.refusePlacement() }
            return
        }
        let region = stripes.regions[Int(index)]
        if !stripe.pointee.lock.hold({ stripe.pointee.place(region, Int(node)) }) {
            throw .unsupported
        }
        if survey(region, Int(node)).elsewhere > 0 { throw .full }
    }

    /// Where the memory of a stripe lies now.
    public func placement(_ index: UInt32) throws(Failure) -> hf_placement {
        if index >= UInt32(stripeCount) { throw .range }
        let stripe = stripes + Int(index)
        let region = stripes.regions[Int(index)]
        let node = stripe.pointee.lock.hold { stripe.pointee.node }
        let found = survey(region, node ?? -1)
        var placement = hf_placement()
        placement.bytes = UInt64(region.count)
        placement.pages = UInt64(region.count / Pages.size)
        placement.pages_used = UInt64(found.on + found.elsewhere)
        placement.pages_on_node = UInt64(found.on)
        placement.pages_elsewhere = UInt64(found.elsewhere)
        placement.stripe = index
        placement.node = node.map { UInt32($0) } ?? HF_NODE_NONE
        return placement
    }

    /// Counts the pages in use on a node and elsewhere, a few at a time. Needs no lock: pages may
    /// come and go meanwhile, the range stays.
    private func survey(
        _ region: UnsafeMutableRawBufferPointer, _ node: Int
    ) -> (on: Int, elsewhere: Int) {
        let most = 512
        return withUnsafeTemporaryAllocation(of: Int32.self, capacity: most) { found in
            var (on, elsewhere) = (0, 0)
            guard let places = found.baseAddress else { return (0, 0) }
            for start in stride(from: 0, to: region.count, by: most * Pages.size) {
                let end = min(start + most * Pages.size, region.count)
                let part = UnsafeMutableRawBufferPointer(rebasing: region[start..<end])
                if !shared.pointee.nodes.pointee.locate(part, places) { return (0, 0) }
                for page in 0..<part.count / Pages.size where found[page] >= 0 {
                    if Int(found[page]) == node { on += 1 } else { elsewhere += 1 }
                }
            }
            return (on, elsewhere)
        }
    }
}

/// Called with the lock held.
extension Stripe {
    /// The first drive of a stripe puts it on the node of the thread that drives it.
    mutating func placeByDriver(_ region: UnsafeMutableRawBufferPointer) {
        let nodes = shared.pointee.nodes.pointee
        guard let node = nodes.current(), nodes.has(node) else { return refusePlacement() }
        place(region, node)
    }

    /// - Returns: false when the system refuses.
    @discardableResult
    mutating func place(_ region: UnsafeMutableRawBufferPointer, _ node: Int) -> Bool {
        if !shared.pointee.nodes.pointee.bind(region, node) {
            refusePlacement()
            return false
        }
        settle(on: node)
        return true
    }

    mutating func settle(on node: Int) {
        isPlaced = true
        self.node = node
        counters.stripes_placed = 1
    }

    mutating func refusePlacement() {
        isPlaced = true
        counters.placements_refused += 1
    }
}
