// A bijection of the numbers below 2^bits that scatters them, and its inverse.
//
// Two rounds of multiplication by an odd number modulo 2^bits, with the high half folded onto the low half before, between and after
// (a shift of at least half the bits undoes itself). The high bits choose the place in a table, the low ones are compared.
#ifndef KSPEC_MIX_H
#define KSPEC_MIX_H

#include <stdint.h>

static inline uint64_t bitMask(unsigned bits) { return bits >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << bits) - 1; }

static inline uint64_t mix(uint64_t x, uint64_t mask, unsigned fold) {
  x ^= x >> fold;
  x = (x * 0x9E3779B97F4A7C15u) & mask;
  x ^= x >> fold;
  x = (x * 0xD6E8FEB86659FD93u) & mask;
  return x ^ (x >> fold);
}

// Newton's iteration doubles the correct low bits: an odd number is its own inverse modulo 8.
static inline uint64_t inverseOf(uint64_t odd) {
  uint64_t x = odd;
  for (int i = 0; i < 5; i++) x *= 2 - odd * x;
  return x;
}

static inline uint64_t unmix(uint64_t x, uint64_t mask, unsigned fold) {
  x ^= x >> fold;
  x = (x * inverseOf(0xD6E8FEB86659FD93u)) & mask;
  x ^= x >> fold;
  x = (x * inverseOf(0x9E3779B97F4A7C15u)) & mask;
  return x ^ (x >> fold);
}

static inline unsigned foldOf(unsigned bits) { return bits < 2 ? 1 : (bits + 1) / 2; }

#endif
