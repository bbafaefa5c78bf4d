#include <zmq.h>

/* What the link needs of the system and Swift's Glibc module does not show. */
#include <pthread.h>

extern int pthread_setname_np(pthread_t thread, const char *name);
