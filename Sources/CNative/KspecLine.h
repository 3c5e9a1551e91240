// A line of the cache as part of a table: which of its slots hold a given state, all at once. Private to this folder.
#ifndef KSPEC_LINE_H
#define KSPEC_LINE_H

#include "KspecTable.h"

#ifdef KSPEC_VECTORS
#include <emmintrin.h>
#endif

#define ALWAYS static inline __attribute__((always_inline))

// A slot never changes once it is taken, so that a state which a line showed stays there. Whoever writes a slot of two words first says that
// it is busy, and sixteen aligned bytes are read whole.

#ifdef KSPEC_VECTORS
// Bit i: the i-th 32 bits of the line are those of `wanted`, which is repeated.
ALWAYS uint32_t equalHalves(const uint64_t *line, __m128i wanted) {
  const __m128i *at = (const __m128i *)line;
  const __m128i a = _mm_cmpeq_epi32(_mm_load_si128(at), wanted), b = _mm_cmpeq_epi32(_mm_load_si128(at + 1), wanted);
  const __m128i c = _mm_cmpeq_epi32(_mm_load_si128(at + 2), wanted), d = _mm_cmpeq_epi32(_mm_load_si128(at + 3), wanted);
  return (uint32_t)_mm_movemask_epi8(_mm_packs_epi16(_mm_packs_epi32(a, b), _mm_packs_epi32(c, d)));
}

// The slots of a line that hold a state: of slot s the bit 2 * words * s.
ALWAYS uint32_t holders(const uint64_t *line, uint64_t code, uint64_t second, const size_t words) {
  uint32_t equal = equalHalves(line, _mm_set_epi64x((long long)(words == 1 ? code : second), (long long)code));
  equal &= equal >> 1;
  return words == 1 ? equal & 0x5555 : equal & equal >> 2 & 0x1111;
}

typedef uint64_t LineWords __attribute__((vector_size(64)));

// Whether any slot of a line holds it: what is asked of nearly every state, so only that; two comparisons where registers are half a line wide.
ALWAYS bool lineHas(const uint64_t *line, uint64_t code, uint64_t second, const size_t words) {
  const LineWords found = *(const LineWords *)line;
  if (words == 1) return __builtin_reduce_or(found == code) != 0;
  const LineWords wanted = {code, second, code, second, code, second, code, second};
  const LineWords equal = (LineWords)(found == wanted);
  return __builtin_reduce_or(equal & __builtin_shufflevector(equal, equal, 1, 0, 3, 2, 5, 4, 7, 6)) != 0;
}
#endif

#endif
