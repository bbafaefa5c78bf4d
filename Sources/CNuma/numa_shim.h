#ifndef HOLDFAST_NUMA_SHIM_H
#define HOLDFAST_NUMA_SHIM_H

#include <numa.h>
#include <numaif.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The types of libnuma's functions, from its own headers. The library is looked up by name when a core
 * opens and is no NEEDED of ours; this module links nothing. */
typedef __typeof__(&numa_available) hf_numa_available;
typedef __typeof__(&numa_get_mems_allowed) hf_numa_get_mems_allowed;
typedef __typeof__(&numa_bitmask_isbitset) hf_numa_bitmask_isbitset;
typedef __typeof__(&numa_bitmask_free) hf_numa_bitmask_free;
typedef __typeof__(&mbind) hf_numa_mbind;
typedef __typeof__(&move_pages) hf_numa_move_pages;

/* What glibc has and shows to _GNU_SOURCE alone. */
extern int getcpu(unsigned int *cpu, unsigned int *node);

/* Whether the kernel answers questions about nodes: many sandboxes forbid them, and libnuma, once loaded,
 * would say so on stderr. */
static inline int hf_numa_is_allowed(void) { return syscall(SYS_get_mempolicy, 0, 0, 0, 0, 0) == 0; }

#endif
