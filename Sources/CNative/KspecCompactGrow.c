// The compact store's shape, growth, and how it takes over from the fast one.
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/mman.h>

#include "KspecCompactTable.h"
#include "KspecMemory.h"
#include "KspecTable.h"

// The stages at which partitions stand are spread evenly over one factor of growth, so that they do not all grow at once and the memory
// of the whole grows smoothly. Those that bits of states choose are filled unevenly anyway, and by a burst of states each: larger factors, fewer stops.
static const double SMALL_FACTOR = 2, FACTOR = 1.25, KEYED_FACTOR = 1.75;
// A page is the least that a partition has. Those that begin with one are staged when they leave it: by this and up to one more.
static const double PAGE_FACTOR = 1.5;
// The load at which a partition is about to ask for growth.
static const double MOST_LOAD = 0.85;
enum { SMALL_LINES = 1 << 10, SMALL_KEYED_LINES = 1 << 8, MOST_LEAST_LINES = 1 << 14 };

static size_t stagedLines(size_t lines, size_t index, size_t partitions) {
  const double spread = lines < SMALL_LINES ? SMALL_FACTOR - 1 : FACTOR - 1;
  return (lines ? lines : 1) + (size_t)((double)lines * spread * (double)index / (double)partitions);
}

static size_t bytesFor(size_t lines) { return ((lines + FARTHEST) * LINE + 4095) / 4096 * 4096; }
static size_t wholePages(size_t lines) { return bytesFor(lines) / LINE - FARTHEST; }

// Of partitions chosen by keys there are many, small ones beside large ones.
static size_t grownLines(const KspecCompact *store, const Partition *p) {
  const bool isSmall = p->count < (size_t)(store->isKeyed ? SMALL_KEYED_LINES : SMALL_LINES);
  double factor = isSmall ? SMALL_FACTOR : store->isKeyed ? KEYED_FACTOR : FACTOR;
  if (!store->isKeyed && p->count == wholePages(1)) factor = PAGE_FACTOR + (double)(p - store->partitions) / (double)partitionCount(store);
  size_t lines = (size_t)((double)p->count * factor) + !isSmall;
  if (lines < p->wanted) lines = p->wanted;
  return store->isKeyed ? wholePages(lines) : lines;
}

static uint64_t stepOf(unsigned localBits, size_t lines) {
  const uint64_t step = ((uint64_t)1 << localBits) / lines + 1;
  return step < 2 ? 2 : step;
}

static unsigned bitsOf(uint64_t step) { return 64 - (unsigned)__builtin_clzll(step); }

// Bytes of the remainder, the second word and the displacement beside the low byte: as few as hold them.
static unsigned restBytes(unsigned localBits, unsigned secondBits, size_t lines) {
  const unsigned bits = bitsOf(stepOf(localBits, lines)) + secondBits + 3;
  return bits <= 32 ? 3 : (bits - 1) / 8;
}

static unsigned entriesWith(unsigned rest) { return rest == 3 ? MOST_ENTRIES : 60 / (rest + 1); }

// An entry is read as 64 bits: the longer the second word, the more lines there must be from the start.
static size_t leastLines(unsigned localBits, unsigned secondBits) {
  size_t lines = 1;
  while (restBytes(localBits, secondBits, lines) > 8) lines *= 2;
  return lines;
}

// There are at most as many lines as the first word has values, however many states differ in the second.
bool kspec_compact_takes(unsigned bits, unsigned secondBits) {
  const unsigned partitionBits = kspec_compact_partition_bits(bits);
  return bits >= 48 && leastLines(bits - partitionBits, secondBits) << partitionBits <= MOST_LEAST_LINES;
}

static void shape(const KspecCompact *store, Partition *p, size_t lines) {
  const uint64_t step = stepOf(store->localBits, lines);
  p->count = lines;
  p->step = step;
  p->inverse = (uint64_t)(((unsigned __int128)1 << 64) / step);
  p->rest = (uint8_t)restBytes(store->localBits, store->secondBits, lines);
  p->entries = (uint8_t)entriesWith(p->rest);
  p->restMask = bitMask(8 * p->rest);
  p->secondMask = bitMask(store->secondBits);
  p->top = (uint8_t)(8 * p->rest - 3);
  p->secondShift = (uint8_t)(p->top - store->secondBits);
  p->lowBytes = (uint8_t)(60 - p->entries);
  p->vector = p->lowBytes < 48 ? p->lowBytes : 48;
  p->far = 0;
  // Measured at 10 entries a line: a load of .88 when it is reached. A sixteenth: .78 and 51 instead of 55 ns an insertion; twice the lines: .97 and 73 ns.
  p->farLimit = (uint32_t)(lines / 4 + 4);
  // Every growth stops all threads. Where there are many partitions, or all are small, those that will soon ask for one take part.
  p->soon = store->isKeyed ? p->farLimit / 2 : lines < SMALL_LINES ? p->farLimit / 4 : p->farLimit;
}

