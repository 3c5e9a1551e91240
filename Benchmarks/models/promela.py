"""What the Promela models share: a process that is one loop of actions.

In: the declarations, the choices of what never changes, and the instances of the actions. Out: the model's text. Written for
SPIN's sake, as its experienced user would:

- Every action instance is a d_step of its own with constant indices: no state is stored within an action, and no parameter is
  chosen in a state of its own.
- State is packed into as few bytes as its meaning allows, by hand: SPIN hashes, compares and stores whole vectors.
- Scratch variables are `hidden`, so they are not in the state vector. SPIN's breadth-first and multi-core searches refuse hidden variables;
  there they are ordinary ones, put back to zero by each action that uses them.
- The invariants are one guard of the loop, tried once a stored state, rather than an assertion after every transition.
- What never changes is chosen in the first step where there is a choice, so SPIN then stores exactly one state more than there
  are pairs (choice, state): the one before that step.
"""


class Process:
    def __init__(self, header, breadth_first=False):
        self.header, self.breadth_first = header, breadth_first
        self.scratch, self.first, self.loop = [], [], []

    def hidden(self, declaration):
        """A variable that means nothing between two actions."""
        self.scratch.append(("" if self.breadth_first else "hidden ") + declaration)
        return [f"{declaration.split()[-1]} = 0"] if self.breadth_first else []

    def choose(self, *updates):
        """One value of what never changes, and the state that goes with it."""
        self.first.append(option("true", updates))

    def action(self, guard, *updates):
        self.loop.append(option(guard, updates))

    def judge(self, invariant):
        self.loop.insert(0, option(f"!({invariant})", ["assert(false)"]))

    def text(self):
        chosen = ["  if", *self.first, "  fi;"] if self.first else []
        scratch = [f"{declaration};" for declaration in self.scratch]
        return "\n".join([*scratch, self.header, "active proctype system() {", *chosen, "  do", *self.loop, "  od", "}", ""])


def option(guard, updates):
    return f"  :: d_step {{ {guard} -> {'; '.join(updates) or 'skip'} }}"


def both(*terms):
    """A conjunction; nothing to test is true."""
    return " && ".join(term for term in terms if term) or "true"
