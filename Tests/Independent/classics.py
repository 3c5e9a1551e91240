"""The classic protocols, from docs/Systems.md section 7 and the publications it names.

    python3 classics.py lockserv two        the protocol comes first; the rest is as in explore.py

A state is a set of facts: ("holds", n) is there if n holds the lock. A step adds some and removes some.
"""

import sys
from itertools import permutations, product

import explore


def step(state, add=(), remove=()):
    return (state - set(remove)) | set(add)


def world(initial, *actions):
    """Each action yields the states that its enabled instances lead to."""
    initial = [frozenset(s) for s in initial]
    return explore.World(initial, lambda s: ((a.__name__, t) for a in actions for t in a(s)))


def relations(rows, columns, allowed):
    """Every relation of rows and columns that is allowed, as a set of pairs."""
    pairs = list(product(rows, columns))
    for bits in product((False, True), repeat=len(pairs)):
        relation = {pair for pair, bit in zip(pairs, bits) if bit}
        if allowed(relation):
            yield relation


def quorums(nodes, count, size=None, distinct=False):
    """Every family of `count` sets of nodes of which any two meet: as lists of sets."""
    every = [{n for n, bit in zip(nodes, bits) if bit} for bits in product((0, 1), repeat=len(nodes))]
    for family in product(every, repeat=count):
        if all(q & r for q in family for r in family):
            if size is None or all(len(q) == size for q in family):
                if not distinct or all(q != r for i, q in enumerate(family) for r in family[:i]):
                    yield family


def lock_server(Client, Server):
    pairs = list(product(range(Client), range(Server)))

    def connect(s):
        return (step(s, [("link", c, v)], [("free", v)]) for c, v in pairs if ("free", v) in s)

    def disconnect(s):
        return (step(s, [("free", v)], [("link", c, v)]) for c, v in pairs if ("link", c, v) in s)

    yield world([{("free", v) for v in range(Server)}], connect, disconnect)


def lockserv(Node):
    nodes = range(Node)

    def moves(s):
        for n in nodes:
            yield step(s, [("ask", n)])
            if ("holds", n) in s:
                yield step(s, [("back", n)], [("holds", n)])
            if ("ask", n) in s and "here" in s:
                yield step(s, [("grant", n)], [("ask", n), "here"])
            if ("grant", n) in s:
                yield step(s, [("holds", n)], [("grant", n)])
            if ("back", n) in s:
                yield step(s, ["here"], [("back", n)])

    yield world([{"here"}], moves)


def simple_decentralized_lock(Node):
    pairs = list(product(range(Node), repeat=2))

    def send(s):
        return (step(s, [("message", a, b)], [("holds", a)]) for a, b in pairs if ("holds", a) in s)

    def receive(s):
        return (step(s, [("holds", b)], [("message", a, b)]) for a, b in pairs if ("message", a, b) in s)

    yield world([{("holds", 0)}], send, receive)


def epochs_of(state, n):
    return next(f[2] for f in state if f[0] == "since" and f[1] == n)


def decentralized_lock(Node, Time):
    nodes, times = range(Node), range(Time)

    def take(s):
        for n, t in product(nodes, times):
            now = epochs_of(s, n)
            if ("message", n, t) in s and now < t:
                yield step(s, [("holds", n), ("since", n, t)], [("since", n, now)])

    def release(s):
        for n, m, t in product(nodes, nodes, times):
            if ("holds", n) in s and epochs_of(s, n) < t:
                yield step(s, [("message", m, t)], [("holds", n)])

    yield world([{("holds", 0)} | {("since", n, 0) for n in nodes}], take, release)


def distributed_lock(Node, Epoch):
    nodes, epochs = range(Node), range(Epoch)

    def grant(s):
        for n, m, e in product(nodes, nodes, epochs):
            if ("held", n) in s and epochs_of(s, n) < e:
                yield step(s, [("transfer", e, m)], [("held", n)])

    def accept(s):
        for n, e in product(nodes, epochs):
            now = epochs_of(s, n)
            if ("transfer", e, n) in s and now < e:
                yield step(s, [("held", n), ("since", n, e), ("locked", e, n)], [("since", n, now)])

    for first in epochs[1:]:
        yield world([{("held", 0), ("since", 0, first)} | {("since", n, 0) for n in nodes[1:]}], grant, accept)


