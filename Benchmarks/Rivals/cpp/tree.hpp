// A 16-ary tree of bounds over stable slots, trailing by lazy tags.
//
//        root     one pair of bounds: a quiet tick is two compares
//         |
//       nodes     per child: highest `down`, lowest `up`, and for trailing children the smallest
//         |       distance and a tag, the best price that the child has not been told of yet
//      blocks     16 positions: `down`, `up`, trailing distance
//
// A new peak p raises a node's bound to p - smallest distance, and that bound is exact: the highest
// of all (p - distance) below it. So a peak stops at the root until some bound is crossed; on the
// way down each visited node hands its child's tag on, and nobody else hears of it.
#pragma once

#include <array>
#include <type_traits>

#include "engine.hpp"
#include "lanes.hpp"

template <class P>
class TreeStream {
public:
    TreeStream(std::size_t capacity, const Settings&)
        : free(capacity), index((capacity + LANES - 1) / LANES * LANES) {
        std::size_t count = capacity;
        for (std::size_t depth = 0; depth < 2 || count > 1; ++depth) {
            count = (count + LANES - 1) / LANES;
            levels[depth] = Level(count);
        }
    }

    void open(const Opening& opening, Price price) {
        const P watched = P(price);
        trails |= opening.trailing;
        const std::uint32_t slot = free.take();
        while (slot >> (4 * (top + 1)) != 0) grow();
        const std::size_t block = slot / LANES;
        const Level& parents = levels[1];
        if ((parents.touched[block / LANES] >> (block % LANES) & 1) == 0) touch_path(block);

        set(slot, watched - P(opening.stop_distance), watched + P(opening.target_distance),
            opening.trailing ? P(opening.stop_distance) : FAR<P>);
        index[slot] = opening.index;
    }

    void tick(Price price, FiredList& fired) {
        const P watched = P(price);
        if (trails) {
            peak = larger(peak, watched);
            down = larger(down, P(watched - nearest));
        }
        if (watched > down && watched < up) return;
        cross(watched, fired);
    }

    /// Recomputes the bounds of what the tick and its re-openings have touched, bottom up, once.
    void settle() {
        if (root_touched) recompute();
    }

private:
    struct Bounds {
        Lanes<P> down;
        Lanes<P> up;
    };

    /// Level 0 holds the positions, 16 to a block; lane c of node i of a level is the summary of
    /// node 16 i + c of the level below.
    struct Level {
        Level() = default;
        explicit Level(std::size_t count) : bounds(count), distance(count), tag(count),
                                            touched(count, 0) {
            for (std::size_t i = 0; i < count; ++i) {
                for (int lane = 0; lane < LANES; ++lane) {
                    bounds[i].down.lane[lane] = -FAR<P>;
                    bounds[i].up.lane[lane] = FAR<P>;
                    distance[i].lane[lane] = FAR<P>;  // price - FAR pulls nothing
                    tag[i].lane[lane] = -FAR<P>;
                }
            }
        }
        std::vector<Bounds> bounds;
        std::vector<Lanes<P>> distance;
        std::vector<Lanes<P>> tag;            // unused at level 0
        std::vector<std::uint16_t> touched;   // children visited since the last settle()
    };

    void set(std::uint32_t slot, P stop, P target, P trail) {
        Bounds& block = levels[0].bounds[slot / LANES];
        put(block.down, slot % LANES, stop);
        put(block.up, slot % LANES, target);
        if (trails) put(levels[0].distance[slot / LANES], slot % LANES, trail);
    }

    /// The tree is as high as the slots in use need: a new root above the old one.
    void grow() {
        settle();
        Level& level = levels[std::size_t(++top)];
        put(level.bounds[0].down, 0, down);
        put(level.bounds[0].up, 0, up);
        put(level.distance[0], 0, nearest);
    }

    void touch_root() {
        if (root_touched) return;
        root_touched = true;
        if (trails) hear(levels[std::size_t(top)], 0, peak, true);
        peak = -FAR<P>;
    }

    /// A node learns of a peak: its bounds follow at once, its children when they are visited.
    static void hear(Level& level, std::size_t i, P best, bool has_children) {
        raise(level.bounds[i].down, level.distance[i], best);
        if (has_children) raise_tags(level.tag[i], best);
    }

