// Growing the table, in place, by any number of threads.
//
// In: a table and how many slots it shall have. Out: the same states in the larger table. A *run* is a maximal stretch of occupied slots. The homes of a
// run that starts at slot a are at least a, and a larger capacity only moves homes up. So the slots are cut, at starts of runs, into *parts*. A part goes
// as a whole to a stretch of the larger table that no other part goes to, as soon as the parts that stand there have left; threads claim parts from the last
// to the first, so that a claimed part waits only for parts that somebody is at, and one thread alone never waits. The first few parts would land on themselves: their runs
// are lifted out and put back by one thread, again from the last to the first. What finds no slot in its own stretch, or wraps from the last slot to the first, waits until the end.
#define _GNU_SOURCE
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "KspecLine.h"
#include "KspecMemory.h"

enum { FIRST_RUN = 4096 };  // room for lifted entries; at a load of 0.8 longer runs hardly occur

// Entries (code, then the other words) that are out of the table.
typedef struct {
  uint64_t *entries;
  size_t count, room;
} Lifted;

struct KspecGrowth {
  size_t old;      // slots before
  size_t parts;    // part i: the slots from bounds[i] to bounds[i + 1]
  size_t first;    // parts before this one are moved run by run
  size_t claimed;  // from the last
  size_t *bounds;
  bool *done;
  int asideLock;
  Lifted aside, run;
};

static bool lift(Lifted *lifted, const uint64_t *entries, size_t n, size_t words) {
  if (lifted->count + n > lifted->room) {
    const size_t room = (lifted->count + n) * 2;
    uint64_t *larger = realloc(lifted->entries, room * words * sizeof(uint64_t));
    if (!larger) return false;
    lifted->entries = larger;
    lifted->room = room;
  }
  memcpy(lifted->entries + lifted->count * words, entries, n * words * sizeof(uint64_t));
  lifted->count += n;
  return true;
}

// No memory for what must leave the table: it is no longer whole.
static void loseWhole(KspecStore *store) { __atomic_store_n(&store->overflowed, true, __ATOMIC_RELAXED); }

// Puts each at the first empty slot from its home.
static void putAllBack(KspecStore *store, Lifted *lifted) {
  const size_t words = store->words;
  for (size_t i = 0; i < lifted->count; i++) {
    const uint64_t *entry = lifted->entries + i * words;
    size_t slot = home(store, hashOf(store, entry, entry[0], words), words);
    while (store->slots[slot * words] != 0)
      if (++slot == store->capacity) slot = 0;
    memcpy(store->slots + slot * words, entry, words * sizeof(uint64_t));
  }
  lifted->count = 0;
}

// A home in the smaller table that is at least `slot` is at least this in the larger one.
static size_t place(const KspecStore *store, const KspecGrowth *growth, size_t slot) {
  const size_t unit = unitOf(store->words);
  const unsigned __int128 units = (slot + unit - 1) / unit;
  return (size_t)(units * (store->capacity / unit) / (growth->old / unit)) * unit;
}

static void destroyGrowth(KspecGrowth *growth) {
  if (!growth) return;
  free(growth->bounds);
  free(growth->done);
  free(growth->aside.entries);
  free(growth->run.entries);
  free(growth);
}

static KspecGrowth *makeGrowth(const KspecStore *store, size_t partSlots) {
  const size_t words = store->words, old = store->capacity, parts = (old - 1) / partSlots + 1;
  KspecGrowth *growth = calloc(1, sizeof *growth);
  if (!growth) return NULL;
  growth->old = old;
  growth->parts = parts;
  growth->bounds = malloc((parts + 1) * sizeof *growth->bounds);
  growth->done = calloc(parts, sizeof *growth->done);
  growth->aside.entries = malloc(FIRST_RUN * words * sizeof(uint64_t));
  growth->run.entries = malloc(FIRST_RUN * words * sizeof(uint64_t));
  growth->aside.room = growth->run.room = FIRST_RUN;
  if (!growth->bounds || !growth->done || !growth->aside.entries || !growth->run.entries) {
    destroyGrowth(growth);
    return NULL;
  }
  size_t bound = 0;
  for (size_t part = 0; part <= parts; part++) {
    if (bound < part * partSlots) bound = part * partSlots < old ? part * partSlots : old;
    while (bound > 0 && bound < old && store->slots[(bound - 1) * words] != 0) bound++;
    growth->bounds[part] = bound;
  }
  growth->bounds[parts] = old;
  return growth;
}

