// The shape of the compact store. Private to this folder.
//
// The mixed state's highest bits choose a partition, the rest is divided by the partition's `step`: the quotient is the home line, the
// remainder is stored. Any number of lines will do, so partitions grow by small factors. Once the table is large, bits of the state itself choose the
// partition and only the others are mixed: where they change seldom, most successors of states of one partition are in it or in few others, which stay in
// the caches. A line has 64 bytes:
//
//     rest of remainder, second word and displacement, `rest` bytes an entry | low byte of the remainder, one an entry | 32 bits of metadata
//
// A key's second word, if it has one, takes part in the mixing, and is stored as it is: it determines, with the mixed first word, the first one.
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

#include "KspecBits.h"
#include "KspecCompact.h"
#include "KspecFilter.h"
#include "KspecMix.h"
#include "KspecProcessor.h"

enum { LINE = 64, FARTHEST = 6, BEYOND = 7, PARTITION_BITS = 6, MOST_ENTRIES = 14, SWEPT_LINES = 64 };

#define LOCK ((uint32_t)1 << 31)
#define REACH_SHIFT 28
#define TAGS (((uint32_t)1 << REACH_SHIFT) - 1)

typedef struct {
  // What every lookup reads stands in one line of the cache.
  uint8_t *lines;
  uint64_t step, inverse;
  uint64_t restMask, secondMask;
  uint8_t entries, rest;         // a line; bytes
  uint8_t lowBytes, vector;      // where the low bytes begin, and where the 16 bytes loaded with them
  uint8_t secondShift, top;      // in an entry without its low byte: where the second word begins, and the displacement

  size_t count __attribute__((aligned(64)));  // homes; FARTHEST more lines follow
  uint32_t far;  // insertions far from home since the last growth
  uint32_t soon, farLimit;  // from how many on it takes part in a growth, and asks for one
  int stashLock;
  uint64_t *stash;  // parts, `partWords` each, and beside them the tags
  uint8_t *stashTags;
  size_t stashed, stashRoom;
  size_t heldBefore;  // entries, about, at the last `expect`
  size_t wanted;            // lines that the next growth gives it at least
  size_t cursor;  // of the sweep: the next line
  size_t mapped, counted;  // bytes; as they are counted in those of the store
  size_t room;  // bytes of addresses
} __attribute__((aligned(64))) Partition;

struct KspecCompact {
  unsigned bits, secondBits, partitionBits;
  unsigned fold, localBits;
  uint64_t mask, localMask;
  bool isKeyed;      // bits of the first word choose the partition:
  Gather key, rest;  // these, and the others
  size_t lines;  // at the start
  bool constantHash, overflowed, wantsGrowth;
  bool isAlone;  // one thread inserts: see KspecInsert.c
  size_t bytes;
  size_t sweep;  // a number for this sweep, or for what is left of it after growth
  Partition *partitions;
  // Those that take part in the next growth.
  uint32_t *growing;
  size_t growingCount;
};

// What a partition holds of a key: what it divides, and the second word or 0.
typedef struct {
  uint64_t local, second;
} Part;

typedef struct {
  uint8_t *line;
  uint64_t remainder;
} Home;

static inline size_t keyWords(const KspecCompact *store) { return store->secondBits ? 2 : 1; }
static inline size_t partWords(const Partition *p) { return p->secondMask ? 2 : 1; }

// Lists of parts, of so many words each: the stash.
static inline Part loadPart(const uint64_t *parts, size_t index, size_t words) {
  return (Part){parts[index * words], words > 1 ? parts[index * words + 1] : 0};
}
static inline void storePart(uint64_t *parts, size_t index, size_t words, Part part) {
  parts[index * words] = part.local;
  if (words > 1) parts[index * words + 1] = part.second;
}

static inline size_t partitionCount(const KspecCompact *store) { return (size_t)1 << store->partitionBits; }

enum { REST_STEPS = 4 };  // less than 2^4 bits are taken out

// Of all bits, or of those that do not choose the partition.
static inline uint64_t mixed(const KspecCompact *store, uint64_t word, uint64_t mask) {
  return __builtin_expect(store->constantHash, 0) ? word : mix(word, mask, store->fold);
}
static inline uint64_t unmixed(const KspecCompact *store, uint64_t word, uint64_t mask) {
  return store->constantHash ? word : unmix(word, mask, store->fold);
}

// What the second word does to the first before it is mixed: keys that differ in the second alone must not share a home.
static inline uint64_t twist(const KspecCompact *store, uint64_t second, uint64_t mask) {
  if (__builtin_expect(store->constantHash, 0)) return 0;
  const uint64_t product = (second + 1) * 0x9FB21C651E98DF25u;
  return (product ^ product >> 29) & mask;
}

