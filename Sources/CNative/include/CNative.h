#ifndef KSPEC_CNATIVE_H
#define KSPEC_CNATIVE_H
#include "KspecNative.h"
#include "KspecStore.h"
#include "KspecSymmetry.h"
#endif
