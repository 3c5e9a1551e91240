// Taking all states out of the table: how a search goes on with them elsewhere.
#include <string.h>

#include "KspecTable.h"

uint64_t *kspec_store_drain(KspecStore *store, size_t *count) {
  const size_t words = store->words;
  uint64_t *to = store->slots;
  for (size_t slot = 0; slot < store->capacity; slot++) {
    const uint64_t *from = store->slots + slot * words;
    if (from[0] == 0) continue;
    // The code stands for the first word; it is never 0, so the slots that are overwritten are behind.
    const uint64_t first = words == 1 ? from[0] : from[0] ^ tail(from, words);
    memmove(to, from, words * sizeof(uint64_t));
    to[0] = first;
    to += words;
  }
  // Reserved codes have no slot, but were given credit as if they had one: there is room.
  for (size_t i = 0; i < store->stashed; i++, to += words) memcpy(to, store->stash + i * words, words * sizeof(uint64_t));
  if (store->zero) *to++ = 0;
  store->stashed = 0;
  store->zero = false;
  *count = (size_t)(to - store->slots) / words;
  return store->slots;
}
