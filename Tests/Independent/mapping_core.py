"""The mapping spec with map, grant and unmap only: the one that opens the language reference.

Its rules are those of mapping.py without flush and downgrade. At tiny: 19,492 states, 163,048 transitions, depth 5.
"""

import explore
import mapping


def worlds(sizes, policies):
    return mapping.worlds(sizes, policies, actions=("map", "grant", "unmap"))


if __name__ == "__main__":
    explore.main("l4/mapping-core", mapping.SCOPES, mapping.POLICIES, worlds)
