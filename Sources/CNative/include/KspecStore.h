// The exact store of visited states: an open-addressing hash table of packed states, filled by several threads at once.
//
// In: packed states of a fixed number of 64-bit words. Out: those that were not there before, each reported to exactly one
// caller. Nothing is ever approximated: a slot holds the whole state. Why C: the same loop over Swift raw pointers measured
// 16 ns an insertion against 13.5 here, and Swift has no prefetch. Every function is compared with a Swift `Set` in the tests.
#ifndef KSPEC_STORE_H
#define KSPEC_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct KspecStore KspecStore;
typedef struct KspecFilter KspecFilter;

// A store of at least `slots` slots for states of `words` words, or of one word below 2^`bits`; NULL if memory is refused. With `constantHash` all states
// hash alike (for tests: every probe sequence is the longest possible, and every collision path is taken); with `slotBySlot` no line is compared at once
// where the processor could (for tests: what other processors do).
KspecStore *_Nullable kspec_store_create(size_t words, unsigned bits, size_t slots, bool constantHash, bool slotBySlot);
// Says whether one thread alone inserts, which is quicker: an exchange makes all that comes behind it wait. At first several may. While nobody inserts.
void kspec_store_set_alone(KspecStore *_Nonnull store, bool isAlone);
void kspec_store_destroy(KspecStore *_Nonnull store);

// Inserts `count` keys and copies the states (`words` words each, as many) of those that are new to `fresh` (room for `count`), whose number it returns; what stands
// beside them in `origins`, if anything does, to `freshOrigins`. The key is the state itself, or where that is wider than what the store holds, what stands for it. Safe from
// several threads. The caller guarantees that at least one slot stays empty (see the credits in StateStore.swift); should it
// not, the state is dropped and `kspec_store_overflowed` says so, which is a fault and never a result.
size_t kspec_store_insert(KspecStore *_Nonnull store, KspecFilter *_Nonnull filter, const uint64_t *_Nonnull keys, size_t count,
                          const uint64_t *_Nonnull states, const uint16_t *_Nullable origins, size_t words, uint64_t *_Nonnull fresh,
                          uint16_t *_Nullable freshOrigins);
bool kspec_store_contains(const KspecStore *_Nonnull store, const uint64_t *_Nonnull state);
bool kspec_store_overflowed(const KspecStore *_Nonnull store);

// Growing keeps every state and works in place (no second table), while no other thread uses the store. `begin` returns false, with the store unchanged, if
// memory is refused. Then `some`, from any number of threads, moves parts of about `partSlots` slots until none are left, and once all have returned `end` moves the rest.
bool kspec_store_grow_begin(KspecStore *_Nonnull store, size_t slots, size_t partSlots);
void kspec_store_grow_some(KspecStore *_Nonnull store);
void kspec_store_grow_end(KspecStore *_Nonnull store);
// Only while no other thread uses the store. `reset` forgets all states and goes back to `slots` slots.
bool kspec_store_reset(KspecStore *_Nonnull store, size_t slots);
// Moves every state, whole, to the front of the slots and returns where they stand, until `reset`: the store is unusable before.
uint64_t *_Nonnull kspec_store_drain(KspecStore *_Nonnull store, size_t *_Nonnull count);
size_t kspec_store_capacity(const KspecStore *_Nonnull store);
size_t kspec_store_bytes(const KspecStore *_Nonnull store);

// What the words of a state after the first contribute to its code (for tests of the reserved codes).
uint64_t kspec_store_tail(const uint64_t *_Nonnull state, size_t words);
// States kept aside because their code is reserved.
size_t kspec_store_stashed(const KspecStore *_Nonnull store);

// A worker's direct-mapped cache of states known to be in the store: in breadth-first order it answers for about half of
// the successors without touching the table. Sound: it only ever answers "known". `reset` forgets everything.
KspecFilter *_Nullable kspec_filter_create(size_t words, size_t entries);
void kspec_filter_reset(KspecFilter *_Nonnull filter);
void kspec_filter_destroy(KspecFilter *_Nonnull filter);

#endif
