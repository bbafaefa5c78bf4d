#ifndef HOLDFAST_H
#define HOLDFAST_H
#include <stdint.h>
typedef struct hf_core hf_core;
int32_t hf_core_close(hf_core **core);
#endif
