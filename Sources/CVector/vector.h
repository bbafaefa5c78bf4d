#ifndef HF_VECTOR_H
#define HF_VECTOR_H
#include <stdint.h>
#endif
