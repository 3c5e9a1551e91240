// The compact store of visited states: a quotienting hash table near the information bound, filled by several threads at once.
//
// In: states of one or two 64-bit words. Out: those that were not there before, each reported to exactly one caller. Exact: the
// hash is a bijection of the state, its high part is where the entry stands and only the rest is stored (Knuth 6.4, exercise 13;
// Cleary 1984), so that an entry can be turned back into its state. A second word stands beside the rest as it is. That is also what the frontier is made of: an entry carries a
// tag, and `kspec_compact_sweep` hands out the states with a tag, so that a layer needs no memory of its own.
#ifndef KSPEC_COMPACT_H
#define KSPEC_COMPACT_H

#include "KspecStore.h"

typedef struct KspecCompact KspecCompact;

// What a tag says: the state is kept elsewhere or has been handed out, or waits for the one or the other sweep.
enum { KSPEC_TAG_DONE = 1, KSPEC_TAG_EVEN = 2, KSPEC_TAG_ODD = 3 };

// Whether keys of two words, below 2^`bits` and 2^`secondBits`, fit entries of this store: up to 64 and 18 bits do.
bool kspec_compact_takes(unsigned bits, unsigned secondBits);

// Keys of one word below 2^`bits`, 1 to 64, and, unless `secondBits` is 0, another below 2^`secondBits`. `lines` of 64 bytes to begin with, spread over the partitions. With `constantHash` the bijection is the
// identity, so that small states crowd one line (for tests of displacement and stash). NULL if memory is refused.
KspecCompact *_Nullable kspec_compact_create(unsigned bits, unsigned secondBits, size_t lines, bool constantHash);
// The same with partitions as `kspec_compact_key` and `kspec_compact_shape` tell of a store for such keys. `lines` is what it begins with once it is reset.
KspecCompact *_Nullable kspec_compact_create_shaped(unsigned bits, unsigned secondBits, size_t lines, bool constantHash, uint64_t key,
                                                    const size_t *_Nonnull shape);
// Says whether one thread alone inserts, which is quicker. At first several may. While nobody inserts.
void kspec_compact_set_alone(KspecCompact *_Nonnull store, bool isAlone);
void kspec_compact_destroy(KspecCompact *_Nonnull store);

// Inserts `count` keys with a tag, and copies the states (`words` words each, as many) of those that are new to `fresh`, with their origins, as `kspec_store_insert` does. The key is the state itself
// where it has as many words as keys have here; else what stands for it. Safe from several threads and beside sweeps. Never refuses: where
// lines are full, states go to a stash, and a partition that has too many entries far from home wants to grow.
size_t kspec_compact_insert(KspecCompact *_Nonnull store, KspecFilter *_Nullable filter, const uint64_t *_Nonnull keys, size_t count,
                            unsigned tag, const uint64_t *_Nonnull states, const uint16_t *_Nullable origins, size_t words,
                            uint64_t *_Nonnull fresh, uint16_t *_Nullable freshOrigins);

// Empties a store of one word into a compact one for the same `bits`, giving back its memory on the way; all get the tag DONE. NULL, with the
// store as it was, if memory is refused.
KspecCompact *_Nullable kspec_compact_from(KspecStore *_Nonnull store, size_t count);
bool kspec_compact_contains(const KspecCompact *_Nonnull store, const uint64_t *_Nonnull key);

// Where a thread sweeps: it begins `first` / 2^16 of the way through the partitions, so that threads can be far from each other. The rest is zero at first.
typedef struct {
  size_t first, passed, sweep;
} KspecSweep;

// Hands out keys with a tag and gives them the tag DONE: at least one while there are any, at most `room` (which is 1,024 or more).
// Safe from several threads; each key goes to one of them. `begin_sweep`, by one thread, before the first call of a layer.
void kspec_compact_begin_sweep(KspecCompact *_Nonnull store);
size_t kspec_compact_sweep(KspecCompact *_Nonnull store, KspecSweep *_Nonnull at, unsigned tag, uint64_t *_Nonnull keys, size_t room);

