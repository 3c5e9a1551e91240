"""The superpage fast path (XSA-148, XSA-182), from docs/Systems.md section 5."""

from itertools import product

import explore

SCOPES = {"two": dict(Frame=2), "four": dict(Frame=4)}
POLICIES = dict(slowPse=True, slowRw=True, linear=True)


def worlds(sizes, policies):
    yield world(range(sizes["Frame"]), **policies)


def world(frames, slowPse, slowRw, linear):
    """A state is (kind, entry), each over the frames; an entry is None or (target, pse, rw)."""
    every = list(product(frames, (False, True), (False, True)))

    def valid(kind, entry):
        target, pse, rw = entry
        return not pse and (kind[target] == "l1" or (linear and kind[target] == "l2" and not rw))

    def fast(old, new):
        return (old is not None and old[0] == new[0] and not (slowPse and old[1] != new[1])
                and not (slowRw and old[2] != new[2]))

    def put(values, index, value):
        return values[:index] + (value,) + values[index + 1:]

    def successors(state):
        kind, entry = state
        for f in frames:
            if kind[f] == "data":
                for t in ("l1", "l2"):
                    yield ("promote", f, t), (put(kind, f, t), entry)
            elif entry[f] is None and all(e is None or e[0] != f for e in entry):
                yield ("demote", f), (put(kind, f, "data"), entry)
            if kind[f] == "l2":
                for e in every:
                    if fast(entry[f], e) or valid(kind, e):
                        yield ("update", f, e), (kind, put(entry, f, e))
            if entry[f] is not None:
                yield ("clear", f), (kind, put(entry, f, None))

    def entries(state):
        return [e for e in state[1] if e is not None]

    def writable(kind, entry):
        target, pse, rw = entry
        return rw and (kind[target] == "l2" or (kind[target] == "l1" and pse))

    return explore.World(
        [(("data",) * len(frames), (None,) * len(frames))],
        successors,
        invariants={
            "NoWritableTable": lambda x: not any(writable(x[0], e) for e in entries(x)),
            "Validated": lambda x: all(valid(x[0], e) for e in entries(x)),
            "Entries": lambda x: all(e is None or kind == "l2" for kind, e in zip(*x)),
        },
        covers={
            "WritableEntry": lambda x: any(e[2] for e in entries(x)),
            "ReadOnlyEntry": lambda x: any(not e[2] for e in entries(x)),
            "SelfMap": lambda x: any(e is not None and e[0] == f for f, e in enumerate(x[1])),
        },
    )


if __name__ == "__main__":
    explore.main("vmm/xsa-148-182", SCOPES, POLICIES, worlds)