def ricart_agrawala(Node):
    nodes = range(Node)
    pairs = list(permutations(nodes, 2))

    def request(s):
        return (step(s, [("asked", n, m)]) for n, m in pairs if ("asked", n, m) not in s)

    def reply(s):
        for n, m in pairs:
            if ("asked", n, m) in s and not s & {("leave", n, m), ("leave", m, n), ("holds", m)}:
                yield step(s, [("leave", n, m)], [("asked", n, m)])

    def enter(s):
        return (step(s, [("holds", n)]) for n in nodes if all(("leave", n, m) in s for m in nodes if m != n))

    def leave(s):
        for n in nodes:
            if ("holds", n) in s:
                yield step(s, remove=[("holds", n)] + [("leave", n, m) for m in nodes])

    yield world([set()], request, reply, enter, leave)


def two_phase_commit(Node):
    nodes = range(Node)

    def each(name):
        return [(name, n) for n in nodes]

    def participant(s):
        for n in nodes:
            undecided = not s & {("committed", n), ("aborted", n)}
            if ("dead", n) not in s:
                if undecided and ("no", n) not in s:
                    yield step(s, [("yes", n)])
                if undecided and ("yes", n) not in s:
                    yield step(s, [("no", n), ("aborted", n), "reason"])
                yield step(s, [("dead", n), "reason"])
                if ("commit!", n) in s:
                    yield step(s, [("committed", n)])
                if ("abort!", n) in s:
                    yield step(s, [("aborted", n)])

    def coordinator(s):
        if not s & set(each("commit!") + each("abort!")):
            if s >= set(each("yes")):
                yield step(s, each("commit!"))
            if s & set(each("no") + each("dead")):
                yield step(s, each("abort!"))

    yield world([set()], participant, coordinator)


def sharded_kv(Key, Node, Value):
    nodes, keys, values = range(Node), range(Key), range(Value)

    def moves(s):
        for n, k, v in product(nodes, keys, values):
            if ("table", n, k, v) in s:
                for m in nodes:
                    yield step(s, [("sent", m, k, v)], [("table", n, k, v), ("owner", n, k)])
            if ("sent", n, k, v) in s:
                yield step(s, [("table", n, k, v), ("owner", n, k)], [("sent", n, k, v)])
            if ("owner", n, k) in s:
                yield step(step(s, remove=[("table", n, k, w) for w in values]), [("table", n, k, v)])

    owners = product([None, *nodes], repeat=Key)
    yield world([{("owner", n, k) for k, n in enumerate(o) if n is not None} for o in owners], moves)


def ring_leader(Node, Id):
    nodes, ids = range(Node), range(Id)

    def of(identity):
        def send(s):
            return (step(s, [("pending", identity[n], (n + 1) % Node)]) for n in nodes if Node > 1)

        def passed(s):
            for i, n in product(ids, nodes):
                if Node > 1 and ("pending", i, n) in s and identity[n] <= i:
                    yield step(s, [("pending", i, (n + 1) % Node)])

        def win(s):
            return (step(s, [("leader", n)]) for n in nodes if ("pending", identity[n], n) in s)

        return world([set()], send, passed, win)

    return map(of, permutations(ids, Node))


def toy_consensus(Node, Value, Quorum, **shape):
    nodes, values = range(Node), range(Value)

    def of(family):
        def vote(s):
            for n, v in product(nodes, values):
                if ("voted", n) not in s:
                    yield step(s, [("voted", n), ("vote", n, v)])

        def decide(s):
            return (step(s, [("decided", v)]) for v, q in product(values, family) if all(("vote", n, v) in s for n in q))

        return world([set()], vote, decide)

    return map(of, quorums(nodes, Quorum, **shape))


def simple_election(Proposer, Acceptor, Quorum, **shape):
    proposers, acceptors = range(Proposer), range(Acceptor)

    def of(family):
        def start(s):
            return (step(s, [("started", p)]) for p in proposers)

        def promise(s):
            for a, p in product(acceptors, proposers):
                if ("started", p) in s and not any(("promise", a, r) in s for r in proposers):
                    yield step(s, [("promise", a, p)])

        def lead(s):
            for p, q in product(proposers, family):
                if all(("promise", a, p) in s for a in q):
                    yield step(s, [("leader", p)])

        return world([set()], start, promise, lead)

    return map(of, quorums(acceptors, Quorum, **shape))


