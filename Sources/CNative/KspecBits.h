// Taking the bits of a mask out of a word, and putting them back. Private to this folder.
//
// The bits of a word under a mask are moved down together in steps of 1, 2, 4 ... places, those that have that power of two in their way (Steele; in
// Warren's Hacker's Delight 7-4). Which bits move in which step depends on the mask alone and is worked out once. Many processors have an instruction
// for all of it, which took a tenth off an insertion.
#ifndef KSPEC_BITS_H
#define KSPEC_BITS_H

#include <stdbool.h>
#include <stdint.h>

enum { GATHER_STEPS = 6 };

typedef struct {
  uint64_t mask;
  bool byInstruction;
  uint64_t moving[GATHER_STEPS];
} Gather;

// AMD's processors before Zen 3 have the instruction and take a hundred cycles for it.
static inline bool hasGather(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("bmi2") && !__builtin_cpu_is("znver1") && !__builtin_cpu_is("znver2") && !__builtin_cpu_is("bdver4");
#else
  return false;
#endif
}

static inline Gather gatherOf(uint64_t mask, bool byInstruction) {
  Gather gather = {.mask = mask, .byInstruction = byInstruction};
  uint64_t left = mask, gaps = ~mask << 1;  // gaps below each bit, counted modulo 2, then 4 ...
  for (int step = 0; step < GATHER_STEPS; step++) {
    uint64_t odd = gaps;
    for (int shift = 1; shift < 64; shift *= 2) odd ^= odd << shift;
    const uint64_t moving = gather.moving[step] = odd & left;
    left = (left ^ moving) | moving >> (1 << step);
    gaps &= ~odd;
  }
  return gather;
}

#if defined(__x86_64__)
// Where the processor has the instruction. Written out, since the code around it is for processors without.
static inline __attribute__((always_inline)) uint64_t extracted(uint64_t word, uint64_t mask) {
  uint64_t bits;
  __asm__("pextq %2, %1, %0" : "=r"(bits) : "r"(word), "r"(mask));
  return bits;
}

static inline __attribute__((always_inline)) uint64_t deposited(uint64_t bits, uint64_t mask) {
  uint64_t word;
  __asm__("pdepq %2, %1, %0" : "=r"(word) : "r"(bits), "r"(mask));
  return word;
}
#endif

// With at most 2^steps - 1 places to move; what does not move that far needs no more steps.
static inline __attribute__((always_inline)) uint64_t gathered(const Gather *gather, uint64_t word, const int steps) {
#if defined(__x86_64__)
  if (gather->byInstruction) return extracted(word, gather->mask);
#endif
  word &= gather->mask;
#pragma clang loop unroll(full)
  for (int step = 0; step < steps; step++) {
    const uint64_t moving = word & gather->moving[step];
    word = (word ^ moving) | moving >> (1 << step);
  }
  return word;
}

static inline uint64_t spread(const Gather *gather, uint64_t bits) {
#if defined(__x86_64__)
  if (gather->byInstruction) return deposited(bits, gather->mask);
#endif
  for (int step = GATHER_STEPS - 1; step >= 0; step--) {
    const uint64_t moving = gather->moving[step];
    bits = (bits & ~moving) | (bits << (1 << step) & moving);
  }
  return bits & gather->mask;
}

#endif
