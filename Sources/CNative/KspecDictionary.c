// See KspecDictionary.h.
#include "KspecDictionary.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "KspecBits.h"
#include "KspecProcessor.h"

#define ALWAYS static inline __attribute__((always_inline))

enum { NONE = 0xFFFF, UNNUMBERED = 1 << 15 };

struct KspecDictionary {
  size_t parts;
  unsigned bits, partBits;
  bool isSplit;  // some part has bits in the second word
  Gather first[KSPEC_PARTS], second[KSPEC_PARTS];
  unsigned secondShift[KSPEC_PARTS];
  Gather rest[2];
  unsigned restShift[2];  // below 64; 0 where nothing is to be shifted
  uint16_t *numbers;  // by value; NONE
  uint16_t *values;   // by number; written before the number is
  size_t count;
  int lock;
  bool isFull;
};

KspecDictionary *kspec_dictionary_create(const uint64_t *masks, size_t parts, const uint64_t *used, unsigned bits) {
  if (!hasGather() || parts == 0 || parts > KSPEC_PARTS || bits == 0 || bits > KSPEC_NUMBER_BITS) return NULL;
  KspecDictionary *d = calloc(1, sizeof *d);
  if (!d) return NULL;
  d->parts = parts;
  d->bits = bits;
  uint64_t rest[2] = {used[0], used[1]};
  for (size_t i = 0; i < parts; i++) {
    const uint64_t *mask = masks + 2 * i;
    d->first[i] = gatherOf(mask[0], true);
    d->second[i] = gatherOf(mask[1], true);
    d->secondShift[i] = (unsigned)__builtin_popcountll(mask[0]);
    d->isSplit |= mask[1] != 0;
    d->partBits = d->secondShift[i] + (unsigned)__builtin_popcountll(mask[1]);
    rest[0] &= ~mask[0];
    rest[1] &= ~mask[1];
  }
  for (size_t word = 0; word < 2; word++) d->rest[word] = gatherOf(rest[word], true);
  unsigned end = (unsigned)parts * bits;
  for (size_t word = 0; word < 2; word++) {
    d->restShift[word] = rest[word] ? end : 0;
    end += (unsigned)__builtin_popcountll(rest[word]);
  }
  const bool fits = d->partBits <= KSPEC_PART_BITS && end <= 64;
  d->numbers = fits ? malloc(sizeof(uint16_t) << d->partBits) : NULL;
  d->values = fits ? calloc((size_t)1 << bits, sizeof(uint16_t)) : NULL;
  if (!d->numbers || !d->values) {
    kspec_dictionary_destroy(d);
    return NULL;
  }
  memset(d->numbers, 0xFF, sizeof(uint16_t) << d->partBits);
  return d;
}

void kspec_dictionary_destroy(KspecDictionary *d) {
  free(d->numbers);
  free(d->values);
  free(d);
}

void kspec_dictionary_reset(KspecDictionary *d) {
  for (size_t i = 0; i < d->count; i++) d->numbers[d->values[i]] = NONE;
  d->count = 0;
  d->isFull = false;
}

bool kspec_dictionary_is_full(const KspecDictionary *d) { return __atomic_load_n(&d->isFull, __ATOMIC_RELAXED); }

size_t kspec_dictionary_bytes(const KspecDictionary *d) {
  return sizeof *d + (sizeof(uint16_t) << d->partBits) + (sizeof(uint16_t) << d->bits);
}

ALWAYS uint64_t bitsOf(const Gather *gather, uint64_t word) {
#if defined(__x86_64__)
  return extracted(word, gather->mask);
#else
  return gathered(gather, word, GATHER_STEPS);
#endif
}

ALWAYS uint64_t valueOf(const KspecDictionary *d, size_t part, uint64_t first, uint64_t second) {
  return bitsOf(d->first + part, first) | bitsOf(d->second + part, second) << d->secondShift[part];
}

ALWAYS uint64_t restOf(const KspecDictionary *d, uint64_t first, uint64_t second) {
  return bitsOf(d->rest, first) << d->restShift[0] | bitsOf(d->rest + 1, second) << d->restShift[1];
}

