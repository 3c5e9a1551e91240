// Hash compaction: in go states of several words, out come keys of one.
#include "KspecTable.h"

// Two lanes that see every word by different roads, so that it takes a collision of both, or of what they are folded to, to confuse two states.
static inline __attribute__((always_inline)) uint64_t keyOf(const uint64_t *state, size_t words) {
  uint64_t a = 0x243F6A8885A308D3u, b = 0x13198A2E03707344u;
  for (size_t i = 0; i < words; i++) {
    a = multiplyFold(a ^ state[i], 0x9E3779B97F4A7C15u);
    b = multiplyFold((b << 23 | b >> 41) ^ state[i] ^ 0xA4093822299F31D0u, 0xE7037ED1A0B428DBu);
  }
  return multiplyFold(a ^ 0xC0AC29B7C97C50DDu, b | 1) ^ a ^ (b << 32 | b >> 32);
}

void kspec_hash_states(const uint64_t *states, size_t count, size_t words, unsigned bits, uint64_t *keys) {
  for (size_t i = 0; i < count; i++) keys[i] = keyOf(states + i * words, words) >> (64 - bits);
}
