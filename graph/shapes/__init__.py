"""What breaks the shapes? By a sieve and a judge, fast on a map of any size; or by pySHACL, to compare."""

from graph.shapes.judge import Broken
from graph.shapes.peer import broken_by_pyshacl
from graph.shapes.run import broken

__all__ = ["Broken", "broken", "broken_by_pyshacl"]
