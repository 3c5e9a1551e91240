// See KspecStore.h for what it does; here is how.
//
// Linear probing over slots of `words` 64-bit words. The slot of a hash is `hash * capacity / 2^64` (Lemire's fast range), so
// that capacities need not be powers of two and growing keeps the order of homes: that is what makes growing in place work.
//
// A slot is claimed by one compare-and-swap on its first word, the state's *code*.
// - One word: the code is the state. 0 marks an empty slot; the state 0 has a flag of its own.
// - More words: the code is the first word xor a hash of the others. 0 marks an empty slot and ~0 one that is being written;
//   states with these codes (as rare as chance, not as common as a zero word) are kept in a small locked stash.
#define _GNU_SOURCE
#include "KspecStore.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
  BLOCK = 128,       // states hashed and prefetched before the first is probed
  FIRST_RUN = 4096,  // room for a run when a table grows; at a load of 0.8 longer ones hardly occur
};

static const uint64_t BUSY = ~(uint64_t)0;

struct KspecStore {
  uint64_t *slots;
  size_t capacity;
  size_t words;
  bool constantHash;
  bool overflowed;
  bool zero;  // one word: the state 0 is in the store
  int stashLock;
  uint64_t *stash;
  size_t stashed, stashRoom;
};

struct KspecFilter {
  uint64_t *entries;
  uint64_t mask;
  size_t words;
};

// Hashing

static inline uint64_t multiplyFold(uint64_t a, uint64_t b) {
  unsigned __int128 product = (unsigned __int128)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t hashWord(uint64_t x) {
  x ^= x >> 32;
  return multiplyFold(x ^ 0x9E3779B97F4A7C15u, 0xD6E8FEB86659FD93u);
}

static inline __attribute__((always_inline)) uint64_t tail(const uint64_t *state, size_t words) {
  uint64_t h = 0;
  for (size_t i = 1; i < words; i++) h = multiplyFold(h ^ state[i] ^ 0xA0761D6478BD642Fu, 0xE7037ED1A0B428DBu);
  return h;
}

uint64_t kspec_store_tail(const uint64_t *state, size_t words) { return words > 1 ? tail(state, words) : 0; }

static inline __attribute__((always_inline)) uint64_t codeOf(const uint64_t *state, size_t words) {
  return words == 1 ? state[0] : state[0] ^ tail(state, words);
}

// The code determines the first word once the others are given, so it may stand for it. The others go in again by a
// different road: states that agree in their code alone must not collide.
static inline uint64_t hashOf(const KspecStore *store, const uint64_t *state, uint64_t code) {
  if (__builtin_expect(store->constantHash, 0)) return 0;
  return store->words == 1 ? hashWord(code) : hashWord(code ^ (state[1] * 0x9FB21C651E98DF25u));
}

static inline size_t home(uint64_t hash, size_t capacity) { return (size_t)(((unsigned __int128)hash * capacity) >> 64); }

static inline __attribute__((always_inline)) bool isZero(const uint64_t *state, size_t words) {
  for (size_t i = 0; i < words; i++)
    if (state[i] != 0) return false;
  return true;
}

static inline __attribute__((always_inline)) bool sameTail(const uint64_t *a, const uint64_t *b, size_t words) {
  for (size_t i = 1; i < words; i++)
    if (a[i] != b[i]) return false;
  return true;
}

// Memory. Anonymous pages are zero, which is what an empty table is, and `mremap` moves pages instead of copying them.

static uint64_t *mapSlots(size_t slots, size_t words) {
  size_t bytes;
  if (__builtin_mul_overflow(slots, words * sizeof(uint64_t), &bytes)) return NULL;
  void *base = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED) return NULL;
  return base;
}

static inline size_t tableBytes(const KspecStore *store) { return store->capacity * store->words * sizeof(uint64_t); }

KspecStore *kspec_store_create(size_t words, size_t slots, bool constantHash) {
  KspecStore *store = calloc(1, sizeof *store);
  if (!store) return NULL;
  store->words = words;
  store->capacity = slots < 2 ? 2 : slots;
  store->constantHash = constantHash;
  store->slots = mapSlots(store->capacity, words);
  if (!store->slots) {
    free(store);
    return NULL;
  }
  return store;
}

void kspec_store_destroy(KspecStore *store) {
  munmap(store->slots, tableBytes(store));
  free(store->stash);
  free(store);
}

