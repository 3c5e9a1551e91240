// See KspecDictionary.h.
#include "KspecDictionary.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "KspecBits.h"
#include "KspecProcessor.h"

#define ALWAYS static inline __attribute__((always_inline))

enum { NONE = 0xFFFF, UNNUMBERED = 1 << 15 };

// What no thread writes but numbers and values themselves.
typedef struct {
  size_t parts;
  unsigned bits, partBits;
  bool isSplit;  // some part has bits in the second word
  Gather first[KSPEC_PARTS], second[KSPEC_PARTS];
  unsigned secondShift[KSPEC_PARTS];
  Gather rest[2];
  unsigned restShift[2];  // below 64; 0 where nothing is to be shifted
  uint16_t *numbers;      // by value; NONE
  uint16_t *values;       // by number; written before the number is
} Shape;

struct KspecDictionary {
  Shape shape;
  kspec_numbers keying;
  size_t count;
  int lock;
  bool isFull;
};

static int64_t narrowSome(void *d, const uint64_t *states, int64_t count, uint64_t *keys);

KspecDictionary *kspec_dictionary_create(const uint64_t *masks, size_t parts, const uint64_t *used, unsigned bits) {
  if (!hasGather() || parts == 0 || parts > KSPEC_PARTS || bits == 0 || bits > KSPEC_NUMBER_BITS) return NULL;
  KspecDictionary *d = calloc(1, sizeof *d);
  if (!d) return NULL;
  Shape *shape = &d->shape;
  shape->parts = parts;
  shape->bits = bits;
  uint64_t rest[2] = {used[0], used[1]};
  for (size_t i = 0; i < parts; i++) {
    const uint64_t *mask = masks + 2 * i;
    shape->first[i] = gatherOf(mask[0], true);
    shape->second[i] = gatherOf(mask[1], true);
    shape->secondShift[i] = (unsigned)__builtin_popcountll(mask[0]);
    shape->isSplit |= mask[1] != 0;
    shape->partBits = shape->secondShift[i] + (unsigned)__builtin_popcountll(mask[1]);
    rest[0] &= ~mask[0];
    rest[1] &= ~mask[1];
  }
  for (size_t word = 0; word < 2; word++) shape->rest[word] = gatherOf(rest[word], true);
  unsigned end = (unsigned)parts * bits;
  for (size_t word = 0; word < 2; word++) {
    shape->restShift[word] = rest[word] ? end : 0;
    end += (unsigned)__builtin_popcountll(rest[word]);
  }
  const bool fits = shape->partBits <= KSPEC_PART_BITS && end <= 64;
  shape->numbers = fits ? malloc(sizeof(uint16_t) << shape->partBits) : NULL;
  shape->values = fits ? calloc((size_t)1 << bits, sizeof(uint16_t)) : NULL;
  if (!shape->numbers || !shape->values) {
    kspec_dictionary_destroy(d);
    return NULL;
  }
  memset(shape->numbers, 0xFF, sizeof(uint16_t) << shape->partBits);
  d->keying = (kspec_numbers){shape->numbers, d, narrowSome};
  return d;
}

void kspec_dictionary_destroy(KspecDictionary *d) {
  free(d->shape.numbers);
  free(d->shape.values);
  free(d);
}

void kspec_dictionary_reset(KspecDictionary *d) {
  for (size_t i = 0; i < d->count; i++) d->shape.numbers[d->shape.values[i]] = NONE;
  d->count = 0;
  d->isFull = false;
}

bool kspec_dictionary_is_full(const KspecDictionary *d) { return __atomic_load_n(&d->isFull, __ATOMIC_RELAXED); }

size_t kspec_dictionary_bytes(const KspecDictionary *d) {
  return sizeof *d + (sizeof(uint16_t) << d->shape.partBits) + (sizeof(uint16_t) << d->shape.bits);
}

ALWAYS uint64_t bitsOf(const Gather *gather, uint64_t word) {
#if defined(__x86_64__)
  return extracted(word, gather->mask);
#else
  return gathered(gather, word, GATHER_STEPS);
#endif
}

ALWAYS uint64_t spreadBits(const Gather *gather, uint64_t bits) {
#if defined(__x86_64__)
  return deposited(bits, gather->mask);
#else
  return spread(gather, bits);
#endif
}

ALWAYS uint64_t valueOf(const Shape *shape, size_t part, uint64_t first, uint64_t second) {
  return bitsOf(shape->first + part, first) | bitsOf(shape->second + part, second) << shape->secondShift[part];
}

ALWAYS uint64_t restOf(const Shape *shape, uint64_t first, uint64_t second) {
  return bitsOf(shape->rest, first) << shape->restShift[0] | bitsOf(shape->rest + 1, second) << shape->restShift[1];
}

