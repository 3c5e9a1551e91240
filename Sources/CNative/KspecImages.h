// What the forms of canonicalisation share that sum images up from tables. See KspecImages.c.
#ifndef KSPEC_IMAGES_H
#define KSPEC_IMAGES_H
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
static inline uint64_t imageOfWord(const KspecImages *t, const KspecLookup *from, const KspecLookup *to, const uint64_t *values,
                            uint32_t renaming) {
  uint64_t sum = 0;
  for (const KspecLookup *lookup = from; lookup < to; lookup++) {
    uint64_t value = values[lookup->piece];
    const uint64_t *row = t->tables + lookup->base + renaming;
    sum += lookup->linear ? *row * value : row[value * t->stride];
  }
  return sum;
}

// Writes the least of the images' first words, and to `left` the renamings that have it. Returns how many they are.
static inline __attribute__((always_inline)) uint32_t leastFirstWords(const KspecImages *t, uint64_t *values, const uint64_t *state,
                                                                      uint64_t *images, uint32_t words, uint64_t *out,
                                                                      uint32_t *left) {
  for (uint32_t p = 0; p < t->pieces; p++) values[p] = readPiece(&t->piece[p], state);
  imagesOfWord(t, t->lookups, t->lookups + t->lookupEnd[0], values, images);
  uint64_t least = images[0];
  for (uint32_t g = 1; g < t->order; g++) least = images[g] < least ? images[g] : least;
  out[0] = least;
  uint32_t count = 0;
  for (uint32_t g = 0; g < t->order; g++) {
    left[count] = g;
    count += images[g] == least;
  }
  // Words are compared one after the other: after the first, few renamings are left.
  for (uint32_t w = 1; w < words; w++) {
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

#endif
