// The compact store's life and stash: see include/KspecCompact.h for what they do, KspecCompactTable.h for how.
#define _GNU_SOURCE
#include <sched.h>
#include <stdlib.h>

#include "KspecCompactTable.h"
#include "KspecMemory.h"

bool kspec_compact_make_partitions(KspecCompact *store, unsigned partitionBits, unsigned localBits) {
  store->partitionBits = partitionBits;
  store->localBits = localBits;
  store->localMask = bitMask(localBits);
  store->growingCount = 0;
  store->wantsGrowth = false;
  kspec_compact_number_sweep(store);
  const size_t bytes = partitionCount(store) * sizeof(Partition);
  store->bytes = bytes;
  store->growing = malloc(partitionCount(store) * sizeof *store->growing);
  store->partitions = aligned_alloc(64, bytes);
  if (store->partitions) memset(store->partitions, 0, bytes);
  if (store->partitions && store->growing) return true;
  kspec_compact_free_partitions(store);
  return false;
}

void kspec_compact_free_lines(Partition *p) {
  if (p->lines) kspec_unmap(p->lines, p->room);
  p->lines = NULL;
}

void kspec_compact_free_partitions(KspecCompact *store) {
  for (size_t i = 0; store->partitions && i < partitionCount(store); i++) {
    kspec_compact_free_lines(store->partitions + i);
    free(store->partitions[i].stash);
    free(store->partitions[i].stashTags);
  }
  free(store->partitions);
  free(store->growing);
  store->partitions = NULL;
  store->growing = NULL;
}

// As many partitions as the width of keys allows, chosen by the mixed word.
static bool begin(KspecCompact *store) {
  const unsigned partitionBits = kspec_compact_partition_bits(store->bits);
  store->isKeyed = false;
  store->fold = foldOf(store->bits);
  return kspec_compact_make_partitions(store, partitionBits, store->bits - partitionBits);
}

bool kspec_compact_reset(KspecCompact *store) {
  if (store->isKeyed || !store->partitions) {
    kspec_compact_free_partitions(store);
    if (!begin(store)) return false;
  }
  store->overflowed = store->wantsGrowth = false;
  store->growingCount = 0;
  kspec_compact_number_sweep(store);
  for (size_t i = 0; i < partitionCount(store); i++)
    if (!kspec_compact_set_up(store, store->partitions + i, kspec_compact_first_lines(store, i))) return false;
  return true;
}

void kspec_compact_clear(KspecCompact *store) {
  store->overflowed = store->wantsGrowth = false;
  store->growingCount = 0;
  kspec_compact_number_sweep(store);
  for (size_t i = 0; i < partitionCount(store); i++) {
    Partition *p = store->partitions + i;
    memset(p->lines, 0, (p->count + FARTHEST) * LINE);
    p->far = 0;
    p->stashed = 0;
    p->cursor = 0;
    p->heldBefore = p->wanted = 0;
  }
}

void kspec_compact_set_alone(KspecCompact *store, bool isAlone) { store->isAlone = isAlone; }

static KspecCompact *blank(unsigned bits, unsigned secondBits, size_t lines, bool constantHash) {
  KspecCompact *store = calloc(1, sizeof *store);
  if (!store) return NULL;
  store->bits = bits < 1 ? 1 : bits;
  store->secondBits = secondBits;
  store->mask = bitMask(store->bits);
  store->lines = lines;
  store->constantHash = constantHash;
  return store;
}

KspecCompact *kspec_compact_create(unsigned bits, unsigned secondBits, size_t lines, bool constantHash) {
  KspecCompact *store = blank(bits, secondBits, lines, constantHash);
  if (!store || kspec_compact_reset(store)) return store;
  kspec_compact_destroy(store);
  return NULL;
}

KspecCompact *kspec_compact_create_shaped(unsigned bits, unsigned secondBits, size_t lines, bool constantHash, uint64_t key, const size_t *shape) {
  KspecCompact *store = blank(bits, secondBits, lines, constantHash);
  bool isWhole = store && (key ? kspec_compact_key_by(store, key) : begin(store));
  for (size_t i = 0; isWhole && i < partitionCount(store); i++) isWhole = kspec_compact_set_up(store, store->partitions + i, shape[i]);
  if (isWhole) return store;
  if (store) kspec_compact_destroy(store);
  return NULL;
}

void kspec_compact_destroy(KspecCompact *store) {
  kspec_compact_free_partitions(store);
  free(store);
}

size_t kspec_compact_bytes(const KspecCompact *store) { return store->bytes; }

size_t kspec_compact_capacity(const KspecCompact *store) {
  size_t entries = 0;
  for (size_t i = 0; i < partitionCount(store); i++) entries += (store->partitions[i].count + FARTHEST) * store->partitions[i].entries;
  return entries;
}

size_t kspec_compact_stashed(const KspecCompact *store) {
  size_t stashed = 0;
  for (size_t i = 0; i < partitionCount(store); i++) stashed += store->partitions[i].stashed;
  return stashed;
}

bool kspec_compact_overflowed(const KspecCompact *store) { return __atomic_load_n(&store->overflowed, __ATOMIC_RELAXED); }

uint64_t kspec_compact_mix(uint64_t state, unsigned bits) { return mix(state, bitMask(bits), foldOf(bits)); }
uint64_t kspec_compact_unmix(uint64_t mixed, unsigned bits) { return unmix(mixed, bitMask(bits), foldOf(bits)); }

size_t kspec_compact_held(const Partition *p) {
  size_t held = p->stashed;
  for (size_t i = 0; i < p->count + FARTHEST; i++) held += occupied(*metadata(p->lines + i * LINE));
  return held;
}

// Stash: a list under a spin lock, as short as chance makes it.

void kspec_compact_lock_stash(Partition *p) {
  while (__atomic_exchange_n(&p->stashLock, 1, __ATOMIC_ACQUIRE)) sched_yield();
}
void kspec_compact_unlock_stash(Partition *p) { __atomic_store_n(&p->stashLock, 0, __ATOMIC_RELEASE); }

bool kspec_compact_stash_holds(const Partition *p, Part part) {
  for (size_t i = 0; i < p->stashed; i++) {
    const Part held = loadPart(p->stash, i, partWords(p));
    if (held.local == part.local && held.second == part.second) return true;
  }
  return false;
}

bool kspec_compact_stash_add(Partition *p, Part part, unsigned tag) {
  const size_t words = partWords(p);
  if (p->stashed == p->stashRoom) {
    const size_t room = p->stashRoom ? p->stashRoom * 2 : 16;
    uint64_t *larger = realloc(p->stash, room * words * sizeof *larger);
    if (!larger) return false;
    p->stash = larger;
    uint8_t *tags = realloc(p->stashTags, room);
    if (!tags) return false;
    p->stashTags = tags;
    p->stashRoom = room;
  }
  storePart(p->stash, p->stashed, words, part);
  p->stashTags[p->stashed++] = (uint8_t)tag;
  return true;
}
