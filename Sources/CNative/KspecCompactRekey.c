// Other bits choose the partitions of a compact store.
//
// In: a store, and bits. Out: the same keys with the same tags in as many new partitions as those bits have values. All threads take the old
// partitions one after the other, twice: the first time they count what comes to each new one, so that all are made large enough; then they insert, as any search does.
#include <stdlib.h>

#include "KspecCompactTable.h"

enum { MOVED = 512, TAG_KINDS = 4 };

// What one thread has in hand: keys on their way, those with one tag together.
typedef struct {
  uint64_t keys[TAG_KINDS][2 * MOVED];
  uint64_t fresh[2 * MOVED];  // that all of them are new is known
  size_t waiting[TAG_KINDS];
  size_t counts[];  // of each new partition
} Hand;

struct KspecRekeying {
  KspecCompact *store, next;
  unsigned threads;
  bool isRefused;  // memory for a new partition
  size_t counted, moved;  // old partitions that somebody has taken
  size_t made;            // new ones
  Hand *hands[];
};

typedef void (*Visit)(KspecRekeying *rekeying, Hand *hand, const uint64_t *key, unsigned tag);

static void countKey(KspecRekeying *rekeying, Hand *hand, const uint64_t *key, unsigned tag) {
  (void)tag;
  Part part;
  hand->counts[partOf(&rekeying->next, key, keyWords(&rekeying->next), &part) - rekeying->next.partitions]++;
}

static void insertWaiting(KspecRekeying *rekeying, Hand *hand, unsigned tag) {
  const uint64_t *keys = hand->keys[tag];
  kspec_compact_insert(&rekeying->next, NULL, keys, hand->waiting[tag], tag, keys, NULL, keyWords(&rekeying->next), hand->fresh, NULL);
  hand->waiting[tag] = 0;
}

static void moveKey(KspecRekeying *rekeying, Hand *hand, const uint64_t *key, unsigned tag) {
  const size_t words = keyWords(&rekeying->next);
  memcpy(hand->keys[tag] + hand->waiting[tag]++ * words, key, words * sizeof *key);
  if (hand->waiting[tag] == MOVED) insertWaiting(rekeying, hand, tag);
}

static inline __attribute__((always_inline)) void visitPartition(KspecRekeying *rekeying, Hand *hand, size_t partition, Visit visit) {
  const KspecCompact *store = rekeying->store;
  const Partition *p = store->partitions + partition;
  uint64_t key[2];
  for (size_t i = 0; i < p->count + FARTHEST; i++) {
    const uint8_t *line = p->lines + i * LINE;
    const uint32_t meta = *metadata(line);
    for (unsigned entry = 0; entry < occupied(meta); entry++) {
      keyFrom(store, partition, readEntry(p, line, entry), key);
      visit(rekeying, hand, key, tagOf(meta, entry));
    }
  }
  for (size_t i = 0; i < p->stashed; i++) {
    keyFrom(store, partition, loadPart(p->stash, i, partWords(p)), key);
    visit(rekeying, hand, key, p->stashTags[i]);
  }
}

uint64_t kspec_bits_gather(uint64_t word, uint64_t mask, bool byInstruction) {
  const Gather gather = gatherOf(mask, byInstruction && hasGather());
  return gathered(&gather, word, GATHER_STEPS);
}
uint64_t kspec_bits_spread(uint64_t bits, uint64_t mask, bool byInstruction) {
  const Gather gather = gatherOf(mask, byInstruction && hasGather());
  return spread(&gather, bits);
}

uint64_t kspec_compact_key(const KspecCompact *store) { return store->isKeyed ? store->key.mask : 0; }

bool kspec_compact_key_by(KspecCompact *store, uint64_t mask) {
  const unsigned keyBits = (unsigned)__builtin_popcountll(mask);
  store->isKeyed = true;
  store->key = gatherOf(mask, hasGather());
  store->rest = gatherOf(store->mask & ~mask, hasGather());
  store->fold = foldOf(store->bits - keyBits);
  return kspec_compact_make_partitions(store, keyBits, store->bits - keyBits);
}

static size_t taken(size_t *next) { return __atomic_fetch_add(next, 1, __ATOMIC_RELAXED); }

static void freeHands(KspecRekeying *rekeying) {
  for (unsigned i = 0; i < rekeying->threads; i++) free(rekeying->hands[i]);
  free(rekeying);
}

KspecRekeying *kspec_compact_rekey_begin(KspecCompact *store, uint64_t mask, unsigned threads) {
  const unsigned keyBits = (unsigned)__builtin_popcountll(mask);
  if (mask == 0 || mask > store->mask || keyBits > KSPEC_COMPACT_KEY_BITS || keyBits >= store->bits) return NULL;
  KspecRekeying *rekeying = calloc(1, sizeof *rekeying + threads * sizeof *rekeying->hands);
  if (!rekeying) return NULL;
  rekeying->threads = threads;
  rekeying->store = store;
  rekeying->next = *store;
  KspecCompact *next = &rekeying->next;
  bool isWhole = kspec_compact_key_by(next, mask);
  for (unsigned i = 0; i < threads && isWhole; i++) {
    rekeying->hands[i] = calloc(1, sizeof(Hand) + partitionCount(next) * sizeof(size_t));
    isWhole = rekeying->hands[i];
  }
  if (isWhole) return rekeying;
  kspec_compact_free_partitions(next);
  freeHands(rekeying);
  return NULL;
}

void kspec_compact_rekey_count(KspecRekeying *rekeying, unsigned thread) {
  for (size_t i; (i = taken(&rekeying->counted)) < partitionCount(rekeying->store);)
    visitPartition(rekeying, rekeying->hands[thread], i, countKey);
}

void kspec_compact_rekey_make(KspecRekeying *rekeying, double growth) {
  KspecCompact *next = &rekeying->next;
  for (size_t i; (i = taken(&rekeying->made)) < partitionCount(next);) {
    size_t count = 0;
    for (unsigned thread = 0; thread < rekeying->threads; thread++) count += rekeying->hands[thread]->counts[i];
    if (!kspec_compact_set_up(next, next->partitions + i, kspec_compact_lines_for(next, (size_t)((double)count * growth)))) {
      __atomic_store_n(&rekeying->isRefused, true, __ATOMIC_RELAXED);
      return;
    }
  }
}

bool kspec_compact_rekey_is_made(const KspecRekeying *rekeying) { return !__atomic_load_n(&rekeying->isRefused, __ATOMIC_RELAXED); }

void kspec_compact_rekey_move(KspecRekeying *rekeying, unsigned thread) {
  Hand *hand = rekeying->hands[thread];
  for (size_t i; (i = taken(&rekeying->moved)) < partitionCount(rekeying->store);) {
    visitPartition(rekeying, hand, i, moveKey);
    kspec_compact_free_lines(rekeying->store->partitions + i);
  }
  for (unsigned tag = 0; tag < TAG_KINDS; tag++) insertWaiting(rekeying, hand, tag);
}

bool kspec_compact_rekey_end(KspecRekeying *rekeying) {
  const bool isMade = kspec_compact_rekey_is_made(rekeying) && rekeying->moved > 0;
  KspecCompact *store = rekeying->store, *next = &rekeying->next;
  if (isMade) {
    for (size_t i = 0; i < partitionCount(next); i++) {
      Partition *p = next->partitions + i;
      p->heldBefore = kspec_compact_held(p);
      countBytes(next, p);
    }
    next->overflowed |= store->overflowed;
    kspec_compact_free_partitions(store);
    *store = *next;
  } else {
    kspec_compact_free_partitions(next);
  }
  freeHands(rekeying);
  return isMade;
}
