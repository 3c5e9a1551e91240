// See KspecSymmetry.h for what it does; here is how.
//
// Elements that never meet in a cell can be told apart by what is said of each alone: an element's *signature* is a number with a
// digit for each cell that it can be in, or that can hold it. Once all other elements are renamed, putting the elements in the
// order of their signatures gives the least of all states that differ by them, and equal signatures mean elements whose exchange
// keeps the state. So instead of the images under n! times as many renamings there are those under the others alone, and a sort.
//
// Signatures are further words of an image: `images` sums up the words of what has no such element in it, then a signature for
// each element. Of the renamings whose words are least, the one whose packed state is least is taken.
#include <string.h>

#include "KspecImages.h"
#include "KspecProcessor.h"

// Writes the state that a renaming of the others gives, with the signatures in order; returns how many orders give it.
static inline __attribute__((always_inline)) uint64_t sortedImage(const KspecSorted *t, const uint64_t *values, uint32_t renaming,
                                                                  uint64_t *image) {
  uint64_t signatures[KSPEC_MAX_SORTED], orders = 1, alike = 1;
  for (uint32_t e = 0; e < t->elements; e++) {
    const KspecImages *images = &t->images;
    uint32_t word = t->words + e, at = e;
    uint64_t signature = imageOfWord(images, images->lookups + images->lookupEnd[word - 1], images->lookups + images->lookupEnd[word],
                                     values, renaming);
    for (; at > 0 && signatures[at - 1] > signature; at--) signatures[at] = signatures[at - 1];
    signatures[at] = signature;
  }
  for (uint32_t e = 0; e < t->elements; e++) {
    alike = e > 0 && signatures[e] == signatures[e - 1] ? alike + 1 : 1;
    orders *= alike;
    for (uint32_t p = 0; p < t->parts; p++) {
      const KspecSignaturePart *part = &t->part[p];
      const uint64_t *row = t->rows + part->base + (((uint64_t)e << part->bits) + (signatures[e] >> part->shift & ((1ull << part->bits) - 1))) * t->words;
      for (uint32_t w = 0; w < t->words; w++) image[w] += row[w];
    }
  }
  return orders;
}

KSPEC_CLONES void kspec_sorted_canonicalize(const KspecSorted *t, KspecSymmetryScratch *s, const uint64_t *states, size_t count, uint64_t *out,
                                             uint64_t *stabilisers) {
  const size_t bytes = t->words * sizeof(uint64_t);
  for (size_t i = 0; i < count; i++) {
    uint32_t left = leastFirstWords(&t->images, s->values, states + i * t->words, s->images, t->words, s->first, s->left);
    uint64_t reached = 0;
    for (uint32_t g = 0; g < left; g++) {
      memcpy(s->image, s->first, bytes);
      uint64_t orders = sortedImage(t, s->values, s->left[g], s->image);
      int order = reached ? kspec_compare(s->image, s->least, t->words) : -1;
      if (order > 0) continue;
      if (order == 0) {
        reached += orders;
        continue;
      }
      reached = orders;
      memcpy(s->least, s->image, bytes);
    }
    memcpy(out + i * t->words, s->least, bytes);
    if (stabilisers) stabilisers[i] = reached;
  }
}
