"""PKCS#11 modules by path and digest: a module is code, and it is handed PINs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hsm.errors import TokenCode, TokenError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class ModulePath:
    """A PKCS#11 module and the SHA-256 (64 lower-case hex digits) its file must have, or None."""

    path: Path
    sha256: str | None = None

    def check(self) -> None:
        """Read the file and compare; raises TokenError `module_refused` with found and wanted."""
        found = hashlib.sha256(_contents(self.path)).hexdigest()
        if self.sha256 is not None and found != self.sha256:
            raise _refused(self.path, f"SHA-256 {found} found, {self.sha256} wanted")


def allowed_module(path: Path, allow: Mapping[Path, str], *, production: bool) -> ModulePath:
    """Return the module at `path` with the digest the allow-list gives it.

    In production a module must be on the list, and must not be SoftHSM, under whatever name: its
    keys are files, and its PIN never locks. Raises TokenError `module_refused`.
    """
    module = ModulePath(path=path, sha256=allow.get(path))
    if production and module.sha256 is None:
        raise _refused(path, "not on the allow-list, a listed module wanted")
    if production and b"SoftHSM" in _contents(path):
        raise _refused(path, "SoftHSM found, a module for hardware wanted in production")
    module.check()
    return module


def _contents(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _refused(path, f"cannot be read: {error.strerror}") from error


def _refused(path: Path, why: str) -> TokenError:
    return TokenError(TokenCode.MODULE_REFUSED, f"{path}: {why}")