bool kspec_store_grow_begin(KspecStore *store, size_t slots, size_t partSlots) {
  const size_t words = store->words, old = store->capacity;
  size_t bytes;
  slots = wholeLines(slots, words);
  if (slots <= old || __builtin_mul_overflow(slots, words * sizeof(uint64_t), &bytes)) return false;
  KspecGrowth *growth = makeGrowth(store, partSlots);
  uint64_t *base = growth ? kspec_remap(store->slots, tableBytes(store), bytes) : NULL;
  if (!base) {
    destroyGrowth(growth);
    return false;
  }
  store->slots = base;
  store->capacity = slots;
  store->growth = growth;

  size_t head = 0;
  while (head < old && base[head * words] != 0) head++;
  if (base[(old - 1) * words] != 0) {  // a run wraps
    if (!lift(&growth->aside, base, head, words)) loseWhole(store);
    memset(base, 0, head * words * sizeof(uint64_t));
  }
  growth->first = growth->parts;
  while (growth->first > 0) {
    const size_t *bounds = growth->bounds + growth->first - 1;
    if (place(store, growth, bounds[0]) < bounds[1]) break;
    growth->first--;
  }
  return true;
}

// How many slots are taken in each line, or place of one slot, of the stretch that a part goes to, which is empty at first: to look would be to wait for
// what has just been written there.
typedef struct {
  uint8_t *taken;
  size_t room;
} Stretch;

static bool clear(Stretch *stretch, size_t units) {
  if (units > stretch->room) {
    free(stretch->taken);
    stretch->taken = malloc(units);
    stretch->room = stretch->taken ? units : 0;
    if (!stretch->taken) return false;
  }
  memset(stretch->taken, 0, units);
  return true;
}

ALWAYS void movePart(KspecStore *store, size_t part, Stretch *stretch, Lifted *aside, const size_t words) {
  const KspecGrowth *growth = store->growth;
  const KspecStore table = fixedPart(store);
  const size_t start = growth->bounds[part], end = growth->bounds[part + 1];
  const size_t unit = unitOf(words), first = place(store, growth, start) / unit, limit = place(store, growth, end) / unit;
  const bool hasStretch = clear(stretch, limit - first);
  uint8_t *const taken = stretch->taken;
  uint64_t *const slots = table.slots;
  for (size_t slot = start; slot < end; slot++) {
    const uint64_t *entry = slots + slot * words;
    if (entry[0] == 0) {
      slot += unit - 1 - slot % unit;  // so is the rest of the line
      continue;
    }
    size_t to = hasStretch ? home(&table, hashOf(&table, entry, entry[0], words), words) / unit : limit;
    while (to < limit && taken[to - first] == unit) to++;
    if (to < limit) memcpy(slots + (to * unit + taken[to - first]++) * words, entry, words * sizeof(uint64_t));
    else if (!lift(aside, entry, 1, words)) loseWhole(store);
  }
  memset(slots + start * words, 0, (end - start) * words * sizeof(uint64_t));
}

static void awaitPart(const KspecGrowth *growth, size_t part) {
  for (unsigned spins = 0; !__atomic_load_n(growth->done + part, __ATOMIC_ACQUIRE); spins++)
    if (spins > 64) sched_yield();
}

void kspec_store_grow_some(KspecStore *store) {
  KspecGrowth *growth = store->growth;
  const size_t movable = growth->parts - growth->first;
  Lifted aside = {NULL, 0, 0};
  Stretch stretch = {NULL, 0};
  size_t left = growth->parts;  // parts from here on have left
  while (true) {
    const size_t claim = __atomic_fetch_add(&growth->claimed, 1, __ATOMIC_RELAXED);
    if (claim >= movable) break;
    const size_t part = growth->parts - 1 - claim;
    for (const size_t to = place(store, growth, growth->bounds[part]); growth->bounds[left] > to && left > part + 1;) awaitPart(growth, --left);
    switch (store->words) {
    case 1: movePart(store, part, &stretch, &aside, 1); break;
    case 2: movePart(store, part, &stretch, &aside, 2); break;
    default: movePart(store, part, &stretch, &aside, store->words);
    }
    __atomic_store_n(growth->done + part, true, __ATOMIC_RELEASE);
  }
  while (__atomic_exchange_n(&growth->asideLock, 1, __ATOMIC_ACQUIRE)) sched_yield();
  if (aside.count > 0 && !lift(&growth->aside, aside.entries, aside.count, store->words)) loseWhole(store);
  __atomic_store_n(&growth->asideLock, 0, __ATOMIC_RELEASE);
  free(aside.entries);
  free(stretch.taken);
}

void kspec_store_grow_end(KspecStore *store) {
  KspecGrowth *growth = store->growth;
  const size_t words = store->words;
  for (size_t end = growth->bounds[growth->first]; end > 0;) {
    if (store->slots[(end - 1) * words] == 0) {
      end--;
      continue;
    }
    size_t start = end;
    while (start > 0 && store->slots[(start - 1) * words] != 0) start--;
    if (!lift(&growth->run, store->slots + start * words, end - start, words)) {
      loseWhole(store);
      break;
    }
    memset(store->slots + start * words, 0, (end - start) * words * sizeof(uint64_t));
    putAllBack(store, &growth->run);
    end = start;
  }
  putAllBack(store, &growth->aside);
  destroyGrowth(growth);
  store->growth = NULL;
}
