// An array of structs, every one looked at on every tick, longs and shorts written out. Slow and
// obviously right: the others are judged by it.
#pragma once

#include "engine.hpp"

class Naive {
public:
    Naive(std::size_t capacity, const Settings&) : positions(capacity) {}

    void open(const Opening& opening, Price bid, Price ask) {
        Position& position = positions[opening.index];
        position.is_open = true;
        position.is_short = opening.is_short;
        position.is_trailing = opening.trailing;
        position.distance = opening.stop_distance;
        if (opening.is_short) {
            position.best = ask;
            position.stop = ask + opening.stop_distance;
            position.target = ask - opening.target_distance;
        } else {
            position.best = bid;
            position.stop = bid - opening.stop_distance;
            position.target = bid + opening.target_distance;
        }
    }

    void tick(Price bid, Price ask, FiredList& fired) {
        for (std::size_t index = 0; index < positions.size(); ++index) {
            Position& position = positions[index];
            if (!position.is_open) continue;

            const bool stopped =
                position.is_short ? ask >= position.stop : bid <= position.stop;
            const bool reached =
                position.is_short ? ask <= position.target : bid >= position.target;
            if (stopped) {
                fired.add(std::uint32_t(index),
                          position.is_trailing ? Reason::trailing : Reason::stop);
                position.is_open = false;
            } else if (reached) {
                fired.add(std::uint32_t(index), Reason::target);
                position.is_open = false;
            } else if (position.is_trailing) {
                trail(position, bid, ask);  // after the test: the new stop holds from the next tick
            }
        }
    }

    void settle() {}

private:
    struct Position {
        bool is_open = false;
        bool is_short = false;
        bool is_trailing = false;
        Price stop = 0;
        Price target = 0;
        Price distance = 0;
        Price best = 0;
    };

    static void trail(Position& position, Price bid, Price ask) {
        if (position.is_short && ask < position.best) {
            position.best = ask;
            position.stop = ask + position.distance;
        } else if (!position.is_short && bid > position.best) {
            position.best = bid;
            position.stop = bid - position.distance;
        }
    }

    std::vector<Position> positions;
};
