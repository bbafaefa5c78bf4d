// The C++ twin of Holdfast's own tree (Sources/HoldfastKernels): the same design doing the same
// work, so that what is left between the two is the language and the hand. Beside what tree.hpp
// keeps, it knows the best and the worst watched price that each leaf has seen since its
// insertion, and when: MFE and MAE.
//
//      one node     16 lanes of seven columns and a link, 1 KiB, the same on every level
//      a leaf       a node of one: its levels are its bounds, its extremes the tag that nobody is
//                   left to be told of
//      a lane above the bounds of the node below, and a tag: what that node has not been told yet
//
// Extremes take the way of trailing stops: noted in the tag on top, told downward only where a
// price crosses a bound or a leaf comes in. A leaf never moves, what has fired watches nothing
// until it is removed, and bounds are right after every call, so there is nothing to settle. One
// order differs: tick() notes a price before its test, not after it. Not here, because the workload
// has neither: tick sizes above one, leaves judged by their owner.
#pragma once

#include <array>
#include <memory>

#include "engine.hpp"
#include "twin_node.hpp"

/// One side: the tree, and on top of it the bounds that decide a quiet tick.
class TwinStream {
public:
    explicit TwinStream(TwinPool& nodes) : pool(&nodes) { open.fill(NO_NODE); }

    /// Notes the price before its test: a stop that trails by more than nothing is below the peak
    /// that moves it, so it fires no earlier, and the descent tells everything at once. Noted after
    /// the test, the price would have to be told again to every node that a leaf comes into.
    void tick(Price watched, Price time, FiredList& fired) {
        if (watched > seen.high) top.down = larger(top.down, watched - top.distance);
        seen.see(watched, time);
        if (watched <= top.down || watched >= top.up) cross(watched, fired);
    }

    /// The leaf's place until it is removed. What was seen before does not reach it.
    std::uint32_t insert(const TwinBounds& bounds, Price watched, Price time,
                         std::uint32_t index) {
        if (open[0] == NO_NODE) attach(pool->take(0), 0);
        const std::uint32_t id = open[0];
        tell_path(id);
        TwinNode& node = (*pool)[id];
        const std::uint32_t lane = free_lane(node);
        node.set(lane, bounds);
        node.set(lane, TwinTag{watched, watched, time, time});
        node.link[lane] = index;
        use(id, lane);
        widen(id, bounds);
        return id * LANES + lane;
    }

    void remove(std::uint32_t place) {
        std::uint32_t id = place / LANES;
        std::uint32_t lane = place % LANES;
        while (true) {
            TwinNode& node = (*pool)[id];
            const TwinBounds old = node.bounds(lane);
            node.set(lane, TwinBounds());
            if (node.used == ALL_LANES) list(id);
            node.used &= ~(1u << lane);
            if (node.used != 0) return narrow(id, old);
            unlist(id);
            pool->give(id);
            if (id == root) break;
            id = node.parent;
            lane = node.lane;
        }
        root = NO_NODE;
        top = TwinBounds();
    }

    /// Extremes and trailing stop of a leaf as of now; tells nobody.
    void read(std::uint32_t place, TwinBounds& bounds, TwinTag& extremes) const {
        std::uint32_t id = place / LANES;
        bounds = (*pool)[id].bounds(place % LANES);
        extremes = (*pool)[id].tag(place % LANES);
        TwinTag above;
        for (; id != root; id = (*pool)[id].parent) {
            above.take((*pool)[(*pool)[id].parent].tag((*pool)[id].lane));
        }
        above.take(seen);
        extremes.take(above);
        bounds.down = larger(bounds.down, above.high - bounds.distance);
    }

private:
    static constexpr std::size_t LEVELS = 8;

    // MARK: telling downward

    static void tell(TwinNode& node, const TwinTag& tag, Price nearest) {
        using Vec = V<Price>;
        beat(node.high, node.high_time, tag.high, tag.high_time,
             [](Vec price, Vec best) { return price > best; });
        beat(node.low, node.low_time, tag.low, tag.low_time,
             [](Vec price, Vec best) { return price < best; });
        if (nearest != NEVER) raise(node.down, node.distance, tag.high);
    }

