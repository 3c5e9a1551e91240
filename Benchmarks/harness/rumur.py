"""Rumur as a tool of the comparison: without symmetry reduction, where it counts what the others count, and with it."""

import math
import re

from running import compiler, fail, run


class Rumur:
    tool, processes = "rumur", 1

    def __init__(self, label, best, invariants=False, gcc="clang", threads=1, symmetry="off", flags=("--pack-state", "off"), sized=False):
        self.label, self.best, self.invariants, self.gcc, self.threads = label, best, invariants, gcc, threads
        self.symmetry, self.flags, self.sized = symmetry, flags, sized
        self.kind = "plain" if symmetry == "off" else "symmetry"

    def available(self, kspec):
        return True

    def prepare(self, case, folder):
        (folder / "model.m").write_text(case.murphi(self.invariants, self.symmetry != "off"))
        flags = ["--threads", str(self.threads), "--symmetry-reduction", self.symmetry, "--deadlock-detection", "off", *self.flags]
        if self.sized:
            flags += ["--set-capacity", str(2 ** math.ceil(math.log2(case.states * 8 / 0.75)))]
        run(["rumur", *flags, "--output", "model.c", "model.m"], folder)
        options = ["-O3", "-march=native", "-std=c11", "-DNDEBUG", "-mcx16"]
        run([compiler(self.gcc), "-w", *options, "model.c", "-o", "model", "-lpthread"], folder)
        self.command = [str(folder / "model")]
        return " ".join([*flags, ";", self.gcc, *options])

    def tune(self, case, folder):
        return ""

    def read(self, output, case):
        if "No error found." not in output:
            fail(f"Rumur did not finish:\n{output}")
        found = re.search(r"(\d+) states, (\d+) rules fired", output)
        if not found:
            fail(f"no counts in Rumur's output:\n{output}")
        stored, fired = int(found[1]), int(found[2])
        if self.symmetry == "off":
            return {"states": stored, "transitions": fired, "stored": stored, "told": None}
        # It does not know the orbits' sizes. Exhaustive reduction must store one state an orbit; the heuristic one may store more.
        exact = self.symmetry == "exhaustive"
        if case.orbits and (stored != case.orbits if exact else stored < case.orbits):
            fail(f"Rumur's {self.symmetry} reduction stores {stored} states of {case.name}:{case.size}, kspec {case.orbits} orbits")
        return {"states": case.states, "transitions": case.transitions, "stored": stored, "told": None}
