// A worker's direct-mapped cache of states, shared by both stores. Private to this folder.
#ifndef KSPEC_FILTER_H
#define KSPEC_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

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

// The states that the filter has not seen just now, as indices and, where they are one word each, as copies, if somebody asks for either; notes them, so
// that they must be in the store before it is asked again. Whether it has is as good as random, and nothing branches on it. A few entries are read before the first is written, since a
// load of what was stored just now holds up those behind it; so of two equal states side by side both may be unknown.
static inline __attribute__((always_inline)) size_t sift(KspecFilter *filter, const uint64_t *states, size_t count, uint32_t *indices,
                                                         uint64_t *copies, const size_t words) {
  enum { STEP = 4 };
  size_t n = 0, i = 0;
  for (; i + STEP <= count && words <= 2; i += STEP) {
    uint64_t *entries[STEP];
    size_t isUnknown[STEP];
#pragma clang loop unroll(full)
    for (size_t k = 0; k < STEP; k++) {
      entries[k] = filterEntry(filter, states + (i + k) * words, words);
      isUnknown[k] = !isSame(entries[k], states + (i + k) * words, words);
    }
#pragma clang loop unroll(full)
    for (size_t k = 0; k < STEP; k++) {
      memcpy(entries[k], states + (i + k) * words, words * sizeof(uint64_t));
      if (indices) indices[n] = (uint32_t)(i + k);
      if (copies) copies[n] = states[i + k];
      n += isUnknown[k];
    }
  }
  for (; i < count; i++) {
    uint64_t *entry = filterEntry(filter, states + i * words, words);
    if (indices) indices[n] = (uint32_t)i;
    if (copies) copies[n] = states[i];
    n += (size_t)!isSame(entry, states + i * words, words);
    memcpy(entry, states + i * words, words * sizeof(uint64_t));
  }
  return n;
}

static inline __attribute__((always_inline)) size_t unknownStates(KspecFilter *filter, const uint64_t *states, size_t count,
                                                                  uint32_t *indices, const size_t words) {
  return sift(filter, states, count, indices, NULL, words);
}
static inline __attribute__((always_inline)) size_t unknownWords(KspecFilter *filter, const uint64_t *states, size_t count,
                                                                 uint32_t *indices, uint64_t *copies) {
  return sift(filter, states, count, indices, copies, 1);
}

#endif
