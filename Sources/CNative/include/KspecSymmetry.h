// Canonical forms of packed states under a group of renamings: one state stands for its whole orbit.
//
// In: packed states and tables made in Swift from the layout and the group. Out: for each state the representative of its orbit,
// and how many states the orbit has. All forms are exact, unless asked (`firstLeaf`): two states have one representative if and only if a renaming takes one
// to the other. Why C: the loops take tens of nanoseconds a state, and Swift has no vectors of this width at no cost.
#ifndef KSPEC_SYMMETRY_H
#define KSPEC_SYMMETRY_H

#include <stddef.h>
#include <stdint.h>

// Small groups: the images under all renamings at once, and the least of them.

// Some neighbouring cells of a word, read as one number: (words[word] >> shift & mask) / divisor % modulus; plain if modulus is 0.
typedef struct {
  uint32_t word, shift;
  uint64_t mask, divisor, modulus;
} KspecPiece;
// What a piece adds to one word of all images. A row of `stride` numbers, one for each renaming: tables + base + value * stride.
// Linear: the only row is multiplied by the value.
typedef struct {
  uint32_t piece, linear;
  uint64_t base;
} KspecLookup;
typedef struct {
  uint32_t words, order, stride, pieces;
  const KspecPiece *_Nonnull piece;
  const uint32_t *_Nonnull lookupEnd;  // for each word one past its last lookup
  const KspecLookup *_Nonnull lookups;
  const uint64_t *_Nonnull tables;
} KspecImages;

// Groups with a factor that permutes elements of which no cell holds, or is keyed by, two: the images under the other renamings, and
// a sort of those elements by their signatures.

// Some neighbouring bits of a signature. What they add to the words of a state if the element is number e of its kind: the row
// rows + base + (e << bits | them) * words.
typedef struct {
  uint32_t shift, bits;
  uint64_t base;
} KspecSignaturePart;
typedef struct {
  KspecImages images;  // `words` words of what holds none of the elements, then a signature for each of them
  uint32_t words, elements, parts;
  const KspecSignaturePart *_Nonnull part;
  const uint64_t *_Nonnull rows;
} KspecSorted;

// Large groups: a search for the least labelling that agrees with the elements' colours.

// An index that depends on elements: base + the sum of stride * local[element]. Equal labels mean equal bases and strides.
typedef struct {
  uint64_t label, base;
  uint32_t first, count;
} KspecTerm;
typedef struct {
  uint32_t element;
  uint64_t stride;
} KspecOperand;
typedef struct {
  uint64_t mask, divisor, modulus, multiplier;
  uint32_t word, shift;
  uint32_t term;     // of the cell's own index
  uint32_t content;  // first of the terms of its values; UINT32_MAX if its values contain no elements
  uint32_t length;   // for the slot of a queue: 1 + the cell that holds the queue's length; else 0
  uint32_t slot;
} KspecCell;
typedef struct {
  uint32_t words, cells, elements, blocks, cosets;
  uint32_t firstLeaf;  // the first labelling that is reached, instead of the least: quicker, and not the same one for all states of an orbit
  const KspecCell *_Nonnull cell;
  const KspecTerm *_Nonnull terms;
  const KspecOperand *_Nonnull operands;
  const uint32_t *_Nonnull local;       // an element's number in its sort
  const uint32_t *_Nonnull blockEnd;    // for each block one past its last element
  const uint32_t *_Nonnull members;     // the elements, block after block, in ascending order
  const uint32_t *_Nonnull cosetLocal;  // for each coset representative the image's number of each element; the identity first
} KspecLabelling;

#define KSPEC_MAX_ELEMENTS 256
#define KSPEC_MAX_RENAMINGS 1024
#define KSPEC_MAX_SORTED 64

typedef struct KspecSymmetryScratch KspecSymmetryScratch;
KspecSymmetryScratch *_Nullable kspec_symmetry_scratch_create(size_t words, size_t cells);
void kspec_symmetry_scratch_destroy(KspecSymmetryScratch *_Nonnull scratch);

// Writes each state's representative to `out` (which may be `states`) and, unless NULL, the number of renamings that keep the
// representative to `stabilisers`. `states` and `out` have room for `count` states.
void kspec_images_canonicalize(const KspecImages *_Nonnull images, KspecSymmetryScratch *_Nonnull scratch,
                               const uint64_t *_Nonnull states, size_t count, uint64_t *_Nonnull out,
                               uint64_t *_Nullable stabilisers);
void kspec_sorted_canonicalize(const KspecSorted *_Nonnull sorted, KspecSymmetryScratch *_Nonnull scratch,
                               const uint64_t *_Nonnull states, size_t count, uint64_t *_Nonnull out,
                               uint64_t *_Nullable stabilisers);
void kspec_labelling_canonicalize(const KspecLabelling *_Nonnull labelling, KspecSymmetryScratch *_Nonnull scratch,
                                  const uint64_t *_Nonnull states, size_t count, uint64_t *_Nonnull out,
                                  uint64_t *_Nullable stabilisers);
// A renaming that takes the state to its representative: for each element the number of its image.
void kspec_labelling_renaming(const KspecLabelling *_Nonnull labelling, KspecSymmetryScratch *_Nonnull scratch,
                              const uint64_t *_Nonnull state, uint32_t *_Nonnull local);

#endif
