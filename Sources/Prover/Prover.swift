import CZ3
import Spec
