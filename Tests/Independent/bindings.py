"""Exokernel secure bindings, from docs/Systems.md section 3."""

from itertools import product

import explore

SCOPES = {
    "tiny": dict(Env=2, Page=1, Cap=1), "small": dict(Env=2, Page=1, Cap=2), "three": dict(Env=3, Page=1, Cap=1),
    "large": dict(Env=2, Page=2, Cap=1), "alone": dict(Env=1, Page=2, Cap=1),
}
POLICIES = dict(checkCapability=True, unbind=True, flush=True, recordLoss=True, spareReserve=True)
NOTHING, READ, WRITE = RIGHTS = (0, 1, 2)
QUIET, ASKED, DEMANDED = 0, 1, 2

# The variables, in the order of the state tuple. Maps over pairs are flat: [e * caps + c], [e * pages + p].
HOLDS, OWNER, GUARD, BINDING, TLB, RESERVE, PLEA, REPOSSESSED, BELIEVES = range(9)


def worlds(sizes, policies):
    """One world for each function home: Cap -> Env."""
    for home in product(range(sizes["Env"]), repeat=sizes["Cap"]):
        yield world(range(sizes["Env"]), range(sizes["Page"]), home, **policies)


def world(envs, pages, home, checkCapability, unbind, flush, recordLoss, spareReserve):
    caps = range(len(home))
    every = [(e, p) for e in envs for p in pages]

    def ec(e, c):
        return e * len(caps) + c

    def ep(e, p):
        return e * len(pages) + p

    initial = [()] * 9
    initial[HOLDS] = tuple(WRITE if home[c] == e else NOTHING for e in envs for c in caps)
    initial[OWNER] = initial[GUARD] = (None,) * len(pages)
    initial[BINDING] = initial[TLB] = (NOTHING,) * len(every)
    initial[RESERVE], initial[PLEA] = (None,) * len(envs), (QUIET,) * len(envs)
    initial[REPOSSESSED] = initial[BELIEVES] = (False,) * len(every)

    def update(state, *changes):
        """Each change is (variable, index, value)."""
        maps = list(state)
        for variable, index, value in changes:
            values = list(maps[variable])
            values[index] = value
            maps[variable] = tuple(values)
        return tuple(maps)

    def taken(state, p, e):
        """The changes that take page p from environment e."""
        changes = [(BINDING, ep(x, p), NOTHING) for x in envs if unbind]
        changes += [(TLB, ep(x, p), NOTHING) for x in envs if flush]
        changes += [(OWNER, p, None), (GUARD, p, None), (PLEA, e, QUIET)]
        if state[RESERVE][e] == p:
            changes.append((RESERVE, e, None))
        return changes

    def successors(state):
        holds, owner, guard, binding, tlb, reserve, plea, repossessed, _ = state
        for e, f, c, r in product(envs, envs, caps, RIGHTS):
            if e != f and r <= holds[ec(e, c)] and holds[ec(f, c)] < r:
                yield ("delegate", e, f, c, r), update(state, (HOLDS, ec(f, c), r))
        for e, p in every:
            i = ep(e, p)
            for c in caps:
                if owner[p] is None and holds[ec(e, c)] == WRITE and not repossessed[i]:
                    yield ("alloc", e, p, c), update(state, (OWNER, p, e), (GUARD, p, c), (BELIEVES, i, True))
                for r in (READ, WRITE):
                    if not checkCapability or guard[p] == c and r <= holds[ec(e, c)]:
                        yield ("bind", e, p, c, r), update(state, (BINDING, i, r), (TLB, i, NOTHING))
            if binding[i] != NOTHING:
                yield ("release", e, p), update(state, (BINDING, i, NOTHING), (TLB, i, NOTHING))
                if tlb[i] == NOTHING:
                    yield ("fill", e, p), update(state, (TLB, i, binding[i]))
            if tlb[i] != NOTHING:
                yield ("evict", e, p), update(state, (TLB, i, NOTHING))
            for r in (READ, WRITE):
                if r <= tlb[i]:
                    yield ("access", e, p, r), state
            if owner[p] == e:
                yield ("free", e, p), update(state, *taken(state, p, e), (BELIEVES, i, False))
                if plea[e] == QUIET and reserve[e] != p:
                    yield ("keep", e, p), update(state, (RESERVE, e, p))
                if plea[e] == DEMANDED and (not spareReserve or reserve[e] != p):
                    noted = [(REPOSSESSED, i, True)] if recordLoss else []
                    yield ("abort", e, p), update(state, *taken(state, p, e), *noted)
            if repossessed[i]:
                yield ("acknowledge", e, p), update(state, (REPOSSESSED, i, False), (BELIEVES, i, owner[p] == e))
        for e in envs:
            if plea[e] == QUIET and any(owner[p] == e and reserve[e] != p for p in pages):
                yield ("ask", e), update(state, (PLEA, e, ASKED))
            if plea[e] == ASKED:
                yield ("demand", e), update(state, (PLEA, e, DEMANDED))

    def authorised(x):
        return all(x[GUARD][p] is None or x[BINDING][ep(e, p)] <= x[HOLDS][ec(e, x[GUARD][p])] for e, p in every)

    def sound(before, label, after):
        if label[0] != "access":
            return True
        _, e, p, r = label
        return before[OWNER][p] is not None and r <= before[BINDING][ep(e, p)]

    def told(x):
        return all(not x[BELIEVES][ep(e, p)] or x[OWNER][p] == e or x[REPOSSESSED][ep(e, p)] for e, p in every)

    def broken(before, label, after):
        return label[0] != "abort" or not any(after[v][ep(x, label[2])] for v in (BINDING, TLB) for x in envs)

    def passed(x):
        return any(
            x[REPOSSESSED][ep(e, p)] and x[OWNER][p] not in (None, e) and any(x[TLB][ep(f, p)] for f in envs) for e, p in every)

    return explore.World(
        [tuple(initial)],
        successors,
        invariants={
            "Cached": lambda x: all(t <= b for t, b in zip(x[TLB], x[BINDING])),
            "Authorised": authorised,
            "FreeUnbound": lambda x: all(x[OWNER][p] is not None or x[BINDING][ep(e, p)] == NOTHING for e, p in every),
            "FreeUncached": lambda x: all(x[OWNER][p] is not None or x[TLB][ep(e, p)] == NOTHING for e, p in every),
            "Guarded": lambda x: all((x[OWNER][p] is None) == (x[GUARD][p] is None) for p in pages),
            "ReserveOwned": lambda x: all(p is None or x[OWNER][p] == e for e, p in enumerate(x[RESERVE])),
            "Told": told,
        },
        transitions={
            "Sound": sound,
            "Broken": broken,
            "Spared": lambda before, label, after: label[0] != "abort" or before[RESERVE][label[1]] != label[2],
        },
        covers={
            "Shared": lambda x: any(sum(x[TLB][ep(e, p)] != NOTHING for e in envs) >= 2 for p in pages),
            "Lost": lambda x: any(x[REPOSSESSED]),
            "Passed": passed,
        },
    )


if __name__ == "__main__":
    explore.main("exokernel/bindings", SCOPES, POLICIES, worlds)
