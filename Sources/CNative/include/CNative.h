#ifndef KSPEC_CNATIVE_H
#define KSPEC_CNATIVE_H
#include "KspecStore.h"
#endif
