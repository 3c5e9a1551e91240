// The store's life, its stash and the workers' filters: see KspecStore.h for what they do, KspecTable.h for how.
#define _GNU_SOURCE
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "KspecMemory.h"
#include "KspecTable.h"
#include "KspecTree.h"

// Memory. Anonymous pages are zero, which is what an empty table is, and `mremap` moves pages instead of copying them.

static uint64_t *mapSlots(size_t slots, size_t words) {
  size_t bytes;
  if (__builtin_mul_overflow(slots, words * sizeof(uint64_t), &bytes)) return NULL;
  return kspec_map(bytes);
}

KspecStore *kspec_store_create(size_t words, unsigned bits, size_t slots, bool constantHash, bool slotBySlot) {
  KspecStore *store = calloc(1, sizeof *store);
  if (!store) return NULL;
  store->words = words;
  store->bits = bits < 1 ? 1 : bits > 64 ? 64 : bits;
  store->fold = foldOf(store->bits);
  store->mask = bitMask(store->bits);
  store->capacity = wholeLines(slots, words);
  store->constantHash = constantHash;
#ifdef KSPEC_VECTORS
  store->byLine = !slotBySlot;
#else
  (void)slotBySlot;
#endif
  store->slots = mapSlots(store->capacity, words);
  if (!store->slots) {
    free(store);
    return NULL;
  }
  return store;
}

void kspec_store_set_alone(KspecStore *store, bool isAlone) { store->isAlone = isAlone; }

void kspec_store_destroy(KspecStore *store) {
  kspec_unmap(store->slots, tableBytes(store));
  free(store->stash);
  free(store);
}

// Pages that are there are emptied: new ones would be, too, after a fault each. Of a large table all threads share those faults, and one alone would empty it.
static bool isEmptiedInPlace(const KspecStore *store, size_t slots) {
  const size_t bytes = slots * store->words * sizeof(uint64_t);
  return slots <= store->capacity && bytes <= (size_t)1 << 26;
}

bool kspec_store_reset(KspecStore *store, size_t slots) {
  slots = wholeLines(slots, store->words);
  if (isEmptiedInPlace(store, slots)) {
    const size_t held = tableBytes(store);
    store->capacity = slots;
    memset(store->slots, 0, tableBytes(store));
    kspec_shrink(store->slots, held, tableBytes(store));
  } else {
    uint64_t *base = mapSlots(slots, store->words);
    if (!base) return false;
    kspec_unmap(store->slots, tableBytes(store));
    store->slots = base;
    store->capacity = slots;
  }
  store->zero = store->overflowed = false;
  store->stashed = 0;
  return true;
}

size_t kspec_store_capacity(const KspecStore *store) { return store->capacity; }
size_t kspec_store_bytes(const KspecStore *store) {
  return tableBytes(store) + store->stashRoom * store->words * sizeof(uint64_t);
}
bool kspec_store_overflowed(const KspecStore *store) { return __atomic_load_n(&store->overflowed, __ATOMIC_RELAXED); }
size_t kspec_store_stashed(const KspecStore *store) { return store->stashed + (store->zero ? 1 : 0); }

uint64_t kspec_store_tail(const uint64_t *state, size_t words) { return words > 1 ? tail(state, words) : 0; }

// The stash: a list under a spin lock. Its length is what chance gives, so it is never searched in earnest.

static bool stashHolds(const KspecStore *store, const uint64_t *state) {
  for (size_t i = 0; i < store->stashed; i++)
    if (memcmp(store->stash + i * store->words, state, store->words * sizeof(uint64_t)) == 0) return true;
  return false;
}

bool kspec_stash_insert(KspecStore *store, const uint64_t *state) {
  while (__atomic_exchange_n(&store->stashLock, 1, __ATOMIC_ACQUIRE)) sched_yield();
  bool isNew = !stashHolds(store, state);
  if (isNew && store->stashed == store->stashRoom) {
    size_t room = store->stashRoom ? store->stashRoom * 2 : 4;
    uint64_t *larger = realloc(store->stash, room * store->words * sizeof(uint64_t));
    if (larger) {
      store->stash = larger;
      store->stashRoom = room;
    } else {
      store->overflowed = true;
      isNew = false;
    }
  }
  if (isNew) memcpy(store->stash + store->stashed++ * store->words, state, store->words * sizeof(uint64_t));
  __atomic_store_n(&store->stashLock, 0, __ATOMIC_RELEASE);
  return isNew;
}

bool kspec_store_contains(const KspecStore *store, const uint64_t *state) {
  const size_t words = store->words;
  const uint64_t code = codeOf(state, words);
  if (words == 1 && code == 0) return store->zero;
  if (words > 1 && (code == 0 || code == BUSY)) return stashHolds(store, state);
  size_t slot = home(store, hashOf(store, state, code, words), words);
  for (size_t probes = 0; probes < store->capacity; probes++) {
    const uint64_t *place = store->slots + slot * words;
    if (place[0] == 0) return false;
    if (place[0] == code && sameTail(place, state, words)) return true;
    if (++slot == store->capacity) slot = 0;
  }
  return false;
}

// The filter

KspecFilter *kspec_filter_create(size_t words, size_t entries) {
  size_t size = 2;
  while (size < entries) size *= 2;
  KspecFilter *filter = calloc(1, sizeof *filter);
  if (!filter) return NULL;
  filter->entries = calloc(size, words * sizeof(uint64_t));
  filter->count = size;
  filter->shift = 64 - (unsigned)__builtin_ctzll(size);
  filter->words = words;
  if (!filter->entries) {
    free(filter);
    return NULL;
  }
  kspec_filter_reset(filter);
  return filter;
}

// The state of zeros is looked for in the first entry and nowhere else: that one begins with a state that is never looked for there, so that
// no entry of zeros is taken for a state.
void kspec_filter_reset(KspecFilter *filter) {
  uint64_t *first = filter->entries;
  memset(first, 0, filter->count * filter->words * sizeof(uint64_t));
  do first[0]++;
  while (filterEntry(filter, first, filter->words) == first);
}

size_t kspec_filter_unknown(KspecFilter *filter, const uint64_t *states, size_t count, uint64_t *unknown) {
  enum { SOME = 512 };
  const size_t words = filter->words;
  uint32_t indices[SOME];
  size_t made = 0;
  for (size_t start = 0; start < count; start += SOME) {
    const uint64_t *some = states + start * words;
    const size_t many = count - start < SOME ? count - start : SOME;
    const size_t n = words == 2 ? unknownStates(filter, some, many, indices, 2) : unknownStates(filter, some, many, indices, words);
    for (size_t i = 0; i < n; i++) memmove(unknown + made++ * words, some + indices[i] * words, words * sizeof(uint64_t));
  }
  return made;
}

void kspec_filter_destroy(KspecFilter *filter) {
  free(filter->entries);
  free(filter);
}
