// A zone map: blocks of 64 positions with the bounds of each block in columns of their own. Three
// steps: the stream's two bounds, the blocks' bounds, the positions of a crossed block. Trailing is
// lazy: a peak waits at the stream, then at the block, until somebody looks at the positions.
#pragma once

#include "columns.hpp"

template <class P>
class ZoneStream {
public:
    ZoneStream(std::size_t capacity, const Settings&)
        : slots(capacity),
          touched(slots.groups / BLOCK_GROUPS, 0) {
        const std::size_t groups = (touched.size() + LANES - 1) / LANES;
        down.assign(groups, Slots<P>::filled(-FAR<P>));
        up.assign(groups, Slots<P>::filled(FAR<P>));
        nearest.assign(groups, Slots<P>::filled(FAR<P>));
        tag.assign(groups, Slots<P>::filled(-FAR<P>));
        dirty.reserve(touched.size());
    }

    void open(const Opening& opening, Price price) {
        if (opening.trailing) trails = true;
        if (trails && peak != -FAR<P>) hand_to_blocks();
        const std::uint32_t slot = slots.take();
        touch(slot / BLOCK);  // first: a peak from before this opening must not reach it
        slots.put(slot, opening, P(price));
    }

    void tick(Price price, FiredList& fired) {
        const P watched = P(price);
        peak = larger(peak, watched);
        stream_down = larger(stream_down, P(watched - stream_nearest));
        if (watched > stream_down && watched < stream_up) return;

        if (trails) hand_to_blocks();
        for (std::size_t group = 0; group < groups_used(); ++group) {
            std::uint32_t mask = crossed(down[group], up[group], watched);
            for (; mask != 0; mask &= mask - 1) {
                const auto lane = std::uint32_t(__builtin_ctz(mask));
                const auto block = std::uint32_t(group * LANES) + lane;
                touch(block);
                slots.fire(block, watched, fired);
            }
        }
    }

    /// Bounds are recomputed once per touched block, after the re-openings.
    void settle() {
        if (dirty.empty()) return;
        for (const std::uint32_t block : dirty) refresh(block);
        dirty.clear();

        fold_blocks();
    }

private:
    static P& at(std::vector<Lanes<P>>& column, std::uint32_t block) {
        return column[block / LANES].lane[block % LANES];
    }

    std::size_t groups_used() const { return (slots.blocks_used + LANES - 1) / LANES; }

    void hand_to_blocks() {
        for (std::size_t group = 0; group < groups_used(); ++group) {
            raise(down[group], nearest[group], peak);
            raise_tags(tag[group], peak);
        }
        peak = -FAR<P>;
    }

    /// Gives out a block's waiting peak before its positions are read or joined by a new one.
    void touch(std::uint32_t block) {
        if (touched[block]) return;
        touched[block] = 1;
        dirty.push_back(block);
        if (!trails) return;
        const P waiting = at(tag, block);
        at(tag, block) = -FAR<P>;
        slots.raise(block, waiting);
    }

    void refresh(std::uint32_t block) {
        touched[block] = 0;
        const std::uint32_t first = block * BLOCK_GROUPS;
        P best_down = -FAR<P>, best_up = FAR<P>, best_nearest = FAR<P>;
        for (std::uint32_t g = first; g < first + BLOCK_GROUPS; ++g) {
            best_down = larger(best_down, highest(slots.down[g]));
            best_up = smaller(best_up, lowest(slots.up[g]));
            if (trails) best_nearest = smaller(best_nearest, lowest(slots.distance[g]));
        }
        at(down, block) = best_down;
        at(up, block) = best_up;
        at(nearest, block) = best_nearest;
    }

    void fold_blocks() {
        V<P> best_down = splat<P>(-FAR<P>);
        V<P> best_up = splat<P>(FAR<P>);
        V<P> best_nearest = splat<P>(FAR<P>);
        for (std::size_t group = 0; group < groups_used(); ++group) {
            for (int v = 0; v < VECTORS<P>; ++v) {
                best_down = larger<V<P>>(best_down, load(down[group], v));
                best_up = smaller<V<P>>(best_up, load(up[group], v));
                best_nearest = smaller<V<P>>(best_nearest, load(nearest[group], v));
            }
        }
        stream_down = reduce(best_down, larger<V<P>>);
        stream_up = reduce(best_up, smaller<V<P>>);
        stream_nearest = reduce(best_nearest, smaller<V<P>>);
    }

    Slots<P> slots;
    std::vector<Lanes<P>> down;      // per block
    std::vector<Lanes<P>> up;
    std::vector<Lanes<P>> nearest;   // smallest trailing distance in the block
    std::vector<Lanes<P>> tag;       // best price that the block's positions have not seen yet
    std::vector<std::uint8_t> touched;
    std::vector<std::uint32_t> dirty;
    P stream_down = -FAR<P>;
    P stream_up = FAR<P>;
    P stream_nearest = FAR<P>;
    P peak = -FAR<P>;                // the same for the whole stream
    bool trails = false;
};
