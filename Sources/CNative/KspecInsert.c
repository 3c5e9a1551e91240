// Insertion: states are hashed, filtered and prefetched in blocks, then probed.
#include <sched.h>
#include <string.h>

#include "KspecTable.h"

#ifdef KSPEC_VECTORS
#include <immintrin.h>
#endif

enum { BLOCK = 128 };  // states hashed and prefetched before the first is probed

// The states of [states, end) that the filter has not seen just now, to `unknown`. Whether it has is as good as random, so nothing branches on it.
// An entry of zeros is empty: the state of zeros is never taken for known.
static inline size_t unknownWords1(KspecFilter *filter, const uint64_t *states, const uint64_t *end, uint64_t *unknown) {
  uint64_t *entries = filter->entries;
  const unsigned shift = filter->shift;
  size_t n = 0;
  for (; states < end; states++) {
    const uint64_t state = *states;
    uint64_t *entry = entries + filterIndex(state, shift);
    const uint64_t held = *entry;
    *entry = state;  // true before the caller returns
    unknown[n] = state;
    n += (size_t)(held != state) | (size_t)(state == 0);
  }
  return n;
}

#ifdef KSPEC_VECTORS
static inline __attribute__((always_inline, target("avx2"))) unsigned lanes(__m256i mask) {
  return (unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(mask));
}
#endif

// One word a state

// From the start of its home line on, slot after slot.
static inline bool insertWord(KspecStore *store, uint64_t state, size_t slot) {
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

static inline bool insertZero(KspecStore *store) { return !__atomic_exchange_n(&store->zero, true, __ATOMIC_RELAXED); }

static size_t insertPending(KspecStore *store, const uint64_t *pending, const size_t *slot, size_t n, uint64_t *fresh) {
  size_t made = 0;
  for (size_t i = 0; i < n; i++)
    if (pending[i] == 0 ? insertZero(store) : insertWord(store, pending[i], slot[i])) fresh[made++] = pending[i];
  return made;
}

#ifdef KSPEC_VECTORS
// The same, a line at a time. A slot never changes once it is taken, and each lane is read whole, so what a line showed of the slots below its
// first empty one stays true, and whoever added the state since did so in a slot where our exchange fails.
static __attribute__((target("avx2"))) size_t insertPendingLines(KspecStore *store, const uint64_t *pending, const size_t *slot, size_t n,
                                                                 uint64_t *fresh) {
  const size_t capacity = store->capacity;
  const __m256i zero = _mm256_setzero_si256();
  size_t made = 0;
  for (size_t i = 0; i < n; i++) {
    const uint64_t state = pending[i];
    if (__builtin_expect(state == 0, 0)) {
      if (insertZero(store)) fresh[made++] = state;
      continue;
    }
    const __m256i wanted = _mm256_set1_epi64x((long long)state);
    size_t line = slot[i], lines = capacity / LINE_SLOTS;
    while (true) {
      uint64_t *place = store->slots + line;
      const __m256i low = _mm256_load_si256((const __m256i *)place), high = _mm256_load_si256((const __m256i *)place + 1);
      if (lanes(_mm256_cmpeq_epi64(low, wanted)) | lanes(_mm256_cmpeq_epi64(high, wanted))) break;
      const unsigned empty = lanes(_mm256_cmpeq_epi64(low, zero)) | lanes(_mm256_cmpeq_epi64(high, zero)) << 4;
      if (__builtin_expect(empty != 0, 1)) {
        uint64_t found = 0;
        if (__atomic_compare_exchange_n(place + __builtin_ctz(empty), &found, state, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
          fresh[made++] = state;
          break;
        }
        continue;  // somebody was faster: look again
      }
      if (__builtin_expect(--lines == 0, 0)) {
        __atomic_store_n(&store->overflowed, true, __ATOMIC_RELAXED);
        break;
      }
      line += LINE_SLOTS;
      if (line == capacity) line = 0;
    }
  }
  return made;
}
#endif

static size_t insertWords1(KspecStore *store, KspecFilter *filter, const uint64_t *states, size_t count, uint64_t *fresh) {
  uint64_t pending[BLOCK];
  size_t slot[BLOCK];
  size_t made = 0;
  for (size_t start = 0; start < count; start += BLOCK) {
    const size_t end = start + BLOCK < count ? start + BLOCK : count;
    const size_t n = unknownWords1(filter, states + start, states + end, pending);
    for (size_t i = 0; i < n; i++) {
      slot[i] = home(store, hashOf(store, pending + i, pending[i]));
      __builtin_prefetch(store->slots + slot[i]);
    }
#ifdef KSPEC_VECTORS
    if (store->readsLines) {
      made += insertPendingLines(store, pending, slot, n, fresh + made);
      continue;
    }
#endif
    made += insertPending(store, pending, slot, n, fresh + made);
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
  size_t made = 0;
  for (size_t start = 0; start < count; start += BLOCK) {
    const size_t end = start + BLOCK < count ? start + BLOCK : count;
    size_t n = 0;
    for (size_t i = start; i < end; i++) {
      const uint64_t *state = states + i * words;
      uint64_t *entry = filterEntry(filter, state, words);
      pending[n] = state;
      n += (size_t)!isSame(entry, state, words) | (size_t)isZero(state, words);
      memcpy(entry, state, bytes);  // true before this call returns
    }
    for (size_t i = 0; i < n; i++) {
      code[i] = codeOf(pending[i], words);
      slot[i] = home(store, hashOf(store, pending[i], code[i]));
      // A slot may straddle two lines.
      __builtin_prefetch(store->slots + slot[i] * words);
      if (words > 2) __builtin_prefetch(store->slots + slot[i] * words + words - 1);
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