// The number of a value, a new one if it has none; NONE if there is none left.
static __attribute__((noinline)) uint16_t numbered(KspecDictionary *d, uint64_t value) {
  while (__atomic_exchange_n(&d->lock, 1, __ATOMIC_ACQUIRE)) sched_yield();
  uint16_t number = d->numbers[value];
  if (number == NONE) {
    if (d->count >> d->bits) {
      __atomic_store_n(&d->isFull, true, __ATOMIC_RELAXED);
    } else {
      number = (uint16_t)d->count++;
      d->values[number] = (uint16_t)value;
      __atomic_store_n(d->numbers + value, number, __ATOMIC_RELEASE);
    }
  }
  __atomic_store_n(&d->lock, 0, __ATOMIC_RELEASE);
  return number;
}

static __attribute__((noinline)) bool numberAll(KspecDictionary *d, uint64_t first, uint64_t second, uint64_t *numbers) {
  *numbers = 0;
  for (size_t part = d->parts; part-- > 0;) {
    const uint16_t number = numbered(d, valueOf(d, part, first, second));
    if (number == NONE) return false;
    *numbers = *numbers << d->bits | number;
  }
  return true;
}

// `parts` and `isSplit` are constants wherever this is inlined, and what no thread writes stands where no store can change it.
ALWAYS size_t narrowAll(KspecDictionary *d, const uint64_t *states, size_t count, uint64_t *keys, const size_t parts, const bool isSplit) {
  const KspecDictionary own = *d;
  for (size_t i = 0; i < count; i++) {
    const uint64_t first = states[2 * i], second = states[2 * i + 1];
    uint64_t key = 0, all = 0;
    for (size_t part = parts; part-- > 0;) {
      const uint64_t value = isSplit ? valueOf(&own, part, first, second) : bitsOf(own.first + part, first);
      const uint64_t number = __atomic_load_n(own.numbers + value, __ATOMIC_RELAXED);
      all |= number;
      key = key << own.bits | number;
    }
    if (__builtin_expect((all & UNNUMBERED) != 0, 0)) {
      uint64_t numbers;  // not the key itself, which stays in a register
      if (!numberAll(d, first, second, &numbers)) return i;
      key = numbers;
    }
    keys[i] = key | restOf(&own, first, second);
  }
  return count;
}

KSPEC_CLONES size_t kspec_dictionary_narrow(KspecDictionary *d, const uint64_t *states, size_t count, uint64_t *keys) {
  if (d->isSplit) return narrowAll(d, states, count, keys, d->parts, true);
  switch (d->parts) {
  case 2: return narrowAll(d, states, count, keys, 2, false);
  case 3: return narrowAll(d, states, count, keys, 3, false);
  case 4: return narrowAll(d, states, count, keys, 4, false);
  case 5: return narrowAll(d, states, count, keys, 5, false);
  case 6: return narrowAll(d, states, count, keys, 6, false);
  default: return narrowAll(d, states, count, keys, d->parts, false);
  }
}

bool kspec_dictionary_find(const KspecDictionary *d, const uint64_t *state, uint64_t *key) {
  *key = restOf(d, state[0], state[1]);
  for (size_t part = 0; part < d->parts; part++) {
    const uint16_t number = __atomic_load_n(d->numbers + valueOf(d, part, state[0], state[1]), __ATOMIC_ACQUIRE);
    if (number == NONE) return false;
    *key |= (uint64_t)number << part * d->bits;
  }
  return true;
}

void kspec_dictionary_widen(const KspecDictionary *d, const uint64_t *keys, size_t count, uint64_t *states) {
  for (size_t i = 0; i < count; i++) {
    uint64_t first = spread(d->rest, keys[i] >> d->restShift[0]), second = spread(d->rest + 1, keys[i] >> d->restShift[1]);
    for (size_t part = 0; part < d->parts; part++) {
      const uint64_t value = d->values[keys[i] >> part * d->bits & (((uint64_t)1 << d->bits) - 1)];
      first |= spread(d->first + part, value);
      second |= spread(d->second + part, value >> d->secondShift[part]);
    }
    states[2 * i] = first;
    states[2 * i + 1] = second;
  }
}
