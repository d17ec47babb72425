"""Does the layout load fast? It must not pull in scipy before it is asked for a picture."""

from __future__ import annotations

import subprocess
import sys


def test_importing_the_layout_does_not_import_scipy() -> None:
    code = "import sys, graph.layout, graph.layout.widths; print('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
