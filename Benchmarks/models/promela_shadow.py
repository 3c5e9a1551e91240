"""Shadow page tables (docs/Systems.md, section 6) in Promela, for up to three pages, seven frames and four words.

A place (machine, address) is one byte with the guest's entry and the shadow's; so is a holding (machine, page) with its frame and the
ghost `memory`. Entries are taken apart at run time where constants would multiply the actions: a frame follows from the page.
"""

from itertools import product

from promela import Process, both

HEADER = """\
/* A place: the guest's page + 1, or 0 (two bits), rw; the shadow's frame + 1, or 0 (three bits), rw. */
#define ENTRY(i)    (place[i] & 7)
#define SHADOW(i)   (place[i] >> 3)
#define REACHES(i)  (SHADOW(i) & 7)
/* A holding: frame + 1, or 0 (three bits), and the word of memory. */
#define FRAME(h)    (hold[h] & 7)
#define AT(f)       (WORD_BITS * (f) - WORD_BITS)         /* of frame f - 1 */
#define CONTENT(f)  ((content >> AT(f)) & LAST_WORD)      /* 0 is clean */
#define FILLED(f, w) ((content & (ALL - (LAST_WORD << AT(f)))) | ((w) << AT(f)))

inline withdraw(i, f) { if :: REACHES(i) == f -> place[i] = ENTRY(i) :: else fi }
inline protect(i, f) { if :: SHADOW(i) == (f | 8) -> place[i] = place[i] - 64 :: else fi }
"""


def choices(size):
    """In how many ways the first step can go; `clean` is taken up to renaming."""
    return 0


def model(size, invariants=False, breadth_first=False):
    machines, addresses, pages, frames, words = (range(size[sort]) for sort in ("VM", "Address", "Page", "Frame", "Word"))
    if len(pages) > 3 or len(frames) > 7 or len(words) > 4:
        raise ValueError("a page and a word have two bits, a frame has three")
    places, holdings = list(product(machines, addresses)), list(product(machines, pages))
    bits = max(len(words) - 1, 1).bit_length()
    last, whole = (1 << bits) - 1, (1 << bits * len(frames)) - 1
    widths = f"#define WORD_BITS {bits}\n#define LAST_WORD {last}\n#define ALL {whole}\n"
    content = f"byte place[{len(places)}], hold[{len(holdings)}];\n{'byte' if whole < 256 else 'int'} content;\n"
    process = Process(f"{widths}{HEADER}\n{content}", breadth_first)
    if invariants:
        process.judge(judgement(places, holdings))

    def alone(h):
        return " && ".join(f"FRAME({k}) != FRAME({h})" for k in range(len(holdings)) if k != h) or "true"

    def free(f):
        return " && ".join(f"FRAME({k}) != {f + 1}" for k in range(len(holdings)))

    def withdraw(v, f):
        return [f"withdraw({i}, {f})" for i, (u, _) in enumerate(places) if u == v]

    for i, (v, a) in enumerate(places):
        for entry in [0, *(p + 1 | rw << 2 for p in pages for rw in (0, 1))]:
            process.action(f"ENTRY({i}) != {entry}", f"place[{i}] = {entry}")
        for p in pages:
            h = holdings.index((v, p))
            for rw, right in ((0, f"FRAME({h})"), (1, f"(FRAME({h}) | (({alone(h)}) << 3))")):
                entry = p + 1 | rw << 2
                missing = both(f"ENTRY({i}) == {entry}", f"FRAME({h})", f"SHADOW({i}) != {right}")
                process.action(missing, f"place[{i}] = {entry} | ({right} << 3)")
            for g in frames:
                shared = both(f"ENTRY({i}) == {p + 1 | 4}", f"FRAME({h})", f"!({alone(h)})", free(g))
                copied = f"content = FILLED({g + 1}, CONTENT(FRAME({h})))"
                process.action(shared, copied, *withdraw(v, f"FRAME({h})"), f"hold[{h}] = (hold[{h}] & 24) | {g + 1}")
        process.action(f"SHADOW({i})", f"place[{i}] = ENTRY({i})")
        process.action(f"SHADOW({i})")
        for w in words:
            at = f"hold[{v * len(pages)} + (place[{i}] & 3) - 1]"  # a shadow entry has a guest's: Derived
            process.action(f"place[{i}] & 64", f"content = FILLED(REACHES({i}), {w})", f"{at} = ({at} & 7) | {w << 3}")
    for h, (v, p) in enumerate(holdings):
        for f in frames:
            fresh = f"content = content & {whole - (last << bits * f)}"
            process.action(both(f"!FRAME({h})", free(f)), fresh, f"hold[{h}] = hold[{h}] | {f + 1}")
        process.action(f"FRAME({h})", *withdraw(v, f"FRAME({h})"), f"hold[{h}] = 0")
        for k, (u, q) in enumerate(holdings):
            if k != h:
                equal = both(f"FRAME({h})", f"FRAME({k})", f"FRAME({h}) != FRAME({k})", f"CONTENT(FRAME({h})) == CONTENT(FRAME({k}))")
                lowered = [f"protect({i}, FRAME({h}))" for i in range(len(places))]
                process.action(equal, *withdraw(u, f"FRAME({k})"), *lowered, f"hold[{k}] = (hold[{k}] & 24) | FRAME({h})")
    return process.text()


def judgement(places, holdings):
    """Derived, Composed, Narrowed, Exclusive, Faithful, Emptied."""
    terms = [f"(FRAME({h}) -> CONTENT(FRAME({h})) == hold[{h}] >> 3 : !(hold[{h}] >> 3))" for h in range(len(holdings))]
    for i, (v, _) in enumerate(places):
        terms.append(f"(!SHADOW({i}) || ENTRY({i}))")
        terms.append(f"(!(place[{i}] & 64) || (place[{i}] & 4))")
        for h, (u, p) in enumerate(holdings):
            other = f"(!(place[{i}] & 64) || FRAME({h}) != REACHES({i}))"
            mine = f"(!SHADOW({i}) || FRAME({h}) == REACHES({i}))"
            terms.append(f"((place[{i}] & 3) == {p + 1} -> {mine} : {other})" if u == v else other)
    return " && ".join(terms)
