#ifndef KSPEC_CNATIVE_H
#define KSPEC_CNATIVE_H
#include "KspecNative.h"
#include "KspecCompact.h"
#include "KspecDictionary.h"
#include "KspecGroup.h"
#include "KspecPages.h"
#include "KspecPause.h"
#include "KspecPrefetch.h"
#include "KspecStore.h"
#include "KspecSymmetry.h"
#include "KspecTree.h"
#endif