size_t kspec_compact_first_lines(const KspecCompact *store, size_t partition) {
  return stagedLines(store->lines >> store->partitionBits, partition, partitionCount(store));
}

bool kspec_compact_set_up(KspecCompact *store, Partition *p, size_t lines) {
  const size_t least = leastLines(store->localBits, store->secondBits);
  if (lines < least) lines = least;
  if (store->isKeyed || lines < wholePages(1)) lines = wholePages(lines);
  const size_t bytes = bytesFor(lines);
  if (p->lines && p->mapped == bytes) {
    memset(p->lines, 0, bytes);
  } else {
    size_t room;
    void *base = kspec_map_with_room(bytes, &room);
    if (!base) return false;
    kspec_populate(base, 0, bytes);
    kspec_compact_free_lines(p);
    p->lines = base;
    p->mapped = bytes;
    p->room = room;
  }
  p->stashed = 0;
  p->cursor = 0;
  p->heldBefore = p->wanted = 0;
  shape(store, p, lines);
  countBytes(store, p);
  return true;
}

bool kspec_compact_wants_growth(const KspecCompact *store) { return __atomic_load_n(&store->wantsGrowth, __ATOMIC_RELAXED); }
const uint32_t *kspec_compact_growing(const KspecCompact *store, size_t *count) {
  *count = store->growingCount;
  return store->growing;
}

size_t kspec_compact_growth_bytes(const KspecCompact *store, size_t partition) {
  const Partition *p = store->partitions + partition;
  return bytesFor(grownLines(store, p)) - p->mapped;
}

// Growth in place. Homes are in the order of parts, so with more lines each entry goes to a later one, and from the last line to the first every
// entry finds its new line among those that are done. Only the first lines' entries, displaced as they are, may come to lines that are not: with a fifth
// more lines, not from this one on (6/5 (EARLY - FARTHEST) - 1 >= EARLY).
enum { EARLY = 41 };

static bool growsInPlace(const Partition *from, const Partition *to) { return to->step + to->step / 5 + 1 <= from->step; }

// A line's entries, and their tags; the line is empty then.
static unsigned lift(const Partition *p, size_t index, Part *parts, uint8_t *tags) {
  uint8_t *line = p->lines + index * LINE;
  const uint32_t meta = *metadata(line);
  const unsigned entries = occupied(meta);
  for (unsigned entry = 0; entry < entries; entry++) {
    parts[entry] = readEntry(p, line, entry);
    tags[entry] = (uint8_t)tagOf(meta, entry);
  }
  memset(line, 0, LINE);
  return entries;
}

static void put(KspecCompact *store, Partition *p, const Part *parts, const uint8_t *tags, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (!kspec_compact_put(p, parts[i], tags[i])) store->overflowed = true;
}

// All entries of one shape into another: of other lines, or of the same ones as `growsInPlace` allows.
static void moveEntries(KspecCompact *store, const Partition *from, Partition *to) {
  Part early[EARLY * MOST_ENTRIES], parts[MOST_ENTRIES];
  uint8_t earlyTags[EARLY * MOST_ENTRIES], tags[MOST_ENTRIES];
  const size_t lines = from->count + FARTHEST;
  size_t first = 0, held = 0;
  for (; first < EARLY && first < lines; first++) held += lift(from, first, early + held, earlyTags + held);
  for (size_t i = lines; i-- > first;) put(store, to, parts, tags, lift(from, i, parts, tags));
  put(store, to, early, earlyTags, held);
  for (size_t i = 0; i < from->stashed; i++) {
    const Part part = loadPart(from->stash, i, partWords(from));
    put(store, to, &part, from->stashTags + i, 1);
  }
}

bool kspec_compact_grow(KspecCompact *store, size_t partition) {
  Partition *p = store->partitions + partition, from = *p, to = *p;
  const size_t lines = grownLines(store, p), bytes = bytesFor(lines);
  shape(store, &to, lines);
  const bool staysHere = bytes <= p->room && growsInPlace(&from, &to);
  if (staysHere) {
    if (!kspec_extend(p->lines, bytes)) return false;
    kspec_populate(p->lines, p->mapped, bytes);
  } else {
    to.lines = kspec_map_with_room(bytes, &to.room);
    if (!to.lines) return false;
    kspec_populate(to.lines, 0, bytes);
  }
  to.mapped = bytes;
  to.cursor = to.wanted = 0;
  to.stash = NULL;
  to.stashTags = NULL;
  to.stashed = to.stashRoom = 0;
  moveEntries(store, &from, &to);
  // What is in the stash even so is of no use as a reason to grow.
  to.soon += (uint32_t)to.stashed * 16;
  to.farLimit += (uint32_t)to.stashed * 16;
  if (!staysHere) kspec_compact_free_lines(&from);
  free(from.stash);
  free(from.stashTags);
  *p = to;
  countBytes(store, p);
  return true;
}

