"""L4 IPC (docs/Systems.md, section 2) in Promela, for up to four threads in up to four tasks.

A thread is one byte, because it is always idle, failed, served, waiting or polling, and what it is decides what else it has.
`before` is a set of pairs in one number: byte-sized rows would make the state larger. `actual` is the spec's ghost, and is kept.
"""

from itertools import product

from promela import Process, both

HEADER = """\
/* A thread: 0 idle, 1 failed, 64 + 16 * (word - 1) + 4 * sender + actual served, 128 + (partner + 1, or 0) waiting,
   192 + 8 * (word - 1) + 4 * calling + partner polling. */
#define READY(x)    (!(thread[x] & 128))
#define POLLS(x, b) ((thread[x] & 195) == 192 + (b))
#define TAKES(b, a) (thread[b] == 128 || thread[b] == 129 + (a))
#define RUNS(a)     (READY(a) && (!current || current == (a) + 1))
#define WORD(x)     ((thread[x] >> 3) & 1)      /* of one who polls; word - 1 */
#define BEFORE(y, x) (1 << (4 * (x) + (y)))     /* y came before x */
#define OLDER(x)    (line & (15 << (4 * (x))))  /* who came before x */

/* x has been heard by a: it is idle, or waits for the answer. */
inline serve(x, a) { if :: thread[x] & 4 -> thread[x] = 129 + (a) :: else -> thread[x] = 0 fi }
"""


def choices(size):
    """In how many ways the first step can go; with one task there is none."""
    return size["Task"] ** size["Thread"] if size["Task"] > 1 else 0


def model(size, invariants=False, breadth_first=False):
    threads, tasks = range(size["Thread"]), range(size["Task"])
    if len(threads) > 4 or len(tasks) > 4:
        raise ValueError("threads and tasks have two bits")
    process = Process(HEADER + f"""
byte thread[{len(threads)}];
short line;    /* the pairs of `before` */
byte current;  /* thread + 1, or 0 */
""" + ("byte task;\n" if choices(size) else ""), breadth_first)
    for task in product(tasks, repeat=len(threads)) if choices(size) else ():
        process.choose(f"task = {sum(t << 2 * x for x, t in enumerate(task))}")
    if invariants:
        process.judge(judgement(size))

    def mates(x, y):
        return f"((task >> {2 * x}) & 3) == ((task >> {2 * y}) & 3)" if choices(size) else ""

    def got(b, w, v, a):
        """b is served the word w (less 1) in the name of v by a."""
        return f"thread[{b}] = {64 + 16 * w + 4 * v + a}"

    def line_up(a, b, calling, w):
        behind = " | ".join(f"POLLS({y}, {b}) * BEFORE({y}, {a})" for y in threads if y != a)
        return [f"line = line | {behind}", f"thread[{a}] = {192 + 8 * w + 4 * calling + b}", "current = 0"]

    def leave(x):
        pairs = sum(1 << 4 * x + y | 1 << 4 * y + x for y in threads if y != x)
        return f"line = line & {0x7FFF & ~pairs}"

    def accept(a, x):
        """a hears the poller x."""
        return [f"thread[{a}] = {64 + 4 * x + x} + 16 * WORD({x})", f"serve({x}, {a})", leave(x), f"current = {a + 1}"]

    process.action("current", "current = 0")
    for a in threads:
        others = [x for x in threads if x != a]
        quiet = both(*[f"!POLLS({x}, {a})" for x in others])
        runs = f"RUNS({a})"
        process.action(both(runs, quiet), f"thread[{a}] = 128", "current = 0")
        for b in others:
            takes = f"TAKES({b}, {a})"
            for w in (0, 1):
                for _ in ("zero", "infinite"):
                    process.action(both(runs, takes), got(b, w, a, a), f"thread[{a}] = 0", f"current = {a + 1}")
                process.action(both(runs, f"!{takes}"), f"thread[{a}] = 1", f"current = {a + 1}")
                process.action(both(runs, f"!{takes}"), *line_up(a, b, 0, w))
                process.action(both(runs, takes), got(b, w, a, a), f"thread[{a}] = {129 + b}", f"current = {b + 1}")
                process.action(both(runs, f"!{takes}"), *line_up(a, b, 1, w))
                process.action(both(runs, takes, quiet), got(b, w, a, a), f"thread[{a}] = 128", f"current = {b + 1}")
                for x in others:
                    if x != b:  # b waits, so it does not poll
                        due = f"POLLS({x}, {a}) && !OLDER({x})"
                        process.action(both(runs, takes, due), got(b, w, a, a), *accept(a, x))
                for v in others:
                    if v != b:
                        kin = f"({mates(v, a)} || {mates(v, b)})" if choices(size) else ""
                        process.action(both(runs, f"TAKES({b}, {v})", kin), got(b, w, v, a), f"thread[{a}] = 0", f"current = {a + 1}")
            process.action(both(runs, f"POLLS({b}, {a})", f"!OLDER({b})"), *accept(a, b))
            process.action(both(runs, f"POLLS({b}, {a})"), *accept(a, b))
            process.action(both(runs, f"!POLLS({b}, {a})"), f"thread[{a}] = {129 + b}", "current = 0")
            process.action(both(runs, mates(a, b), f"!READY({b})"), leave(b), f"thread[{b}] = 1", f"current = {a + 1}")
    return process.text()


def judgement(size):
    """Met, Unforgeable, Control, and that `before` orders those who poll the same thread, strictly and totally."""
    threads = range(size["Thread"])
    met = [f"!(POLLS({a}, {b}) && TAKES({b}, {a}))" for a in threads for b in threads if a != b]
    control = [f"(current != {x + 1} || READY({x}))" for x in threads]
    line = []
    for x in threads:
        for y in threads:
            if x < y:
                together = f"(POLLS({x}, {{0}}) && POLLS({y}, {{0}}))"
                together = " || ".join(together.format(b) for b in threads if b not in (x, y))
                one, other = f"((line & BEFORE({x}, {y})) != 0)", f"((line & BEFORE({y}, {x})) != 0)"
                line.append(f"({one} + {other} == ({together}))")
    for x in threads:
        for y in threads:
            for z in threads:
                if len({x, y, z}) == 3:
                    line.append(f"(!(line & BEFORE({x}, {y})) || !(line & BEFORE({y}, {z})) || (line & BEFORE({x}, {z})))")
    forged = []
    for b in threads if choices(size) else ():
        task = "((task >> (2 * ({0}))) & 3)"
        v, a = f"((thread[{b}] >> 2) & 3)", f"(thread[{b}] & 3)"
        same = [f"{task.format(v)} == {task.format(other)}" for other in (a, b)]
        forged.append(f"((thread[{b}] >> 6) != 1 || {v} == {a} || {' || '.join(same)})")
    return " && ".join(met + control + line + forged)
