// Sixteen prices at a time, by the vector extensions of GCC and clang.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

constexpr int LANES = 16;

template <class P>
struct alignas(64) Lanes {
    P lane[LANES];
};

/// Far enough never to be crossed, near enough that FAR + FAR and a price still fit.
template <class P>
constexpr P FAR = P(1) << (8 * sizeof(P) - 3);

template <class P>
struct Vector;
template <>
struct Vector<std::int32_t> {
    typedef std::int32_t type __attribute__((vector_size(32)));
};
template <>
struct Vector<std::int64_t> {
    typedef std::int64_t type __attribute__((vector_size(32)));
};
template <class P>
using V = typename Vector<P>::type;

template <class P>
constexpr int PER_VECTOR = int(32 / sizeof(P));
template <class P>
constexpr int VECTORS = LANES / PER_VECTOR<P>;

template <class P>
inline V<P> load(const Lanes<P>& lanes, int vector) {
    V<P> value;
    std::memcpy(&value, __builtin_assume_aligned(lanes.lane + vector * PER_VECTOR<P>, 32), 32);
    return value;
}

template <class P>
inline void store(Lanes<P>& lanes, int vector, V<P> value) {
    std::memcpy(__builtin_assume_aligned(lanes.lane + vector * PER_VECTOR<P>, 32), &value, 32);
}

template <class T>
inline T larger(T a, T b) {
    return a > b ? a : b;
}
template <class T>
inline T smaller(T a, T b) {
    return a < b ? a : b;
}

template <class P>
inline V<P> splat(P price) {
    return V<P>{} + price;
}

template <class P>
inline V<P> numbered() {
    V<P> lanes = {};
    for (int i = 0; i < PER_VECTOR<P>; ++i) lanes[i] = i;
    return lanes;
}

/// Writes one lane by a whole vector: a vector load soon after would have to wait for a scalar
/// store to reach the cache, and a path of bounds is a chain of just that.
template <class P>
inline void put(Lanes<P>& lanes, std::size_t lane, P price) {
    const int vector = int(lane) / PER_VECTOR<P>;
    const auto chosen = numbered<P>() == splat<P>(P(int(lane) % PER_VECTOR<P>));
    store<P>(lanes, vector, chosen ? splat<P>(price) : load(lanes, vector));
}

/// One bit per lane from an all-ones or all-zeros compare result.
inline std::uint32_t bits(V<std::int32_t> truth) {
#if defined(__AVX2__)
    return std::uint32_t(_mm256_movemask_ps(_mm256_castsi256_ps((__m256i)truth)));
#else
    std::uint32_t mask = 0;
    for (int i = 0; i < 8; ++i) mask |= std::uint32_t(truth[i] != 0) << i;
    return mask;
#endif
}
inline std::uint32_t bits(V<std::int64_t> truth) {
#if defined(__AVX2__)
    return std::uint32_t(_mm256_movemask_pd(_mm256_castsi256_pd((__m256i)truth)));
#else
    std::uint32_t mask = 0;
    for (int i = 0; i < 4; ++i) mask |= std::uint32_t(truth[i] != 0) << i;
    return mask;
#endif
}

template <class P>
struct Crossing {
    // Strict compares with the neighbours: AVX2 has no other, prices are whole numbers.
    explicit Crossing(P price) : below(splat<P>(P(price - 1))), above(splat<P>(P(price + 1))) {}

    V<P> of(const Lanes<P>& down, const Lanes<P>& up, int vector) const {
        return V<P>((load(down, vector) > below) | (load(up, vector) < above));
    }
    V<P> below;
    V<P> above;
};

/// Which lanes fire at this price: down >= price or up <= price.
template <class P>
inline std::uint32_t crossed(const Lanes<P>& down, const Lanes<P>& up, P price) {
    const Crossing<P> crossing(price);
    std::uint32_t mask = 0;
    for (int v = 0; v < VECTORS<P>; ++v) {
        mask |= bits(crossing.of(down, up, v)) << (v * PER_VECTOR<P>);
    }
    return mask;
}

/// Whether any lane of several groups fires: one branch for all of them.
template <int GROUPS, class P>
inline bool any_crossed(const Lanes<P>* down, const Lanes<P>* up, P price) {
    const Crossing<P> crossing(price);
    V<P> any = V<P>{};
    for (int group = 0; group < GROUPS; ++group) {
        for (int v = 0; v < VECTORS<P>; ++v) any |= crossing.of(down[group], up[group], v);
    }
    return bits(any) != 0;
}

/// A peak seen by all lanes: each stop that trails is pulled up to peak - distance.
template <class P>
inline void raise(Lanes<P>& down, const Lanes<P>& distance, P peak) {
    const V<P> best = splat<P>(peak);
    for (int v = 0; v < VECTORS<P>; ++v) {
        store<P>(down, v, larger<V<P>>(load(down, v), best - load(distance, v)));
    }
}

template <class P>
inline void raise_tags(Lanes<P>& tags, P peak) {
    const V<P> best = splat<P>(peak);
    for (int v = 0; v < VECTORS<P>; ++v) store<P>(tags, v, larger<V<P>>(load(tags, v), best));
}

template <class Op>
inline std::int32_t reduce(V<std::int32_t> v, Op op) {
    v = op(v, __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3));
    v = op(v, __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5));
    v = op(v, __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6));
    return v[0];
}
template <class Op>
inline std::int64_t reduce(V<std::int64_t> v, Op op) {
    v = op(v, __builtin_shufflevector(v, v, 2, 3, 0, 1));
    v = op(v, __builtin_shufflevector(v, v, 1, 0, 3, 2));
    return v[0];
}

template <class P>
inline P highest(const Lanes<P>& lanes) {
    V<P> best = load(lanes, 0);
    for (int v = 1; v < VECTORS<P>; ++v) best = larger<V<P>>(best, load(lanes, v));
    return reduce(best, larger<V<P>>);
}

template <class P>
inline P lowest(const Lanes<P>& lanes) {
    V<P> best = load(lanes, 0);
    for (int v = 1; v < VECTORS<P>; ++v) best = smaller<V<P>>(best, load(lanes, v));
    return reduce(best, smaller<V<P>>);
}
