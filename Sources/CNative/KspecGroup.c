// See KspecGroup.h. A key is put together from a table for each byte that has bits of it: processors differ in what gathering bits costs.
#include "KspecGroup.h"

#include <stdlib.h>
#include <string.h>

struct KspecKey {
  size_t bytes;
  uint16_t word[KSPEC_KEY_BITS];
  uint8_t shift[KSPEC_KEY_BITS];
  uint16_t share[KSPEC_KEY_BITS][256];  // of a byte's value
};

KspecKey *kspec_key_create(const uint16_t *bits, size_t count) {
  KspecKey *key = calloc(1, sizeof *key);
  if (!key) return NULL;
  for (size_t i = 0; i < count && i < KSPEC_KEY_BITS; i++) {
    const uint16_t word = bits[i] / 64;
    const uint8_t shift = bits[i] % 64 & 56, bit = bits[i] % 8;
    size_t byte = 0;
    while (byte < key->bytes && (key->word[byte] != word || key->shift[byte] != shift)) byte++;
    if (byte == key->bytes) {
      key->word[byte] = word;
      key->shift[byte] = shift;
      key->bytes++;
    }
    for (size_t value = 0; value < 256; value++)
      if (value >> bit & 1) key->share[byte][value] |= (uint16_t)(1 << (count - 1 - i));
  }
  return key;
}

void kspec_key_destroy(KspecKey *key) { free(key); }

static inline size_t keyOf(const KspecKey *key, const uint64_t *state) {
  size_t found = 0;
  for (size_t i = 0; i < key->bytes; i++) found |= key->share[i][state[key->word[i]] >> key->shift[i] & 255];
  return found;
}

void kspec_key_count(const KspecKey *key, const uint64_t *states, size_t count, size_t words, size_t *counts) {
  for (size_t i = 0; i < count; i++) counts[keyOf(key, states + i * words)]++;
}

static inline __attribute__((always_inline)) void scatter(const KspecKey *key, const uint64_t *states, size_t count, const size_t words,
                                                          size_t *places, uint64_t *const *chunks, unsigned chunkBits, const uint16_t *origins,
                                                          uint16_t *const *originChunks) {
  const size_t inChunk = ((size_t)1 << chunkBits) - 1;
  for (size_t i = 0; i < count; i++) {
    const uint64_t *state = states + i * words;
    const size_t place = places[keyOf(key, state)]++;
    memcpy(chunks[place >> chunkBits] + (place & inChunk) * words, state, words * sizeof(uint64_t));
    if (originChunks) originChunks[place >> chunkBits][place & inChunk] = origins ? origins[i] : 0;
  }
}

void kspec_key_scatter(const KspecKey *key, const uint64_t *states, size_t count, size_t words, size_t *places, uint64_t *const *chunks,
                       unsigned chunkBits, const uint16_t *origins, uint16_t *const *originChunks) {
  switch (words) {
  case 1: scatter(key, states, count, 1, places, chunks, chunkBits, origins, originChunks); break;
  case 2: scatter(key, states, count, 2, places, chunks, chunkBits, origins, originChunks); break;
  default: scatter(key, states, count, words, places, chunks, chunkBits, origins, originChunks);
  }
}
