// Insertion: most states are known, so what is known at once is dropped early, and what is left is looked for while more of it is fetched.
//
// In: a batch of states. Out: the new ones, in their order. A block passes three sieves: the worker's filter, the line of the table where the
// search for a state begins, and the table itself. Neither of the first two branches on what it finds, which is as good as random. Lines are fetched
// LAG states before they are looked at, one fetched for one looked at: fetching 128 and then looking at them made a line from memory half as
// dear again (16 instead of 11 ns).
#include <sched.h>
#include <string.h>

#include "KspecLine.h"
#include "KspecProcessor.h"

enum { BLOCK = 512, LAG = 48 };

// One word a state

static inline bool insertZero(KspecStore *store) { return !__atomic_exchange_n(&store->zero, true, __ATOMIC_RELAXED); }

// Whether a slot was empty until now. `isAlone`, that no other thread inserts, is a constant wherever these are inlined.
ALWAYS bool claim(uint64_t *slot, uint64_t *found, uint64_t code, int order, const bool isAlone) {
  if (!isAlone) return __atomic_compare_exchange_n(slot, found, code, false, order, order);
  __atomic_store_n(slot, code, __ATOMIC_RELAXED);
  return true;
}

// From the start of its home line on, slot after slot.
ALWAYS bool insertWord(KspecStore *store, uint64_t state, size_t slot, const bool isAlone) {
  uint64_t *slots = store->slots;
  const size_t capacity = store->capacity;
  for (size_t probes = 0; probes < capacity; probes++) {
    uint64_t found = __atomic_load_n(slots + slot, __ATOMIC_RELAXED);
    if (found == state) return false;
    if (found == 0) {
      if (claim(slots + slot, &found, state, __ATOMIC_RELAXED, isAlone)) return true;
      if (found == state) return false;
    }
    if (++slot == capacity) slot = 0;
  }
  __atomic_store_n(&store->overflowed, true, __ATOMIC_RELAXED);
  return false;
}

#ifdef KSPEC_VECTORS
// The same, a line at a time. What a line showed of the slots below its first empty one stays true, and whoever added the state since did so
// in a slot where our exchange fails.
ALWAYS bool insertWordInLine(KspecStore *store, uint64_t state, size_t slot, const bool isAlone) {
  const size_t capacity = store->capacity;
  for (size_t lines = capacity / LINE_SLOTS; lines > 0; lines--) {
    uint64_t *line = store->slots + slot;
    while (true) {
      if (holders(line, state, 0, 1)) return false;
      const uint32_t empty = holders(line, 0, 0, 1);
      if (empty == 0) break;
      uint64_t found = 0;
      if (claim(line + __builtin_ctz(empty) / 2, &found, state, __ATOMIC_RELAXED, isAlone)) return true;
    }
    slot += LINE_SLOTS;
    if (slot == capacity) slot = 0;
  }
  __atomic_store_n(&store->overflowed, true, __ATOMIC_RELAXED);
  return false;
}
#endif

// Several words a state

