// Growing the table.
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "KspecMemory.h"
#include "KspecTable.h"

enum { FIRST_RUN = 4096 };  // room for a run of occupied slots; at a load of 0.8 longer ones hardly occur

// Growing in place. A *run* is a maximal stretch of occupied slots. Runs are lifted out and put back from the last to the
// first: the homes of a run that starts at slot a are at least a, and a larger capacity only moves homes up, so that what is
// put back lands above everything still waiting, or past the end and so in the run at slot 0, which comes last and is then
// lifted out whole. Only a run that wraps from the last slot to the first breaks this, so its head waits until the end.

// Puts a lifted entry (code, then the other words) at the first empty slot from its home.
static void putBack(KspecStore *store, const uint64_t *entry) {
  const size_t words = store->words;
  size_t slot = home(store, hashOf(store, entry, entry[0]));
  while (store->slots[slot * words] != 0)
    if (++slot == store->capacity) slot = 0;
  memcpy(store->slots + slot * words, entry, words * sizeof(uint64_t));
}

typedef struct {
  uint64_t *entries;
  size_t count, room;
} Lifted;

// Moves the slots [start, end) to the end of `lifted`, leaving them empty; false if memory is refused.
static bool lift(KspecStore *store, size_t start, size_t end, Lifted *lifted) {
  const size_t words = store->words, n = end - start;
  if (lifted->count + n > lifted->room) {
    size_t room = (lifted->count + n) * 2;
    uint64_t *larger = realloc(lifted->entries, room * words * sizeof(uint64_t));
    if (!larger) return false;
    lifted->entries = larger;
    lifted->room = room;
  }
  memcpy(lifted->entries + lifted->count * words, store->slots + start * words, n * words * sizeof(uint64_t));
  memset(store->slots + start * words, 0, n * words * sizeof(uint64_t));
  lifted->count += n;
  return true;
}

static void putAllBack(KspecStore *store, Lifted *lifted) {
  for (size_t i = 0; i < lifted->count; i++) putBack(store, lifted->entries + i * store->words);
  lifted->count = 0;
}

bool kspec_store_grow(KspecStore *store, size_t slots) {
  const size_t words = store->words, old = store->capacity;
  size_t bytes;
  slots = wholeLines(slots, words);
  if (slots <= old || __builtin_mul_overflow(slots, words * sizeof(uint64_t), &bytes)) return false;

  size_t head = 0;
  while (head < old && store->slots[head * words] != 0) head++;
  if (store->slots[(old - 1) * words] == 0) head = 0;  // nothing wraps
  Lifted wrapped = {malloc((head + 1) * words * sizeof(uint64_t)), 0, head + 1};
  Lifted run = {malloc(FIRST_RUN * words * sizeof(uint64_t)), 0, FIRST_RUN};
  uint64_t *base = NULL;
  if (wrapped.entries && run.entries) base = kspec_remap(store->slots, tableBytes(store), bytes);
  if (!base) {
    free(wrapped.entries);
    free(run.entries);
    return false;
  }
  store->slots = base;
  store->capacity = slots;

  lift(store, 0, head, &wrapped);
  for (size_t end = old; end > 0;) {
    if (store->slots[(end - 1) * words] == 0) {
      end--;
      continue;
    }
    size_t start = end;
    while (start > 0 && store->slots[(start - 1) * words] != 0) start--;
    if (!lift(store, start, end, &run)) {  // no memory for a very long run: the table is no longer whole, so say so
      store->overflowed = true;
      break;
    }
    putAllBack(store, &run);
    end = start;
  }
  putAllBack(store, &wrapped);
  free(wrapped.entries);
  free(run.entries);
  return true;
}
