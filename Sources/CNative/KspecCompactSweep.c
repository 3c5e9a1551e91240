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

static size_t stashedIn(Partition *p) {
  kspec_compact_lock_stash(p);
  const size_t stashed = p->stashed;
  kspec_compact_unlock_stash(p);
  return stashed;
}

// Those from `first` on, before `end`.
static size_t sweepStash(const KspecCompact *store, size_t partition, size_t first, size_t end, unsigned tag, uint64_t *keys) {
  Partition *p = store->partitions + partition;
  size_t n = 0;
  kspec_compact_lock_stash(p);
  for (size_t i = first; i < end && i < p->stashed; i++) {
    if (p->stashTags[i] != tag) continue;
    p->stashTags[i] = KSPEC_TAG_DONE;
    keyFrom(store, partition, loadPart(p->stash, i, partWords(p)), keys + n++ * keyWords(store));
  }
  kspec_compact_unlock_stash(p);
  return n;
}

void kspec_compact_number_sweep(KspecCompact *store) {
  static size_t last = 0;
  store->sweep = __atomic_add_fetch(&last, 1, __ATOMIC_RELAXED);
}

void kspec_compact_begin_sweep(KspecCompact *store) {
  for (size_t i = 0; i < partitionCount(store); i++) store->partitions[i].cursor = 0;
  kspec_compact_number_sweep(store);
}

// A claim is some lines, and after the last of them some places of the stash: each belongs to one thread, whatever others do meanwhile.
size_t kspec_compact_sweep(KspecCompact *store, KspecSweep *at, unsigned tag, uint64_t *keys, size_t room) {
  const size_t words = keyWords(store);
  const size_t perClaim = SWEPT_LINES * MOST_ENTRIES;
  size_t n = 0;
  if (at->sweep != store->sweep) {
    at->sweep = store->sweep;
    at->passed = 0;
  }
  while (n + perClaim <= room && at->passed < partitionCount(store)) {
    const size_t index = ((at->first * partitionCount(store) >> 16) + at->passed) & (partitionCount(store) - 1);
    Partition *p = store->partitions + index;
    const size_t lines = p->count + FARTHEST;
    size_t first = __atomic_load_n(&p->cursor, __ATOMIC_RELAXED);
    if (first >= lines && first - lines >= stashedIn(p)) {
      at->passed++;
      continue;
    }
    first = __atomic_fetch_add(&p->cursor, SWEPT_LINES, __ATOMIC_RELAXED);
    const size_t end = first + SWEPT_LINES;
    for (size_t i = first; i < end && i < lines; i++) n += sweepLine(store, index, p->lines + i * LINE, tag, keys + n * words);
    if (end > lines) n += sweepStash(store, index, first > lines ? first - lines : 0, end - lines, tag, keys + n * words);
  }
  return n;
}