    void tell_top() {
        if (seen.empty()) return;
        tell((*pool)[root], seen, top.distance);
        seen = TwinTag();
    }

    TwinNode& tell_below(TwinNode& node, std::size_t lane) {
        TwinNode& child = (*pool)[node.link[lane]];
        const TwinTag tag = node.tag(lane);
        if (!tag.empty()) {
            tell(child, tag, node.distance.lane[lane]);
            node.forget(lane);
        }
        return child;
    }

    /// A node hears all that those above it have seen.
    void tell_path(std::uint32_t id) {
        std::array<const TwinNode*, LEVELS> path;
        std::size_t length = 0;
        for (; id != root; id = path[length++]->parent) path[length] = &(*pool)[id];
        tell_top();
        while (length != 0) {
            const TwinNode& node = *path[--length];
            tell_below((*pool)[node.parent], node.lane);
        }
    }

    // MARK: bounds upward

    void widen(std::uint32_t id, const TwinBounds& bounds) {
        while (id != root) {
            const TwinNode& node = (*pool)[id];
            id = node.parent;
            TwinBounds whole = (*pool)[id].bounds(node.lane);
            if (whole.cover(bounds)) return;
            whole.widen(bounds);
            (*pool)[id].set(node.lane, whole);
        }
        top.widen(bounds);
    }

    /// Measures a node anew, and those above it as far as that changes them. Where what a lane had
    /// was no bound, nothing does.
    void narrow(std::uint32_t id, TwinBounds old) {
        while (id != root) {
            const TwinNode& node = (*pool)[id];
            TwinNode& parent = (*pool)[node.parent];
            const TwinBounds whole = parent.bounds(node.lane);
            const bool trailed = whole.distance != NEVER && old.distance <= whole.distance;
            if (old.down < whole.down && old.up > whole.up && !trailed) return;
            const TwinBounds now = measure(node, parent.high.lane[node.lane], whole.distance);
            if (now == whole) return;
            parent.set(node.lane, now);
            id = node.parent;
            old = whole;
        }
        top = measure((*pool)[root], seen.high, top.distance);
    }

    /// `peak` is what the node has not been told, `nearest` the bound that its distances had.
    static TwinBounds measure(const TwinNode& node, Price peak, Price nearest) {
        TwinBounds bounds{highest(node.down), lowest(node.up), NEVER};
        if (nearest == NEVER) return bounds;  // nothing trailed, nothing has begun to
        bounds.distance = lowest(node.distance);
        bounds.down = larger(bounds.down, peak - bounds.distance);
        return bounds;
    }

    // MARK: breaches

    /// The height is known to the compiler inside, so that a whole descent is one function.
    [[gnu::noinline]] void cross(Price watched, FiredList& fired) {
        tell_top();
        TwinNode& node = (*pool)[root];
        switch (node.level) {
            case 0: scan<0>(node, watched, fired); break;
            case 1: scan<1>(node, watched, fired); break;
            case 2: scan<2>(node, watched, fired); break;
            case 3: scan<3>(node, watched, fired); break;
            case 4: scan<4>(node, watched, fired); break;
            case 5: scan<5>(node, watched, fired); break;
            default: scan<6>(node, watched, fired); break;  // 268 M leaves
        }
        top = measure(node, -NEVER, top.distance);
    }

    template <int level>
    void scan(TwinNode& node, Price watched, FiredList& fired) {
        for (std::uint32_t mask = crossed(node.down, node.up, watched); mask != 0;
             mask &= mask - 1) {
            const auto lane = std::size_t(__builtin_ctz(mask));
            const Price nearest = node.distance.lane[lane];
            TwinBounds now;
            if constexpr (level == 0) {
                const bool stopped = watched <= node.down.lane[lane];
                fired.add(node.link[lane], !stopped           ? Reason::target
                                           : nearest != NEVER ? Reason::trailing
                                                              : Reason::stop);
            } else {
                TwinNode& child = tell_below(node, lane);
                scan<level - 1>(child, watched, fired);
                now = measure(child, -NEVER, nearest);
            }
            put(node.down, lane, now.down);
            put(node.up, lane, now.up);
            if (nearest != NEVER) put(node.distance, lane, now.distance);
        }
    }

