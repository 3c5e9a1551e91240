"""Exokernel bindings (docs/Systems.md, section 3) in Promela, for up to three environments, pages and capabilities.

`home` is a variable where there is a choice, because what was delegated hides it. The ghost `believes` is kept.
"""

from itertools import product

from promela import Process, both

HEADER = """\
#define HOLDS(e, c)   ((holds[e] >> (2 * (c))) & 3)       /* 0 nothing, 1 read, 2 write */
#define OWNER(p)      (page[p] & 3)                       /* environment + 1, or 0 */
#define GUARD(p)      (page[p] >> 2)                      /* capability + 1, or 0 */
#define RESERVE(e)    (self[e] & 3)                       /* page + 1, or 0 */
#define PLEA(e)       (self[e] >> 2)                      /* 0 quiet, 1 asked, 2 demanded */
/* A pair of environment and page: binding, tlb (two bits each), repossessed, believes. */
#define BINDING(i)    (pair[i] & 3)
#define TLB(i)        ((pair[i] >> 2) & 3)
#define TOLD(i)       (pair[i] & 16)
#define BELIEVES(i)   (pair[i] & 32)
"""


def choices(size):
    """In how many ways the first step can go; with one environment there is none."""
    return size["Env"] ** size["Cap"] if size["Env"] > 1 else 0


def model(size, invariants=False, breadth_first=False):
    envs, pages, caps = (range(size[sort]) for sort in ("Env", "Page", "Cap"))
    if max(map(len, (envs, pages, caps))) > 3:
        raise ValueError("environments, pages and capabilities have two bits")
    process = Process(HEADER + f"""
byte holds[{len(envs)}], page[{len(pages)}], self[{len(envs)}], pair[{len(envs) * len(pages)}];
""" + ("byte home;\n" if choices(size) else ""), breadth_first)

    def first(home):
        of = [sum(2 << 2 * c for c in caps if home[c] == e) for e in envs]
        return [f"holds[{e}] = {held}" for e, held in enumerate(of) if held]

    for home in product(envs, repeat=len(caps)) if choices(size) else ():
        process.choose(f"home = {sum(e << 2 * c for c, e in enumerate(home))}", *first(home))
    if not choices(size):
        process.header = process.header.replace("byte holds[1]", f"byte holds[1] = {sum(2 << 2 * c for c in caps)}")
    if invariants:
        process.judge(judgement(envs, pages, caps))

    def pair(e, p):
        return e * len(pages) + p

    def take(p, e):
        severed = [f"pair[{pair(x, p)}] = pair[{pair(x, p)}] & 48" for x in envs]
        return [*severed, f"page[{p}] = 0", f"self[{e}] = (RESERVE({e}) == {p + 1} -> 0 : RESERVE({e}))"]

    for e, f, c, r in product(envs, envs, caps, (1, 2)):
        if e != f:
            lifted = f"holds[{f}] = (holds[{f}] & {255 & ~(3 << 2 * c)}) | {r << 2 * c}"
            process.action(f"HOLDS({e}, {c}) >= {r} && HOLDS({f}, {c}) < {r}", lifted)
    for e, p in product(envs, pages):
        i = pair(e, p)
        for c in caps:
            taken = f"page[{p}] = {e + 1 | c + 1 << 2}"
            process.action(f"!page[{p}] && HOLDS({e}, {c}) == 2 && !TOLD({i})", taken, f"pair[{i}] = pair[{i}] | 32")
            for r in (1, 2):
                process.action(f"GUARD({p}) == {c + 1} && HOLDS({e}, {c}) >= {r}", f"pair[{i}] = (pair[{i}] & 48) | {r}")
        process.action(f"BINDING({i})", f"pair[{i}] = pair[{i}] & 48")
        process.action(f"BINDING({i}) && !TLB({i})", f"pair[{i}] = pair[{i}] | (BINDING({i}) << 2)")
        process.action(f"TLB({i})", f"pair[{i}] = pair[{i}] & 51")
        for r in (1, 2):
            process.action(f"TLB({i}) >= {r}")
        mine = f"OWNER({p}) == {e + 1}"
        process.action(mine, *take(p, e), f"pair[{i}] = pair[{i}] & 31")
        process.action(both(mine, f"!PLEA({e})", f"RESERVE({e}) != {p + 1}"), f"self[{e}] = {p + 1}")
        process.action(both(mine, f"PLEA({e}) == 2", f"RESERVE({e}) != {p + 1}"), *take(p, e), f"pair[{i}] = pair[{i}] | 16")
        process.action(f"TOLD({i})", f"pair[{i}] = (pair[{i}] & 15) | ({mine} -> 32 : 0)")
    for e in envs:
        spare = " || ".join(f"(OWNER({p}) == {e + 1} && RESERVE({e}) != {p + 1})" for p in pages)
        process.action(f"!PLEA({e}) && ({spare})", f"self[{e}] = self[{e}] + 4")
        process.action(f"PLEA({e}) == 1", f"self[{e}] = self[{e}] + 4")
    return process.text()


def judgement(envs, pages, caps):
    """Cached, Authorised, Guarded, FreeUnbound, FreeUncached, ReserveOwned, Told."""
    terms = [f"(!OWNER({p}) == !GUARD({p}))" for p in pages]
    for e, p in product(envs, pages):
        i = e * len(pages) + p
        terms += [f"TLB({i}) <= BINDING({i})", f"(OWNER({p}) || !(pair[{i}] & 15))"]
        terms += [f"(GUARD({p}) != {c + 1} || BINDING({i}) <= HOLDS({e}, {c}))" for c in caps]
        terms.append(f"(RESERVE({e}) != {p + 1} || OWNER({p}) == {e + 1})")
        terms.append(f"(!BELIEVES({i}) || OWNER({p}) == {e + 1} || TOLD({i}))")
    return " && ".join(terms)
