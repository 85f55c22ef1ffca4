"""The screen: `python -m ui FD`, where FD is an open channel to the desk."""

from __future__ import annotations

import sys

from ui.start import parse, start

if __name__ == "__main__":
    screen = start(parse(sys.argv[1:], "countersign-screen"))
    sys.exit(screen.app.exec())
