/* The native ABI: what a generated library exports, and what loads it. Generated files carry a copy of these types. */
#ifndef KSPEC_NATIVE_H
#define KSPEC_NATIVE_H
#include <stdint.h>

/* One parent: property bits broken on its edges, one past its last successor in the buffer, enabled instances. */
typedef struct { uint64_t broken; int64_t end; uint64_t transitions; } kspec_mark;
/* What a batch gave. Parents are expanded from the first on, and only whole: `consumed` of them, `used` states in the buffer. */
typedef struct { int64_t consumed, used; uint64_t transitions, self_loops, asleep, broken; } kspec_expansion;
/* How far a workload came; `fault` is 0, or why step `step` could not be taken: 1 not enabled, 2 spec error, 3 enabled though
   refused, 4 an assertion. */
typedef struct { int64_t rounds; int32_t fault, step; } kspec_run;
/* Numbers by value, from a dictionary (KspecDictionary.h), with the high bit where there is none yet; and what makes keys of whole states,
   and how many: less than asked for where numbers run out. */
typedef struct {
  const uint16_t *numbers;
  void *dictionary;
  int64_t (*narrow)(void *dictionary, const uint64_t *states, int64_t count, uint64_t *keys);
} kspec_numbers;
typedef struct {
  uint64_t magic;
  uint32_t abi, words;
  const char *hash;
  void (*expand)(const uint64_t *parents, const uint16_t *origins, int64_t count, const int64_t *rigid, uint64_t judging,
                 const uint64_t *sleep, const kspec_numbers *numbers, uint64_t *out, uint16_t *made, uint32_t *labels,
                 int64_t used, int64_t capacity, kspec_mark *marks, kspec_expansion *result);
  void (*judge)(const uint64_t *states, int64_t count, const int64_t *rigid, uint64_t judging, uint64_t *masks);
  int64_t (*atoms)(const uint64_t *states, int64_t count, const int64_t *rigid, const int64_t *which, int64_t n,
                   uint64_t *rows, int64_t stride);
  void (*run)(uint64_t *state, const int64_t *rigid, int64_t rounds, kspec_run *result);
} kspec_native;

#endif