ALWAYS bool insertWide(KspecStore *store, const uint64_t *state, uint64_t code, size_t slot, const size_t words, const bool isAlone) {
  if (__builtin_expect(code == 0 || code == BUSY, 0)) return kspec_stash_insert(store, state);
  const size_t capacity = store->capacity;
  for (size_t probes = 0; probes < capacity; probes++) {
    uint64_t *place = store->slots + slot * words;
    uint64_t found = __atomic_load_n(place, __ATOMIC_ACQUIRE);
    if (found == 0 && claim(place, &found, BUSY, __ATOMIC_ACQUIRE, isAlone)) {
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

// Any number of words. `words`, `byLine` and `isAlone` are constants wherever these are inlined: with loops and copies of variable length an insertion of
// two words took half as long again.

ALWAYS bool insertOne(KspecStore *store, const uint64_t *state, uint64_t code, size_t slot, const size_t words, const bool byLine,
                      const bool isAlone) {
  if (words > 1) return insertWide(store, state, code, slot, words, isAlone);
  if (__builtin_expect(code == 0, 0)) return insertZero(store);
#ifdef KSPEC_VECTORS
  if (byLine) return insertWordInLine(store, code, slot, isAlone);
#else
  (void)byLine;
#endif
  return insertWord(store, code, slot, isAlone);
}

// Whether a state need not be looked for beyond its home line. Codes that are no slot's are.
ALWAYS bool isHome(const KspecStore *store, const uint64_t *state, uint64_t code, size_t slot, const size_t words) {
#ifdef KSPEC_VECTORS
  const bool isSlots = words == 1 ? code != 0 : code + 1 > 1;
  return lineHas(store->slots + slot * words, code, words == 1 ? 0 : state[1], words) & isSlots;
#else
  (void)store, (void)state, (void)code, (void)slot, (void)words;
  return false;
#endif
}

typedef struct {
  uint64_t code[BLOCK];  // one word: the state
  size_t slot[BLOCK];
  uint32_t index[BLOCK];  // of the state; one word: where something stands beside it
} Pending;

ALWAYS const uint64_t *stateAt(const Pending *pending, size_t i, const uint64_t *states, const size_t words) {
  return words == 1 ? pending->code + i : states + pending->index[i] * words;
}

ALWAYS void fetch(const KspecStore *store, Pending *pending, size_t i, const uint64_t *states, const size_t words) {
  const uint64_t *state = stateAt(pending, i, states, words);
  const uint64_t code = codeOf(state, words);
  const size_t slot = home(store, hashOf(store, state, code, words), words);
  pending->code[i] = code;
  pending->slot[i] = slot;
  __builtin_prefetch(store->slots + slot * words);
  // A slot may straddle two lines.
  if (words > 2) __builtin_prefetch(store->slots + slot * words + words - 1);
}

// What is new goes to the end of `states`.
typedef struct {
  uint64_t *states;
  uint16_t *origins;  // NULL: nobody asks
  size_t count;
  // What the states that are looked for stand for, of so many words; NULL: themselves.
  const uint64_t *owners;
  size_t ownerWords;
} Fresh;

ALWAYS void append(Fresh *made, const uint64_t *state, const uint16_t *origins, size_t index, const size_t words, const bool hasMore) {
  if (hasMore && made->origins) made->origins[made->count] = origins[index];
  if (hasMore && made->owners)
    memcpy(made->states + made->count++ * made->ownerWords, made->owners + index * made->ownerWords, made->ownerWords * sizeof(uint64_t));
  else
    memcpy(made->states + made->count++ * words, state, words * sizeof(uint64_t));
}

// `hasMore`: something stands beside the states. Else nobody asks for the indices of those of one word.
ALWAYS void insertBlock(KspecStore *store, KspecFilter *filter, const uint64_t *states, const uint16_t *origins, size_t count, Fresh *fresh,
                        const size_t words, const bool byLine, const bool isAlone, const bool hasMore) {
  Pending pending;
  const KspecStore table = fixedPart(store);
  Fresh made = *fresh;
  const size_t n = words == 1 ? unknownWords(filter, states, count, hasMore ? pending.index : NULL, pending.code)
                              : unknownStates(filter, states, count, pending.index, words);
  const size_t ahead = n < LAG ? n : LAG;
  size_t left = 0;
  for (size_t i = 0; i < ahead; i++) fetch(&table, &pending, i, states, words);
  for (size_t i = 0; i < n; i++) {
    if (i + ahead < n) fetch(&table, &pending, i + ahead, states, words);
    const uint64_t *state = stateAt(&pending, i, states, words);
    const uint64_t code = pending.code[i];
    const size_t slot = pending.slot[i];
    if (byLine) {
      pending.code[left] = code;
      pending.slot[left] = slot;
      if (words > 1 || hasMore) pending.index[left] = pending.index[i];
      const bool isKnown = isHome(&table, state, code, slot, words);
      left += (size_t)!isKnown;
    } else if (insertOne(store, state, code, slot, words, byLine, isAlone)) {
      append(&made, state, origins, pending.index[i], words, hasMore);
    }
  }
  // Lines fill from their first slot on. What is not in a full one is in the next, if anywhere.
  for (size_t i = 0; i < left; i++) {
    const size_t slot = pending.slot[i], next = slot + unitOf(words) < table.capacity ? slot + unitOf(words) : 0;
    const bool isFull = table.slots[(slot + unitOf(words) - 1) * words] != 0;
    __builtin_prefetch(table.slots + (isFull ? next : slot) * words);
  }
  for (size_t i = 0; i < left; i++) {
    const uint64_t *state = stateAt(&pending, i, states, words);
    if (insertOne(store, state, pending.code[i], pending.slot[i], words, byLine, isAlone))
      append(&made, state, origins, pending.index[i], words, hasMore);
  }
  *fresh = made;
}

ALWAYS size_t insertMany(KspecStore *store, KspecFilter *filter, const uint64_t *states, const uint16_t *origins, size_t count, Fresh made,
                         const size_t words, const bool byLine, const bool isAlone, const bool hasMore) {
  for (size_t start = 0; start < count; start += BLOCK) {
    const size_t n = count - start < BLOCK ? count - start : BLOCK;
    insertBlock(store, filter, states + start * words, origins ? origins + start : NULL, n, &made, words, byLine, isAlone, hasMore);
    if (hasMore && made.owners) made.owners += n * made.ownerWords;
  }
  return made.count;
}

ALWAYS size_t insertAll(KspecStore *store, KspecFilter *filter, const uint64_t *states, const uint16_t *origins, size_t count, Fresh made,
                        const size_t words, const bool hasMore) {
  if (!store->byLine) return insertMany(store, filter, states, origins, count, made, words, false, false, hasMore);
  if (!store->isAlone) return insertMany(store, filter, states, origins, count, made, words, true, false, hasMore);
  return insertMany(store, filter, states, origins, count, made, words, true, true, hasMore);
}

KSPEC_CLONES size_t kspec_store_insert(KspecStore *store, KspecFilter *filter, const uint64_t *keys, size_t count, const uint64_t *states,
                                       const uint16_t *origins, size_t words, uint64_t *fresh, uint16_t *freshOrigins) {
  const Fresh made = {fresh, origins ? freshOrigins : NULL, 0, keys == states ? NULL : states, words};
  switch (store->words) {
  case 1:
    if (!made.origins && !made.owners) return insertAll(store, filter, keys, origins, count, made, 1, false);
    return insertAll(store, filter, keys, origins, count, made, 1, true);
  case 2: return insertAll(store, filter, keys, origins, count, made, 2, true);
  case 3: return insertMany(store, filter, keys, origins, count, made, 3, false, false, true);
  case 4: return insertMany(store, filter, keys, origins, count, made, 4, false, false, true);
  default: return insertMany(store, filter, keys, origins, count, made, store->words, false, false, true);
  }
}
