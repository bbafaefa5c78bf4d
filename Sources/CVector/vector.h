/*
 * Vector steps over blocks of 64 int64 lanes. Clang vector extensions, no intrinsics: the target's
 * -march decides the instructions. `static inline` over pointers, so that each thin Swift target
 * compiles them for its own instruction set and no vector crosses a call.
 */
#ifndef HF_VECTOR_H
#define HF_VECTOR_H

#include <stdint.h>

#define HF_LANES 64
typedef int64_t hf_v8 __attribute__((ext_vector_type(8), aligned(8)));
typedef _Bool hf_b8 __attribute__((ext_vector_type(8)));

static inline __attribute__((always_inline)) hf_v8 hf_load(const int64_t *p) {
    return *(const hf_v8 *)p;
}

static inline __attribute__((always_inline)) void hf_store(int64_t *p, hf_v8 v) { *(hf_v8 *)p = v; }

static inline __attribute__((always_inline)) uint64_t hf_bits(hf_v8 compared) {
    hf_b8 bits = __builtin_convertvector(compared, hf_b8);
    uint8_t byte;
    __builtin_memcpy(&byte, &bits, 1);
    return byte;
}

/* Bit i is set where column[i] >= value. */
static inline uint64_t hf_mask_at_least(const int64_t *column, int64_t value) {
    uint64_t mask = 0;
    for (int i = 0; i < HF_LANES; i += 8)
        mask |= hf_bits(hf_load(column + i) >= (hf_v8)value) << i;
    return mask;
}

/* Bit i is set where column[i] <= value. */
static inline uint64_t hf_mask_at_most(const int64_t *column, int64_t value) {
    uint64_t mask = 0;
    for (int i = 0; i < HF_LANES; i += 8)
        mask |= hf_bits(hf_load(column + i) <= (hf_v8)value) << i;
    return mask;
}

static inline int64_t hf_largest(const int64_t *column) {
    hf_v8 best = hf_load(column);
    for (int i = 8; i < HF_LANES; i += 8) best = __builtin_elementwise_max(best, hf_load(column + i));
    return __builtin_reduce_max(best);
}

static inline int64_t hf_smallest(const int64_t *column) {
    hf_v8 best = hf_load(column);
    for (int i = 8; i < HF_LANES; i += 8) best = __builtin_elementwise_min(best, hf_load(column + i));
    return __builtin_reduce_min(best);
}

/* extreme[i], time[i] = value, at wherever value is above extreme[i]. */
static inline void hf_raise(int64_t *extreme, int64_t *time, int64_t value, int64_t at) {
    for (int i = 0; i < HF_LANES; i += 8) {
        hf_v8 old = hf_load(extreme + i), better = (hf_v8)value > old;
        hf_store(extreme + i, better ? (hf_v8)value : old);
        hf_store(time + i, better ? (hf_v8)at : hf_load(time + i));
    }
}

/* extreme[i], time[i] = value, at wherever value is below extreme[i]. */
static inline void hf_lower(int64_t *extreme, int64_t *time, int64_t value, int64_t at) {
    for (int i = 0; i < HF_LANES; i += 8) {
        hf_v8 old = hf_load(extreme + i), better = (hf_v8)value < old;
        hf_store(extreme + i, better ? (hf_v8)value : old);
        hf_store(time + i, better ? (hf_v8)at : hf_load(time + i));
    }
}

/* down[i] = max(down[i], peak - distance[i]) where distance[i] is not the largest int64 (no trail). */
static inline void hf_trail(int64_t *down, const int64_t *distance, int64_t peak) {
    for (int i = 0; i < HF_LANES; i += 8) {
        hf_v8 d = hf_load(distance + i), old = hf_load(down + i);
        hf_v8 candidate = (hf_v8)peak - d;
        hf_v8 moves = (d != (hf_v8)INT64_MAX) & (candidate > old);
        hf_store(down + i, moves ? candidate : old);
    }
}

#endif
