// Insertion: states are hashed, filtered and prefetched in blocks, then probed.
#include <sched.h>
#include <string.h>

#include "KspecTable.h"

enum { BLOCK = 128 };  // states hashed and prefetched before the first is probed

// One word a state

static inline bool insertWord(KspecStore *store, uint64_t state, size_t slot) {
  if (__builtin_expect(state == 0, 0)) return !__atomic_exchange_n(&store->zero, true, __ATOMIC_RELAXED);
  uint64_t *slots = store->slots;
  const size_t capacity = store->capacity;
  for (size_t probes = 0; probes < capacity; probes++) {
    uint64_t found = __atomic_load_n(slots + slot, __ATOMIC_RELAXED);
    if (found == state) return false;
    if (found == 0) {
      if (__atomic_compare_exchange_n(slots + slot, &found, state, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) return true;
      if (found == state) return false;
    }
    if (++slot == capacity) slot = 0;
  }
  __atomic_store_n(&store->overflowed, true, __ATOMIC_RELAXED);
  return false;
}

static size_t insertWords1(KspecStore *store, KspecFilter *filter, const uint64_t *states, size_t count, uint64_t *fresh) {
  uint64_t pending[BLOCK];
  size_t slot[BLOCK];
  uint64_t *entries = filter->entries;
  const uint64_t mask = filter->mask;
  const size_t capacity = store->capacity;
  size_t made = 0;
  for (size_t start = 0; start < count; start += BLOCK) {
    const size_t end = start + BLOCK < count ? start + BLOCK : count;
    size_t n = 0;
    for (size_t i = start; i < end; i++) {
      const uint64_t state = states[i];
      const uint64_t hash = hashOf(store, states + i, state);
      uint64_t *entry = entries + filterIndex(hash, mask);
      if (*entry == state && state != 0) continue;
      *entry = state;  // true before this call returns
      pending[n] = state;
      slot[n] = home(hash, capacity);
      __builtin_prefetch(store->slots + slot[n]);
      n++;
    }
    for (size_t i = 0; i < n; i++)
      if (insertWord(store, pending[i], slot[i])) fresh[made++] = pending[i];
  }
  return made;
}

// Several words a state. `words` is a constant wherever these are inlined: with loops and copies of variable length an
// insertion of two words took half as long again.

static inline __attribute__((always_inline)) bool insertWide(KspecStore *store, const uint64_t *state, uint64_t code, size_t slot,
                                                             const size_t words) {
  if (__builtin_expect(code == 0 || code == BUSY, 0)) return kspec_stash_insert(store, state);
  const size_t capacity = store->capacity;
  for (size_t probes = 0; probes < capacity; probes++) {
    uint64_t *place = store->slots + slot * words;
    uint64_t found = __atomic_load_n(place, __ATOMIC_ACQUIRE);
    if (found == 0 && __atomic_compare_exchange_n(place, &found, BUSY, false, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) {
      for (size_t i = 1; i < words; i++) place[i] = state[i];
      __atomic_store_n(place, code, __ATOMIC_RELEASE);
      return true;
    }
    for (unsigned spins = 0; found == BUSY; spins++) {
      if (spins > 64) sched_yield();
      found = __atomic_load_n(place, __ATOMIC_ACQUIRE);
    }
    if (found == code && sameTail(place, state, words)) return false;
    if (++slot == capacity) slot = 0;
  }
  __atomic_store_n(&store->overflowed, true, __ATOMIC_RELAXED);
  return false;
}

static inline __attribute__((always_inline)) size_t insertWords(KspecStore *store, KspecFilter *filter, const uint64_t *states,
                                                                size_t count, uint64_t *fresh, const size_t words) {
  const uint64_t *pending[BLOCK];
  uint64_t code[BLOCK];
  size_t slot[BLOCK];
  const size_t bytes = words * sizeof(uint64_t);
  const size_t capacity = store->capacity;
  uint64_t *entries = filter->entries;
  const uint64_t mask = filter->mask;
  size_t made = 0;
  for (size_t start = 0; start < count; start += BLOCK) {
    const size_t end = start + BLOCK < count ? start + BLOCK : count;
    size_t n = 0;
    for (size_t i = start; i < end; i++) {
      const uint64_t *state = states + i * words;
      code[n] = codeOf(state, words);
      const uint64_t hash = hashOf(store, state, code[n]);
      uint64_t *entry = entries + filterIndex(hash, mask) * words;
      if (entry[0] == state[0] && sameTail(entry, state, words) && !isZero(state, words)) continue;
      memcpy(entry, state, bytes);
      pending[n] = state;
      slot[n] = home(hash, capacity);
      // A slot may straddle two lines.
      __builtin_prefetch(store->slots + slot[n] * words);
      if (words > 2) __builtin_prefetch(store->slots + slot[n] * words + words - 1);
      n++;
    }
    for (size_t i = 0; i < n; i++)
      if (insertWide(store, pending[i], code[i], slot[i], words)) memcpy(fresh + made++ * words, pending[i], bytes);
  }
  return made;
}

size_t kspec_store_insert(KspecStore *store, KspecFilter *filter, const uint64_t *states, size_t count, uint64_t *fresh) {
  switch (store->words) {
  case 1: return insertWords1(store, filter, states, count, fresh);
  case 2: return insertWords(store, filter, states, count, fresh, 2);
  case 3: return insertWords(store, filter, states, count, fresh, 3);
  case 4: return insertWords(store, filter, states, count, fresh, 4);
  default: return insertWords(store, filter, states, count, fresh, store->words);
  }
}
