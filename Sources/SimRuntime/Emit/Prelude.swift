/// The head of every generated file: the ABI and the operations that C does not have. Needs no header of the host.

/// Kept equal to `Sources/CNative/include/KspecNative.h` by a test.
let nativeABI = """
  typedef struct { uint64_t broken; int64_t end; uint64_t transitions; } kspec_mark;
  typedef struct { int64_t consumed, used; uint64_t transitions, self_loops, asleep, broken; } kspec_expansion;
  typedef struct { int64_t rounds; int32_t fault, step; } kspec_run;
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
  """

let nativeMagic: UInt64 = 0x6b73_7065_635f_6e31  // "kspec_n1"
let nativeABINumber: UInt32 = 6
/// Goes into the cache key: counts up whenever the emitted text changes meaning for the same instance.
let emitterVersion = 9

let prelude = """
  typedef __UINT16_TYPE__ uint16_t; typedef __INT32_TYPE__ int32_t; typedef __UINT32_TYPE__ uint32_t;
  typedef __INT64_TYPE__ int64_t; typedef __UINT64_TYPE__ uint64_t;
  \(nativeABI)
  typedef int64_t I; typedef uint64_t U;
  typedef unsigned char u8; typedef unsigned short u16; typedef uint32_t u32;
  #define INLINE static inline __attribute__((always_inline, unused))
  #ifdef __clang__
  #define UNROLL _Pragma("clang loop unroll(full)")
  #else
  #define UNROLL
  #endif
  #ifndef VERIFY
  #define VERIFY 0
  #endif
  #ifndef LABELLED
  #define LABELLED 0
  #endif
  #ifndef SLEEPS
  #define SLEEPS 0
  #endif
  #ifndef KEYED
  #define KEYED 0
  #endif
  #ifndef EDGES
  #define EDGES 1
  #endif
  #define ASKED(properties) (EDGES && (judging & (properties)))
  #define LIKELY(truth) __builtin_expect(!!(truth), 1)
  #define ERROR ((U)1 << 63)
  #define FAULT ((U)1 << 62)
  #define DEADLOCK ((U)1 << 61)
  #define KEEP(held, seen, at, now) do { const I c_ = (at); const U v_ = (U)(now); \\
    if ((seen[c_ >> 6] >> (c_ & 63)) & 1) { if ((U)held[c_] != v_) *E = 1; } \\
    seen[c_ >> 6] |= (U)1 << (c_ & 63); held[c_] = v_; } while (0)
  /* Where successors go: `origins` has the class of each, `asleep` the parent's row: see SleepClasses.swift; as keys if there are `numbers`:
     see KeyEmitter.swift, then `key` is the parent's, and `without` what of it may stay. */
  typedef struct {
  U *out; u16 *origins; u32 *labels; const U *asleep; const kspec_numbers *numbers; U key; const U *without;
  I used, capacity, full; U transitions, self_loops, slept, broken, lost;
  } sink;

  /* The bits of x that m names, side by side, and back again. */
  #ifdef __BMI2__
  #define PEXT(x, m) __builtin_ia32_pext_di(x, m)
  #define PDEP(x, m) __builtin_ia32_pdep_di(x, m)
  #else
  INLINE U PEXT(const U x, U m) { U r = 0; for (U b = 1; m; b += b, m &= m - 1) if (x & m & -m) r |= b; return r; }
  INLINE U PDEP(const U x, U m) { U r = 0; for (U b = 1; m; b += b, m &= m - 1) if (x & b) r |= m & -m; return r; }
  #endif
  #define LOWEST(q) ((I)__builtin_ctzll(q))
  #define SPREAD(truth) ((truth) ? ~(U)0 : (U)0)
  typedef char bytes __attribute__((vector_size(16))); typedef U words __attribute__((vector_size(16)));
  /* The bits of the ordinals below a bound. */
  INLINE U ordinals_below(const I bound) { return bound <= 0 ? 0 : bound > 63 ? ~(U)0 : ((U)1 << bound) - 1; }

  INLINE I narrow(const I v, const I low, const I high, I *const E) {
  if (v < low || v > high) { *E = 1; return low; }
  return v;
  }
  INLINE I euclidean_quotient(const I a, const I b) {
  if (b == -1) return (I)(-(U)a);
  const I q = a / b; return a % b < 0 ? (b > 0 ? q - 1 : q + 1) : q;
  }
  INLINE I euclidean_remainder(const I a, const I b) {
  if (b == -1) return 0;
  const I r = a % b; return r < 0 ? (b > 0 ? r + b : r - b) : r;
  }

  \(["u8", "u16", "u32", "U"].map(forestOperations).joined(separator: "\n"))
  """

/// 0 is a root, else 1 + the parent. One to one with the evaluator's `Forest`.
private func forestOperations(_ cell: String) -> String {
  """
  INLINE I forest_under_\(cell)(const \(cell) *const f, const I x, const I a) {
  for (I p = (I)f[x]; p; p = (I)f[p - 1]) if (p - 1 == a) return 1;
  return 0;
  }
  INLINE I forest_within_\(cell)(const \(cell) *const f, const I x, const I a) { return x == a || forest_under_\(cell)(f, x, a); }
  INLINE I forest_root_\(cell)(const \(cell) *const f, I x) { while (f[x]) x = (I)f[x] - 1; return x; }
  INLINE I forest_lone_\(cell)(const \(cell) *const f, const I x, const I n) {
  I lone = !f[x]; for (I i = 0; i < n; i++) lone &= (I)f[i] != x + 1; return lone;
  }
  INLINE I forest_attach_\(cell)(\(cell) *const f, const I n, const I c, const I p) {
  (void)n; if (f[c] || forest_within_\(cell)(f, p, c)) return 1;
  f[c] = (\(cell))(p + 1); return 0;
  }
  INLINE I forest_detach_\(cell)(\(cell) *const f, const I n, const I c) { (void)n; f[c] = 0; return 0; }
  INLINE I forest_remove_\(cell)(\(cell) *const f, const I n, const I c) {
  const \(cell) above = f[c]; for (I i = 0; i < n; i++) if ((I)f[i] == c + 1) f[i] = above;
  f[c] = 0; return 0;
  }
  INLINE I forest_prune_\(cell)(\(cell) *const f, const I n, const I a) {
  \(cell) below[n]; for (I i = 0; i < n; i++) below[i] = (\(cell))forest_under_\(cell)(f, i, a);
  for (I i = 0; i < n; i++) if (below[i]) f[i] = 0;
  return 0;
  }
  INLINE I forest_replace_\(cell)(\(cell) *const f, const I n, const I x, const I y) {
  if (x == y || !forest_lone_\(cell)(f, y, n)) return 1;
  f[y] = f[x]; for (I i = 0; i < n; i++) if ((I)f[i] == x + 1) f[i] = (\(cell))(y + 1);
  f[x] = 0; return 0;
  }
  """
}
