"""The machine and the versions of the tools, for the report; building and installing what is missing."""

import os
import platform
import re
import shutil
import subprocess
import time
from pathlib import Path

from models import ROOT
from running import compiler, fail, run

KSPEC = ROOT / ".build" / "release" / "kspec"


def build(given):
    """The kspec to measure: the one that is given, or this checkout's, built."""
    if given:
        return Path(given).resolve()
    run(["bash", "scripts/build"], ROOT)
    return KSPEC


def install():
    """SPIN and Rumur are Debian packages."""
    missing = [tool for tool in ("spin", "rumur") if not shutil.which(tool)]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        run(["apt-get", "update", "-qq"])
        run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing])
        missing = [tool for tool in missing if not shutil.which(tool)]
    if missing:
        fail(f"install {' and '.join(missing)} first: apt-get install {' '.join(missing)}")


def describe(kspec, peers=True):
    """`kspec` is a binary, in a checkout if its commit is to be known."""
    commit = version("git", "-C", kspec.parent, "describe", "--always", "--dirty")
    versions = {"kspec": "commit unknown" if commit.startswith("fatal:") else commit}
    if peers:
        versions |= {"spin": version("spin", "-V"), "rumur": version("rumur", "--version"), "gcc": version(compiler("gcc"), "--version")}
    versions["clang"] = version(compiler("clang"), "--version")
    return {
        "processor": first("/proc/cpuinfo", r"model name\s*:\s*(.*)"),
        "cores": os.cpu_count(),
        "memoryBytes": int(first("/proc/meminfo", r"MemTotal:\s*(\d+)")) * 1024,
        "system": f"{platform.system()} {platform.release()}",
        "load": [round(x, 2) for x in os.getloadavg()],
        "date": time.strftime("%Y-%m-%d %H:%M"),
        "versions": versions,
    }


def lines(about):
    """The machine as the report prints it."""
    where = f"{about['processor']}, {about['cores']} cores, {about['memoryBytes'] / 2**30:.0f} GiB, {about['system']}"
    load = f"load {about['load'][0]} at the start" + (f", {about['loadAtEnd'][0]} at the end" if "loadAtEnd" in about else "")
    return f"{where}, {load}, {about['date']}\n" + ", ".join(f"{name}: {text}" for name, text in about["versions"].items())


def first(path, pattern):
    try:
        found = re.search(pattern, Path(path).read_text())
    except OSError:
        found = None
    return found.group(1).strip() if found else "0"


def version(*command):
    done = subprocess.run(command, text=True, capture_output=True)
    return (done.stdout or done.stderr).strip().splitlines()[0]
