"""L4 recursive address spaces (docs/Systems.md, section 1) in Promela, at any size up to 15 slots and 3 frames.

A slot is one byte (holds, right and parent in its bits): a third faster, and smaller, than three arrays of bytes. `boot` is no
variable, because the slots of sigma0 always hold it; the first step chooses it.
"""

from itertools import product

from promela import Process

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


def choices(size):
    """In how many ways the first step can go."""
    return size["Frame"] ** size["Page"]


def model(size, invariants=False, breadth_first=False):
    pages, frames = size["Page"], size["Frame"]
    slots = range(size["Space"] * pages)
    outside = slots[pages:]
    if len(slots) > 15 or frames > 3:
        raise ValueError("a slot has four bits for its parent and two for its frame")
    step = " | ".join(f"(((last >> UP({s})) & 1) << {s + 1})" for s in outside)
    process = Process(f"""\
/* Slot = space * {pages} + page. */
byte slot[{len(slots)}];
{HEADER}
inline find_below(a) {{ /* below = the proper descendants of a; last = none */
  below = 0; last = BIT(a);
  do :: last -> last = {step}; below = below | last :: else -> break od
}}
""", breadth_first)
    sets = "short" if breadth_first and len(slots) < 14 else "int"
    reset = process.hidden(f"{sets} below")
    process.hidden(f"{sets} last")
    for boot in product(range(frames), repeat=pages):
        process.choose(*[f"slot[{p}] = {f + 1 | 2 << 2}" for p, f in enumerate(boot)])
    if invariants:
        process.judge(judgement(slots, pages))
    for a in slots:
        for b in outside:
            if a // pages == b // pages:
                continue
            for r in (1, 2):
                process.action(f"RIGHT({a}) >= {r} && !slot[{b}]", f"slot[{b}] = HOLDS({a}) | {r << 2 | (a + 1) << 4}")
            if a >= pages:
                moves = [f"move_child({s}, {a}, {b})" for s in outside if s not in (a, b)]
                process.action(f"slot[{a}] && !slot[{b}]", f"slot[{b}] = slot[{a}]", *moves, f"slot[{a}] = 0")
        others = [s for s in outside if s != a]
        cut = [f"find_below({a})"] + [f"vacate_below({s})" for s in others]
        process.action(f"slot[{a}]", *cut, *reset)
        if a >= pages:
            process.action(f"slot[{a}]", *cut, f"slot[{a}] = 0", *reset)
        process.action(f"slot[{a}]", f"find_below({a})", *[f"lower_below({s})" for s in others], *reset)
    return process.text()


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
