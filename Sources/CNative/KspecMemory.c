// See KspecMemory.h.
#define _GNU_SOURCE
#include "KspecMemory.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

static const size_t HUGE = (size_t)1 << 21;

// Addresses with nothing behind them, aligned to huge pages if there is at least one.
static void *reserve(size_t bytes) {
  if (bytes < HUGE) {
    void *base = mmap(NULL, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return base == MAP_FAILED ? NULL : base;
  }
  size_t padded;
  if (__builtin_add_overflow(bytes, HUGE, &padded)) return NULL;
  uint8_t *base = mmap(NULL, padded, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (base == MAP_FAILED) return NULL;
  uint8_t *aligned = (uint8_t *)(((uintptr_t)base + HUGE - 1) & ~(uintptr_t)(HUGE - 1));
  const size_t page = 4096;
  const size_t end = (bytes + page - 1) & ~(page - 1);
  if (aligned > base) munmap(base, (size_t)(aligned - base));
  if (aligned + end < base + padded) munmap(aligned + end, (size_t)(base + padded - (aligned + end)));
  return aligned;
}

bool kspec_extend(void *base, size_t larger) {
  if (mprotect(base, larger, PROT_READ | PROT_WRITE) != 0) return false;
  if (larger >= HUGE) madvise(base, larger, MADV_HUGEPAGE);  // a wish: small pages do as well
  return true;
}

// The first bytes of so much room, if there is any.
static void *begin(void *base, size_t bytes, size_t room) {
  if (!base || kspec_extend(base, bytes)) return base;
  munmap(base, room);
  return NULL;
}

void *kspec_map(size_t bytes) { return begin(reserve(bytes), bytes, bytes); }

void kspec_populate(void *base, size_t from, size_t to) {
#ifdef MADV_POPULATE_WRITE
  const size_t page = 4096, first = (from + page - 1) & ~(page - 1);
  if (first < to) madvise((uint8_t *)base + first, to - first, MADV_POPULATE_WRITE);  // a wish
#else
  (void)base, (void)from, (void)to;
#endif
}

void *kspec_remap(void *base, size_t bytes, size_t larger) {
  void *place = reserve(larger);
  if (!place) return NULL;
  void *moved = mremap(base, bytes, larger, MREMAP_MAYMOVE | MREMAP_FIXED, place);
  if (moved == MAP_FAILED) {
    munmap(place, larger);
    return NULL;
  }
  if (larger >= HUGE) madvise(moved, larger, MADV_HUGEPAGE);
  return moved;
}

void kspec_shrink(void *base, size_t bytes, size_t smaller) {
  const size_t page = 4096, first = (smaller + page - 1) & ~(page - 1), end = (bytes + page - 1) & ~(page - 1);
  memset((uint8_t *)base + smaller, 0, first - smaller);
  if (first < end) munmap((uint8_t *)base + first, end - first);
}

// Addresses cost nothing, unless there is a limit on them.
static size_t roomFor(size_t bytes) {
  enum { ROOM = 8 };
  struct rlimit addresses;
  size_t room;
  if (getrlimit(RLIMIT_AS, &addresses) != 0 || addresses.rlim_cur != RLIM_INFINITY) return bytes;
  return __builtin_mul_overflow(bytes, ROOM, &room) ? bytes : room;
}

static void *reserveRoom(size_t bytes, size_t *room) {
  *room = roomFor(bytes);
  void *base = reserve(*room);
  if (base || *room == bytes) return base;
  *room = bytes;
  return reserve(bytes);
}

void *kspec_map_with_room(size_t bytes, size_t *room) {
  void *base = reserveRoom(bytes, room);
  return begin(base, bytes, *room);
}

void kspec_unmap(void *base, size_t bytes) { munmap(base, bytes); }
