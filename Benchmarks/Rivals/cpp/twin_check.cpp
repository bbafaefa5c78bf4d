// The twin beside an eager model: on walks with gaps, every leaf must have the extremes, the times
// and the trailing stop that it gets by seeing each price itself. The workload's checksum knows
// stops only; a tag that is told too late, twice or to nobody shows here.
#include <algorithm>
#include <cinttypes>
#include <cstdio>

#include "twin.hpp"

struct Model {
    bool is_open = false;
    bool is_short = false;
    bool watches = false;  // until it fires
    TwinBounds bounds;
    TwinTag extremes;
};

class Market {
public:
    Market(std::uint32_t count, std::uint64_t seed)
        : random{seed}, positions(count), models(count), fired(count), twin(count, Settings()) {
        for (std::uint32_t index = 0; index < count; index += 2) open(index, 1);
    }

    /// Whether the twin agreed with the model for so many ticks.
    bool agrees(std::uint32_t ticks) {
        while (now++ < Price(ticks)) {
            // Some phases open nearly all on one side, so that the other runs empty.
            const auto shorts = std::uint64_t(now / 256 % 3);
            move();
            if (!tick()) return false;
            for (const Fired& one : fired) {
                if (draw(4) != 0) open(one.index, shorts);
            }
            if (draw(3) == 0) open(std::uint32_t(draw(positions)), shorts);
            fired.clear();
            if (!same(std::uint32_t(draw(positions)))) return false;
            for (std::uint32_t index = 0; now % 64 == 0 && index < positions; ++index) {
                if (!same(index)) return false;
            }
        }
        return true;
    }

private:
    std::uint64_t draw(std::uint64_t count) { return (random.next() >> 32) * count >> 32; }

    /// Mostly one up or down, at times over many levels at once.
    void move() {
        const Price step = draw(40) == 0 ? Price(1 + draw(250)) : 1;
        bid += draw(2) == 0 ? step : -step;
    }

    Price watched(bool is_short) const { return is_short ? -(bid + SPREAD) : bid; }

    void open(std::uint32_t index, std::uint64_t shorts) {
        const bool is_short = draw(33) < 1 + 15 * shorts;
        const Opening opening{index, is_short, draw(10) < 4, Price(5 + draw(300)),
                              Price(5 + draw(300))};
        twin.open(opening, bid, bid + SPREAD);
        const Price price = watched(is_short);
        Model& model = models[index];
        model = {true, is_short, true, {}, {}};
        model.bounds = {price - opening.stop_distance, price + opening.target_distance,
                        opening.trailing ? opening.stop_distance : NEVER};
        model.extremes = {price, price, now, now};
    }

    /// The same leaves must fire for the same reasons.
    bool tick() {
        std::vector<std::uint64_t> expected, found;
        for (std::uint32_t index = 0; index < positions; ++index) {
            Model& model = models[index];
            if (!model.is_open) continue;
            const Price price = watched(model.is_short);
            TwinBounds& bounds = model.bounds;
            const bool trails = bounds.distance != NEVER;
            if (model.watches && (price <= bounds.down || price >= bounds.up)) {
                const Reason stop = trails ? Reason::trailing : Reason::stop;
                const Reason reason = price <= bounds.down ? stop : Reason::target;
                expected.push_back(std::uint64_t(index) << 2 | std::uint64_t(reason));
                model.watches = false;
            }
            model.extremes.see(price, now);
            if (model.watches && trails) {
                bounds.down = larger(bounds.down, price - bounds.distance);
            }
        }
        twin.tick(bid, bid + SPREAD, fired);
        for (const Fired& one : fired) {
            found.push_back(std::uint64_t(one.index) << 2 | std::uint64_t(one.reason));
        }
        std::sort(found.begin(), found.end());
        if (found == expected) return true;
        std::printf("FAILED twin, tick %" PRId64 ": %zu fired instead of %zu, or others\n", now,
                    found.size(), expected.size());
        return false;
    }

    bool same(std::uint32_t index) const {
        const Model& model = models[index];
        if (!model.is_open) return true;
        TwinBounds bounds;
        TwinTag extremes;
        twin.read(index, bounds, extremes);
        const bool levels = model.watches ? bounds == model.bounds : bounds.up == NEVER;
        if (levels && extremes == model.extremes) return true;
        const TwinTag& right = model.extremes;
        std::printf("FAILED twin, tick %" PRId64 ", leaf %" PRIu32 ": stop %" PRId64 ", high %"
                    PRId64 " at %" PRId64 ", low %" PRId64 " at %" PRId64 " instead of %" PRId64
                    ", %" PRId64 " at %" PRId64 ", %" PRId64 " at %" PRId64 "\n",
                    now, index, bounds.down, extremes.high, extremes.high_time, extremes.low,
                    extremes.low_time, model.bounds.down, right.high, right.high_time, right.low,
                    right.low_time);
        return false;
    }

    SplitMix64 random;
    std::uint32_t positions;
    std::vector<Model> models;
    FiredList fired;
    Twin twin;
    Price bid = START_BID;
    Price now = 0;
};

int main() {
    // Trees of one level to four.
    for (const std::uint32_t positions : {1u, 7u, 60u, 700u, 9'000u}) {
        const std::uint32_t ticks = positions > 1'000 ? 4'000 : 20'000;
        for (std::uint64_t seed = 1; seed <= 4; ++seed) {
            if (Market(positions, seed).agrees(ticks)) continue;
            std::printf("       of %" PRIu32 " positions, seed %" PRIu64 "\n", positions, seed);
            return 1;
        }
    }
    std::printf("checked twin: extremes, times and stops of every leaf\n");
    return 0;
}
