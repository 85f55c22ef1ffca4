"""The same releases give the same review: in any order, locale, time zone, hash seed and folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from review.archives import deb, sdist, tar_of, wheel, zip_of
from review.programs import elf

ASK = """
import sys
from pathlib import Path
from workstation.review.of_paths import diff_of_paths
from workstation.review.html import page
import hashlib
diff = diff_of_paths(Path(sys.argv[1]), Path(sys.argv[2]))
print(diff.digest(), hashlib.sha256(page(diff).encode()).hexdigest(), len(diff.findings))
"""
PLACES = (
    {"LANG": "C", "TZ": "UTC", "PYTHONHASHSEED": "0"},
    {"LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1"},
    {"LANG": "de_DE.ISO-8859-1", "TZ": "America/St_Johns", "PYTHONHASHSEED": "4711"},
)


def releases() -> tuple[dict[str, bytes], dict[str, bytes]]:
    def release(version: str, code: bytes, mode: int) -> dict[str, bytes]:
        control = {"control": f"Package: x\nVersion: {version}\n".encode(), "postinst": code}
        return {
            f"demo-{version}-py3-none-any.whl": wheel(
                "demo", version, {"demo/a.py": code, "\u0130.py": code}
            ),
            f"demo-{version}.tar.gz": sdist("demo", version, {"demo/a.py": code}),
            f"x_{version}_all.deb": deb(control, tar_of({"usr/bin/x": elf(text=code)}, mode=mode)),
            "more.zip": zip_of({f"{name}/x.py": code for name in "abcdefgh"}),
            "notes.txt": code,
        }

    return release("1.0", b"x = 1\n", 0o755), release("1.1", b"import socket\neval(x)\n", 0o4755)


def written(folder: Path, *, backwards: bool) -> Path:
    for name, release in zip(("old", "new"), releases(), strict=True):
        (folder / name).mkdir(parents=True)
        for path, data in sorted(release.items(), reverse=backwards):
            (folder / name / path).write_bytes(data)
    return folder


def asked(folder: Path, place: dict[str, str]) -> str:
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "VIRTUAL_ENV") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", ASK, folder / "old", folder / "new"],
        check=True,
        capture_output=True,
        text=True,
        env={**environment, **place},
        cwd=Path(__file__).parents[2],
    )
    return done.stdout


def test_nothing_of_this_machine_is_in_a_review(tmp_path: Path) -> None:
    first = written(tmp_path / "first", backwards=False)
    other = written(tmp_path / "other" / "deeper", backwards=True)

    answers = {asked(folder, place) for folder, place in zip((first, other, first), PLACES, strict=True)}

    assert len(answers) == 1
    assert int(answers.pop().split()[2]) > 5


def test_one_byte_more_is_another_review(tmp_path: Path) -> None:
    folder = written(tmp_path, backwards=False)
    before = asked(folder, PLACES[0])
    (folder / "new" / "notes.txt").write_bytes(b"import socket\neval(x)\n\n")

    assert asked(folder, PLACES[0]) != before
