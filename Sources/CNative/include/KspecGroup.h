// Grouping states by a few of their bits, so that states which agree in them stand side by side.
//
// In: states in any order, and which bits make up the key. Out: the same states in the order of their keys, those of one key in the order in which they
// came. Two passes, counting and scattering, each over as many states a call as one likes and from several threads with counts of their own.
#ifndef KSPEC_GROUP_H
#define KSPEC_GROUP_H

#include <stddef.h>
#include <stdint.h>

// More keys than this have more lines open for writing than the caches hold.
#define KSPEC_KEY_BITS 14

typedef struct KspecKey KspecKey;

// `bits`: bit 64 * w + b is bit b of word w; the first is the key's highest. At most KSPEC_KEY_BITS of them. NULL if memory is refused.
KspecKey *_Nullable kspec_key_create(const uint16_t *_Nonnull bits, size_t count);
void kspec_key_destroy(KspecKey *_Nonnull key);

// Adds to `counts`, one for each key, how many of the states have it.
void kspec_key_count(const KspecKey *_Nonnull key, const uint64_t *_Nonnull states, size_t count, size_t words, size_t *_Nonnull counts);
// Copies each state to the next place of its key, and what stands beside it in `origins` (nothing: 0) to the same place of `originChunks`, if there are
// any. Place p is state p % 2^chunkBits of chunk p >> chunkBits.
void kspec_key_scatter(const KspecKey *_Nonnull key, const uint64_t *_Nonnull states, size_t count, size_t words, size_t *_Nonnull places,
                       uint64_t *_Nonnull const *_Nonnull chunks, unsigned chunkBits, const uint16_t *_Nullable origins,
                       uint16_t *_Nonnull const *_Nullable originChunks);

#endif
