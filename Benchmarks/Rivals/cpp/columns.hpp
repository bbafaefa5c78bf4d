// Columns of levels in stable slots. Columns itself scans all of them on every tick; Bounds keeps
// the two outermost levels and scans only when one of them is crossed.
#pragma once

#include "engine.hpp"
#include "lanes.hpp"

constexpr std::uint32_t BLOCK = 64;  // slots that a scan tests with one branch
constexpr std::uint32_t BLOCK_GROUPS = BLOCK / LANES;

/// The columns, and what a scan does with them.
template <class P>
class Slots {
public:
    explicit Slots(std::size_t capacity)
        : groups((capacity + BLOCK - 1) / BLOCK * BLOCK_GROUPS),
          down(groups, filled(-FAR<P>)),
          up(groups, filled(FAR<P>)),
          distance(groups, filled(FAR<P>)),
          index(groups * LANES),
          free(groups * LANES) {}

    std::uint32_t take() {
        const std::uint32_t slot = free.take();
        blocks_used = larger(blocks_used, std::size_t(slot / BLOCK + 1));
        return slot;
    }

    void put(std::uint32_t slot, const Opening& opening, P watched) {
        set(slot, watched - P(opening.stop_distance), watched + P(opening.target_distance),
            opening.trailing ? P(opening.stop_distance) : FAR<P>);
        index[slot] = opening.index;
    }

    /// Lists and empties what fires in one block.
    void fire(std::size_t block, P watched, FiredList& fired) {
        for (std::size_t g = block * BLOCK_GROUPS; g < (block + 1) * BLOCK_GROUPS; ++g) {
            const std::uint32_t mask = crossed(down[g], up[g], watched);
            if (mask != 0) fire(g, mask, watched, fired);
        }
    }

    bool any_crossed(std::size_t block, P watched) const {
        const std::size_t first = block * BLOCK_GROUPS;
        return ::any_crossed<BLOCK_GROUPS>(&down[first], &up[first], watched);
    }

    void raise(std::size_t block, P peak) {
        for (std::size_t g = block * BLOCK_GROUPS; g < (block + 1) * BLOCK_GROUPS; ++g) {
            ::raise(down[g], distance[g], peak);
        }
    }

    static Lanes<P> filled(P price) {
        Lanes<P> lanes;
        for (P& lane : lanes.lane) lane = price;
        return lanes;
    }

    std::size_t groups;
    std::size_t blocks_used = 0;  // a scan ends behind the last block that ever held a position
    std::vector<Lanes<P>> down;
    std::vector<Lanes<P>> up;
    std::vector<Lanes<P>> distance;  // FAR where the stop is fixed: price - FAR pulls nothing

private:
    void fire(std::size_t group, std::uint32_t mask, P watched, FiredList& fired) {
        for (; mask != 0; mask &= mask - 1) {
            const int lane = __builtin_ctz(mask);
            const auto slot = std::uint32_t(group * LANES + std::size_t(lane));
            const bool stopped = watched <= down[group].lane[lane];
            const bool trails = distance[group].lane[lane] != FAR<P>;
            fired.add(index[slot], !stopped ? Reason::target
                                   : trails ? Reason::trailing
                                            : Reason::stop);
            set(slot, -FAR<P>, FAR<P>, FAR<P>);
            free.give(slot);
        }
    }

    void set(std::uint32_t slot, P stop, P target, P trail) {
        down[slot / LANES].lane[slot % LANES] = stop;
        up[slot / LANES].lane[slot % LANES] = target;
        distance[slot / LANES].lane[slot % LANES] = trail;
    }

    std::vector<std::uint32_t> index;
    FreeSlots free;
};

template <class P>
class ColumnsStream {
public:
    ColumnsStream(std::size_t capacity, const Settings&) : slots(capacity) {}

    void open(const Opening& opening, Price watched) {
        any_trailing |= opening.trailing;
        slots.put(slots.take(), opening, P(watched));
    }

    void tick(Price price, FiredList& fired) {
        const P watched = P(price);
        for (std::size_t block = 0; block < slots.blocks_used; ++block) {
            if (slots.any_crossed(block, watched)) slots.fire(block, watched, fired);
            if (any_trailing) slots.raise(block, watched);
        }
    }

    void settle() {}

private:
    Slots<P> slots;
    bool any_trailing = false;
};

template <class P>
class BoundsStream {
public:
    BoundsStream(std::size_t capacity, const Settings&) : slots(capacity) {}

    void open(const Opening& opening, Price price) {
        const P watched = P(price);
        // A peak from before this opening must not reach it.
        if (peak > watched && nearest != FAR<P>) apply_peak();
        slots.put(slots.take(), opening, watched);
        down = larger(down, P(watched - P(opening.stop_distance)));
        up = smaller(up, P(watched + P(opening.target_distance)));
        if (opening.trailing) nearest = smaller(nearest, P(opening.stop_distance));
    }

    void tick(Price price, FiredList& fired) {
        const P watched = P(price);
        if (watched <= down || watched >= up) scan(watched, fired);
        peak = larger(peak, watched);
        down = larger(down, P(watched - nearest));
    }

    void settle() {}

private:
    void apply_peak() {
        for (std::size_t block = 0; block < slots.blocks_used; ++block) slots.raise(block, peak);
        peak = -FAR<P>;
    }

    void scan(P watched, FiredList& fired) {
        auto best_down = Slots<P>::filled(-FAR<P>);
        auto best_up = Slots<P>::filled(FAR<P>);
        auto best_distance = Slots<P>::filled(FAR<P>);
        const bool trails = nearest != FAR<P>;
        for (std::size_t group = 0; group < slots.blocks_used * BLOCK_GROUPS; ++group) {
            if (group % BLOCK_GROUPS == 0) {
                const std::size_t block = group / BLOCK_GROUPS;
                if (trails) slots.raise(block, peak);
                if (slots.any_crossed(block, watched)) slots.fire(block, watched, fired);
            }
            fold(best_down, slots.down[group], larger<V<P>>);
            fold(best_up, slots.up[group], smaller<V<P>>);
            if (trails) fold(best_distance, slots.distance[group], smaller<V<P>>);
        }
        down = highest(best_down);
        up = lowest(best_up);
        nearest = lowest(best_distance);
        peak = -FAR<P>;
    }

    template <class Op>
    static void fold(Lanes<P>& best, const Lanes<P>& lanes, Op op) {
        for (int v = 0; v < VECTORS<P>; ++v) store<P>(best, v, op(load(best, v), load(lanes, v)));
    }

    Slots<P> slots;
    P down = -FAR<P>;
    P up = FAR<P>;
    P nearest = FAR<P>;  // the smallest trailing distance
    P peak = -FAR<P>;    // the best price since the trailing stops were last written
};
