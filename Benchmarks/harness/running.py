"""Running things: steps that are not measured, and runs that are.

In: commands. Out: what they printed; for measured runs also wall and processor seconds and the peak of memory.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

from models import HERE


def fail(message):
    sys.exit(f"{os.path.basename(sys.argv[0])}: {message}")


def results(name):
    """What a file of `--json` holds."""
    try:
        return json.loads(Path(name).read_text())
    except (OSError, ValueError) as wrong:
        fail(f"{name} cannot be shown: {wrong}")


def run(command, where=None, env=None):
    """Runs a step that is not measured; its output, or an end with what it said."""
    done = subprocess.run(command, cwd=where, env=env, text=True, capture_output=True)
    if done.returncode != 0:
        fail(f"{' '.join(map(str, command))} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def compiler(name):
    """The compiler of that name, or the other one."""
    found = shutil.which(name) or shutil.which("clang" if name == "gcc" else "gcc") or shutil.which("cc")
    if not found:
        fail("no C compiler; install gcc or clang")
    return found


def compiled(name, work, *options):
    """The program that a C file beside the benchmarks is, compiled into a folder."""
    program = work / name
    run([compiler("gcc"), "-O2", *options, "-o", program, HERE / f"{name}.c"])
    return program


class Clock:
    """Wall and processor seconds of all that this process runs and waits for."""

    def __init__(self):
        self.began = self.now()

    @staticmethod
    def now():
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return time.monotonic(), used.ru_utime + used.ru_stime

    def read(self):
        wall, cpu = (after - before for after, before in zip(self.now(), self.began))
        return {"wall": wall, "cpu": cpu}


class Meter:
    """Measured runs, each on processors of its own; see measure.c."""

    def __init__(self, work, processors):
        self.work, self.processors = work, processors
        self.program = compiled("measure", work)

    def measure(self, command, threads=1, processes=1, statuses=(0,)):
        """What the run used, and what it printed; `statuses`: with which it may end. Of several at once, each on a processor of its own: how long until all were done, what one of them used."""
        chosen = [self.processors[:threads]] if processes == 1 else [[processor] for processor in self.processors[:processes]]
        running = [self.start(command, number, processors) for number, processors in enumerate(chosen)]
        done = [self.end(command, number, process, statuses) for number, process in enumerate(running)]
        used = {"wall": max(run["wall"] for run, _ in done)}
        used |= {what: sum(run[what] for run, _ in done) / len(done) for what in ("cpu", "peak")}
        return used, done[0][1]

    def start(self, command, number, processors):
        with (self.work / f"output{number}").open("w") as out:
            measured = [self.program, ",".join(map(str, processors)), self.work / f"report{number}", *command]
            return subprocess.Popen(measured, stdout=out, stderr=subprocess.DEVNULL)

    def end(self, command, number, process, statuses):
        if process.wait() != 0:
            fail(f"{' '.join(map(str, command))} could not be measured")
        wall, user, system, peak, status = map(float, (self.work / f"report{number}").read_text().split())
        text = (self.work / f"output{number}").read_text()
        if status not in statuses:
            fail(f"{' '.join(map(str, command))} ended with status {int(status)}:\n{text}")
        return {"wall": wall, "cpu": user + system, "peak": int(peak)}, text
