"""L4 recursive address spaces (docs/Systems.md, section 1) in Promela, at any size up to 15 slots and 3 frames.

In: the numbers of spaces, pages and frames, whether to judge the state invariants, and whether SPIN is to search breadth
first. Out: the model's text. Written for SPIN's sake, as its experienced user would:

- Every action instance is a d_step of its own with constant slots: no state is stored within an action, and no parameter is
  chosen in a state of its own.
- A slot is one byte (holds, right and parent in its bits), which keeps the state vector small: a third faster, and smaller,
  than three arrays of bytes.
- Scratch variables are `hidden`, so they are not in the state vector. SPIN's breadth-first search refuses hidden variables;
  there they are ordinary ones, put back to zero by each action.
- The invariants are one guard of the loop, tried once a stored state, rather than an assertion after every transition.
- `boot` is no variable: it is what the slots of sigma0 hold. The first step chooses it, so SPIN stores exactly one state more
  than there are pairs (boot, state): the one before that choice.
"""

from itertools import product

HEADER = """\
#define HOLDS(s) (slot[s] & 3)            /* frame + 1, or 0 */
#define RIGHT(s) ((slot[s] >> 2) & 3)     /* 0 nothing, 1 read, 2 write */
#define UP(s)    (slot[s] >> 4)           /* parent + 1, or 0 */
#define BIT(s)   (2 << (s))               /* in a set of slots: bit s + 1, so that UP is an index */
#define UNDER(s) ((below >> ((s) + 1)) & 1)

inline vacate_below(s) { if :: UNDER(s) -> slot[s] = 0 :: else fi }
inline lower_below(s) { if :: UNDER(s) && RIGHT(s) == 2 -> slot[s] = slot[s] - 4 :: else fi }
inline move_child(s, a, b) { if :: UP(s) == a + 1 -> slot[s] = slot[s] + ((b) - (a)) * 16 :: else fi }
"""


def model(spaces, pages, frames, invariants=False, breadth_first=False):
    slots = range(spaces * pages)
    outside = slots[pages:]
    if len(slots) > 15 or frames > 3:
        raise ValueError("a slot has four bits for its parent and two for its frame")
    scratch = "short below, last;" if breadth_first and len(slots) < 14 else "int below, last;"
    reset = ["below = 0"] if breadth_first else []
    step = " | ".join(f"(((last >> UP({s})) & 1) << {s + 1})" for s in outside)
    text = [
        f"/* L4 recursive address spaces: {spaces} spaces, {pages} pages, {frames} frames; slot = space * {pages} + page. */",
        f"byte slot[{len(slots)}];",
        ("" if breadth_first else "hidden ") + scratch + "  /* sets of slots */",
        HEADER,
        "inline find_below(a) { /* below = the proper descendants of a; last = none */",
        "  below = 0; last = BIT(a);",
        f"  do :: last -> last = {step}; below = below | last :: else -> break od",
        "}",
        "",
        "active proctype system() {",
        "  if",
    ]

    def action(guard, *updates):
        text.append(f"  :: d_step {{ {guard} -> {'; '.join(updates)} }}")

    for boot in product(range(frames), repeat=pages):
        action("true", *[f"slot[{p}] = {f + 1 | 2 << 2}" for p, f in enumerate(boot)])
    text += ["  fi;", "  do"]
    if invariants:
        action(f"!({judgement(slots, pages)})", "assert(false)")
    for a in slots:
        for b in outside:
            if a // pages == b // pages:
                continue
            for r in (1, 2):
                action(f"RIGHT({a}) >= {r} && !slot[{b}]", f"slot[{b}] = HOLDS({a}) | {r << 2 | (a + 1) << 4}")
            if a >= pages:
                moves = [f"move_child({s}, {a}, {b})" for s in outside if s not in (a, b)]
                action(f"slot[{a}] && !slot[{b}]", f"slot[{b}] = slot[{a}]", *moves, f"slot[{a}] = 0")
        others = [s for s in outside if s != a]
        cut = [f"find_below({a})"] + [f"vacate_below({s})" for s in others]
        action(f"slot[{a}]", *cut, *reset)
        if a >= pages:
            action(f"slot[{a}]", *cut, f"slot[{a}] = 0", *reset)
        action(f"slot[{a}]", f"find_below({a})", *[f"lower_below({s})" for s in others], *reset)
    return "\n".join(text + ["  od", "}", ""])


def judgement(slots, pages):
    """The state invariants, judged along each parent link, which implies them along chains of links.

    Kept and Top: a slot of sigma0 holds a frame with write and has no parent. Vacated, Rooted and Backed: any other slot is
    vacant throughout, or shows the frame of its parent. Narrowed: it has no more rights than its parent.
    """
    kept = [f"HOLDS({s}) && (slot[{s}] >> 2) == 2" for s in slots[:pages]]
    rest = [
        f"(!slot[{s}] || (HOLDS({s}) && RIGHT({s}) && UP({s}) && HOLDS({s}) == HOLDS(UP({s}) - 1) && RIGHT({s}) <= RIGHT(UP({s}) - 1)))"
        for s in slots[pages:]
    ]
    return " && ".join(kept + rest)


if __name__ == "__main__":
    import sys

    print(model(*map(int, sys.argv[1:4]), "--invariants" in sys.argv, "--breadth-first" in sys.argv))