def consensus(Node, Value, Quorum, **shape):
    nodes, values = range(Node), range(Value)

    def of(family):
        def counted(s, n, q):
            return all(("counted", n, m) in s for m in family[q])

        def chosen(s):
            return next(f[1] for f in s if f[0] == "chosen")

        def election(s):
            for n, m in product(nodes, nodes):
                yield step(s, [("asked", n, m)])
                if ("voted", n) not in s and ("asked", m, n) in s:
                    yield step(s, [("voted", n), ("sent", n, m)], [("asked", m, n)])
                if ("sent", m, n) in s:
                    yield step(s, [("counted", n, m)])
            for n, q in product(nodes, range(Quorum)):
                if counted(s, n, q):
                    yield step(step(s, remove=[("chosen", chosen(s))]), [("chosen", q)])
            for n in nodes:
                if counted(s, n, chosen(s)):
                    yield step(s, [("leader", n)])

        def decide(s):
            for n, v in product(nodes, values):
                if ("leader", n) in s and not any(("decided", n, w) in s for w in values):
                    yield step(s, [("decided", n, v)])

        return world([{("chosen", q)} for q in range(Quorum)], election, decide)

    return map(of, quorums(nodes, Quorum, **shape))


def paxos(Node, Value, Quorum, Round, **shape):
    nodes, values, rounds = range(Node), range(Value), range(Round)

    def of(family):
        def join(s):
            for r in rounds:
                yield step(s, [("1a", r)])
                for n in nodes:
                    if ("1a", r) in s and ("left", n, r) not in s:
                        yield step(s, [("1b", n, r)] + [("left", n, t) for t in range(r)])

        def propose(s):
            for r, q in product(rounds, family):
                if any(("2a", r, v) in s for v in values) or not all(("1b", n, r) in s for n in q):
                    continue
                votes = {f[2:] for f in s if f[0] == "2b" and f[1] in q and f[2] < r}
                for v in values:
                    if not votes or (max(t for t, _ in votes), v) in votes:
                        yield step(s, [("2a", r, v)])

        def vote(s):
            for n, r, v in product(nodes, rounds, values):
                if ("2a", r, v) in s and ("left", n, r) not in s:
                    yield step(s, [("2b", n, r, v)])

        def decide(s):
            for r, q, v in product(rounds, family, values):
                if all(("2b", n, r, v) in s for n in q):
                    yield step(s, [("decided", r, v)])

        return world([set()], join, propose, vote, decide)

    return map(of, quorums(nodes, Quorum, **shape))


def client_server_db(Node, Request, Response, Ticket):
    nodes, requests, responses, tickets = range(Node), range(Request), range(Response), range(Ticket)

    def of(answers):
        def moves(s):
            for n, r in product(nodes, requests):
                yield step(s, [("requested", n, r)])
                for t in tickets:
                    if ("requested", n, r) in s and not any(("drawer", t, m) in s for m in nodes):
                        yield step(s, [("drawer", t, n), ("asked", t, r)])
            for t, r, p in product(tickets, requests, responses):
                if ("asked", t, r) in s and (p, r) in answers:
                    yield step(s, [("found", t, p)])
            for t, n, p in product(tickets, nodes, responses):
                if s >= {("found", t, p), ("drawer", t, n)}:
                    yield step(s, [("responded", n, p)])
            for n, p in product(nodes, responses):
                if ("responded", n, p) in s:
                    yield step(s, [("received", n, p)])

        return world([set()], moves)

    return map(of, relations(responses, requests, lambda relation: True))


def firewall(Node, both):
    nodes = range(Node)

    def of(inside):
        def moves(s):
            for n, m in permutations(nodes, 2):
                if n in inside and m not in inside:
                    yield step(s, [("sent", n, m), ("allowed", m)])
                if n not in inside and m in inside and ("allowed", n) in s:
                    yield step(s, [("sent", n, m)])

        return world([set()], moves)

    allowed = (lambda inside: 0 < len(inside) < Node) if both else (lambda inside: True)
    return (of({n for n, _ in inside}) for inside in relations(nodes, [0], allowed))


