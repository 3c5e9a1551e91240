// See KspecSymmetry.h for what it does; here is how.
//
// A renaming moves each cell to another place and changes its value, so the image of a state is a sum of contributions: one for
// each cell, or for each piece of several cells that is read as one number. Tables hold a piece's contributions to the images
// under *all* renamings side by side, so that one vector addition serves four of them. Measured against one table a renaming:
// a quarter of the loads at 4 renamings, a tenth at 24.
#include <string.h>

#include "KspecImages.h"
#include "KspecProcessor.h"

KSPEC_CLONES void kspec_images_canonicalize(const KspecImages *t, KspecSymmetryScratch *s, const uint64_t *states, size_t count, uint64_t *out,
                                             uint64_t *stabilisers) {
  for (size_t i = 0; i < count; i++) {
    uint64_t reached = leastFirstWords(t, s->values, states + i * t->words, s->images, t->words, s->image, s->left);
    memcpy(out + i * t->words, s->image, t->words * sizeof(uint64_t));
    if (stabilisers) stabilisers[i] = reached;
  }
}