// The number of a value, a new one if it has none; NONE if there is none left.
static __attribute__((noinline)) uint16_t numbered(KspecDictionary *d, uint64_t value) {
  while (__atomic_exchange_n(&d->lock, 1, __ATOMIC_ACQUIRE)) sched_yield();
  uint16_t number = d->shape.numbers[value];
  if (number == NONE) {
    if (d->count >> d->shape.bits) {
      __atomic_store_n(&d->isFull, true, __ATOMIC_RELAXED);
    } else {
      number = (uint16_t)d->count++;
      __atomic_store_n(d->shape.values + number, (uint16_t)value, __ATOMIC_RELAXED);
      __atomic_store_n(d->shape.numbers + value, number, __ATOMIC_RELEASE);
    }
  }
  __atomic_store_n(&d->lock, 0, __ATOMIC_RELEASE);
  return number;
}

static __attribute__((noinline)) bool numberAll(KspecDictionary *d, uint64_t first, uint64_t second, uint64_t *numbers) {
  *numbers = 0;
  for (size_t part = d->shape.parts; part-- > 0;) {
    const uint16_t number = numbered(d, valueOf(&d->shape, part, first, second));
    if (number == NONE) return false;
    *numbers = *numbers << d->shape.bits | number;
  }
  return true;
}

// `parts` and `isSplit` are constants wherever this is inlined, and what no thread writes stands where no store can change it.
ALWAYS size_t narrowAll(KspecDictionary *d, const uint64_t *states, size_t count, uint64_t *keys, const size_t parts, const bool isSplit) {
  const Shape own = d->shape;
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
  if (d->shape.isSplit) return narrowAll(d, states, count, keys, d->shape.parts, true);
  switch (d->shape.parts) {
  case 2: return narrowAll(d, states, count, keys, 2, false);
  case 3: return narrowAll(d, states, count, keys, 3, false);
  case 4: return narrowAll(d, states, count, keys, 4, false);
  case 5: return narrowAll(d, states, count, keys, 5, false);
  case 6: return narrowAll(d, states, count, keys, 6, false);
  default: return narrowAll(d, states, count, keys, d->shape.parts, false);
  }
}

static int64_t narrowSome(void *d, const uint64_t *states, int64_t count, uint64_t *keys) {
  return (int64_t)kspec_dictionary_narrow(d, states, (size_t)count, keys);
}

const kspec_numbers *kspec_dictionary_numbers(const KspecDictionary *d) { return &d->keying; }

bool kspec_dictionary_find(const KspecDictionary *dictionary, const uint64_t *state, uint64_t *key) {
  const Shape *shape = &dictionary->shape;
  *key = restOf(shape, state[0], state[1]);
  for (size_t part = 0; part < shape->parts; part++) {
    const uint16_t number = __atomic_load_n(shape->numbers + valueOf(shape, part, state[0], state[1]), __ATOMIC_ACQUIRE);
    if (number == NONE) return false;
    *key |= (uint64_t)number << part * shape->bits;
  }
  return true;
}

ALWAYS void widenAll(const KspecDictionary *d, const uint64_t *keys, size_t count, uint64_t *states, const size_t parts, const bool isSplit) {
  const Shape own = d->shape;
  for (size_t i = 0; i < count; i++) {
    const uint64_t key = keys[i];
    uint64_t first = spreadBits(own.rest, key >> own.restShift[0]), second = spreadBits(own.rest + 1, key >> own.restShift[1]);
    for (size_t part = 0; part < parts; part++) {
      // Whoever has a key has seen its numbers, which are stored after their values, and asks by them.
      const uint64_t number = key >> part * own.bits & (((uint64_t)1 << own.bits) - 1);
      const uint64_t value = __atomic_load_n(own.values + number, __ATOMIC_RELAXED);
      first |= spreadBits(own.first + part, value);
      if (isSplit) second |= spreadBits(own.second + part, value >> own.secondShift[part]);
    }
    states[2 * i] = first;
    states[2 * i + 1] = second;
  }
}

KSPEC_CLONES void kspec_dictionary_widen(const KspecDictionary *d, const uint64_t *keys, size_t count, uint64_t *states) {
  if (d->shape.isSplit) return widenAll(d, keys, count, states, d->shape.parts, true);
  switch (d->shape.parts) {
  case 2: return widenAll(d, keys, count, states, 2, false);
  case 3: return widenAll(d, keys, count, states, 3, false);
  case 4: return widenAll(d, keys, count, states, 4, false);
  case 5: return widenAll(d, keys, count, states, 5, false);
  case 6: return widenAll(d, keys, count, states, 6, false);
  default: return widenAll(d, keys, count, states, d->shape.parts, false);
  }
}
