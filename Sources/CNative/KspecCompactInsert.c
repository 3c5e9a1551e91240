// Insertion into the compact store, and lookup.
#include <sched.h>

#include "KspecCompactTable.h"
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// Lines are fetched so many states before they are looked at: see KspecInsert.c.
enum { BLOCK = 512, LAG = 48 };

// Entries of a line whose low byte is the one wanted, as bits. `there` leaves out what is still being written.
static KSPEC_DISREGARDS uint32_t candidates(const Partition *p, const uint8_t *line, uint32_t meta, uint8_t low) {
  const uint32_t there = ((uint32_t)1 << occupied(meta)) - 1;
#if defined(__SSE2__)
  const __m128i bytes = _mm_loadu_si128((const __m128i *)(line + p->vector));
  const uint32_t equal = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8((char)low)));
  return equal >> (p->lowBytes - p->vector) & there;
#else
  uint32_t equal = 0;
  for (unsigned i = 0; i < p->entries; i++) equal |= (uint32_t)(line[p->lowBytes + i] == low) << i;
  return equal & there;
#endif
}

static inline bool lineHolds(const Partition *p, const uint8_t *line, uint32_t meta, uint64_t remainder, uint64_t second,
                             unsigned displacement) {
  const uint64_t wanted = entryRest(p, remainder, second, displacement);
  for (uint32_t found = candidates(p, line, meta, (uint8_t)remainder); found; found &= found - 1)
    if (loadRest(p, line, (unsigned)__builtin_ctz(found)) == wanted) return true;
  return false;
}

static inline uint32_t loadMeta(const uint8_t *line) { return __atomic_load_n(metadata(line), __ATOMIC_ACQUIRE); }
static inline void unlock(uint8_t *line, uint32_t meta) { __atomic_store_n(metadata(line), meta & ~LOCK, __ATOMIC_RELEASE); }
static inline bool tryLock(uint8_t *line, uint32_t *meta) {
  return __atomic_compare_exchange_n(metadata(line), meta, *meta | LOCK, false, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE);
}

static uint32_t lock(uint8_t *line) {
  for (unsigned spins = 0;; spins++) {
    uint32_t meta = loadMeta(line);
    if (!(meta & LOCK) && tryLock(line, &meta)) return meta;
    if (spins > 64) sched_yield();
  }
}

// Whether the lines after home, as far as its entries went, hold it.
static __attribute__((noinline)) bool displacedHolds(Partition *p, Home home, Part part, unsigned reach) {
  const unsigned last = reach < FARTHEST ? reach : FARTHEST;
  for (unsigned d = 1; d <= last; d++)
    if (lineHolds(p, home.line + d * LINE, loadMeta(home.line + d * LINE), home.remainder, part.second, d)) return true;
  if (reach < BEYOND) return false;
  kspec_compact_lock_stash(p);
  const bool holds = kspec_compact_stash_holds(p, part);
  kspec_compact_unlock_stash(p);
  return holds;
}

static void noteFar(KspecCompact *store, Partition *p, uint32_t weight) {
  const uint32_t after = __atomic_add_fetch(&p->far, weight, __ATOMIC_RELAXED), before = after - weight;
  if (before <= p->soon && after > p->soon)
    store->growing[__atomic_fetch_add(&store->growingCount, 1, __ATOMIC_RELAXED)] = (uint32_t)(p - store->partitions);
  if (after > p->farLimit) __atomic_store_n(&store->wantsGrowth, true, __ATOMIC_RELAXED);
}

// Home is full. Its lock is held while a place is looked for, so that nobody else adds the same state; locks are taken upwards only.
static __attribute__((noinline)) bool insertDisplaced(KspecCompact *store, Partition *p, Home home, Part part, uint32_t meta,
                                                      unsigned tag) {
  const unsigned reach = reachOf(meta);
  if (displacedHolds(p, home, part, reach)) {
    unlock(home.line, meta);
    return false;
  }
  unsigned d = 1;
  for (; d <= FARTHEST; d++) {
    uint8_t *line = home.line + d * LINE;
    if (occupied(loadMeta(line)) == p->entries) continue;
    const uint32_t there = lock(line);
    const unsigned entry = occupied(there);
    if (entry == p->entries) {
      unlock(line, there);
      continue;
    }
    writeEntry(p, line, entry, home.remainder, part.second, d);
    unlock(line, there | tag << (2 * entry));
    break;
  }
  if (d > FARTHEST) {
    kspec_compact_lock_stash(p);
    if (!kspec_compact_stash_add(p, part, tag)) store->overflowed = true;
    kspec_compact_unlock_stash(p);
  }
  if (d > 2) noteFar(store, p, d > FARTHEST ? 16 : 1);
  if (d > reach) meta = (meta & ~((uint32_t)7 << REACH_SHIFT)) | d << REACH_SHIFT;
  unlock(home.line, meta);
  return true;
}

static inline bool insertHome(KspecCompact *store, Partition *p, Home home, Part part, unsigned tag) {
  uint8_t *line = home.line;
  uint32_t meta = loadMeta(line);
  for (unsigned spins = 0;; spins++) {
    if (lineHolds(p, line, meta, home.remainder, part.second, 0)) return false;
    const unsigned reach = reachOf(meta);
    if (__builtin_expect(reach > 0, 0) && displacedHolds(p, home, part, reach)) return false;
    if (store->isAlone || (!(meta & LOCK) && tryLock(line, &meta))) break;
    // Somebody is writing, or has: look again.
    if (spins > 64) sched_yield();
    meta = loadMeta(line);
  }
  // The line is as it was when it was searched.
  const unsigned entry = occupied(meta);
  if (__builtin_expect(entry == p->entries, 0)) return insertDisplaced(store, p, home, part, meta, tag);
  writeEntry(p, line, entry, home.remainder, part.second, 0);
  unlock(line, meta | tag << (2 * entry));
  return true;
}