bool kspec_store_reset(KspecStore *store, size_t slots) {
  if (slots < 2) slots = 2;
  if (slots == store->capacity && tableBytes(store) <= 1 << 20) {
    memset(store->slots, 0, tableBytes(store));
  } else {
    uint64_t *base = mapSlots(slots, store->words);
    if (!base) return false;
    munmap(store->slots, tableBytes(store));
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

// The stash: a list under a spin lock. Its length is what chance gives, so it is never searched in earnest.

static bool stashHolds(const KspecStore *store, const uint64_t *state) {
  for (size_t i = 0; i < store->stashed; i++)
    if (memcmp(store->stash + i * store->words, state, store->words * sizeof(uint64_t)) == 0) return true;
  return false;
}

static bool stashInsert(KspecStore *store, const uint64_t *state) {
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
      uint64_t *entry = entries + (hash & mask);
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
  if (__builtin_expect(code == 0 || code == BUSY, 0)) return stashInsert(store, state);
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
      uint64_t *entry = entries + (hash & mask) * words;
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

bool kspec_store_contains(const KspecStore *store, const uint64_t *state) {
  const size_t words = store->words;
  const uint64_t code = codeOf(state, words);
  if (words == 1 && code == 0) return store->zero;
  if (words > 1 && (code == 0 || code == BUSY)) return stashHolds(store, state);
  size_t slot = home(hashOf(store, state, code), store->capacity);
  for (size_t probes = 0; probes < store->capacity; probes++) {
    const uint64_t *place = store->slots + slot * words;
    if (place[0] == 0) return false;
    if (place[0] == code && sameTail(place, state, words)) return true;
    if (++slot == store->capacity) slot = 0;
  }
  return false;
}

// Growing in place. A *run* is a maximal stretch of occupied slots. Runs are lifted out and put back from the last to the
// first: the homes of a run that starts at slot a are at least a, and a larger capacity only moves homes up, so that what is
// put back lands above everything still waiting, or past the end and so in the run at slot 0, which comes last and is then
// lifted out whole. Only a run that wraps from the last slot to the first breaks this, so its head waits until the end.

// Puts a lifted entry (code, then the other words) at the first empty slot from its home.
static void putBack(KspecStore *store, const uint64_t *entry) {
  const size_t words = store->words;
  size_t slot = home(hashOf(store, entry, entry[0]), store->capacity);
  while (store->slots[slot * words] != 0)
    if (++slot == store->capacity) slot = 0;
  memcpy(store->slots + slot * words, entry, words * sizeof(uint64_t));
}

typedef struct {
  uint64_t *entries;
  size_t count, room;
} Lifted;

// Moves the slots [start, end) to the end of `lifted`, leaving them empty; false if memory is refused.
static bool lift(KspecStore *store, size_t start, size_t end, Lifted *lifted) {
  const size_t words = store->words, n = end - start;
  if (lifted->count + n > lifted->room) {
    size_t room = (lifted->count + n) * 2;
    uint64_t *larger = realloc(lifted->entries, room * words * sizeof(uint64_t));
    if (!larger) return false;
    lifted->entries = larger;
    lifted->room = room;
  }
  memcpy(lifted->entries + lifted->count * words, store->slots + start * words, n * words * sizeof(uint64_t));
  memset(store->slots + start * words, 0, n * words * sizeof(uint64_t));
  lifted->count += n;
  return true;
}

static void putAllBack(KspecStore *store, Lifted *lifted) {
  for (size_t i = 0; i < lifted->count; i++) putBack(store, lifted->entries + i * store->words);
  lifted->count = 0;
}

bool kspec_store_grow(KspecStore *store, size_t slots) {
  const size_t words = store->words, old = store->capacity;
  size_t bytes;
  if (slots <= old || __builtin_mul_overflow(slots, words * sizeof(uint64_t), &bytes)) return false;

  size_t head = 0;
  while (head < old && store->slots[head * words] != 0) head++;
  if (store->slots[(old - 1) * words] == 0) head = 0;  // nothing wraps
  Lifted wrapped = {malloc((head + 1) * words * sizeof(uint64_t)), 0, head + 1};
  Lifted run = {malloc(FIRST_RUN * words * sizeof(uint64_t)), 0, FIRST_RUN};
  uint64_t *base = MAP_FAILED;
  if (wrapped.entries && run.entries) base = mremap(store->slots, tableBytes(store), bytes, MREMAP_MAYMOVE);
  if (base == MAP_FAILED) {
    free(wrapped.entries);
    free(run.entries);
    return false;
  }
  store->slots = base;
  store->capacity = slots;

  lift(store, 0, head, &wrapped);
  for (size_t end = old; end > 0;) {
    if (store->slots[(end - 1) * words] == 0) {
      end--;
      continue;
    }
    size_t start = end;
    while (start > 0 && store->slots[(start - 1) * words] != 0) start--;
    if (!lift(store, start, end, &run)) {  // no memory for a very long run: the table is no longer whole, so say so
      store->overflowed = true;
      break;
    }
    putAllBack(store, &run);
    end = start;
  }
  putAllBack(store, &wrapped);
  free(wrapped.entries);
  free(run.entries);
  return true;
}

// The filter. An entry of zeros is empty: the state of zeros is never taken for known.

KspecFilter *kspec_filter_create(size_t words, size_t entries) {
  size_t size = 1;
  while (size < entries) size *= 2;
  KspecFilter *filter = calloc(1, sizeof *filter);
  if (!filter) return NULL;
  filter->entries = calloc(size, words * sizeof(uint64_t));
  filter->mask = size - 1;
  filter->words = words;
  if (!filter->entries) {
    free(filter);
    return NULL;
  }
  return filter;
}

void kspec_filter_reset(KspecFilter *filter) {
  memset(filter->entries, 0, (filter->mask + 1) * filter->words * sizeof(uint64_t));
}

void kspec_filter_destroy(KspecFilter *filter) {
  free(filter->entries);
  free(filter);
}