def ticket(Thread, Ticket):
    threads = range(Thread)

    def moves(s):
        """A state is (the next number, the number called, where each thread is and the number it drew last)."""
        (upcoming, called, places), = s
        for t, (place, number) in enumerate(places):
            def put(*now):
                return places[:t] + (now,) + places[t + 1:]
            if place == "outside" and upcoming + 1 < Ticket:
                yield frozenset([(upcoming + 1, called, put("waiting", upcoming))])
            if place == "waiting" and number <= called:
                yield frozenset([(upcoming, called, put("inside", number))])
            if place == "inside" and called + 1 < Ticket:
                yield frozenset([(upcoming, called + 1, put("outside", number))])

    yield world([{(0, 0, tuple(("outside", 0) for _ in threads))}], moves)


def learning_switch(Node, hosts):
    nodes = range(Node)

    def of(speakers):
        def emit(s):
            return (step(s, [("pending", h, h, h)]) for h in speakers)

        def forward(s):
            for h, a, b, c in product(nodes, repeat=4):
                if ("pending", h, a, b) in s:
                    new = [("pending", h, b, c)]
                    if h != b and not any(("route", h, b, d) in s for d in nodes if d != b):
                        new += [("route", h, x, y) for x, y in product(nodes, nodes)
                                if ("route", h, x, b) in s and ("route", h, a, y) in s]
                    yield step(s, new)

        return world([{("route", t, a, a) for t, a in product(nodes, nodes)}], emit, forward)

    return (of({n for n, _ in speaking})
            for speaking in relations(nodes, [0], lambda relation: len(relation) == hosts))


PROTOCOLS = {
    "client-server-db": (client_server_db, {
        "small": dict(Node=2, Request=2, Response=1, Ticket=2), "large": dict(Node=3, Request=2, Response=1, Ticket=2)}),
    "consensus": (consensus, {
        "small": dict(Node=2, Value=2, Quorum=2, size=None), "large": dict(Node=3, Value=2, Quorum=1, size=2)}),
    "decentralized-lock": (decentralized_lock, {"two": dict(Node=2, Time=3), "three": dict(Node=3, Time=6)}),
    "distributed-lock": (distributed_lock, {"two": dict(Node=2, Epoch=4), "three": dict(Node=3, Epoch=6)}),
    "firewall": (firewall, {"two": dict(Node=2, both=True), "four": dict(Node=4, both=False)}),
    "learning-switch": (learning_switch, {"three": dict(Node=3, hosts=1), "pair": dict(Node=3, hosts=2)}),
    "lock-server": (lock_server, {"two": dict(Client=2, Server=2), "three": dict(Client=3, Server=3)}),
    "lockserv": (lockserv, {"two": dict(Node=2), "four": dict(Node=4)}),
    "paxos": (paxos, {
        "small": dict(Node=2, Value=2, Quorum=1, Round=2, size=None, distinct=False),
        "long": dict(Node=2, Value=2, Quorum=2, Round=3, size=None, distinct=False),
        "large": dict(Node=3, Value=2, Quorum=3, Round=2, size=2, distinct=True)}),
    "ricart-agrawala": (ricart_agrawala, {"two": dict(Node=2), "four": dict(Node=4)}),
    "ring-leader": (ring_leader, {"three": dict(Node=3, Id=3), "four": dict(Node=4, Id=4)}),
    "sharded-kv": (sharded_kv, {"two": dict(Key=2, Node=2, Value=2), "three": dict(Key=2, Node=3, Value=2)}),
    "simple-decentralized-lock": (simple_decentralized_lock, {"two": dict(Node=2), "four": dict(Node=4)}),
    "simple-election": (simple_election, {
        "small": dict(Proposer=2, Acceptor=3, Quorum=2, size=None), "large": dict(Proposer=3, Acceptor=3, Quorum=3, size=2)}),
    "ticket": (ticket, {"small": dict(Thread=3, Ticket=4), "large": dict(Thread=4, Ticket=8)}),
    "toy-consensus": (toy_consensus, {
        "small": dict(Node=3, Value=2, Quorum=2, size=None), "large": dict(Node=3, Value=3, Quorum=3, size=2)}),
    "two-phase-commit": (two_phase_commit, {"two": dict(Node=2), "three": dict(Node=3)}),
}


def main():
    if len(sys.argv) < 2 or sys.argv[1] not in PROTOCOLS:
        sys.exit(f"the protocols are {', '.join(PROTOCOLS)}")
    name = sys.argv.pop(1)
    protocol, scopes = PROTOCOLS[name]
    explore.main("classics/" + name, scopes, {}, lambda sizes, policies: protocol(**sizes))


if __name__ == "__main__":
    main()
