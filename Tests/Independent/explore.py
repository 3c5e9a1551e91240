"""Breadth-first enumeration, shared by the programs of this folder.

In: a system, given as its `worlds(sizes, policies)`: one world for each choice of the values that never change.
Out: one line of JSON, with counts as docs/Systems.md says how to count, or the length of a shortest trace to a property.

    python3 mapping.py tiny                                 the counts at a named scope
    python3 mapping.py Space=3 Page=1 Frame=2               the counts at any sizes
    python3 mapping.py tiny narrow=false --find Narrowed    actions in the shortest trace that breaks a property, or
                                                            reaches a cover; null if no trace does
"""

import json
import sys


class World:
    """What one choice of rigid values makes of a system.

    `successors(state)` yields (label, next state) for every enabled action instance; the label is the action's name and
    its arguments. `invariants` and `covers` judge a state, `transitions` judge (before, label, after).
    """

    def __init__(self, initial, successors, invariants={}, transitions={}, covers={}):
        self.initial, self.successors = initial, successors
        self.invariants, self.transitions, self.covers = invariants, transitions, covers


def layers(world, judge=lambda before, label, after: None):
    """The layers of the search: each time the new states, and how many edges lead out of the layer before. Each edge is judged."""
    seen = set(world.initial)
    layer = list(seen)
    yield layer, 0
    while layer:
        fresh, edges = [], 0
        for before in layer:
            for label, after in world.successors(before):
                edges += 1
                judge(before, label, after)
                if after not in seen:
                    seen.add(after)
                    fresh.append(after)
        yield fresh, edges
        layer = fresh


def count(worlds):
    """(states, transitions, depth): sums over the worlds, and the largest depth."""
    states = transitions = depth = 0
    for world in worlds:
        for number, (layer, edges) in enumerate(layers(world)):
            states += len(layer)
            transitions += edges
            if layer:
                depth = max(depth, number)
    return states, transitions, depth


def find(worlds, name):
    """The number of actions in the shortest trace that breaks property `name`, or reaches cover `name`; None if there is none."""
    best = None
    for world in worlds:
        if name not in {**world.invariants, **world.transitions, **world.covers}:
            sys.exit(f"there is no property or cover {name}")
        edge = world.transitions.get(name)
        wrong = []
        judge = lambda *step: edge is not None and not edge(*step) and wrong.append(step)
        for number, (layer, _) in enumerate(layers(world, judge)):
            if name in world.invariants:
                wrong += [state for state in layer if not world.invariants[name](state)]
            elif name in world.covers:
                wrong += [state for state in layer if world.covers[name](state)]
            if wrong or (best is not None and number >= best):
                best = number if best is None else min(best, number)
                break
    return best


def main(system, scopes, policies, worlds):
    """The command line of every program here."""
    sizes, chosen, scope, sought = {}, dict(policies), None, None
    words = sys.argv[1:] or [next(iter(scopes))]
    while words:
        word = words.pop(0)
        if word == "--find" and words:
            sought = words.pop(0)
        elif word in scopes:
            scope, sizes = word, dict(scopes[word])
        elif "=" in word:
            name, value = word.split("=")
            if name in chosen:
                chosen[name] = {"true": True, "false": False}[value]
            else:
                sizes[name], scope = int(value), None
        else:
            sys.exit(f"neither a scope nor Name=value: {word}")
    wanted = set(next(iter(scopes.values())))
    if set(sizes) != wanted:
        sys.exit(f"a scope needs exactly the sizes {', '.join(sorted(wanted))}")
    row = {"system": system, "scope": scope or " ".join(f"{n}={v}" for n, v in sizes.items())}
    if sought:
        row.update(property=sought, steps=find(worlds(sizes, chosen), sought))
    else:
        row.update(zip(("states", "transitions", "depth"), count(worlds(sizes, chosen))))
    print(json.dumps(row))
