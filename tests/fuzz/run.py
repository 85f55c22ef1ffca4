"""Fuzz every reader for some seconds: `python -m fuzz.run --seconds 60 [READER…]`, from `tests`.

Each reader has a process of its own, as a fuzzer never returns. What it learnt is kept in
`build/fuzz`, what broke a reader in `kept`, where a test tries it for ever.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from fuzz.targets import TARGETS

HERE = Path(__file__).parent
KEPT = HERE / "kept"
LEARNT = HERE.parents[1] / "build" / "fuzz"
_LONGEST_INPUT, _SLOWEST, _MEMORY = 1 << 16, 20, 1024  # bytes, seconds, megabytes


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60, help="for each reader")
    parser.add_argument("reader", nargs="*", default=[], help=", ".join(TARGETS))
    arguments = parser.parse_args()
    broken = [name for name in arguments.reader or TARGETS if not _holds(name, arguments.seconds)]
    print(f"broken: {', '.join(broken)}" if broken else "every reader held")
    return 1 if broken else 0


def _holds(name: str, seconds: int) -> bool:
    folder, kept = LEARNT / name, KEPT / name
    for path in (folder, kept):
        path.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(TARGETS[name].seeds()):
        (folder / f"seed-{number}").write_bytes(seed)
    print(f"── {name}, {seconds} s", flush=True)
    command = [sys.executable, "-m", "fuzz.one", name, str(folder), str(kept)]
    options = {
        "max_total_time": seconds,
        "max_len": _LONGEST_INPUT,
        "timeout": _SLOWEST,
        "rss_limit_mb": _MEMORY,
        "artifact_prefix": f"{kept}/",
        "print_final_stats": 1,
        "verbosity": 0,
    }
    done = subprocess.run(
        [*command, *(f"-{key}={value}" for key, value in options.items())], cwd=HERE.parent, check=False
    )
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
