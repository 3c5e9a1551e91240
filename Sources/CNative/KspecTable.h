// What the parts of the store share: the shape of the table, codes and hashes. Private to this folder.
//
// Linear probing over slots of `words` 64-bit words. The slot of a hash is `hash * capacity / 2^64` (Lemire's fast range), so
// that capacities need not be powers of two and growing keeps the order of homes: that is what makes growing in place work. For states of one
// or two words it is the first slot of a 64-byte line.
//
// A slot is claimed by one compare-and-swap on its first word, the state's *code*.
// - One word: the code is the state. 0 marks an empty slot; the state 0 has a flag of its own.
// - More words: the code is the first word xor a hash of the others. 0 marks an empty slot and ~0 one that is being written;
//   states with these codes (as rare as chance, not as common as a zero word) are kept in a small locked stash.
#ifndef KSPEC_TABLE_H
#define KSPEC_TABLE_H

#include "KspecFilter.h"
#include "KspecMix.h"
#include "KspecStore.h"

// ThreadSanitizer does not know what is read whole.
#if defined(__SSE2__) && !__has_feature(thread_sanitizer)
#define KSPEC_VECTORS
#endif

static const uint64_t BUSY = ~(uint64_t)0;
enum { LINE_SLOTS = 8 };  // one word a state

typedef struct KspecGrowth KspecGrowth;

struct KspecStore {
  uint64_t *slots;
  size_t capacity;
  size_t words;
  unsigned bits, fold;  // one word: the bits that states use
  uint64_t mask;        // and these bits
  bool constantHash;
  bool byLine;  // one or two words: compares a whole line at once
  bool isAlone;  // one thread inserts
  bool overflowed;
  bool zero;  // one word: the state 0 is in the store
  int stashLock;
  uint64_t *stash;
  size_t stashed, stashRoom;
  KspecGrowth *growth;  // while it grows
};

// What other threads leave alone, where no store through a pointer can change it.
static inline __attribute__((always_inline)) KspecStore fixedPart(const KspecStore *store) {
  return (KspecStore){.slots = store->slots,
                      .capacity = store->capacity,
                      .words = store->words,
                      .bits = store->bits,
                      .fold = store->fold,
                      .mask = store->mask,
                      .constantHash = store->constantHash};
}

// Hashing

static inline uint64_t multiplyFold(uint64_t a, uint64_t b) {
  unsigned __int128 product = (unsigned __int128)a * b;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t hashWord(uint64_t x) {
  x ^= x >> 32;
  return multiplyFold(x ^ 0x9E3779B97F4A7C15u, 0xD6E8FEB86659FD93u);
}

// One word: the bijection that the compact store uses, so that the order of homes here is the order of its partitions and a table can
// be turned into the other piece by piece.
static inline uint64_t hashState(const KspecStore *store, uint64_t state) {
  return mix(state, store->mask, store->fold) << (64 - store->bits);
}

static inline __attribute__((always_inline)) uint64_t tail(const uint64_t *state, size_t words) {
  uint64_t h = 0;
  for (size_t i = 1; i < words; i++) h = multiplyFold(h ^ state[i] ^ 0xA0761D6478BD642Fu, 0xE7037ED1A0B428DBu);
  return h;
}

static inline __attribute__((always_inline)) uint64_t codeOf(const uint64_t *state, size_t words) {
  return words == 1 ? state[0] : state[0] ^ tail(state, words);
}

// The code determines the first word once the others are given, so it may stand for it. The others go in again by a
// different road: states that agree in their code alone must not collide.
static inline __attribute__((always_inline)) uint64_t hashOf(const KspecStore *store, const uint64_t *state, uint64_t code, const size_t words) {
  if (__builtin_expect(store->constantHash, 0)) return 0;
  return words == 1 ? hashState(store, code) : hashWord(code ^ (state[1] * 0x9FB21C651E98DF25u));
}

// Slots between places where probing may begin, and what the capacity is a multiple of. Small states: a line of the cache, so that most probing ends in the
// first line and sees all of it at once.
static inline __attribute__((always_inline)) size_t unitOf(const size_t words) { return words == 1 ? LINE_SLOTS : words == 2 ? LINE_SLOTS / 2 : 1; }

// Where the probing for a hash begins.
static inline __attribute__((always_inline)) size_t home(const KspecStore *store, uint64_t hash, const size_t words) {
  const size_t unit = unitOf(words);
  return (size_t)(((unsigned __int128)hash * (store->capacity / unit)) >> 64) * unit;
}

// At least so many slots, in whole lines where probing begins at lines.
static inline size_t wholeLines(size_t slots, size_t words) {
  const size_t unit = unitOf(words);
  return slots < 2 ? (unit < 2 ? 2 : unit) : (slots + unit - 1) / unit * unit;
}

static inline size_t tableBytes(const KspecStore *store) { return store->capacity * store->words * sizeof(uint64_t); }

// Adds a state with a reserved code; whether it was new.
bool kspec_stash_insert(KspecStore *store, const uint64_t *state);

#endif
