/*
 * Vector steps over a node of 16 int64 lanes. Clang vector extensions, no intrinsics: the target's
 * -march decides the instructions. `static inline` over pointers, so that each thin Swift target
 * compiles them for its own instruction set and no vector crosses a call.
 */
#ifndef HF_VECTOR_H
#define HF_VECTOR_H

#include <stdint.h>

/* Columns of a node, each of 16 int64, in this order from its start. */
enum { HF_DOWN, HF_UP, HF_DISTANCE, HF_HIGH, HF_LOW, HF_HIGH_TIME, HF_LOW_TIME };

#define HF_LANES 16
typedef int64_t hf_v8 __attribute__((ext_vector_type(8), aligned(64)));
typedef uint64_t hf_u8 __attribute__((ext_vector_type(8), aligned(64)));
typedef _Bool hf_b8 __attribute__((ext_vector_type(8)));

typedef struct hf_bounds {
    int64_t down, up, distance;
} hf_bounds;

static inline __attribute__((always_inline)) hf_v8 hf_load(const int64_t *node, int column, int i) {
    return *(const hf_v8 *)(node + column * HF_LANES + i);
}

static inline __attribute__((always_inline)) void hf_store(int64_t *node, int column, int i, hf_v8 v) {
    *(hf_v8 *)(node + column * HF_LANES + i) = v;
}

static inline __attribute__((always_inline)) uint32_t hf_bits(hf_v8 compared) {
    hf_b8 bits = __builtin_convertvector(compared, hf_b8);
    uint8_t byte;
    __builtin_memcpy(&byte, &bits, 1);
    return byte;
}

/* Bit i is set where down[i] >= price, bit 16 + i where up[i] <= price. */
static inline uint32_t hf_crossed(const int64_t *node, int64_t price) {
    uint32_t mask = 0;
    for (int i = 0; i < HF_LANES; i += 8) {
        mask |= hf_bits(hf_load(node, HF_DOWN, i) >= (hf_v8)price) << i;
        mask |= hf_bits(hf_load(node, HF_UP, i) <= (hf_v8)price) << (HF_LANES + i);
    }
    return mask;
}

/* Largest down, smallest up and distance. */
static inline hf_bounds hf_measure(const int64_t *node) {
    hf_v8 down = __builtin_elementwise_max(hf_load(node, HF_DOWN, 0), hf_load(node, HF_DOWN, 8));
    hf_v8 up = __builtin_elementwise_min(hf_load(node, HF_UP, 0), hf_load(node, HF_UP, 8));
    hf_v8 distance =
        __builtin_elementwise_min(hf_load(node, HF_DISTANCE, 0), hf_load(node, HF_DISTANCE, 8));
    hf_bounds bounds = {__builtin_reduce_max(down), __builtin_reduce_min(up),
                        __builtin_reduce_min(distance)};
    return bounds;
}

/* Takes a higher high and a lower low, each with its time, into every lane. */
static inline void hf_see(int64_t *node, int64_t high, int64_t high_time, int64_t low,
                          int64_t low_time) {
    for (int i = 0; i < HF_LANES; i += 8) {
        hf_v8 highest = hf_load(node, HF_HIGH, i), higher = (hf_v8)high > highest;
        hf_store(node, HF_HIGH, i, higher ? (hf_v8)high : highest);
        hf_store(node, HF_HIGH_TIME, i, higher ? (hf_v8)high_time : hf_load(node, HF_HIGH_TIME, i));
        hf_v8 lowest = hf_load(node, HF_LOW, i), lower = (hf_v8)low < lowest;
        hf_store(node, HF_LOW, i, lower ? (hf_v8)low : lowest);
        hf_store(node, HF_LOW_TIME, i, lower ? (hf_v8)low_time : hf_load(node, HF_LOW_TIME, i));
    }
}

/* down[i] = max(down[i], peak - distance[i]) where distance[i] is not the largest int64 (no trail). */
static inline void hf_trail(int64_t *node, int64_t peak) {
    for (int i = 0; i < HF_LANES; i += 8) {
        hf_v8 distance = hf_load(node, HF_DISTANCE, i), down = hf_load(node, HF_DOWN, i);
        /* Wraps where nothing trails, and is not used there. */
        hf_v8 candidate = (hf_v8)((hf_u8)(hf_v8)peak - (hf_u8)distance);
        hf_v8 moves = (distance != (hf_v8)INT64_MAX) & (candidate > down);
        hf_store(node, HF_DOWN, i, moves ? candidate : down);
    }
}

#endif
