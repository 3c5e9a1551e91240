import SimRuntime
import Spec