typedef struct {
  Part part;
  Partition *partition;
  Home home;
} Pending;

// `width`, the words of a key, is a constant wherever these are inlined.
static inline __attribute__((always_inline)) void fetch(const KspecCompact *store, const uint64_t *key, const size_t width, Pending *pending) {
  pending->partition = partOf(store, key, width, &pending->part);
  pending->home = homeOf(pending->partition, pending->part.local);
  __builtin_prefetch(pending->home.line);
}

// What other threads leave alone, where no store through a pointer can change it.
static inline KspecCompact fixedPart(const KspecCompact *store) {
  return (KspecCompact){.fold = store->fold,
                        .localBits = store->localBits,
                        .mask = store->mask,
                        .localMask = store->localMask,
                        .isKeyed = store->isKeyed,
                        .key = store->key,
                        .rest = store->rest,
                        .constantHash = store->constantHash,
                        .partitions = store->partitions};
}

static inline __attribute__((always_inline)) size_t insertBlock(KspecCompact *store, KspecFilter *filter, const uint64_t *keys, const size_t width,
                                                                size_t count, unsigned tag, const uint64_t *states,
                                                                const uint16_t *origins, size_t words, uint64_t *fresh,
                                                                uint16_t *freshOrigins) {
  Pending pending[BLOCK];
  uint32_t index[BLOCK];
  const KspecCompact table = fixedPart(store);
  size_t n = count;
  if (filter) n = unknownStates(filter, keys, count, index, width);
  else
    for (size_t i = 0; i < n; i++) index[i] = (uint32_t)i;
  const size_t ahead = n < LAG ? n : LAG;
  for (size_t i = 0; i < ahead; i++) fetch(&table, keys + index[i] * width, width, pending + i);
  // Most are known, and at home; what is not may be in the next line, which takes as long to come as the first did.
  size_t left = 0;
  for (size_t i = 0; i < n; i++) {
    if (i + ahead < n) fetch(&table, keys + index[i + ahead] * width, width, pending + i + ahead);
    const Home home = pending[i].home;
    const uint32_t meta = loadMeta(home.line);
    if (lineHolds(pending[i].partition, home.line, meta, home.remainder, pending[i].part.second, 0)) continue;
    if (reachOf(meta) > 0) __builtin_prefetch(home.line + LINE);
    pending[left] = pending[i];
    index[left++] = index[i];
  }
  size_t made = 0;
  for (size_t i = 0; i < left; i++) {
    if (!insertHome(store, pending[i].partition, pending[i].home, pending[i].part, tag)) continue;
    if (origins) freshOrigins[made] = origins[index[i]];
    memcpy(fresh + made++ * words, states + index[i] * words, words * sizeof(uint64_t));
  }
  return made;
}

KSPEC_CLONES size_t kspec_compact_insert(KspecCompact *store, KspecFilter *filter, const uint64_t *keys, size_t count, unsigned tag,
                                         const uint64_t *states, const uint16_t *origins, size_t words, uint64_t *fresh,
                                         uint16_t *freshOrigins) {
  const size_t width = keyWords(store);
  size_t made = 0;
  for (size_t start = 0; start < count; start += BLOCK) {
    const size_t n = count - start < BLOCK ? count - start : BLOCK;
    const uint64_t *some = keys + start * width, *own = states + start * words;
    const uint16_t *from = origins ? origins + start : NULL;
    uint64_t *to = fresh + made * words;
    uint16_t *toOrigins = origins ? freshOrigins + made : NULL;
    made += width == 1 ? insertBlock(store, filter, some, 1, n, tag, own, from, words, to, toOrigins)
                       : insertBlock(store, filter, some, 2, n, tag, own, from, words, to, toOrigins);
  }
  return made;
}

bool kspec_compact_contains(const KspecCompact *store, const uint64_t *key) {
  if (key[0] > store->mask || (store->secondBits && key[1] > bitMask(store->secondBits))) return false;
  Part part;
  Partition *p = partOf(store, key, keyWords(store), &part);
  const Home home = homeOf(p, part.local);
  const uint32_t meta = loadMeta(home.line);
  if (lineHolds(p, home.line, meta, home.remainder, part.second, 0)) return true;
  return reachOf(meta) > 0 && displacedHolds(p, home, part, reachOf(meta));
}

bool kspec_compact_put(Partition *p, Part part, unsigned tag) {
  const Home home = homeOf(p, part.local);
  for (unsigned d = 0; d <= FARTHEST; d++) {
    uint8_t *line = home.line + d * LINE;
    const unsigned entry = occupied(*metadata(line));
    if (entry == p->entries) continue;
    writeEntry(p, line, entry, home.remainder, part.second, d);
    *metadata(line) |= tag << (2 * entry);
    if (d > reachOf(*metadata(home.line)))
      *metadata(home.line) = (*metadata(home.line) & ~((uint32_t)7 << REACH_SHIFT)) | d << REACH_SHIFT;
    return true;
  }
  *metadata(home.line) |= (uint32_t)BEYOND << REACH_SHIFT;
  return kspec_compact_stash_add(p, part, tag);
}
