// See KspecSymmetry.h for what it does; here is how.
//
// Canonical labelling by individualisation and refinement (McKay, "Practical graph isomorphism", 1981). A state is a set of
// tuples, one for each cell that is not empty: the cell's label, the elements in its key, the elements in its value. Elements
// get *colours*, hashes that are refined by the tuples they stand in until no more elements are told apart; a forest's shape is
// in the colours since a node's colour takes in its parent's and its children's. Elements are then labelled in the order of their
// colours. Where colours tie, each tied element is tried first in turn, except that of *twins* (elements whose exchange keeps the
// state) one will do, and that a branch whose first leaf equals an earlier branch's is that branch renamed (McKay's pruning).
// The representative is the least image over all leaves. A collision of hashes costs time and nothing else: everything that is
// decided depends on colours alone, which are the same for all states of an orbit.
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "KspecSymmetryScratch.h"

typedef struct {
  const KspecLabelling *t;
  const uint64_t *values;  // of the cells
  const uint64_t *hashes;  // of the active cells, as far as they do not depend on colours
  const uint32_t *active;  // the cells that are not empty
  uint32_t actives;
  uint64_t *image;
  // The least image so far and its labelling, if that is wanted.
  uint64_t *least;
  uint32_t *labels;
  bool any;
} Search;

typedef struct {
  uint64_t color[KSPEC_MAX_ELEMENTS];
  uint32_t order[KSPEC_MAX_ELEMENTS];
} Node;

