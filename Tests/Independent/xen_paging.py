"""Xen direct paging, from docs/Systems.md section 4.

`typed` and `refs` are not kept: under the default policies they always equal the uses counted here, so they add no states,
and "no uses" is read off the uses themselves (the page's policy `counted = false`).
"""

from itertools import product

import explore

SCOPES = {"tiny": dict(Domain=1, Frame=3), "large": dict(Domain=2, Frame=3), "wide": dict(Domain=1, Frame=4)}
POLICIES = dict(validate=True, sameOwner=True, exclusive=True, flush=True)
TABLES = ("l1", "l2")


def worlds(sizes, policies):
    yield world(range(sizes["Domain"]), range(sizes["Frame"]), **policies)


def world(domains, frames, validate, sameOwner, exclusive, flush):
    """A state is (owner, kind, content, pinned, base, tlb); content is None or (target, rw), tlb a set of (domain, frame).

    dom0 is domain 0 and owns every frame at first.
    """
    entries = list(product(frames, (False, True)))
    each = len(frames)
    initial = ((0,) * each, ("untyped",) * each, (None,) * each, (False,) * each, (None,) * len(domains), frozenset())

    def put(values, index, value):
        return values[:index] + (value,) + values[index + 1:]

    def used(state, f, typed):
        """Whether f has a use, or a typed use: a read-only entry of an l1 is a use that does not fix the type."""
        owner, kind, content, pinned, base, tlb = state
        for p in frames:
            if kind[p] in TABLES and content[p] is not None and content[p][0] == f:
                if not typed or kind[p] == "l2" or content[p][1]:
                    return True
        return pinned[f] or f in base

    def admits(state, p, t, entry):
        owner, kind = state[0], state[1]
        target, rw = entry
        if sameOwner and owner[target] != owner[p] or target == p:
            return False
        if t == "l2":
            return rw and kind[target] == "l1"
        return not rw or not exclusive or kind[target] in ("untyped", "writable")

    def taken_on(kind, t, entry):
        """The kinds after a table of kind t takes on the entry: a plain frame it maps for writing becomes writable."""
        if entry is not None and t == "l1" and entry[1] and kind[entry[0]] == "untyped":
            return put(kind, entry[0], "writable")
        return kind

    def shot(tlb, f):
        return frozenset(pair for pair in tlb if pair[1] != f) if flush else tlb

    def flushed(tlb, d):
        return frozenset(pair for pair in tlb if pair[0] != d)

    def successors(state):
        owner, kind, content, pinned, base, tlb = state
        for f in frames:
            table = kind[f] in TABLES
            if owner[f] is None:
                for d in domains:
                    yield ("give", f, d), (put(owner, f, d), kind, content, pinned, base, tlb)
            elif not table:
                if not used(state, f, typed=False):
                    yield ("release", f), (
                        put(owner, f, None), put(kind, f, "untyped"), put(content, f, None), pinned, base, shot(tlb, f))
                if not used(state, f, typed=True):
                    for t in TABLES:
                        entry = content[f]
                        if not validate or entry is None or admits(state, f, t, entry):
                            kinds = put(taken_on(kind, t, entry), f, t)
                            yield ("pin", f, t), (owner, kinds, content, put(pinned, f, True), base, shot(tlb, f))
            if pinned[f]:
                yield ("unpin", f), (owner, kind, content, put(pinned, f, False), base, tlb)
            if table:
                if not used(state, f, typed=True):
                    yield ("invalidate", f), (owner, put(kind, f, "untyped"), content, pinned, base, tlb)
                if content[f] is not None:
                    yield ("clear", f), (owner, kind, put(content, f, None), pinned, base, tlb)
                else:
                    for entry in entries:
                        if admits(state, f, kind[f], entry):
                            yield ("install", f, entry), (
                                owner, taken_on(kind, kind[f], entry), put(content, f, entry), pinned, base, tlb)
        for d in domains:
            for p in frames:
                if kind[p] == "l2" and owner[p] == d and base[d] != p:
                    yield ("load", d, p), (owner, kind, content, pinned, put(base, d, p), flushed(tlb, d))
            if base[d] is not None:
                yield ("park", d), (owner, kind, content, pinned, put(base, d, None), flushed(tlb, d))
                first = content[base[d]]
                second = content[first[0]] if first is not None and first[1] else None
                if second is not None and second[1] and (d, second[0]) not in tlb:
                    yield ("touch", d, base[d], first[0], second[0]), (
                        owner, kind, content, pinned, base, tlb | {(d, second[0])})
            for f in frames:
                if (d, f) in tlb:
                    yield ("evict", d, f), (owner, kind, content, pinned, base, tlb - {(d, f)})
                    for entry in [None, *entries]:
                        yield ("store", d, f, entry), (owner, kind, put(content, f, entry), pinned, base, tlb)

    def tables(x):
        """(p, kind, target, rw) of every entry in a table."""
        return [(p, x[1][p], *x[2][p]) for p in frames if x[1][p] in TABLES and x[2][p] is not None]

    def valid(x):
        for p, kind, target, rw in tables(x):
            wrong = not rw or x[1][target] != "l1" if kind == "l2" else rw and x[1][target] != "writable"
            if target == p or wrong:
                return False
        return True

    return explore.World(
        [initial],
        successors,
        invariants={
            "Valid": valid,
            "Confined": lambda x: all(x[0][target] == x[0][p] for p, _, target, _ in tables(x)),
            "Owned": lambda x: all(x[0][f] is not None or (x[1][f] == "untyped" and x[2][f] is None) for f in frames),
            "Pinned": lambda x: all(x[1][f] in TABLES for f in frames if x[3][f]),
            "Based": lambda x: all(p is None or (x[1][p] == "l2" and x[0][p] == d) for d, p in enumerate(x[4])),
            "NoWritableTable": lambda x: all(x[1][f] == "writable" for _, f in x[5]),
            "Isolated": lambda x: all(x[0][f] == d for d, f in x[5]),
        },
        transitions={
            "Scrubbed": lambda before, label, after: label[0] != "release"
            or (after[2][label[1]] is None and all(f != label[1] for _, f in after[5])),
        },
        covers={
            "ReadOnlyTable": lambda x: any(not rw and x[1][target] in TABLES for _, _, target, rw in tables(x)),
            "Leftover": lambda x: any(x[1][f] == "writable" and not used(x, f, typed=True) for f in frames),
            "Reached": lambda x: bool(x[5]),
            "Written": lambda x: any(x[2][f] is not None for _, f in x[5]),
        },
    )


if __name__ == "__main__":
    explore.main("vmm/xen-paging", SCOPES, POLICIES, worlds)
