"""The workstation's own copy of the trust root, in its state directory.

    STATE/trust/current        the name of the directory that counts; replaced at once
    STATE/trust/<digest>/      a repository; `root.json` in it is the pinned root

The name is the digest of the names and digests of its files. The pin is set by the first `install`
and kept by every later one.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

from workstation.core.errors import Malformed, MediaError, Untrusted
from workstation.core.identity import SHA256_HEX, Digest, digest_of
from workstation.trust.directory import read_repository
from workstation.trust.rollback import refuse_rollback
from workstation.trust.root_chain import FIRST_ROOT
from workstation.trust.verification import file_of, verify_repository
from workstation.trust.writing import replace_file, write_directory

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from workstation.trust.verified_trust import VerifiedTrust

__all__ = ["install", "load", "pinned_root", "read_repository"]

_CURRENT: Final = "current"


def load(state_trust_dir: Path, *, now: datetime) -> VerifiedTrust | None:
    """Return the trust root applied last, verified again from the pinned root; None when there is none.

    Raises Malformed, Untrusted or MediaError when the state is not as `install` left it.
    """
    files = _stored(state_trust_dir)
    return None if files is None else verify_repository(files, root=file_of(files, FIRST_ROOT), now=now)


def pinned_root(state_trust_dir: Path) -> bytes | None:
    """Return the root this workstation was commissioned with, to verify what is offered; None before that.

    Raises what `load` raises.
    """
    files = _stored(state_trust_dir)
    return None if files is None else file_of(files, FIRST_ROOT)


def install(state_trust_dir: Path, verified: VerifiedTrust) -> None:
    """Make `verified` the trust root of this workstation, at once or not at all.

    Raises Untrusted when it is no successor of the one applied last, MediaError for the disk.
    """
    seen = load(state_trust_dir, now=verified.verified_at)
    if seen is not None:
        refuse_rollback(seen, verified)
        if seen.pinned_root != verified.pinned_root:
            raise Untrusted("pinned root", "verified from another root than this workstation's")
    name = _name_of(verified.files)
    try:
        state_trust_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MediaError(state_trust_dir.name, error.strerror or "cannot be made") from error
    if not (state_trust_dir / name).exists():
        write_directory(state_trust_dir / name, verified.files)
    replace_file(state_trust_dir / _CURRENT, f"{name}\n".encode("ascii"))
    _sweep(state_trust_dir, name)


def _stored(state_trust_dir: Path) -> dict[str, bytes] | None:
    name = _current(state_trust_dir)
    if name is None:
        return None
    files = read_repository(state_trust_dir / name)
    if _name_of(files) != name:
        raise Untrusted("state/trust", "files found that are not the ones applied")
    return files


def _current(state_trust_dir: Path) -> Digest | None:
    try:
        text = (state_trust_dir / _CURRENT).read_text("ascii")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise MediaError(f"state/trust/{_CURRENT}", "cannot be read") from error
    name = text.removesuffix("\n")
    if not SHA256_HEX.fullmatch(name):
        raise Malformed(f"state/trust/{_CURRENT}", "the name of a directory wanted")
    return Digest(name)


def _name_of(files: Mapping[str, bytes]) -> Digest:
    listing = "".join(f"{digest_of(data)}  {name}\n" for name, data in sorted(files.items()))
    return digest_of(listing.encode("ascii"))


def _sweep(state_trust_dir: Path, kept: str) -> None:
    """Remove what earlier versions, or an interrupted install, left behind."""
    for entry in state_trust_dir.iterdir():
        if entry.name not in {kept, _CURRENT}:
            shutil.rmtree(entry, ignore_errors=True)
