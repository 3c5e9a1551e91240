"""Shadow page tables under a guest whose memory comes and goes, from docs/Systems.md section 6."""

from itertools import product

import explore

SCOPES = {
    "tiny": dict(VM=2, Address=1, Page=1, Frame=2, Word=2), "alone": dict(VM=1, Address=2, Page=2, Frame=3, Word=2),
    "large": dict(VM=2, Address=1, Page=2, Frame=4, Word=2),
}
POLICIES = dict(trace=True, protect=True, revoke=True, compare=True, scrub=True)
CLEAN = 0


def worlds(sizes, policies):
    """`clean` is taken up to renaming, so there is one world."""
    yield world(*(range(sizes[sort]) for sort in ("VM", "Address", "Page", "Frame", "Word")), **policies)


def put(values, key, value):
    changed = dict(values)
    changed.pop(key, None) if value is None else changed.update({key: value})
    return frozenset(changed.items())


def world(vms, addresses, pages, frames, words, trace, protect, revoke, compare, scrub):
    """A state is (guest, pmap, shadow, content, memory), each a set of (key, value) of what is not none; a (page, rw) is an entry."""
    places, holdings = list(product(vms, addresses)), list(product(vms, pages))
    initial = (
        frozenset(), frozenset(), frozenset(), frozenset((f, CLEAN) for f in frames), frozenset((h, CLEAN) for h in holdings))

    def withdrawn(shadow, v, f):
        return frozenset(x for x in shadow if not (x[0][0] == v and x[1][0] == f)) if revoke else shadow

    def successors(state):
        guest, pmap, shadow, content, memory = state
        entry, at, derived, holds = dict(guest), dict(pmap), dict(shadow), dict(content)
        users = {f: [h for h in holdings if at.get(h) == f] for f in frames}
        spare = [f for f in frames if not users[f]]
        for v, a in places:
            e, s = entry.get((v, a)), derived.get((v, a))
            for new in [None, *product(pages, (False, True))]:
                if new != e:
                    kept = put(shadow, (v, a), None) if trace else shadow
                    yield ("set", v, a, new), (put(guest, (v, a), new), pmap, kept, content, memory)
            f = at.get((v, e[0])) if e else None
            if f is not None:
                new = (f, e[1] and (len(users[f]) == 1 or not protect))
                if s != new:
                    yield ("fill", v, a, e[0], *new), (guest, pmap, put(shadow, (v, a), new), content, memory)
                if e[1] and len(users[f]) > 1:
                    for g in spare:
                        yield ("copy", v, a, e[0], f, g), (
                            guest, put(pmap, (v, e[0]), g), withdrawn(shadow, v, f), put(content, g, holds[f]), memory)
            if s:
                yield ("evict", v, a), (guest, pmap, put(shadow, (v, a), None), content, memory)
                yield ("load", v, a, s[0]), state
                for w in words if s[1] else ():
                    seen = put(memory, (v, e[0]), w) if e else memory
                    yield ("store", v, a, s[0], w), (guest, pmap, shadow, put(content, s[0], w), seen)
        for v, p in holdings:
            f = at.get((v, p))
            if f is None:
                for g in spare:
                    fresh = put(content, g, CLEAN) if scrub else content
                    yield ("populate", v, p, g), (guest, put(pmap, (v, p), g), shadow, fresh, memory)
                continue
            yield ("inflate", v, p, f), (
                guest, put(pmap, (v, p), None), withdrawn(shadow, v, f), content, put(memory, (v, p), CLEAN))
            for u, q in holdings:
                g = at.get((u, q))
                if g is not None and g != f and (not compare or holds[f] == holds[g]):
                    kept = withdrawn(shadow, u, g)
                    if revoke:
                        kept = frozenset((x, (f, False) if s == (f, True) else s) for x, s in kept)
                    yield ("share", v, p, f, u, q, g), (guest, put(pmap, (u, q), f), kept, content, memory)

    def exclusive(x):
        entry, users = dict(x[0]), list(x[1])
        for (v, a), (f, rw) in x[2]:
            if rw and (v, a) in entry and any(h != (v, entry[v, a][0]) for h, g in users if g == f):
                return False
        return True

    def composed(x):
        entry, at = dict(x[0]), dict(x[1])
        return all((v, a) not in entry or at.get((v, entry[v, a][0])) == f for (v, a), (f, _) in x[2])

    def reads(before, label, after):
        if label[0] != "load":
            return True
        _, v, a, f = label
        entry = dict(after[0]).get((v, a))
        return entry is None or dict(after[3])[f] == dict(after[4])[v, entry[0]]

    def invisible(before, label, after):
        others = [f for (u, _), f in after[1] if u != label[1]]
        return label[0] != "store" or all(dict(before[3])[f] == dict(after[3])[f] for f in others)

    def narrowed(x):
        entry = dict(x[0])
        return all(not rw or place not in entry or entry[place][1] for place, (_, rw) in x[2])

    return explore.World(
        [initial],
        successors,
        invariants={
            "Derived": lambda x: all(place in dict(x[0]) for place, _ in x[2]),
            "Composed": composed,
            "Narrowed": narrowed,
            "Exclusive": exclusive,
            "Faithful": lambda x: all(dict(x[3])[f] == dict(x[4])[h] for h, f in x[1]),
            "Emptied": lambda x: all(w == CLEAN or h in dict(x[1]) for h, w in x[4]),
        },
        transitions={
            "Reads": reads,
            "Invisible": invisible,
            "Same": lambda before, label, after: label[0] != "share" or dict(before[3])[label[3]] == dict(before[3])[label[6]],
        },
        covers={
            "Shared": lambda x: len({f for _, f in x[1]}) < len(x[1]),
            "Remains": lambda x: any(w != CLEAN and f not in dict(x[1]).values() for f, w in x[3]),
            "Held": lambda x: any(not rw and dict(x[0]).get(place, (0, False))[1] for place, (_, rw) in x[2]),
        },
    )


if __name__ == "__main__":
    explore.main("vmm/shadow-paging", SCOPES, POLICIES, worlds)
