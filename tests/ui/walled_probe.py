"""A screen as `python -m ui` starts it, asked afterwards for what it must not have. Run by its test only.

Prints one JSON object: what each attempt came to before the walls, and after.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import ui.__main__  # noqa: F401 (for the modules it brings along)
from ui.start import parse, start

HERE = Path(os.environ["PROBE_DIRECTORY"])
MODULE = os.environ["PROBE_MODULE"]


def outcome(action: Callable[[], object]) -> str:
    try:
        action()
    except OSError as error:
        return "refused" if error.errno in (1, 13, None) else f"errno {error.errno}"
    return "done"


def initialise(library: ctypes.CDLL) -> str:
    """C_Initialize, then C_Finalize: PKCS#11 v2.40 section 5.4."""
    status = library.C_Initialize(None)
    if status == 0:
        library.C_Finalize(None)
    return "done" if status == 0 else "refused"


def look(module: str) -> dict[str, str]:
    return {
        "state": outcome((HERE / "state" / "journal.db").read_bytes),
        "state listing": outcome(lambda: list((HERE / "state").iterdir())),
        "tokens": outcome(lambda: list((HERE / "tokens").iterdir())),
        "token configuration": outcome((HERE / "softhsm2.conf").read_bytes),
        "write": outcome(lambda: (HERE / "state" / "new").write_text("x")),
        "write beside": outcome(lambda: (Path.cwd() / "probe-left-this").write_text("x")),
        "module": outcome(lambda: ctypes.CDLL(module)),
        "module bytes": outcome(lambda: Path(module).read_bytes()[:1]),
        "process": outcome(lambda: subprocess.run(["/bin/true"], check=True)),
        "socket": outcome(lambda: socket.socket(socket.AF_UNIX).close()),
        "tcp": outcome(lambda: socket.socket(socket.AF_INET).close()),
        "picture": outcome(lambda: (HERE / "pictures" / "x.png").write_bytes(b"x")),
    }


def main() -> None:
    # What is loaded stays loaded, so before the walls it is a copy of the module.
    copy = str(shutil.copy(MODULE, HERE / "module-copy.so"))
    before = look(copy)
    loaded = ctypes.CDLL(copy)
    before["initialise"] = initialise(loaded)
    (Path.cwd() / "probe-left-this").unlink()
    screen = start(parse(sys.argv[1:], "walled-probe"))
    for _ in range(50):
        screen.app.processEvents()
    after = look(MODULE)
    after["initialise"] = initialise(loaded)
    told = {
        "before": before,
        "after": after,
        "modules": sorted(sys.modules),
        "page": screen.window.page().name,
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
