// The dictionary behind tree compression: see include/KspecTree.h.
//
// Nodes never move, so their numbers can be in other nodes: they are in segments that double in size and are made when they are needed. A chained hash
// table finds them; chains grow at the head by compare-and-swap, and a table that is too small is slow but never full, so that growing can wait
// for a safe point.
#include <stdlib.h>
#include <string.h>

#include "KspecMemory.h"
#include "KspecTable.h"
#include "KspecTree.h"

static const uint32_t VAIN = UINT32_MAX;  // instead of `next`: another thread was first to number the value

enum { CROWDED_BITS = 5, FIRST_SEGMENT_BITS = 10, SEGMENTS = 33 - FIRST_SEGMENT_BITS };

// Values a block at most, and how many of them are between two looks for one: at its chain's head, the first node, the next, all of it.
enum { BLOCK = 512, LAG = 24 };

typedef struct {
  uint32_t low, high;  // of the value; twelve bytes, not sixteen
  uint32_t next;       // in the chain, plus 1
} Node;

struct KspecTree {
  Node *segments[SEGMENTS];
  uint32_t *heads;  // plus 1
  size_t headBits, firstHeadBits;
  size_t words;
  uint64_t used;  // numbers given away
  bool constantHash, overflowed;
};

// Segment s holds numbers from 2^(10 + s) - 2^10 on, 2^(10 + s) of them.
static inline Node *nodeAt(const KspecTree *tree, uint64_t number) {
  const uint64_t shifted = number + (1 << FIRST_SEGMENT_BITS);
  const unsigned top = 63 - (unsigned)__builtin_clzll(shifted);
  return __atomic_load_n(&tree->segments[top - FIRST_SEGMENT_BITS], __ATOMIC_ACQUIRE) + (shifted - ((uint64_t)1 << top));
}

