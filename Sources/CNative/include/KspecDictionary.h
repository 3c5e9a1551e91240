// States of two words as keys of one, where parts of them take few values.
//
// In: states, and which bits make up each of several parts of equal width: what a model says of each thread, page or process. Out: keys, different for different
// states. A part is replaced by the number of its value among those that were seen, in the order in which they were (SPIN's collapse compression does so to
// processes); all parts share the numbers. The other bits stay as they are.
#ifndef KSPEC_DICTIONARY_H
#define KSPEC_DICTIONARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "KspecNative.h"

typedef struct KspecDictionary KspecDictionary;

// The most parts, and bits of one and of a number.
enum { KSPEC_PARTS = 16, KSPEC_PART_BITS = 16, KSPEC_NUMBER_BITS = 14 };

// `masks`: two words for each part, without bits in common and with equally many. Numbers have `bits` bits; those of all parts and the bits of states that are in no
// part, by `used`, fit one word. NULL if memory is refused, or where the processor has no instruction for taking out the bits of a mask.
KspecDictionary *_Nullable kspec_dictionary_create(const uint64_t *_Nonnull masks, size_t parts, const uint64_t *_Nonnull used, unsigned bits);
void kspec_dictionary_destroy(KspecDictionary *_Nonnull dictionary);
// Keys of states, and how many: less than `count` where a value is new and there is no number left, for good. Safe from several threads.
size_t kspec_dictionary_narrow(KspecDictionary *_Nonnull dictionary, const uint64_t *_Nonnull states, size_t count, uint64_t *_Nonnull keys);
// The key of a state, if all values in it have numbers.
bool kspec_dictionary_find(const KspecDictionary *_Nonnull dictionary, const uint64_t *_Nonnull state, uint64_t *_Nonnull key);
// The states of keys, also while others are made.
void kspec_dictionary_widen(const KspecDictionary *_Nonnull dictionary, const uint64_t *_Nonnull keys, size_t count, uint64_t *_Nonnull states);
// For code that makes keys itself (KeyEmitter.swift); as long as the dictionary is there.
const kspec_numbers *_Nonnull kspec_dictionary_numbers(const KspecDictionary *_Nonnull dictionary);
bool kspec_dictionary_is_full(const KspecDictionary *_Nonnull dictionary);
// Forgets all values.
void kspec_dictionary_reset(KspecDictionary *_Nonnull dictionary);
size_t kspec_dictionary_bytes(const KspecDictionary *_Nonnull dictionary);

#endif
