"""L4 IPC: unbuffered rendezvous, from docs/Systems.md section 2."""

from collections import namedtuple
from itertools import product

import explore

SCOPES = {"tiny": dict(Thread=3, Task=1), "small": dict(Thread=3, Task=2), "large": dict(Thread=4, Task=1)}
POLICIES = dict(checkPartner=True, fifo=True, checkPropagation=True, directSwitch=True)
WORDS, TIMEOUTS = (1, 2), ("zero", "infinite")

Thread = namedtuple("Thread", "status partner calling message sender actual failed")
IDLE = Thread("ready", None, False, None, None, None, False)
FAILED = IDLE._replace(failed=True)


def got(word, sender, actual):
    return IDLE._replace(message=word, sender=sender, actual=actual)


def poll(b, calling, word):
    return IDLE._replace(status="polling", partner=b, calling=calling, message=word)


def wait(p):
    return IDLE._replace(status="waiting", partner=p)


def worlds(sizes, policies):
    """One world for each function task: Thread -> Task."""
    for task in product(range(sizes["Task"]), repeat=sizes["Thread"]):
        yield world(range(sizes["Thread"]), task, **policies)


def world(threads, task, checkPartner, fifo, checkPropagation, directSwitch):
    """A state is (a Thread each, the pairs (x, y) with x before y, current)."""

    def polls(state, x, b):
        return state[0][x].status == "polling" and state[0][x].partner == b

    def polled(state, b):
        return any(polls(state, x, b) for x in threads)

    def takes(state, b, a):
        thread = state[0][b]
        return thread.status == "waiting" and (thread.partner in (None, a) or not checkPartner)

    def due(state, x, b):
        return polls(state, x, b) and not (fifo and any(polls(state, y, b) and (y, x) in state[1] for y in threads))

    def become(state, changes, current):
        """The next state, with `before` kept: whoever starts to poll goes last, whoever ends leaves."""
        old, before, _ = state
        new = tuple(changes.get(x, old[x]) for x in threads)
        for x in changes:
            before = {pair for pair in before if x not in pair}
            if new[x].status == "polling":
                before |= {(y, x) for y in threads if polls(state, y, new[x].partner)}
        return new, frozenset(before), current

    def served(state, x):
        return wait(state[0][x].partner) if state[0][x].calling else IDLE

    def accepted(state, a, x):
        return {a: got(state[0][x].message, x, x), x: served(state, x)}

    def successors(state):
        thread, _, current = state
        if current is not None:
            yield ("preempt",), become(state, {}, None)
        for a in threads:
            if thread[a].status != "ready" or current not in (None, a):
                continue
            if not polled(state, a):
                yield ("receive", a), become(state, {a: wait(None)}, None)
            for b in threads:
                if b == a:
                    continue
                taken = takes(state, b, a)
                handed = b if directSwitch else None
                for w in WORDS:
                    for t in TIMEOUTS:
                        if taken:
                            after = become(state, {b: got(w, a, a), a: IDLE}, a)
                        elif t == "zero":
                            after = become(state, {a: FAILED}, a)
                        else:
                            after = become(state, {a: poll(b, False, w)}, None)
                        yield ("send", a, b, w, t), after
                    if taken:
                        after = become(state, {b: got(w, a, a), a: wait(b)}, handed)
                    else:
                        after = become(state, {a: poll(b, True, w)}, None)
                    yield ("call", a, b, w), after
                    if taken and not polled(state, a):
                        yield ("replyWait", a, b, w), become(state, {b: got(w, a, a), a: wait(None)}, handed)
                    for x in threads:
                        if taken and x != a and due(state, x, a):
                            yield ("replyAccept", a, b, w, x), become(state, {b: got(w, a, a), **accepted(state, a, x)}, a)
                    for v in threads:
                        allowed = not checkPropagation or task[v] in (task[a], task[b])
                        if v not in (a, b) and takes(state, b, v) and allowed:
                            yield ("propagate", a, v, b, w), become(state, {b: got(w, v, a), a: IDLE}, a)
                if due(state, b, a):
                    yield ("accept", a, b), become(state, accepted(state, a, b), a)
                if polls(state, b, a):
                    after = become(state, accepted(state, a, b), a)
                else:
                    after = become(state, {a: wait(b)}, None)
                yield ("receiveFrom", a, b), after
                if task[a] == task[b] and thread[b].status != "ready":
                    yield ("cancel", a, b), become(state, {b: FAILED}, a)

    def shaped(state):
        forms = [IDLE, FAILED, wait(None)] + [wait(b) for b in threads]
        forms += [poll(b, c, w) for b in threads for c in (False, True) for w in WORDS]
        forms += [got(w, v, a) for w in WORDS for v in threads for a in threads]
        return all(t in forms and (t.status == "ready" or t.partner != x) for x, t in enumerate(state[0]))

    def met(state):
        waits = [(x, t.partner) for x, t in enumerate(state[0]) if t.status == "waiting"]
        return not any(polls(state, a, b) and p in (None, a) for b, p in waits for a in threads)

    def unforged(state):
        return all(
            t.sender is None or t.sender == t.actual or task[t.sender] in (task[t.actual], task[b]) for b, t in enumerate(state[0]))

    def lined(state):
        thread, before, _ = state
        for x, y in product(threads, repeat=2):
            both = any(polls(state, x, b) and polls(state, y, b) for b in threads)
            if (x, y) in before and (not both or (y, x) in before):
                return False
            if both and x != y and (x, y) not in before and (y, x) not in before:
                return False
        return all((x, z) in before for x, y in before for y2, z in before if y == y2)

    def consent(before, label, after):
        for b in threads:
            old, sender = before[0][b], after[0][b].sender
            if old.status == "waiting" and old.partner is not None and sender not in (None, old.partner):
                return False
        return True

    def inOrder(before, label, after):
        if label[0] != "accept":
            return True
        _, a, x = label
        return not any(polls(before, y, a) and (y, x) in before[1] for y in threads)

    def same(before, after, threads, *fields):
        return all(getattr(before[0][x], f) == getattr(after[0][x], f) for x in threads for f in fields)

    def undisturbed(before, label, after):
        if label[0] != "send":
            return True
        others = [x for x in threads if x != label[1] and before[0][x].status != "waiting"]
        return same(before, after, others, "status", "message", "sender")

    def harmless(before, label, after):
        if label[0] != "send" or label[4] != "zero":
            return True
        _, a, b, _, _ = label
        if before[0][b].status == "waiting" and before[0][b].partner in (None, a):
            return True
        return after[0][a].failed and same(before, after, [x for x in threads if x != a], "status", "message")

    def intact(before, label, after):
        if label[0] != "accept":
            return True
        got = after[0][label[1]]
        return (got.message, got.sender) == (before[0][label[2]].message, label[2])

    def noGap(before, label, after):
        if label[0] != "accept" or not before[0][label[2]].calling:
            return True
        return after[0][label[2]] == wait(label[1])

    def handoff(before, label, after):
        if label[0] != "call":
            return True
        _, a, b, _ = label
        old = before[0][b]
        return not (old.status == "waiting" and old.partner in (None, a)) or after[2] == b

    return explore.World(
        [((IDLE,) * len(threads), frozenset(), None)],
        successors,
        invariants={
            "Met": met, "Unforgeable": unforged, "Shape": shaped, "Line": lined,
            "Control": lambda x: x[2] is None or x[0][x[2]].status == "ready",
        },
        transitions={
            "Consent": consent, "Fifo": inOrder, "Undisturbed": undisturbed, "Harmless": harmless, "Intact": intact,
            "NoGap": noGap, "Handoff": handoff,
        },
        covers={
            "TwoPoll": lambda x: any(polls(x, a, b) and polls(x, c, b) for a in threads for c in threads for b in threads if a < c),
            "Ring": lambda x: any(polls(x, a, b) and polls(x, b, a) for a in threads for b in threads),
            "Propagated": lambda x: any(t.sender != t.actual for t in x[0]),
            "Refused": lambda x: any(t.failed for t in x[0]),
            "Stuck": lambda x: all(t.status != "ready" for t in x[0]),
        },
    )


if __name__ == "__main__":
    explore.main("l4/ipc", SCOPES, POLICIES, worlds)
