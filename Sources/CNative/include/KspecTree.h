// Tree compression: states of several words become one 64-bit key each, exactly, and can be got back.
//
// A dictionary numbers the 64-bit values that it has seen. A word becomes its number, two numbers together are again such a value, and so on upwards; the two
// numbers that are left at the root are the key (Laarman, van de Pol, Weber, "Parallel Recursive State Compression for Free", SPIN 2011). Keys go into the
// compact store, so a state costs what a word costs there, and its share of a dictionary that states with common parts share.
#ifndef KSPEC_TREE_H
#define KSPEC_TREE_H

#include "KspecStore.h"

typedef struct KspecTree KspecTree;

// For states of 2 or more `words`. With `constantHash` values share a few chains. NULL if memory is refused.
KspecTree *_Nullable kspec_tree_create(size_t words, size_t heads, bool constantHash);
void kspec_tree_destroy(KspecTree *_Nonnull tree);

// Safe from several threads. Never refuses while there is memory and there are fewer than 2^32 - 1 values; else `overflowed`, a fault.
void kspec_tree_fold(KspecTree *_Nonnull tree, const uint64_t *_Nonnull states, size_t count, uint64_t *_Nonnull keys);
void kspec_tree_unfold(const KspecTree *_Nonnull tree, const uint64_t *_Nonnull keys, size_t count, uint64_t *_Nonnull states);
bool kspec_tree_overflowed(const KspecTree *_Nonnull tree);

// The chains have become long. `grow`, while no other thread uses the tree: false, with nothing changed, if memory is refused.
bool kspec_tree_wants_growth(const KspecTree *_Nonnull tree);
size_t kspec_tree_growth_bytes(const KspecTree *_Nonnull tree);
bool kspec_tree_grow(KspecTree *_Nonnull tree);
bool kspec_tree_reset(KspecTree *_Nonnull tree);
size_t kspec_tree_bytes(const KspecTree *_Nonnull tree);
size_t kspec_tree_values(const KspecTree *_Nonnull tree);

// Copies the states that a filter does not know, perhaps to where they are, and notes that it knows them from now on: the caller inserts them before it asks again.
size_t kspec_filter_unknown(KspecFilter *_Nonnull filter, const uint64_t *_Nonnull states, size_t count, uint64_t *_Nonnull unknown);

#endif
