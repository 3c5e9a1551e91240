// Other bits choose the partitions of a compact store.
#include <stdlib.h>

#include "KspecCompactTable.h"

enum { LAG = 32 };

// Entries on their way: each is put some entries after its line was fetched.
typedef struct {
  KspecCompact *next;
  size_t *counts;  // instead of putting: how many come to each partition
  size_t n;
  struct {
    Part part;
    Partition *to;
    unsigned tag;
  } moving[LAG];
} Move;

static void putOne(Move *move, size_t i) {
  if (!kspec_compact_put(move->moving[i % LAG].to, move->moving[i % LAG].part, move->moving[i % LAG].tag)) move->next->overflowed = true;
}

static void moveEntry(Move *move, const KspecCompact *store, size_t partition, Part part, unsigned tag) {
  uint64_t key[2];
  keyFrom(store, partition, part, key);
  Partition *to = partOf(move->next, key, keyWords(store), &part);
  if (move->counts) {
    move->counts[to - move->next->partitions]++;
    return;
  }
  if (move->n >= LAG) putOne(move, move->n);
  const size_t i = move->n++ % LAG;
  move->moving[i].part = part;
  move->moving[i].to = to;
  move->moving[i].tag = tag;
  __builtin_prefetch(homeOf(to, part.local).line);
}

static void movePartition(Move *move, const KspecCompact *store, size_t partition) {
  const Partition *p = store->partitions + partition;
  for (size_t i = 0; i < p->count + FARTHEST; i++) {
    const uint8_t *line = p->lines + i * LINE;
    const uint32_t meta = *metadata(line);
    for (unsigned entry = 0; entry < occupied(meta); entry++) moveEntry(move, store, partition, readEntry(p, line, entry), tagOf(meta, entry));
  }
  for (size_t i = 0; i < p->stashed; i++) moveEntry(move, store, partition, loadPart(p->stash, i, partWords(p)), p->stashTags[i]);
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

bool kspec_compact_rekey(KspecCompact *store, uint64_t mask, double growth) {
  const unsigned keyBits = (unsigned)__builtin_popcountll(mask);
  if (mask == 0 || mask > store->mask || keyBits > KSPEC_COMPACT_KEY_BITS || keyBits >= store->bits) return false;
  KspecCompact next = *store;
  next.isKeyed = true;
  next.key = gatherOf(mask, hasGather());
  next.rest = gatherOf(store->mask & ~mask, hasGather());
  if (!kspec_compact_make_partitions(&next, keyBits, store->bits - keyBits)) return false;
  next.fold = foldOf(next.localBits);

  const size_t partitions = partitionCount(&next);
  Move move = {.next = &next, .counts = calloc(partitions, sizeof *move.counts)};
  bool isDone = move.counts;
  for (size_t i = 0; isDone && i < partitionCount(store); i++) movePartition(&move, store, i);
  for (size_t i = 0; isDone && i < partitions; i++)
    isDone = kspec_compact_set_up(&next, next.partitions + i, kspec_compact_lines_for(&next, (size_t)((double)move.counts[i] * growth)));
  free(move.counts);
  if (!isDone) {
    kspec_compact_free_partitions(&next);
    return false;
  }
  move.counts = NULL;
  for (size_t i = 0; i < partitionCount(store); i++) {
    movePartition(&move, store, i);
    kspec_compact_free_lines(store->partitions + i);
  }
  for (size_t i = move.n < LAG ? 0 : move.n - LAG; i < move.n; i++) putOne(&move, i);
  for (size_t i = 0; i < partitions; i++) next.partitions[i].heldBefore = next.partitions[i].held;
  kspec_compact_free_partitions(store);
  *store = next;
  return true;
}
