// Zeroed memory for tables, in huge pages where it is large. Private to this folder.
//
// A lookup goes to a random place of a table that no TLB covers in pages of 4 KiB, and in a virtual machine each miss walks two page tables.
// The memory is aligned to huge pages, and stays so when it grows, since pages that move to a place aligned otherwise are split.
#ifndef KSPEC_MEMORY_H
#define KSPEC_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

// NULL if memory is refused.
void *kspec_map(size_t bytes);
// Larger, with what was there, perhaps elsewhere; NULL, with nothing changed, if memory is refused.
void *kspec_remap(void *base, size_t bytes, size_t larger);
// The same as `kspec_map`, with `*room` bytes of addresses from its beginning on into which it is extended without moving: where pages were that move, every
// thread of the process must forget. Unmapped by the room.
void *kspec_map_with_room(size_t bytes, size_t *room);
// False, with nothing changed, if memory is refused. `larger`: at most the room.
bool kspec_extend(void *base, size_t larger);
// Pages behind the bytes from `from` up to `to`, all at once, where the system can: a page that is read first and written later costs two faults, and the second
// stops every other thread of the process for a moment.
void kspec_populate(void *base, size_t from, size_t to);
// Gives back what is behind the first `smaller` of so many bytes; what is left of their last page is zeroed, as in all memory that has not been used, since it is
// the first that a larger table gets.
void kspec_shrink(void *base, size_t bytes, size_t smaller);
void kspec_unmap(void *base, size_t bytes);

#endif
