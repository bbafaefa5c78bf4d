// The nodes of the C++ twin (twin.hpp), and the pool that they come from.
#pragma once

#include <cstdint>
#include <memory>

#include "lanes.hpp"
#include "workload.hpp"

constexpr std::uint32_t NO_NODE = ~0u;
constexpr std::uint32_t ALL_LANES = (1u << LANES) - 1;
constexpr Price NEVER = FAR<Price>;  // of `down` its negative: watches nothing, trails nothing

struct TwinBounds {
    bool operator==(const TwinBounds&) const = default;
    bool cover(const TwinBounds& other) const {
        return other.down <= down && other.up >= up && other.distance >= distance;
    }
    void widen(const TwinBounds& other) {
        down = larger(down, other.down);
        up = smaller(up, other.up);
        distance = smaller(distance, other.distance);
    }

    Price down = -NEVER;
    Price up = NEVER;
    Price distance = NEVER;
};

/// What was seen: by a leaf since its insertion, above since the level below was last told. The
/// first price is both the highest and the lowest, so a tag has both or neither.
struct TwinTag {
    bool operator==(const TwinTag&) const = default;
    bool empty() const { return high == -NEVER; }
    void see(Price price, Price time) {
        if (price > high) high = price, high_time = time;
        if (price < low) low = price, low_time = time;
    }
    /// Takes what was seen later than everything here.
    void take(const TwinTag& later) {
        if (later.high > high) high = later.high, high_time = later.high_time;
        if (later.low < low) low = later.low, low_time = later.low_time;
    }

    Price high = -NEVER;
    Price low = NEVER;
    Price high_time = 0;
    Price low_time = 0;
};

struct alignas(1024) TwinNode {
    TwinBounds bounds(std::size_t at) const {
        return {down.lane[at], up.lane[at], distance.lane[at]};
    }
    TwinTag tag(std::size_t at) const {
        return {high.lane[at], low.lane[at], high_time.lane[at], low_time.lane[at]};
    }
    void set(std::size_t at, const TwinBounds& to) {
        down.lane[at] = to.down;
        up.lane[at] = to.up;
        distance.lane[at] = to.distance;
    }
    void set(std::size_t at, const TwinTag& to) {
        high.lane[at] = to.high;
        low.lane[at] = to.low;
        high_time.lane[at] = to.high_time;
        low_time.lane[at] = to.low_time;
    }
    /// A node that was told is empty of it; a time without its price says nothing.
    void forget(std::size_t at) {
        high.lane[at] = -NEVER;
        low.lane[at] = NEVER;
    }

    Lanes<Price> down, up, distance, high, low, high_time, low_time;
    std::uint32_t link[LANES];  // of a leaf its position's index, of a node the node below
    std::uint32_t parent;
    std::uint32_t lane;  // in the parent
    std::uint32_t level;
    std::uint32_t used;  // one bit a lane
    std::uint32_t next;  // neighbours among the nodes of the level that have a free lane
    std::uint32_t before;
};
static_assert(sizeof(TwinNode) == 1024);

/// Every lane takes the price that beats its own, with its time.
template <class Better>
inline void beat(Lanes<Price>& best, Lanes<Price>& time, Price price, Price at, Better better) {
    const V<Price> prices = splat<Price>(price);
    const V<Price> times = splat<Price>(at);
    for (int v = 0; v < VECTORS<Price>; ++v) {
        const V<Price> old = load(best, v);
        const auto beaten = better(prices, old);
        store<Price>(best, v, beaten ? prices : old);
        store<Price>(time, v, beaten ? times : load(time, v));
    }
}

/// Nodes of one book and its mirror.
class TwinPool {
public:
    /// A node is made only when no other of its level has room, so a side never has more of a
    /// level than its leaves would fill. Memory that is never touched costs nothing.
    explicit TwinPool(std::size_t leaves) {
        std::size_t count = 2;
        for (std::size_t whole = leaves; whole > 1 || count == 2;) {
            whole = (whole + LANES - 1) / LANES;
            count += 2 * whole;
        }
        nodes = std::make_unique_for_overwrite<TwinNode[]>(count);
    }

    TwinNode& operator[](std::uint32_t id) { return nodes[id]; }
    const TwinNode& operator[](std::uint32_t id) const { return nodes[id]; }

    std::uint32_t take(std::uint32_t level) {
        std::uint32_t id = free;
        if (id == NO_NODE) {
            id = used++;
        } else {
            free = nodes[id].next;
        }
        TwinNode& node = nodes[id];
        for (std::size_t at = 0; at < LANES; ++at) {
            node.set(at, TwinBounds());
            node.set(at, TwinTag());
        }
        node.level = level;
        node.used = 0;
        return id;
    }

    void give(std::uint32_t id) {
        nodes[id].next = free;
        free = id;
    }

private:
    std::unique_ptr<TwinNode[]> nodes;
    std::uint32_t free = NO_NODE;
    std::uint32_t used = 0;
};
