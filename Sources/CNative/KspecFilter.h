// A worker's direct-mapped cache of states, shared by both stores. Private to this folder.
#ifndef KSPEC_FILTER_H
#define KSPEC_FILTER_H

#include <stddef.h>
#include <stdint.h>

struct KspecFilter {
  uint64_t *entries;
  uint64_t mask;
  size_t words;
};

#endif