    /// The height is known to the compiler inside, so that a whole descent is one function.
    template <class Work>
    void at_height(Work work) {
        switch (top) {
            case 1: return work(std::integral_constant<int, 1>());
            case 2: return work(std::integral_constant<int, 2>());
            case 3: return work(std::integral_constant<int, 3>());
            case 4: return work(std::integral_constant<int, 4>());
            case 5: return work(std::integral_constant<int, 5>());
            default: return work(std::integral_constant<int, 6>());  // 268 M slots
        }
    }

    // Out of line: a quiet tick stays a handful of instructions in its caller's loop.
    [[gnu::noinline]] void recompute() {
        root_touched = false;
        at_height([&](auto depth) { settle<depth>(0); });
        const Bounds& root = levels[std::size_t(top)].bounds[0];
        down = highest(root.down);
        up = lowest(root.up);
        if (trails) nearest = lowest(levels[std::size_t(top)].distance[0]);
    }

    [[gnu::noinline]] void cross(P watched, FiredList& fired) {
        touch_root();
        at_height([&](auto depth) { visit<depth>(0, watched, fired); });
    }

    /// Makes a child current and remembers that its bounds must be recomputed.
    void touch_child(int depth, std::size_t i, std::size_t lane) {
        Level& level = levels[std::size_t(depth)];
        level.touched[i] = std::uint16_t(level.touched[i] | 1u << lane);
        if (!trails) return;
        const P best = level.tag[i].lane[lane];
        put(level.tag[i], lane, -FAR<P>);
        hear(levels[std::size_t(depth - 1)], i * LANES + lane, best, depth > 1);
    }

    /// Hands the waiting peaks down to one block, so that none of them reaches a position opened
    /// after it.
    void touch_path(std::size_t block) {
        touch_root();
        for (int depth = top; depth > 0; --depth) {
            const std::size_t child = block >> (4 * (depth - 1));
            const std::size_t i = child / LANES;
            const std::size_t lane = child % LANES;
            const std::uint32_t touched = levels[std::size_t(depth)].touched[i];
            if ((touched >> lane & 1) == 0) touch_child(depth, i, lane);
        }
    }

    template <int depth>
    void visit(std::size_t i, P watched, FiredList& fired) {
        const Bounds& bounds = levels[std::size_t(depth)].bounds[i];
        for (std::uint32_t mask = crossed(bounds.down, bounds.up, watched); mask != 0;
             mask &= mask - 1) {
            const auto lane = std::size_t(__builtin_ctz(mask));
            touch_child(depth, i, lane);
            if constexpr (depth > 1) {
                visit<depth - 1>(i * LANES + lane, watched, fired);
            } else {
                fire(i * LANES + lane, watched, fired);
            }
        }
    }

    void fire(std::size_t block, P watched, FiredList& fired) {
        const Bounds& bounds = levels[0].bounds[block];
        for (std::uint32_t mask = crossed(bounds.down, bounds.up, watched); mask != 0;
             mask &= mask - 1) {
            const auto lane = std::size_t(__builtin_ctz(mask));
            const auto slot = std::uint32_t(block * LANES + lane);
            Reason reason = Reason::target;
            if (watched <= bounds.down.lane[lane]) {
                const bool trailing = trails && levels[0].distance[block].lane[lane] != FAR<P>;
                reason = trailing ? Reason::trailing : Reason::stop;
            }
            fired.add(index[slot], reason);
            set(slot, -FAR<P>, FAR<P>, FAR<P>);
            free.give(slot);
        }
    }

    template <int depth>
    void settle(std::size_t i) {
        Level& level = levels[std::size_t(depth)];
        Level& below = levels[std::size_t(depth - 1)];
        std::uint32_t mask = level.touched[i];
        level.touched[i] = 0;
        for (; mask != 0; mask &= mask - 1) {
            const auto lane = std::size_t(__builtin_ctz(mask));
            const std::size_t child = i * LANES + lane;
            if constexpr (depth > 1) settle<depth - 1>(child);
            put(level.bounds[i].down, lane, highest(below.bounds[child].down));
            put(level.bounds[i].up, lane, lowest(below.bounds[child].up));
            if (trails) put(level.distance[i], lane, lowest(below.distance[child]));
        }
    }

    std::array<Level, 7> levels;
    FreeSlots free;
    std::vector<std::uint32_t> index;  // of the position in each slot
    int top = 1;
    P down = -FAR<P>;
    P up = FAR<P>;
    P nearest = FAR<P>;  // the smallest trailing distance of all
    P peak = -FAR<P>;    // the best price that the root has not been told of
    bool trails = false;
    bool root_touched = false;
};
