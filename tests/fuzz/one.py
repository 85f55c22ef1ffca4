"""One reader under the fuzzer: `python -m fuzz.one READER FOLDER… -OPTION=VALUE…` (libFuzzer's options)."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["workstation.review"]):
    from fuzz.targets import TARGETS, walked_twice


def main() -> None:
    name = TARGETS[sys.argv[1]].name
    atheris.Setup([sys.argv[0], *sys.argv[2:]], lambda data: walked_twice(name, data))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
