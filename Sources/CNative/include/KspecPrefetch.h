// Fetches a cache line that will be read: a hint, for any address.
#ifndef KSPEC_PREFETCH_H
#define KSPEC_PREFETCH_H

static inline void kspec_prefetch(const void *_Nonnull address) { __builtin_prefetch(address); }

#endif
