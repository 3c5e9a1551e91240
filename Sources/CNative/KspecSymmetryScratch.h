// What all forms of canonicalisation need beside their tables, one for each worker.
#ifndef KSPEC_SYMMETRY_SCRATCH_H
#define KSPEC_SYMMETRY_SCRATCH_H
#include "KspecSymmetry.h"

struct KspecSymmetryScratch {
  uint64_t *image;   // words
  uint64_t *least;   // words
  uint64_t *first;   // words
  uint64_t *values;  // a cell, or a piece, of which there are no more
  uint64_t *moved;   // a cell
  uint64_t *hashes;  // a cell
  uint32_t *active;  // a cell
  uint32_t left[KSPEC_MAX_RENAMINGS];
  uint64_t images[KSPEC_MAX_RENAMINGS] __attribute__((aligned(32)));
};

// The order of two packed states.
static inline int kspec_compare(const uint64_t *a, const uint64_t *b, uint32_t words) {
  for (uint32_t i = 0; i < words; i++)
    if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  return 0;
}
#endif
