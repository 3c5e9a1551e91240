// Handing out the states of a layer from the compact store itself.
#include <sched.h>

#include "KspecCompactTable.h"

static uint32_t lockLine(uint8_t *line) {
  for (unsigned spins = 0;; spins++) {
    uint32_t meta = __atomic_load_n(metadata(line), __ATOMIC_RELAXED);
    if (!(meta & LOCK) && __atomic_compare_exchange_n(metadata(line), &meta, meta | LOCK, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
      return meta;
    if (spins > 64) sched_yield();
  }
}

// Bits 2i of the entries with the tag (2 or 3).
static inline uint32_t tagged(uint32_t meta, unsigned tag) {
  const uint32_t high = meta & TAGS & 0xAAAAAAAAu, low = (meta & TAGS & 0x55555555u) << 1;
  return (tag == KSPEC_TAG_ODD ? high & low : high & ~low) >> 1;
}

static size_t sweepLine(const KspecCompact *store, size_t partition, uint8_t *line, unsigned tag, uint64_t *keys) {
  const Partition *p = store->partitions + partition;
  if (!tagged(__atomic_load_n(metadata(line), __ATOMIC_RELAXED), tag)) return 0;
  uint32_t meta = lockLine(line);
  size_t n = 0;
  for (uint32_t found = tagged(meta, tag); found; found &= found - 1) {
    const unsigned entry = (unsigned)__builtin_ctz(found) / 2;
    keyFrom(store, partition, readEntry(p, line, entry), keys + n++ * keyWords(store));
    meta = (meta & ~((uint32_t)3 << (2 * entry))) | (uint32_t)KSPEC_TAG_DONE << (2 * entry);
  }
  __atomic_store_n(metadata(line), meta, __ATOMIC_RELEASE);
  return n;
}

static size_t sweepStash(const KspecCompact *store, size_t partition, unsigned tag, uint64_t *keys, size_t room) {
  Partition *p = store->partitions + partition;
  size_t n = 0, i = 0;
  kspec_compact_lock_stash(p);
  for (; i < p->stashed && n < room; i++) {
    if (p->stashTags[i] != tag) continue;
    p->stashTags[i] = KSPEC_TAG_DONE;
    keyFrom(store, partition, loadPart(p->stash, i, partWords(p)), keys + n++ * keyWords(store));
  }
  kspec_compact_unlock_stash(p);
  return n;
}

void kspec_compact_begin_sweep(KspecCompact *store) {
  for (size_t i = 0; i < partitionCount(store); i++) store->partitions[i].cursor = 0;
  store->sweeping = 0;
}

size_t kspec_compact_sweep(KspecCompact *store, unsigned tag, uint64_t *keys, size_t room) {
  const size_t words = keyWords(store);
  const size_t perClaim = SWEPT_LINES * MOST_ENTRIES;
  size_t n = 0;
  while (n + perClaim <= room) {
    size_t index = __atomic_load_n(&store->sweeping, __ATOMIC_RELAXED);
    if (index >= partitionCount(store)) break;
    Partition *p = store->partitions + index;
    const size_t total = p->count + FARTHEST;
    const size_t first = __atomic_fetch_add(&p->cursor, SWEPT_LINES, __ATOMIC_RELAXED);
    if (first < total) {
      const size_t end = first + SWEPT_LINES < total ? first + SWEPT_LINES : total;
      for (size_t i = first; i < end; i++) n += sweepLine(store, index, p->lines + i * LINE, tag, keys + n * words);
    } else if (first < total + SWEPT_LINES) {
      const size_t found = sweepStash(store, index, tag, keys + n * words, room - n);
      n += found;
      if (n == room) __atomic_store_n(&p->cursor, first, __ATOMIC_RELAXED);  // there may be more
    } else {
      __atomic_compare_exchange_n(&store->sweeping, &index, index + 1, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    }
  }
  return n;
}
