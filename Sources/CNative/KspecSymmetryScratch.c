#include "KspecSymmetryScratch.h"

#include <stdlib.h>

KspecSymmetryScratch *kspec_symmetry_scratch_create(size_t words, size_t cells) {
  KspecSymmetryScratch *scratch = NULL;
  if (posix_memalign((void **)&scratch, 64, sizeof(KspecSymmetryScratch))) return NULL;
  size_t n = 3 * words + 3 * (cells + 1);
  scratch->image = calloc(n, sizeof(uint64_t));
  scratch->active = calloc(cells + 1, sizeof(uint32_t));
  if (!scratch->image || !scratch->active) {
    kspec_symmetry_scratch_destroy(scratch);
    return NULL;
  }
  scratch->least = scratch->image + words;
  scratch->first = scratch->least + words;
  scratch->values = scratch->first + words;
  scratch->moved = scratch->values + cells + 1;
  scratch->hashes = scratch->moved + cells + 1;
  return scratch;
}

void kspec_symmetry_scratch_destroy(KspecSymmetryScratch *scratch) {
  free(scratch->image);
  free(scratch->active);
  free(scratch);
}