static inline uint64_t fold(uint64_t a, uint64_t b) {
  unsigned __int128 product = (unsigned __int128)(a ^ 0x9E3779B97F4A7C15u) * (b ^ 0xD6E8FEB86659FD93u);
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t readCell(const KspecCell *cell, const uint64_t *state) {
  uint64_t field = state[cell->word] >> cell->shift & cell->mask;
  return cell->modulus ? field / cell->divisor % cell->modulus : field;
}

static inline uint64_t evaluate(const KspecLabelling *t, const KspecTerm *term, const uint32_t *local) {
  uint64_t index = term->base;
  const KspecOperand *operand = t->operands + term->first;
  for (uint32_t i = 0; i < term->count; i++) index += operand[i].stride * local[operand[i].element];
  return index;
}

// The term of a cell's value; NULL if the value contains no elements, or the slot is not in use.
static inline const KspecTerm *valueTerm(const KspecLabelling *t, const uint64_t *values, uint32_t index) {
  const KspecCell *cell = &t->cell[index];
  if (cell->content == UINT32_MAX) return NULL;
  if (cell->length && values[cell->length - 1] <= cell->slot) return NULL;
  return &t->terms[cell->content + values[index]];
}

static inline uint64_t renamedValue(const KspecLabelling *t, const uint64_t *values, uint32_t index, const uint32_t *local) {
  const KspecTerm *term = valueTerm(t, values, index);
  return term ? evaluate(t, term, local) : values[index];
}

// Colours

static void prepare(Search *s, uint64_t *hashes, uint32_t *active) {
  const KspecLabelling *t = s->t;
  uint32_t n = 0;
  for (uint32_t i = 0; i < t->cells; i++) {
    const KspecTerm *value = valueTerm(t, s->values, i);
    if (!s->values[i] && !(value && value->count)) continue;
    hashes[n] = fold(t->terms[t->cell[i].term].label, value ? value->label : s->values[i]);
    active[n++] = i;
  }
  s->actives = n;
}

// Sorts each block by colour; returns the number of colours.
static uint32_t sortByColor(const KspecLabelling *t, Node *node) {
  uint32_t colors = 0, start = 0;
  for (uint32_t b = 0; b < t->blocks; b++) {
    uint32_t end = t->blockEnd[b];
    for (uint32_t i = start + 1; i < end; i++) {
      uint32_t element = node->order[i], j = i;
      for (; j > start && node->color[node->order[j - 1]] > node->color[element]; j--) node->order[j] = node->order[j - 1];
      node->order[j] = element;
    }
    for (uint32_t i = start; i < end; i++) colors += i == start || node->color[node->order[i]] != node->color[node->order[i - 1]];
    start = end;
  }
  return colors;
}

static inline uint64_t foldOperands(const KspecLabelling *t, const KspecTerm *term, const uint64_t *color, uint64_t h) {
  const KspecOperand *operand = t->operands + term->first;
  for (uint32_t i = 0; i < term->count; i++) h = fold(h, color[operand[i].element]);
  return h;
}

static inline uint64_t spread(const KspecLabelling *t, const KspecTerm *term, uint64_t *sums, uint64_t h, uint64_t position) {
  const KspecOperand *operand = t->operands + term->first;
  for (uint32_t i = 0; i < term->count; i++) sums[operand[i].element] += fold(h, position++);
  return position;
}

static void refine(const Search *s, Node *node) {
  const KspecLabelling *t = s->t;
  uint32_t colors = sortByColor(t, node);
  while (colors < t->elements) {
    uint64_t sums[KSPEC_MAX_ELEMENTS];
    memcpy(sums, node->color, t->elements * sizeof(uint64_t));
    for (uint32_t n = 0; n < s->actives; n++) {
      const KspecTerm *key = &t->terms[t->cell[s->active[n]].term];
      const KspecTerm *value = valueTerm(t, s->values, s->active[n]);
      uint64_t h = foldOperands(t, key, node->color, s->hashes[n]);
      if (value) h = foldOperands(t, value, node->color, h);
      uint64_t position = spread(t, key, sums, h, 1);
      if (value) spread(t, value, sums, h, position);
    }
    for (uint32_t e = 0; e < t->elements; e++) node->color[e] = fold(sums[e], 1);
    uint32_t now = sortByColor(t, node);
    if (now <= colors) return;
    colors = now;
  }
}

// Ties

// Whether exchanging two elements keeps the state. All cells that are not empty must find their image; the others then do.
static bool areTwins(const Search *s, uint32_t a, uint32_t b) {
  const KspecLabelling *t = s->t;
  uint32_t local[KSPEC_MAX_ELEMENTS];
  memcpy(local, t->local, t->elements * sizeof(uint32_t));
  local[a] = t->local[b];
  local[b] = t->local[a];
  for (uint32_t n = 0; n < s->actives; n++) {
    uint32_t cell = s->active[n];
    if (s->values[evaluate(t, &t->terms[t->cell[cell].term], local)] != renamedValue(t, s->values, cell, local)) return false;
  }
  return true;
}

// The first tie whose elements are not all twins: [first, end) of the order, one element of each twin class in `twins` with the
// size of the class. False if there is none; `weight` then counts the labellings that agree with the colours.
static bool findTie(const Search *s, const Node *node, uint32_t *twins, uint32_t *sizes, uint32_t *classes, uint64_t *weight) {
  const KspecLabelling *t = s->t;
  *weight = 1;
  uint32_t start = 0;
  for (uint32_t b = 0; b < t->blocks; b++) {
    uint32_t blockEnd = t->blockEnd[b];
    while (start < blockEnd) {
      uint32_t end = start + 1;
      while (end < blockEnd && node->color[node->order[end]] == node->color[node->order[start]]) end++;
      uint32_t n = 0;
      for (uint32_t i = start; i < end && end - start > 1; i++) {
        uint32_t c = 0;
        while (c < n && !areTwins(s, twins[c], node->order[i])) c++;
        if (c == n) {
          twins[n] = node->order[i];
          sizes[n++] = 0;
        }
        sizes[c]++;
        *weight *= sizes[c];
      }
      if (n > 1) {
        *classes = n;
        return true;
      }
      start = end;
    }
  }
  return false;
}

static void individualise(Node *child, const Node *node, const KspecLabelling *t, uint32_t element) {
  memcpy(child->color, node->color, t->elements * sizeof(uint64_t));
  memcpy(child->order, node->order, t->elements * sizeof(uint32_t));
  child->color[element] = fold(child->color[element], 2);
}

// Leaves

static void label(const Search *s, const Node *node, uint32_t *local) {
  const KspecLabelling *t = s->t;
  for (uint32_t i = 0; i < t->elements; i++) local[node->order[i]] = t->local[t->members[i]];
}

static void leaf(Search *s, const Node *node, uint64_t *image) {
  const KspecLabelling *t = s->t;
  uint32_t local[KSPEC_MAX_ELEMENTS];
  label(s, node, local);
  memset(image, 0, t->words * sizeof(uint64_t));
  for (uint32_t n = 0; n < s->actives; n++) {
    uint32_t index = s->active[n];
    const KspecCell *target = &t->cell[evaluate(t, &t->terms[t->cell[index].term], local)];
    image[target->word] += target->multiplier * renamedValue(t, s->values, index, local);
  }
  if (s->any && kspec_compare(image, s->least, t->words) >= 0) return;
  s->any = true;
  memcpy(s->least, image, t->words * sizeof(uint64_t));
  if (s->labels) memcpy(s->labels, local, t->elements * sizeof(uint32_t));
}

// Goes down to the first leaf alone.
static void dive(Search *s, Node *node, uint64_t *first) {
  uint32_t twins[KSPEC_MAX_ELEMENTS], sizes[KSPEC_MAX_ELEMENTS], classes;
  uint64_t weight;
  refine(s, node);
  while (findTie(s, node, twins, sizes, &classes, &weight)) {
    node->color[twins[0]] = fold(node->color[twins[0]], 2);
    refine(s, node);
  }
  leaf(s, node, first);
}

// The least image below a node, how many labellings reach it, and the image at the first leaf.
static uint64_t search(Search *s, Node *node, uint64_t *least, uint64_t *first) {
  const uint32_t words = s->t->words;
  uint32_t twins[KSPEC_MAX_ELEMENTS], sizes[KSPEC_MAX_ELEMENTS], classes;
  uint64_t weight;
  refine(s, node);
  if (!findTie(s, node, twins, sizes, &classes, &weight)) {
    leaf(s, node, first);
    memcpy(least, first, words * sizeof(uint64_t));
    return weight;
  }
  // Of each branch searched: its first leaf, its least image, and the count. Without memory there is no pruning.
  uint64_t *branches = malloc(classes * (2 * words + 1) * sizeof(uint64_t));
  uint32_t searched = 0;
  uint64_t count = 0;
  for (uint32_t c = 0; c < classes; c++) {
    Node child;
    uint64_t childLeast[words], childFirst[words], reached = 0;
    individualise(&child, node, s->t, twins[c]);
    uint32_t known = searched;
    if (branches && c > 0) {
      dive(s, &child, childFirst);
      for (known = 0; known < searched && kspec_compare(branches + known * (2 * words + 1), childFirst, words); known++) {}
      if (known == searched) individualise(&child, node, s->t, twins[c]);
    }
    if (branches && known < searched) {
      const uint64_t *branch = branches + known * (2 * words + 1);
      memcpy(childLeast, branch + words, words * sizeof(uint64_t));
      reached = branch[2 * words];
    } else {
      reached = search(s, &child, childLeast, childFirst);
      if (branches) {
        uint64_t *branch = branches + searched++ * (2 * words + 1);
        memcpy(branch, childFirst, words * sizeof(uint64_t));
        memcpy(branch + words, childLeast, words * sizeof(uint64_t));
        branch[2 * words] = reached;
      }
    }
    if (c == 0) memcpy(first, childFirst, words * sizeof(uint64_t));
    int order = c == 0 ? -1 : kspec_compare(childLeast, least, words);
    if (order < 0) {
      memcpy(least, childLeast, words * sizeof(uint64_t));
      count = 0;
    }
    if (order <= 0) count += reached * sizes[c];
  }
  free(branches);
  return count;
}

// One state: the values of its cells renamed by each coset representative in turn. Returns the order of the stabiliser.
static uint64_t canonicalize(const KspecLabelling *t, KspecSymmetryScratch *scratch, const uint64_t *state, uint32_t *labels, bool firstLeaf) {
  uint64_t *values = scratch->values, count = 0;
  uint32_t best[KSPEC_MAX_ELEMENTS];
  for (uint32_t i = 0; i < t->cells; i++) values[i] = readCell(&t->cell[i], state);
  for (uint32_t c = 0; c < t->cosets; c++) {
    const uint32_t *coset = t->cosetLocal + c * t->elements;
    if (c > 0)
      for (uint32_t i = 0; i < t->cells; i++)
        scratch->moved[evaluate(t, &t->terms[t->cell[i].term], coset)] = renamedValue(t, values, i, coset);
    Search s = {.t = t, .values = c > 0 ? scratch->moved : values, .hashes = scratch->hashes, .active = scratch->active,
                .least = scratch->least, .labels = labels ? best : NULL};
    prepare(&s, scratch->hashes, scratch->active);
    Node root;
    uint32_t start = 0;
    for (uint32_t b = 0; b < t->blocks; b++)
      for (; start < t->blockEnd[b]; start++) root.color[t->members[start]] = fold(b, 3);
    memcpy(root.order, t->members, t->elements * sizeof(uint32_t));
    uint64_t leastOfCoset[t->words];
    uint64_t reached = 1;
    if (firstLeaf)
      dive(&s, &root, leastOfCoset);
    else
      reached = search(&s, &root, leastOfCoset, scratch->first);
    int order = c == 0 ? -1 : kspec_compare(leastOfCoset, scratch->image, t->words);
    if (order < 0) {
      memcpy(scratch->image, leastOfCoset, t->words * sizeof(uint64_t));
      count = 0;
      // The labelling after the coset representative; elements of a sort are numbered in a row.
      if (labels)
        for (uint32_t e = 0; e < t->elements; e++) labels[e] = best[e - t->local[e] + coset[e]];
    }
    if (order <= 0) count += reached;
  }
  return count;
}

void kspec_labelling_canonicalize(const KspecLabelling *t, KspecSymmetryScratch *scratch, const uint64_t *states, size_t count,
                                  uint64_t *out, uint64_t *stabilisers) {
  for (size_t i = 0; i < count; i++) {
    uint64_t reached = canonicalize(t, scratch, states + i * t->words, NULL, t->firstLeaf);
    memcpy(out + i * t->words, scratch->image, t->words * sizeof(uint64_t));
    if (stabilisers) stabilisers[i] = reached;
  }
}

void kspec_labelling_renaming(const KspecLabelling *t, KspecSymmetryScratch *scratch, const uint64_t *state, uint32_t *local) {
  canonicalize(t, scratch, state, local, false);
}
