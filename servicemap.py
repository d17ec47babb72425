"""The door: start servicemap from a checkout, an editable install or a wheel.

The house (ontology, graph, app, data) stands beside this file. Only an editable install copies this file
elsewhere; then the house is the first folder of ``sys.path`` that holds both this file and ``ontology/``.
"""

import sys
from pathlib import Path

__all__ = ["main"]

_here = Path(__file__).resolve().parent
_rooms = [_here, *(Path(entry) for entry in sys.path if (Path(entry) / "servicemap.py").is_file())]
_home = str(next((room for room in _rooms if (room / "ontology").is_dir()), _here))
sys.path[:] = [_home, *(entry for entry in sys.path if entry != _home)]


def main() -> None:
    """Run the command line; the exit code is the program's."""
    from app.cli import main as run

    run()


if __name__ == "__main__":
    main()
