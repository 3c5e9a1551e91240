// A worker's direct-mapped cache of states, shared by both stores. Private to this folder.
#ifndef KSPEC_FILTER_H
#define KSPEC_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct KspecFilter {
  uint64_t *entries;
  size_t count;  // a power of two
  unsigned shift;  // 64 less the bits of an index
  size_t words;
} KspecFilter;

// What is asked of every successor must be cheap: one multiplication, whose high bits depend on all of the word.
static inline size_t filterIndex(uint64_t word, unsigned shift) { return (size_t)(word * 0x9E3779B97F4A7C15u >> shift); }

static inline __attribute__((always_inline)) uint64_t *filterEntry(const KspecFilter *filter, const uint64_t *state, const size_t words) {
  uint64_t mixed = state[0];
  for (size_t i = 1; i < words; i++) mixed = (mixed * 0xD6E8FEB86659FD93u >> 32 | mixed << 32) ^ state[i];
  return filter->entries + filterIndex(mixed, filter->shift) * words;
}

static inline __attribute__((always_inline)) bool isZero(const uint64_t *state, size_t words) {
  for (size_t i = 0; i < words; i++)
    if (state[i] != 0) return false;
  return true;
}

static inline __attribute__((always_inline)) bool sameTail(const uint64_t *a, const uint64_t *b, size_t words) {
  for (size_t i = 1; i < words; i++)
    if (a[i] != b[i]) return false;
  return true;
}

// Without a branch on what differs.
static inline __attribute__((always_inline)) bool isSame(const uint64_t *a, const uint64_t *b, const size_t words) {
  uint64_t difference = 0;
  for (size_t i = 0; i < words; i++) difference |= a[i] ^ b[i];
  return difference == 0;
}

#endif
