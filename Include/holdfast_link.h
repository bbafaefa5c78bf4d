#ifndef HOLDFAST_LINK_H
#define HOLDFAST_LINK_H
#include "holdfast.h"
#endif
