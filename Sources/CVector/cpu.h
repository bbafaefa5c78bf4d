/* Which instruction set this processor has, asked once at open. */
#ifndef HF_CPU_H
#define HF_CPU_H

#if defined(__x86_64__)
#include <cpuid.h>

/* 1 when the processor and the system have all of x86-64-v3. */
static inline int hf_cpu_has_v3(void) {
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
    const unsigned first = bit_FMA | bit_MOVBE | bit_OSXSAVE | bit_AVX | bit_F16C;
    if ((c & first) != first) return 0;
    unsigned low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    if ((low & 6) != 6) return 0; /* the system saves the wide registers */
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
    const unsigned second = bit_AVX2 | bit_BMI | bit_BMI2;
    if ((b & second) != second) return 0;
    if (!__get_cpuid(0x80000001u, &a, &b, &c, &d)) return 0;
    return (c & (1u << 5)) != 0; /* LZCNT */
}
#else
static inline int hf_cpu_has_v3(void) { return 0; }
#endif

#endif
