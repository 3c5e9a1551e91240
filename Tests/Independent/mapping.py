"""L4 recursive address spaces, from docs/Systems.md section 1."""

from itertools import product

import explore

SCOPES = {"tiny": dict(Space=3, Page=2, Frame=2), "wide": dict(Space=4, Page=2, Frame=1), "large": dict(Space=4, Page=2, Frame=2)}
POLICIES = dict(narrow=True, recursive=True)
NOTHING, READ, WRITE = 0, 1, 2
ACTIONS = ("map", "grant", "unmap", "flush", "downgrade")


def worlds(sizes, policies, actions=ACTIONS):
    """One world for each function boot; sigma0 is space 0."""
    for boot in product(range(sizes["Frame"]), repeat=sizes["Page"]):
        yield world(sizes["Space"], boot, policies["narrow"], policies["recursive"], actions)


def world(spaces, boot, narrow, recursive, actions):
    """A slot is space * pages + page. A state is three tuples over the slots: holds, right, parent (None for no frame, no parent)."""
    pages = len(boot)
    slots = range(spaces * pages)
    outside = spaces * pages - pages
    space = [s // pages for s in slots]
    initial = (tuple(boot) + (None,) * outside, (WRITE,) * pages + (NOTHING,) * outside, (None,) * len(slots))

    def below(parent, at):
        """The proper descendants of `at`."""
        found, last = set(), {at}
        while last:
            last = {s for s in slots if parent[s] in last}
            found |= last
        return found

    def affected(parent, at):
        return below(parent, at) if recursive else {s for s in slots if parent[s] == at}

    def emptied(state, cleared, cut):
        """`cleared` become none and nothing, `cut` lose their parents."""
        holds, right, parent = state
        return (
            tuple(None if s in cleared else holds[s] for s in slots),
            tuple(NOTHING if s in cleared else right[s] for s in slots),
            tuple(None if s in cut else parent[s] for s in slots),
        )

    def with_(values, changes):
        return tuple(changes.get(s, values[s]) for s in slots)

    def successors(state):
        holds, right, parent = state
        for a in slots:
            if holds[a] is None:
                continue
            for to in slots:
                if holds[to] is not None or space[to] == space[a]:
                    continue
                for r in (READ, WRITE):
                    if "map" in actions and (not narrow or r <= right[a]):
                        yield ("map", a, to, r), (with_(holds, {to: holds[a]}), with_(right, {to: r}), with_(parent, {to: a}))
                if "grant" in actions and space[a] != 0:
                    moved = [to if up == a else up for up in parent]
                    moved[to], moved[a] = moved[a], None
                    yield ("grant", a, to), (
                        with_(holds, {to: holds[a], a: None}), with_(right, {to: right[a], a: NOTHING}), tuple(moved))
            if "unmap" in actions:
                yield ("unmap", a), emptied(state, affected(parent, a), below(parent, a))
            if "flush" in actions and space[a] != 0:
                yield ("flush", a), emptied(state, affected(parent, a) | {a}, below(parent, a) | {a})
            if "downgrade" in actions:
                lowered = {s: READ for s in affected(parent, a) if right[s] == WRITE}
                yield ("downgrade", a), (holds, with_(right, lowered), parent)

    def pairs(parent):
        return [(s, a) for a in slots for s in below(parent, a)]

    def root(parent, s):
        while parent[s] is not None:
            s = parent[s]
        return s

    def empties(action, itself):
        def holds_(before, label, after):
            gone = below(before[2], label[1]) | ({label[1]} if itself else set())
            return all(after[0][s] is None for s in gone)
        return lambda before, label, after: label[0] != action or holds_(before, label, after)

    def untouched(before, label, after):
        kept = set(slots) - below(before[2], label[1])
        return label[0] != "unmap" or all(before[v][s] == after[v][s] for v in (0, 1) for s in kept)

    def handed(before, label, after):
        return label[0] != "grant" or below(before[2], label[1]) <= below(after[2], label[2])

    def downgraded(before, label, after):
        return label[0] != "downgrade" or all(after[1][s] != WRITE for s in below(before[2], label[1]))

    return explore.World(
        [initial],
        successors,
        invariants={
            "Backed": lambda x: all(x[0][s] is not None and x[0][s] == x[0][a] for s, a in pairs(x[2])),
            "Narrowed": lambda x: all(x[1][s] <= x[1][a] for s, a in pairs(x[2])),
            "Kept": lambda x: x[0][:pages] == tuple(boot) and x[1][:pages] == (WRITE,) * pages,
            "Top": lambda x: all(space[s] != 0 for s, _ in pairs(x[2])),
            "Rooted": lambda x: all(space[s] == 0 or x[0][s] is None or space[root(x[2], s)] == 0 for s in slots),
            "Vacated": lambda x: all((x[0][s] is None) == (x[1][s] == NOTHING) for s in slots),
        },
        transitions={
            "Revoked": empties("unmap", False), "Flushed": empties("flush", True),
            "Untouched": untouched, "Handed": handed, "Downgraded": downgraded,
        },
        covers={
            "DeepChain": lambda x: any(below(x[2], s) for s, _ in pairs(x[2])),
            "Lessened": lambda x: any(x[1][s] == READ and x[1][a] == WRITE for s, a in pairs(x[2])),
            "SameSpaceChild": lambda x: any(space[s] == space[a] for s, a in pairs(x[2])),
            "Twice": lambda x: any(
                s < t and space[s] == space[t] != 0 and x[0][s] is not None and x[0][s] == x[0][t] for s in slots for t in slots),
        },
    )


if __name__ == "__main__":
    explore.main("l4/mapping", SCOPES, POLICIES, worlds)
