// What both forms of canonicalisation need beside their tables, one for each worker.
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
#endif
