"""SPIN as a tool of the comparison: safety only, full state vectors in an exact table.

One process without channels has nothing for partial order reduction to work on, so -DNOREDUCE only saves its bookkeeping. `spin -o2`
keeps variables that are written and never read, such as a choice that only tells states apart; SPIN drops them otherwise.
"""

import math
import re

from running import compiler, fail, run


class Spin:
    tool, kind, processes = "spin", "plain", 1

    def __init__(self, label, best, invariants=False, gcc="gcc", breadth_first=False, threads=1, flags=()):
        self.label, self.best, self.invariants, self.gcc = label, best, invariants, gcc
        self.breadth_first, self.threads, self.flags = breadth_first, threads, flags

    def available(self, kspec):
        return True

    def prepare(self, case, folder):
        (folder / "model.pml").write_text(case.promela.model(case.sizes, self.invariants, self.breadth_first or self.threads > 1))
        run(["spin", "-o2", "-a", "model.pml"], folder)
        flags = ["-DSAFETY", "-DNOREDUCE", "-DNOFAIR", "-DVECTORSZ=64", *self.flags]
        flags += ["-DBFS"] if self.breadth_first else []
        # Several cores share memory that is reserved at once; one core takes what it needs.
        flags += [f"-DNCORE={self.threads}", f"-DMEMLIM={1000 + case.states * 160 // 2**20}"] if self.threads > 1 else ["-DMEMLIM=64000"]
        run([compiler(self.gcc), "-w", "-O3", "-march=native", *flags, "-o", "pan", "pan.c"], folder)
        self.command = ["env", "-C", str(folder), "./pan", "-E", f"-w{math.ceil(math.log2(case.states + 1))}"]
        return " ".join([self.gcc, "-O3 -march=native", *flags])

    def tune(self, case, folder):
        if not self.breadth_first:
            # A run that is not measured finds how deep the stack must be, so that those that are have no larger one.
            deep = run([*self.command, f"-m{case.states + 10}"], folder)
            depth = int(only(r"depth reached (\d+)", deep, "the depth"))
            self.command.append(f"-m{depth * 3 if self.threads > 1 else depth + 10}")
        return " ".join(self.command[4:])

    def read(self, output, case):
        if "errors: 0" not in output or "Search not completed" in output or "too small" in output or "ash-Compact" in output:
            fail(f"SPIN did not finish an exact search:\n{output}")
        # Apart from the model's: the first transition and the choices after it, and the state before they are made.
        choices = case.promela.choices(case.sizes)
        states = counted(r"(\S+) states, stored", output, case.states, 1 if choices else 0)
        transitions = counted(r"(\S+) transitions", output, case.transitions, 1 + choices)
        memory = re.search(r"([\d.]+)\s+(?:total actual memory usage|memory usage \(Mbyte\))", output)
        return {"states": states, "transitions": transitions, "stored": states, "told": int(float(memory[1]) * 2**20) if memory else None}


def only(pattern, text, what):
    found = re.search(pattern, text)
    if not found:
        fail(f"{what} is not in this output:\n{text}")
    return found.group(1)


def counted(pattern, output, expected, extra):
    """What SPIN counted less `extra`. It prints eight digits: a longer count agrees if all those digits do."""
    text = only(pattern, output, "a count")
    if "e" in text:
        return expected if text == f"{expected + extra:.8g}" else round(float(text)) - extra
    return int(text) - extra