    // MARK: nodes

    static std::uint32_t free_lane(const TwinNode& node) {
        return std::uint32_t(__builtin_ctz(~node.used));
    }

    void use(std::uint32_t id, std::uint32_t lane) {
        TwinNode& node = (*pool)[id];
        node.used |= 1u << lane;
        if (node.used == ALL_LANES) unlist(id);
    }

    void list(std::uint32_t id) {
        TwinNode& node = (*pool)[id];
        node.next = open[node.level];
        node.before = NO_NODE;
        if (node.next != NO_NODE) (*pool)[node.next].before = id;
        open[node.level] = id;
    }

    void unlist(std::uint32_t id) {
        const TwinNode& node = (*pool)[id];
        if (node.next != NO_NODE) (*pool)[node.next].before = node.before;
        if (node.before != NO_NODE) {
            (*pool)[node.before].next = node.next;
        } else {
            open[node.level] = node.next;
        }
    }

    /// Hangs a new node into the tree. It is empty: older prices that reach it before its first
    /// leaf do no harm. Out of line, for it is rare.
    [[gnu::noinline]] void attach(std::uint32_t id, std::uint32_t level) {
        list(id);
        if (root == NO_NODE) {
            root = id;
            return;
        }
        if (open[level + 1] == NO_NODE) {
            const std::uint32_t above = pool->take(level + 1);
            if ((*pool)[root].level == level) {
                list(above);
                hang(root, above, top);
                root = above;
            } else {
                attach(above, level + 1);
            }
        }
        hang(id, open[level + 1], TwinBounds());
    }

    void hang(std::uint32_t id, std::uint32_t above, const TwinBounds& bounds) {
        TwinNode& parent = (*pool)[above];
        const std::uint32_t lane = free_lane(parent);
        parent.set(lane, bounds);
        parent.set(lane, TwinTag());
        parent.link[lane] = id;
        (*pool)[id].parent = above;
        (*pool)[id].lane = lane;
        use(above, lane);
    }

    TwinPool* pool;
    std::array<std::uint32_t, LEVELS> open;  // first of each level that has a free lane
    std::uint32_t root = NO_NODE;
    TwinBounds top;
    TwinTag seen;  // by the book, and by no node yet
};

/// Both sides, and where each position lies: on one until its next life goes to the other.
class Twin {
public:
    Twin(std::size_t capacity, const Settings&)
        : pool(std::make_unique<TwinPool>(capacity)), longs(*pool), shorts(*pool),
          rows(capacity) {}

    // Out of line like cross(): a quiet tick stays a handful of instructions in its caller's loop.
    [[gnu::noinline]] void open(const Opening& opening, Price bid, Price ask) {
        Row& row = rows[opening.index];
        if (row.place != NO_NODE) side(row.is_short).remove(row.place);
        const Price watched = opening.is_short ? -ask : bid;
        const TwinBounds bounds{watched - opening.stop_distance, watched + opening.target_distance,
                                opening.trailing ? opening.stop_distance : NEVER};
        row.is_short = opening.is_short;
        row.place = side(row.is_short).insert(bounds, watched, time, opening.index);
    }

    void tick(Price bid, Price ask, FiredList& fired) {
        ++time;
        longs.tick(bid, time, fired);
        shorts.tick(-ask, time, fired);
    }

    void settle() {}

    /// What a position watches and has seen, in watched prices; time counts the book's ticks.
    void read(std::uint32_t index, TwinBounds& bounds, TwinTag& extremes) const {
        const Row& row = rows[index];
        (row.is_short ? shorts : longs).read(row.place, bounds, extremes);
    }

private:
    struct Row {
        std::uint32_t place = NO_NODE;
        bool is_short = false;
    };
    TwinStream& side(bool is_short) { return is_short ? shorts : longs; }

    std::unique_ptr<TwinPool> pool;
    TwinStream longs;
    TwinStream shorts;
    std::vector<Row> rows;
    Price time = 0;
};
