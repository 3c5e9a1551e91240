"""The models, and at which sizes they are compared.

In: a text such as `mapping:4x2x1`. Out: where its three forms are, and the sizes that each of them wants.
"""

import importlib
import re
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
ROOT = HERE.parent


@dataclass(frozen=True)
class Model:
    spec: str
    sorts: tuple  # in the order of a size's numbers
    rumur: dict  # Murphi's constants, each from the sizes
    property: str  # the cheapest one, for the rows that only count
    symmetric: str = ""  # the Murphi text for symmetry reduction, where it is another one


MODELS = {
    "mapping": Model(
        "l4/mapping", ("Space", "Page", "Frame"), {
            "Spaces": lambda s: s["Space"], "Users": lambda s: s["Space"] - 1, "Pages": lambda s: s["Page"],
            "Frames": lambda s: s["Frame"], "Starts": lambda s: s["Frame"] ** s["Page"],
        }, "Kept", "mapping_symmetric"),
    "ipc": Model(
        "l4/ipc", ("Thread", "Task"), {
            "Threads": lambda s: s["Thread"], "Tasks": lambda s: s["Task"], "Starts": lambda s: s["Task"] ** s["Thread"],
        }, "Ready"),
    "bindings": Model(
        "exokernel/bindings", ("Env", "Page", "Cap"), {
            "Envs": lambda s: s["Env"], "Pages": lambda s: s["Page"], "Caps": lambda s: s["Cap"],
            "Starts": lambda s: s["Env"] ** s["Cap"],
        }, "Guarded"),
    "shadow": Model(
        "vmm/shadow-paging", ("VM", "Address", "Page", "Frame", "Word"), {
            "Machines": lambda s: s["VM"], "Addresses": lambda s: s["Address"], "Pages": lambda s: s["Page"],
            "Frames": lambda s: s["Frame"], "Words": lambda s: s["Word"] - 1,
        }, "Emptied"),
}


class Case:
    """A model at a size."""

    def __init__(self, text):
        self.name, _, self.size = text.partition(":")
        numbers = self.size.split("x")
        model = MODELS.get(self.name)
        if model is None or len(numbers) != len(model.sorts) or not all(n.isdigit() and int(n) for n in numbers):
            known = ", ".join(f"{name}:{'x'.join(m.sorts)}" for name, m in MODELS.items())
            raise ValueError(f"{text} is no model and size; known are {known}")
        self.model, self.sizes = model, dict(zip(model.sorts, map(int, numbers)))
        self.promela = importlib.import_module(f"promela_{self.name}")
        # What kspec, which comes first, counted; the peers size their tables with it, and must agree.
        self.states = self.transitions = self.orbits = None

    @property
    def spec(self):
        return ROOT / "specs" / f"{self.model.spec}.kspec"

    def murphi(self, invariants, symmetric):
        """The Murphi text at this size."""
        name = symmetric and self.model.symmetric or self.name
        text = (HERE / "models" / f"{name}.m").read_text()
        if not invariants:
            text = text[: text.index("-- The state invariants;")]
        for constant, value in self.model.rumur.items():
            text = re.sub(rf"\b{constant}: \d+;", f"{constant}: {value(self.sizes)};", text, count=1)
        return text
