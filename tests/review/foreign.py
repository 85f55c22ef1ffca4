"""Other people's readers of archives, which unpack into a folder, to hold ours against."""

from __future__ import annotations

import shutil
import stat
import subprocess
import sys
from pathlib import Path

from review.archives import walked

from workstation.core.release_diff import MemberKind
from workstation.review.limits import Limits

Tree = dict[str, tuple[str, object]]
"""What is at each path: ("file", its bytes), ("folder", None) or ("link", its target)."""

COMMANDS = {
    "bsdtar": ["bsdtar", "--no-same-owner", "-xf", "{archive}", "-C", "{into}"],
    "unzip": ["unzip", "-q", "-o", "{archive}", "-d", "{into}"],
    "7z": ["7z", "x", "-y", "-bd", "-snl", "-o{into}", "{archive}"],
    "cpio": ["cpio", "-idm", "--quiet", "--no-absolute-filenames", "-D", "{into}", "-F", "{archive}"],
    "unsquashfs": ["unsquashfs", "-q", "-n", "-f", "-no-xattrs", "-d", "{into}", "{archive}"],
    "tar": ["tar", "--no-same-owner", "-xf", "{archive}", "-C", "{into}"],
    "python": [sys.executable, "-m", "tarfile", "-e", "{archive}", "{into}"],
    # The package's payload first, and then what is in that.
    "7z-twice": [
        "sh",
        "-c",
        "7z x -y -bd -o{into}.payload {archive} && 7z x -y -bd -snl -o{into} {into}.payload/*.cpio",
    ],
    "ar": ["ar", "x", "--output", "{into}", "{archive}"],
}


def have(*programs: str) -> bool:
    return all(shutil.which(program) for program in programs)


def unpacked_by(program: str, archive: Path, into: Path) -> Tree:
    into.mkdir()
    command = [part.format(archive=archive, into=into) for part in COMMANDS[program]]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    found = tree_of(into)
    subprocess.run(["chmod", "-R", "u+rwX", str(into)], check=False)
    shutil.rmtree(into)
    return found


def tree_of(folder: Path) -> Tree:
    found: Tree = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            found[name] = "link", str(path.readlink())
        elif stat.S_ISDIR(mode):
            found[name] = "folder", None
        else:
            found[name] = "file", path.read_bytes()
    return found


def read_by_us(archive: Path, name: str, prefix: str = "") -> Tree | None:
    """Return what our reader sees, digests in place of bytes; None when it refuses."""
    ledger = walked(name, archive.read_bytes(), Limits())
    if any(one.rank == 100 for one in ledger.findings):
        return None
    start = f"{name}!/{prefix}"
    found: Tree = {}
    for path, member in ledger.members.items():
        inside = path.removeprefix(start)
        if inside == path or "!/" in inside:
            continue
        match member.kind:
            case MemberKind.FILE:
                found[inside] = "file", member.digest
            case MemberKind.HARD_LINK:
                found[inside] = "file", ledger.members[start + member.target].digest
            case MemberKind.LINK:
                found[inside] = "link", member.target
            case _:
                found[inside] = "folder", None
    return found