// Growth: partition by partition, and in place where there are addresses behind it, so that little memory is in use twice. `wants_growth` may be asked at any time; the others only while no other
// thread uses the store. A sweep goes on after it. `grow` is false, with the partition unchanged, if memory is refused.
bool kspec_compact_wants_growth(const KspecCompact *_Nonnull store);
// Those that are to grow, and how many, until `growth_done`.
const uint32_t *_Nonnull kspec_compact_growing(const KspecCompact *_Nonnull store, size_t *_Nonnull count);
// Bytes that growing the partition adds for good, and those that it needs for a moment.
size_t kspec_compact_growth_bytes(const KspecCompact *_Nonnull store, size_t partition);
// Lets those grow, too, that will be full if `ratio` times as many keys are added before the next call of this as were since the last; only
// of partitions chosen by keys. Where keys come in the order of partitions, each would otherwise ask for it alone, and stop all threads.
void kspec_compact_expect(KspecCompact *_Nonnull store, double ratio);
// Takes back what `expect` asked for.
void kspec_compact_expect_nothing(KspecCompact *_Nonnull store);
// Different partitions may grow at once. Afterwards, by one thread: `growth_done`; those for which memory was refused are still to grow.
bool kspec_compact_grow(KspecCompact *_Nonnull store, size_t partition);
void kspec_compact_growth_done(KspecCompact *_Nonnull store);

// From now on the bits of `mask` in the first word choose the partition, at most KSPEC_COMPACT_KEY_BITS of them and fewer than a word has. Every key is moved, with its tag,
// while no other thread uses the store: `begin`, then in each thread `count`, and `make`, room for `growth` times the keys; if that `is_made`, `move` in each thread; `end`. NULL or false, and
// after `end` the store is as it was, if memory is refused: it is in memory nearly twice for a while.
enum { KSPEC_COMPACT_KEY_BITS = 12 };
typedef struct KspecRekeying KspecRekeying;
KspecRekeying *_Nullable kspec_compact_rekey_begin(KspecCompact *_Nonnull store, uint64_t mask, unsigned threads);
void kspec_compact_rekey_count(KspecRekeying *_Nonnull rekeying, unsigned thread);
void kspec_compact_rekey_make(KspecRekeying *_Nonnull rekeying, double growth);
bool kspec_compact_rekey_is_made(const KspecRekeying *_Nonnull rekeying);
void kspec_compact_rekey_move(KspecRekeying *_Nonnull rekeying, unsigned thread);
// Whether it was done.
bool kspec_compact_rekey_end(KspecRekeying *_Nonnull rekeying);
// The bits that do; 0 at first and after `reset`.
uint64_t kspec_compact_key(const KspecCompact *_Nonnull store);

// How many lines each partition should have to hold what it does and an eighth more; at most 2^KSPEC_COMPACT_KEY_BITS numbers. Returns how many.
size_t kspec_compact_shape(const KspecCompact *_Nonnull store, size_t *_Nonnull lines);

// Forgets all keys: `reset` goes back to the lines at the beginning, and is false if memory is refused; `clear` keeps every partition as large as it is.
bool kspec_compact_reset(KspecCompact *_Nonnull store);
void kspec_compact_clear(KspecCompact *_Nonnull store);
size_t kspec_compact_bytes(const KspecCompact *_Nonnull store);
size_t kspec_compact_capacity(const KspecCompact *_Nonnull store);
// Entries in the stash; walks the table.
size_t kspec_compact_stashed(const KspecCompact *_Nonnull store);
// A state was lost because memory for the stash was refused: a fault, never a result.
bool kspec_compact_overflowed(const KspecCompact *_Nonnull store);

// Keys of `bits` bits for states of several words, where the loss of a state is accepted: different states have the same key with a probability of
// 2^-bits.
void kspec_hash_states(const uint64_t *_Nonnull states, size_t count, size_t words, unsigned bits, uint64_t *_Nonnull keys);

// The bits of a word under a mask, side by side, and put back; with the processor's instruction where it has one (for tests).
uint64_t kspec_bits_gather(uint64_t word, uint64_t mask, bool byInstruction);
uint64_t kspec_bits_spread(uint64_t bits, uint64_t mask, bool byInstruction);

// The bijection, for tests and for the fast store, whose order of homes it determines.
uint64_t kspec_compact_mix(uint64_t state, unsigned bits);
uint64_t kspec_compact_unmix(uint64_t mixed, unsigned bits);

#endif
