// Two ordered sets of (level, slot) a stream, as a textbook order book has them. Trailing stops are
// moved eagerly: each one that a new best price improves is taken out and put in again.
#pragma once

#include <set>
#include <utility>

#include "engine.hpp"

class SetStream {
public:
    SetStream(std::size_t capacity, const Settings&) : positions(capacity), free(capacity) {
        trailing.reserve(capacity);
    }

    void open(const Opening& opening, Price watched) {
        const std::uint32_t slot = free.take();
        Position& position = positions[slot];
        position = {opening.index, NOT_TRAILING, watched - opening.stop_distance,
                    watched + opening.target_distance, opening.stop_distance};
        if (opening.trailing) {
            position.trailing_at = std::uint32_t(trailing.size());
            trailing.push_back(slot);
        }
        downs.emplace(position.down, slot);
        ups.emplace(position.up, slot);
    }

    void tick(Price watched, FiredList& fired) {
        while (!downs.empty() && downs.rbegin()->first >= watched) {
            const std::uint32_t slot = downs.rbegin()->second;
            const bool trails = positions[slot].trailing_at != NOT_TRAILING;
            close(slot, trails ? Reason::trailing : Reason::stop, fired);
        }
        while (!ups.empty() && ups.begin()->first <= watched) {
            close(ups.begin()->second, Reason::target, fired);
        }
        for (const std::uint32_t slot : trailing) trail(slot, watched);
    }

    void settle() {}

private:
    static constexpr std::uint32_t NOT_TRAILING = ~0u;

    struct Position {
        std::uint32_t index;
        std::uint32_t trailing_at;  // where in `trailing`
        Price down;
        Price up;
        Price distance;
    };

    void trail(std::uint32_t slot, Price watched) {
        Position& position = positions[slot];
        const Price better = watched - position.distance;
        if (better <= position.down) return;
        auto node = downs.extract({position.down, slot});  // keeps the node: no allocation
        node.value().first = position.down = better;
        downs.insert(std::move(node));
    }

    void close(std::uint32_t slot, Reason reason, FiredList& fired) {
        const Position& position = positions[slot];
        fired.add(position.index, reason);
        downs.erase({position.down, slot});
        ups.erase({position.up, slot});
        if (position.trailing_at != NOT_TRAILING) {
            const std::uint32_t moved = trailing.back();
            trailing[position.trailing_at] = moved;
            positions[moved].trailing_at = position.trailing_at;
            trailing.pop_back();
        }
        free.give(slot);
    }

    std::vector<Position> positions;
    std::vector<std::uint32_t> trailing;  // slots
    std::set<std::pair<Price, std::uint32_t>> downs;
    std::set<std::pair<Price, std::uint32_t>> ups;
    FreeSlots free;
};
