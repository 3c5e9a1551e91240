// The shape of the compact store. Private to this folder.
//
// The mixed state's highest bits choose a partition, the rest is divided by the partition's `step`: the quotient is the home line, the
// remainder is stored. Any number of lines will do, so partitions grow by small factors. A line has 64 bytes:
//
//     rest of remainder and displacement, `rest` bytes an entry | low byte of the remainder, one an entry | 32 bits of metadata
//
// The low bytes stand together so that one vector comparison finds the candidates (as in Google's and Facebook's tables). An entry
// that finds its home full goes up to FARTHEST lines further and says so in its top three bits; beyond, to the partition's stash. The home
// line's *reach* tells how far its entries went, so that most searches end in the first line.
//
// Metadata: two bits an entry say that it is there and its tag; entries are added in order. 3 bits reach, 1 bit lock. Readers take no lock: an
// entry is written before the tag that makes it visible, and never changes after.
#ifndef KSPEC_COMPACT_TABLE_H
#define KSPEC_COMPACT_TABLE_H

#include <string.h>

#include "KspecCompact.h"
#include "KspecFilter.h"
#include "KspecMix.h"

enum { LINE = 64, FARTHEST = 6, BEYOND = 7, PARTITION_BITS = 6, MOST_ENTRIES = 14, SWEPT_LINES = 64 };

#define LOCK ((uint32_t)1 << 31)
#define REACH_SHIFT 28
#define TAGS (((uint32_t)1 << REACH_SHIFT) - 1)

typedef struct {
  uint8_t *lines;
  size_t count;  // homes; FARTHEST more lines follow
  uint64_t step, inverse;
  uint64_t restMask;
  uint32_t entries, rest;         // a line; bytes
  uint32_t lowBytes, vector;      // where the low bytes begin, and where the 16 bytes loaded with them
  uint32_t top;                   // the displacement's shift in an entry without its low byte
  uint32_t far;                   // insertions far from home since the last growth
  uint32_t farLimit;
  int stashLock;
  uint64_t *stash;  // what a partition divides, and beside it the tags
  uint8_t *stashTags;
  size_t stashed, stashRoom;
  size_t cursor;  // of the sweep: the next line
  size_t mapped;  // bytes
  uint64_t padding[2];
} __attribute__((aligned(64))) Partition;

struct KspecCompact {
  unsigned bits, partitionBits;
  unsigned fold, localBits;
  uint64_t mask, localMask;
  size_t lines;  // at the start
  bool constantHash, overflowed, wantsGrowth;
  size_t sweeping;
  Partition *partitions;
};

typedef struct {
  uint8_t *line;
  uint64_t remainder;
} Home;

static inline size_t partitionCount(const KspecCompact *store) { return (size_t)1 << store->partitionBits; }

static inline uint64_t mixed(const KspecCompact *store, uint64_t state) {
  return __builtin_expect(store->constantHash, 0) ? state : mix(state, store->mask, store->fold);
}

static inline Home homeOf(const Partition *p, uint64_t local) {
  uint64_t line = (uint64_t)(((unsigned __int128)local * p->inverse) >> 64);  // exact, or one too small
  uint64_t remainder = local - line * p->step;
  if (remainder >= p->step) {
    remainder -= p->step;
    line++;
  }
  return (Home){p->lines + line * LINE, remainder};
}

static inline uint32_t *metadata(const uint8_t *line) { return (uint32_t *)(line + LINE - sizeof(uint32_t)); }
static inline unsigned occupied(uint32_t meta) {
  const uint32_t tags = meta & TAGS;
  return tags ? (unsigned)(33 - __builtin_clz(tags)) / 2 : 0;
}
static inline unsigned tagOf(uint32_t meta, unsigned entry) { return meta >> (2 * entry) & 3; }
static inline unsigned reachOf(uint32_t meta) { return meta >> REACH_SHIFT & 7; }

// Without the low byte, which stands elsewhere.
static inline uint64_t entryRest(const Partition *p, uint64_t remainder, unsigned displacement) {
  return remainder >> 8 | (uint64_t)displacement << p->top;
}
static inline uint64_t loadRest(const Partition *p, const uint8_t *line, unsigned entry) {
  uint64_t rest;
  memcpy(&rest, line + entry * p->rest, sizeof rest);  // never past the line: the low bytes follow
  return rest & p->restMask;
}
static inline void writeEntry(const Partition *p, uint8_t *line, unsigned entry, uint64_t remainder, unsigned displacement) {
  const uint64_t rest = entryRest(p, remainder, displacement);
  memcpy(line + entry * p->rest, &rest, p->rest);  // little-endian
  line[p->lowBytes + entry] = (uint8_t)remainder;
}
// What the partition divided.
static inline uint64_t readEntry(const Partition *p, const uint8_t *line, unsigned entry) {
  const uint64_t rest = loadRest(p, line, entry);
  const uint64_t displacement = rest >> p->top;
  const uint64_t remainder = (rest & (((uint64_t)1 << p->top) - 1)) << 8 | line[p->lowBytes + entry];
  return ((uint64_t)(line - p->lines) / LINE - displacement) * p->step + remainder;
}

static inline size_t entriesOf(const Partition *p) {
  size_t entries = 0;
  for (size_t i = 0; i < p->count + FARTHEST; i++) entries += occupied(*metadata(p->lines + i * LINE));
  return entries;
}

static inline unsigned kspec_compact_partition_bits(unsigned bits) { return bits < 20 ? 0 : PARTITION_BITS; }
// An empty partition of its share of `lines`; false if memory is refused.
bool kspec_compact_set_up(KspecCompact *store, Partition *p, size_t lines);

void kspec_compact_lock_stash(Partition *p);
void kspec_compact_unlock_stash(Partition *p);
bool kspec_compact_stash_holds(const Partition *p, uint64_t local);
// Adds what is not there; false if memory is refused.
bool kspec_compact_stash_add(Partition *p, uint64_t local, unsigned tag);
// Puts an entry that is not there yet, while nobody else uses the partition; false if memory for the stash is refused.
bool kspec_compact_put(Partition *p, uint64_t local, unsigned tag);

#endif