void kspec_compact_growth_done(KspecCompact *store) {
  size_t left = 0;
  for (size_t i = 0; i < store->growingCount; i++)
    if (store->partitions[store->growing[i]].far > store->partitions[store->growing[i]].soon) store->growing[left++] = store->growing[i];
  store->growingCount = left;
  store->wantsGrowth = false;
  kspec_compact_number_sweep(store);
}

// About how many entries a partition has. Homes are as good as random, so every eighth line of a large one tells within a few hundredths, which
// are of no account here: reading all lines after each layer, by one thread while the others waited, took a search by two threads 8 % longer.
static size_t about(const Partition *p) {
  enum { LARGE = 512, STRIDE = 8 };
  if (p->count < LARGE) return kspec_compact_held(p);
  size_t held = 0;
  for (size_t i = 0; i < p->count; i += STRIDE) held += occupied(*metadata(p->lines + i * LINE));
  return held * STRIDE + p->stashed;
}

void kspec_compact_expect(KspecCompact *store, double ratio) {
  if (!store->isKeyed) return;
  for (size_t i = 0; i < partitionCount(store); i++) {
    Partition *p = store->partitions + i;
    const size_t held = about(p), added = held > p->heldBefore ? held - p->heldBefore : 0;
    const size_t expected = held + (size_t)((double)added * ratio);
    p->heldBefore = held;
    if (p->far > p->soon || (double)expected < MOST_LOAD * (double)(p->count * p->entries)) continue;
    p->wanted = kspec_compact_lines_for(store, expected);
    p->far = p->soon + 1;
    store->growing[store->growingCount++] = (uint32_t)i;
  }
}

void kspec_compact_expect_nothing(KspecCompact *store) {
  size_t left = 0;
  for (size_t i = 0; i < store->growingCount; i++) {
    Partition *p = store->partitions + store->growing[i];
    if (p->wanted == 0) {
      store->growing[left++] = store->growing[i];
      continue;
    }
    p->wanted = 0;
    p->far = p->soon / 2;
  }
  store->growingCount = left;
}

size_t kspec_compact_shape(const KspecCompact *store, size_t *lines) {
  for (size_t i = 0; i < partitionCount(store); i++) {
    const size_t held = about(store->partitions + i);
    lines[i] = kspec_compact_lines_for(store, held + held / 8);
  }
  return partitionCount(store);
}

// Taking over

// At a load of 3/4, so that the fullest partition need not grow at once.
static size_t linesFor(unsigned localBits, unsigned secondBits, double entries) {
  size_t lines = 1;
  for (unsigned rest = 3; rest <= 8; rest++) {
    lines = (size_t)(entries / (entriesWith(rest) * 0.75)) + 1;
    if (restBytes(localBits, secondBits, lines) <= rest) break;
  }
  return lines;
}

size_t kspec_compact_lines_for(const KspecCompact *store, size_t entries) {
  return linesFor(store->localBits, store->secondBits, (double)entries);
}

// Gives the pages below `end` back, from `*from` on.
static void release(KspecStore *store, size_t *from, size_t end) {
  const size_t bytes = end * sizeof(uint64_t) / 4096 * 4096;
  if (bytes <= *from) return;
  madvise((uint8_t *)store->slots + *from, bytes - *from, MADV_DONTNEED);
  *from = bytes;
}

static void take(KspecCompact *compact, uint64_t state) {
  Part part;
  Partition *p = partOf(compact, &state, 1, &part);
  if (!kspec_compact_put(p, part, KSPEC_TAG_DONE)) compact->overflowed = true;
}

// Homes in the fast table are in the order of mixed states, so partitions fill up one after the other while the table's pages go back behind: at no
// time is much more than the fast table in memory.
KspecCompact *kspec_compact_from(KspecStore *store, size_t count) {
  const unsigned partitionBits = kspec_compact_partition_bits(store->bits);
  const size_t partitions = (size_t)1 << partitionBits;
  // Those with the higher numbers begin with more.
  const double share = (double)(count / partitions) / (1 + (FACTOR - 1) / 2);
  const size_t lines = linesFor(store->bits - partitionBits, 0, share) * partitions;
  KspecCompact *compact = kspec_compact_create(store->bits, 0, lines, store->constantHash);
  if (!compact) return NULL;
  if (store->zero) take(compact, 0);
  size_t released = 0;
  for (size_t i = 0; i < store->capacity; i++) {
    if (store->slots[i] != 0) take(compact, store->slots[i]);
    if (i % (1 << 15) == 0) release(store, &released, i);
  }
  release(store, &released, store->capacity);
  store->zero = false;
  return compact;
}
