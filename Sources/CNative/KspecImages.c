// See KspecSymmetry.h for what it does; here is how.
//
// A renaming moves each cell to another place and changes its value, so the image of a state is a sum of contributions: one for
// each cell, or for each piece of several cells that is read as one number. Tables hold a piece's contributions to the images
// under *all* renamings side by side, so that one vector addition serves four of them. Measured against one table a renaming:
// a quarter of the loads at 4 renamings, a tenth at 24.
#include <string.h>

#include "KspecSymmetryScratch.h"

typedef uint64_t Lanes __attribute__((vector_size(32), aligned(32)));
enum { LANES = 4 };

static inline uint64_t readPiece(const KspecPiece *piece, const uint64_t *state) {
  uint64_t field = state[piece->word] >> piece->shift & piece->mask;
  return piece->modulus ? field / piece->divisor % piece->modulus : field;
}

// One word of all images.
static inline __attribute__((always_inline)) void imagesOfWord(const KspecImages *t, const KspecLookup *from,
                                                               const KspecLookup *to, const uint64_t *values,
                                                               uint64_t *images) {
  for (uint32_t lane = 0; lane < t->stride; lane += LANES) {
    Lanes sum = {0};
    for (const KspecLookup *lookup = from; lookup < to; lookup++) {
      uint64_t value = values[lookup->piece];
      const uint64_t *row = t->tables + lookup->base + lane;
      if (lookup->linear)
        sum += *(const Lanes *)row * value;
      else
        sum += *(const Lanes *)(row + value * t->stride);
    }
    *(Lanes *)(images + lane) = sum;
  }
}

// One word of one image.
static uint64_t imageOfWord(const KspecImages *t, const KspecLookup *from, const KspecLookup *to, const uint64_t *values,
                            uint32_t renaming) {
  uint64_t sum = 0;
  for (const KspecLookup *lookup = from; lookup < to; lookup++) {
    uint64_t value = values[lookup->piece];
    const uint64_t *row = t->tables + lookup->base + renaming;
    sum += lookup->linear ? *row * value : row[value * t->stride];
  }
  return sum;
}

// Writes the least image of a state and returns how many renamings reach it. Words are compared one after the other: after the
// first, few renamings are left.
static inline __attribute__((always_inline)) uint64_t leastImage(const KspecImages *t, const uint64_t *state, uint64_t *out,
                                                                 uint64_t *values, uint64_t *images, uint32_t *left) {
  for (uint32_t p = 0; p < t->pieces; p++) values[p] = readPiece(&t->piece[p], state);
  imagesOfWord(t, t->lookups, t->lookups + t->lookupEnd[0], values, images);
  uint64_t least = images[0];
  for (uint32_t g = 1; g < t->order; g++) least = images[g] < least ? images[g] : least;
  out[0] = least;
  uint32_t count = 0;
  if (t->words == 1) {
    for (uint32_t g = 0; g < t->order; g++) count += images[g] == least;
    return count;
  }
  for (uint32_t g = 0; g < t->order; g++) {
    left[count] = g;
    count += images[g] == least;
  }
  for (uint32_t w = 1; w < t->words; w++) {
    const KspecLookup *from = t->lookups + t->lookupEnd[w - 1], *to = t->lookups + t->lookupEnd[w];
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++) {
      uint64_t image = imageOfWord(t, from, to, values, left[i]);
      if (kept && image > out[w]) continue;
      if (!kept || image < out[w]) {
        out[w] = image;
        kept = 0;
      }
      left[kept++] = left[i];
    }
    count = kept;
  }
  return count;
}

static inline __attribute__((always_inline)) void leastImages(const KspecImages *t, KspecSymmetryScratch *s,
                                                              const uint64_t *states, size_t count, uint64_t *out,
                                                              uint64_t *stabilisers) {
  for (size_t i = 0; i < count; i++) {
    uint64_t reached = leastImage(t, states + i * t->words, s->image, s->values, s->images, s->left);
    memcpy(out + i * t->words, s->image, t->words * sizeof(uint64_t));
    if (stabilisers) stabilisers[i] = reached;
  }
}

#ifdef __x86_64__
__attribute__((target("avx2"))) static void leastImagesWide(const KspecImages *t, KspecSymmetryScratch *s,
                                                            const uint64_t *states, size_t count, uint64_t *out,
                                                            uint64_t *stabilisers) {
  leastImages(t, s, states, count, out, stabilisers);
}
#endif

void kspec_images_canonicalize(const KspecImages *t, KspecSymmetryScratch *s, const uint64_t *states, size_t count,
                               uint64_t *out, uint64_t *stabilisers) {
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx2")) return leastImagesWide(t, s, states, count, out, stabilisers);
#endif
  leastImages(t, s, states, count, out, stabilisers);
}
