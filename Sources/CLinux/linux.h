/* What Swift's Glibc module leaves out: eventfd, membarrier, and a spinning processor's pause. */
#ifndef HF_LINUX_H
#define HF_LINUX_H

#include <linux/membarrier.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

extern long syscall(long number, ...);

/* A counter that a poll sees, closed where another program is run; -1: no descriptor left. */
static inline int hf_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

/* 1 when this process may ask for `hf_barrier_everywhere`; asked once before it. */
static inline int hf_barrier_prepare(void) {
    return syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
}

/* A full memory barrier in every running thread of this process, and in this one. */
static inline int hf_barrier_everywhere(void) {
    return syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) == 0;
}

/* Holds the compiler back from moving a load over a store; no instruction. */
static inline void hf_compiler_fence(void) { __asm__ volatile("" ::: "memory"); }

/* Tells the processor that this thread spins. */
static inline void hf_pause(void) {
#if defined(__x86_64__)
    __asm__ volatile("pause" ::: "memory");
#elif defined(__aarch64__)
    __asm__ volatile("isb" ::: "memory");
#else
    hf_compiler_fence();
#endif
}

#endif