static inline __attribute__((always_inline)) Partition *partOf(const KspecCompact *store, const uint64_t *key, const size_t words, Part *part) {
  const uint64_t second = words > 1 ? key[1] : 0;
  if (store->isKeyed) {
    const uint64_t rest = gathered(&store->rest, key[0], REST_STEPS);
    *part = (Part){mixed(store, words > 1 ? rest ^ twist(store, second, store->localMask) : rest, store->localMask), second};
    return store->partitions + gathered(&store->key, key[0], GATHER_STEPS);
  }
  const uint64_t hash = mixed(store, words > 1 ? key[0] ^ twist(store, second, store->mask) : key[0], store->mask);
  *part = (Part){hash & store->localMask, second};
  return store->partitions + (hash >> store->localBits);
}

static inline void keyFrom(const KspecCompact *store, size_t partition, Part part, uint64_t *key) {
  const uint64_t mask = store->isKeyed ? store->localMask : store->mask;
  uint64_t word = unmixed(store, store->isKeyed ? part.local : (uint64_t)partition << store->localBits | part.local, mask);
  if (store->secondBits) {
    word ^= twist(store, part.second, mask);
    key[1] = part.second;
  }
  key[0] = store->isKeyed ? spread(&store->rest, word) | spread(&store->key, partition) : word;
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
static inline uint64_t entryRest(const Partition *p, uint64_t remainder, uint64_t second, unsigned displacement) {
  return remainder >> 8 | second << p->secondShift | (uint64_t)displacement << p->top;
}
// The bytes behind an entry are the next one's, and masked out.
static KSPEC_DISREGARDS uint64_t loadRest(const Partition *p, const uint8_t *line, unsigned entry) {
  uint64_t rest;
  memcpy(&rest, line + entry * p->rest, sizeof rest);  // never past the line: the low bytes follow
  return rest & p->restMask;
}
static inline void writeEntry(const Partition *p, uint8_t *line, unsigned entry, uint64_t remainder, uint64_t second, unsigned displacement) {
  const uint64_t rest = entryRest(p, remainder, second, displacement);
  memcpy(line + entry * p->rest, &rest, p->rest);  // little-endian
  line[p->lowBytes + entry] = (uint8_t)remainder;
}
static inline Part readEntry(const Partition *p, const uint8_t *line, unsigned entry) {
  const uint64_t rest = loadRest(p, line, entry);
  const uint64_t displacement = rest >> p->top;
  const uint64_t second = rest >> p->secondShift & p->secondMask;
  const uint64_t remainder = (rest & bitMask(p->secondShift)) << 8 | line[p->lowBytes + entry];
  return (Part){((uint64_t)(line - p->lines) / LINE - displacement) * p->step + remainder, second};
}

// Places of threads outlive a store: no two sweeps of any have the same number.
void kspec_compact_number_sweep(KspecCompact *store);

static inline void countBytes(KspecCompact *store, Partition *p) {
  const size_t bytes = p->mapped + p->stashRoom * (partWords(p) * sizeof(uint64_t) + 1);
  __atomic_add_fetch(&store->bytes, bytes - p->counted, __ATOMIC_RELAXED);
  p->counted = bytes;
}

static inline unsigned kspec_compact_partition_bits(unsigned bits) { return bits < 20 ? 0 : PARTITION_BITS; }
// An empty partition of at least so many lines; false if memory is refused.
bool kspec_compact_set_up(KspecCompact *store, Partition *p, size_t lines);
// The lines with which one of the partitions begins, and those for so many entries.
size_t kspec_compact_first_lines(const KspecCompact *store, size_t partition);
size_t kspec_compact_lines_for(const KspecCompact *store, size_t entries);
// So many of them, none set up; false if memory is refused.
bool kspec_compact_make_partitions(KspecCompact *store, unsigned partitionBits, unsigned localBits);
// The same, chosen by the bits of `mask`.
bool kspec_compact_key_by(KspecCompact *store, uint64_t mask);
void kspec_compact_free_lines(Partition *p);
void kspec_compact_free_partitions(KspecCompact *store);

// Its entries, counted: a number kept up to date would be in a line that every thread writes, at each insertion.
size_t kspec_compact_held(const Partition *p);
void kspec_compact_lock_stash(Partition *p);
void kspec_compact_unlock_stash(Partition *p);
bool kspec_compact_stash_holds(const Partition *p, Part part);
// Adds what is not there; false if memory is refused.
bool kspec_compact_stash_add(Partition *p, Part part, unsigned tag);
// Puts an entry that is not there yet, while nobody else uses the partition; false if memory for the stash is refused.
bool kspec_compact_put(Partition *p, Part part, unsigned tag);

#endif
