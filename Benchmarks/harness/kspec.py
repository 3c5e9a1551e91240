"""kspec as a tool of the comparison.

As its user runs it, it judges every property of the spec, errors of the spec and deadlock. With one cheap invariant alone it comes
near what the peers do without invariants.
"""

import json
import shutil
from functools import cache

from running import fail, run


@cache
def has(kspec, option):
    """Does this kspec have the option?"""
    return option in run([kspec, "help", "check"])


class Kspec:
    tool, best, kind = "kspec", True, "plain"
    # How a run ends that a limit ended.
    undecided = (3,)

    def __init__(self, label, alone=False, threads=1, store=None, symmetry=False, processes=1, sleep=True):
        self.label, self.alone, self.threads, self.store, self.symmetry = label, alone, threads, store, symmetry
        # Searches at once that share nothing but the machine: what two threads can give at best.
        self.processes = processes
        # Without, every successor of every state is made.
        self.sleep = sleep
        self.invariants = not alone
        self.kind = "symmetry" if symmetry else "plain"

    def available(self, kspec):
        self.binary = kspec
        return (self.store is None or has(kspec, "--store")) and (self.sleep or has(kspec, "--no-sleep-sets"))

    def options(self, case):
        sizes = [word for sort, size in case.sizes.items() for word in ("--set", f"{sort}={size}")]
        chosen = [] if self.symmetry else ["--no-symmetry"]
        chosen += [] if self.sleep else ["--no-sleep-sets"]
        chosen += ["--property", case.model.property] if self.alone else []
        chosen += ["--store", self.store] if self.store else []
        return sizes + ["--threads", str(self.threads)] + chosen

    def prepare(self, case, folder):
        # A cache of its own: the first run compiles, the measured ones find the library there.
        options = self.options(case) + ["--engine", "native"]
        self.folder = folder
        self.command = ["env", f"XDG_CACHE_HOME={folder}", self.binary, "check", case.spec, *options, "--json"]
        # Compiles as the measured one does, and explores next to nothing.
        self.compiling = [*self.command, "--max-states", "1"]
        return " ".join(options)

    def forget(self):
        """The next run compiles again."""
        shutil.rmtree(self.folder / "kspec", ignore_errors=True)

    def cold(self, case):
        """The run of a user who has not run the spec before: nothing compiled, and the engine that is the default."""
        cache = self.folder / "cold"
        shutil.rmtree(cache, ignore_errors=True)
        cache.mkdir()
        return ["env", f"XDG_CACHE_HOME={cache}", self.binary, "check", case.spec, *self.options(case), "--json"]

    def tune(self, case, folder):
        return ""

    def read(self, output, case):
        found = json.loads(output)
        if found["verdict"] != "exhausted":
            fail(f"kspec did not exhaust the scope:\n{output}")
        orbits = found.get("orbits")
        if not self.symmetry and orbits not in (None, found["states"]):
            fail("kspec reduced by symmetry where its peers do not")
        return {"states": found["states"], "transitions": found["transitions"], "stored": orbits or found["states"], "told": found["peakBytes"]}