static bool makeSegment(KspecTree *tree, uint64_t number) {
  const unsigned top = 63 - (unsigned)__builtin_clzll(number + (1 << FIRST_SEGMENT_BITS));
  Node **place = &tree->segments[top - FIRST_SEGMENT_BITS];
  if (__atomic_load_n(place, __ATOMIC_ACQUIRE)) return true;
  // Pages that are not written cost nothing; `calloc` would clear what it has freed before.
  const size_t bytes = sizeof(Node) << top;
  void *segment = kspec_map(bytes);
  if (!segment) return false;
  Node *expected = NULL;
  if (!__atomic_compare_exchange_n(place, &expected, segment, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) kspec_unmap(segment, bytes);
  return true;
}

static inline uint32_t *headOf(const KspecTree *tree, uint64_t value) {
  return tree->heads + (hashWord(value) >> (64 - tree->headBits));
}

// The number of a value; 0 and `overflowed` if there is no more room for it.
static uint32_t numberOf(KspecTree *tree, uint64_t value) {
  uint32_t *head = headOf(tree, value);
  const uint32_t low = (uint32_t)value, high = (uint32_t)(value >> 32);
  uint32_t first = __atomic_load_n(head, __ATOMIC_ACQUIRE), searched = 0;
  uint64_t mine = 0;
  bool isMade = false;
  while (true) {
    for (uint32_t at = first; at != searched; at = nodeAt(tree, at - 1)->next) {
      const Node *node = nodeAt(tree, at - 1);
      if (node->low != low || node->high != high) continue;
      if (isMade) nodeAt(tree, mine)->next = VAIN;
      return at - 1;
    }
    searched = first;
    if (!isMade) {
      mine = __atomic_fetch_add(&tree->used, 1, __ATOMIC_RELAXED);
      if (mine >= UINT32_MAX - 1 || !makeSegment(tree, mine)) {
        __atomic_store_n(&tree->overflowed, true, __ATOMIC_RELAXED);
        return 0;
      }
      isMade = true;
      nodeAt(tree, mine)->low = low;
      nodeAt(tree, mine)->high = high;
    }
    nodeAt(tree, mine)->next = first;
    if (__atomic_compare_exchange_n(head, &first, (uint32_t)mine + 1, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) return (uint32_t)mine;
  }
}

static inline uint64_t paired(uint32_t a, uint32_t b) { return (uint64_t)a << 32 | b; }

static inline void prefetchNode(const Node *node) {
  __builtin_prefetch(node);
  __builtin_prefetch((const uint8_t *)node + sizeof *node - 1);  // it may straddle two lines
}

// The numbers of some values. Each takes three fetches from memory, one after the other; between two of one value others are fetched for.
static void numberAll(KspecTree *tree, const uint64_t *values, size_t count, uint32_t *numbers) {
  uint32_t first[BLOCK];
  for (size_t i = 0; i < count + 3 * LAG; i++) {
    if (i < count) __builtin_prefetch(headOf(tree, values[i]));
    if (i >= LAG && i - LAG < count) {
      const size_t k = i - LAG;
      first[k] = __atomic_load_n(headOf(tree, values[k]), __ATOMIC_ACQUIRE);
      if (first[k]) prefetchNode(nodeAt(tree, first[k] - 1));
    }
    if (i >= 2 * LAG && i - 2 * LAG < count && first[i - 2 * LAG]) {
      const size_t k = i - 2 * LAG;
      const Node *node = nodeAt(tree, first[k] - 1);
      const uint32_t next = node->next;
      if ((node->low != (uint32_t)values[k] || node->high != (uint32_t)(values[k] >> 32)) && next) prefetchNode(nodeAt(tree, next - 1));
    }
    if (i >= 3 * LAG) numbers[i - 3 * LAG] = numberOf(tree, values[i - 3 * LAG]);
  }
}

// Level after level, all states of the block at once.
static void foldBlock(KspecTree *tree, const uint64_t *states, size_t count, uint64_t *keys) {
  uint32_t numbers[BLOCK];
  uint64_t values[BLOCK];
  size_t n = tree->words;
  numberAll(tree, states, count * n, numbers);
  while (n > 2) {
    const size_t pairs = n / 2, next = pairs + n % 2;
    for (size_t i = 0; i < count * pairs; i++) {
      const uint32_t *pair = numbers + i / pairs * n + i % pairs * 2;
      values[i] = paired(pair[0], pair[1]);
    }
    uint32_t odd[BLOCK], paireds[BLOCK];
    for (size_t i = 0; i < count; i++) odd[i] = numbers[i * n + n - 1];
    numberAll(tree, values, count * pairs, paireds);
    for (size_t i = 0; i < count; i++) {
      memcpy(numbers + i * next, paireds + i * pairs, pairs * sizeof *numbers);
      if (n % 2) numbers[i * next + pairs] = odd[i];
    }
    n = next;
  }
  for (size_t i = 0; i < count; i++) keys[i] = paired(numbers[2 * i], numbers[2 * i + 1]);
}

void kspec_tree_fold(KspecTree *tree, const uint64_t *states, size_t count, uint64_t *keys) {
  const size_t words = tree->words, block = BLOCK / words;
  for (size_t start = 0; start < count; start += block) {
    const size_t n = count - start < block ? count - start : block;
    foldBlock(tree, states + start * words, n, keys + start);
  }
}

static inline uint64_t valueOf(const KspecTree *tree, uint32_t number) {
  const Node *node = nodeAt(tree, number);
  return paired(node->high, node->low);
}

// How many numbers there are on each level, from the words up; then back down, from the last to the first so that nothing is overwritten before it is used.
static void unfoldOne(const KspecTree *tree, uint64_t key, uint64_t *state) {
  uint32_t numbers[256];
  size_t counts[9], levels = 0;
  for (size_t n = tree->words; n > 2; n = n / 2 + n % 2) counts[levels++] = n;
  numbers[0] = (uint32_t)(key >> 32);
  numbers[1] = (uint32_t)key;
  while (levels-- > 0) {
    const size_t n = counts[levels], pairs = n / 2;
    if (n % 2) numbers[n - 1] = numbers[pairs];
    for (size_t i = pairs; i-- > 0;) {
      const uint64_t value = valueOf(tree, numbers[i]);
      numbers[2 * i] = (uint32_t)(value >> 32);
      numbers[2 * i + 1] = (uint32_t)value;
    }
  }
  for (size_t i = 0; i < tree->words; i++) state[i] = valueOf(tree, numbers[i]);
}

void kspec_tree_unfold(const KspecTree *tree, const uint64_t *keys, size_t count, uint64_t *states) {
  for (size_t i = 0; i < count; i++) unfoldOne(tree, keys[i], states + i * tree->words);
}

// Life

static size_t headBytes(size_t bits) { return sizeof(uint32_t) << bits; }
static void freeHeads(KspecTree *tree) {
  if (tree->heads) kspec_unmap(tree->heads, headBytes(tree->headBits));
}

static void freeSegments(KspecTree *tree) {
  for (unsigned i = 0; i < SEGMENTS; i++) {
    if (tree->segments[i]) kspec_unmap(tree->segments[i], sizeof(Node) << (FIRST_SEGMENT_BITS + i));
    tree->segments[i] = NULL;
  }
}

bool kspec_tree_reset(KspecTree *tree) {
  uint32_t *heads = kspec_map(headBytes(tree->firstHeadBits));
  if (!heads) return false;
  freeHeads(tree);
  freeSegments(tree);
  tree->heads = heads;
  tree->headBits = tree->firstHeadBits;
  tree->used = 0;
  tree->overflowed = false;
  return true;
}

KspecTree *kspec_tree_create(size_t words, size_t heads, bool constantHash) {
  KspecTree *tree = words < 2 || words > 256 ? NULL : calloc(1, sizeof *tree);
  if (!tree) return NULL;
  tree->words = words;
  tree->constantHash = constantHash;
  tree->firstHeadBits = 1;
  while ((size_t)1 << tree->firstHeadBits < heads) tree->firstHeadBits++;
  if (!kspec_tree_reset(tree)) {
    free(tree);
    return NULL;
  }
  return tree;
}

void kspec_tree_destroy(KspecTree *tree) {
  freeSegments(tree);
  freeHeads(tree);
  free(tree);
}

bool kspec_tree_overflowed(const KspecTree *tree) { return __atomic_load_n(&tree->overflowed, __ATOMIC_RELAXED); }
size_t kspec_tree_values(const KspecTree *tree) { return (size_t)__atomic_load_n(&tree->used, __ATOMIC_RELAXED); }
size_t kspec_tree_bytes(const KspecTree *tree) {
  return ((size_t)1 << tree->headBits) * sizeof(uint32_t) + kspec_tree_values(tree) * sizeof(Node);
}

bool kspec_tree_wants_growth(const KspecTree *tree) {
  if (tree->constantHash && tree->headBits >= CROWDED_BITS) return false;
  return kspec_tree_values(tree) > (size_t)3 << tree->headBits >> 1;
}

static size_t grownBits(const KspecTree *tree) {
  size_t bits = tree->headBits + 1;
  while (kspec_tree_values(tree) > (size_t)1 << bits) bits++;
  return tree->constantHash && bits > CROWDED_BITS ? CROWDED_BITS : bits;
}

size_t kspec_tree_growth_bytes(const KspecTree *tree) {
  return (((size_t)1 << grownBits(tree)) - ((size_t)1 << tree->headBits)) * sizeof(uint32_t);
}

bool kspec_tree_grow(KspecTree *tree) {
  const size_t bits = grownBits(tree);
  uint32_t *heads = kspec_map(headBytes(bits));
  if (!heads) return false;
  freeHeads(tree);
  tree->heads = heads;
  tree->headBits = bits;
  for (uint64_t number = 0; number < tree->used; number++) {
    Node *node = nodeAt(tree, number);
    if (node->next == VAIN) continue;
    uint32_t *head = headOf(tree, paired(node->high, node->low));
    node->next = *head;
    *head = (uint32_t)number + 1;
  }
  return true;
}
