"""This machine's TPM, through tpm2-tools: a secret it keeps, and a counter that only rises.

The counter is an NV index of ours (TPM 2.0 part 3, TPM2_NV_Increment). Sealed objects hang below the
owner's ECC primary key, which every TPM makes anew from its own seed.
"""

from __future__ import annotations

import os
import shutil
import subprocess  # noqa: TID251 (for the name of its timeout)
import tempfile
from pathlib import Path
from typing import Final

from workstation.core.errors import MediaError
from workstation.process.child import clean_environment
from workstation.process.command import readable, run

COUNTER_INDEX: Final = "0x1500c51"
_TOOLS: Final = ("tpm2_createprimary", "tpm2_create", "tpm2_load", "tpm2_unseal", "tpm2_nvincrement")
_COUNTER: Final = "ownerread|ownerwrite|authread|authwrite|nt=counter"
_SECONDS: Final = 30.0
_SECRET_BYTES: Final = 32


class Tpm:
    """The TPM that TPM2TOOLS_TCTI names, else this machine's own. Methods raise MediaError."""

    def __init__(self) -> None:
        """Touch nothing yet."""
        named = {"TPM2TOOLS_TCTI": os.environ["TPM2TOOLS_TCTI"]} if "TPM2TOOLS_TCTI" in os.environ else {}
        self._environment = clean_environment() | named

    def seal(self, secret: bytearray) -> tuple[bytes, bytes]:
        """Have the TPM keep 32 bytes; return what it needs to give them out again (public, private)."""
        with tempfile.TemporaryDirectory() as name, readable(bytes(secret).hex().encode()) as stdin:
            here = Path(name)
            parent = self._parent(here)
            public, private = here / "public", here / "private"
            made = ("-C", parent, "-i", "-", "-u", str(public), "-r", str(private))
            self._run("tpm2_create", *made, stdin=stdin)
            self._forget()
            return public.read_bytes(), private.read_bytes()

    def unseal(self, public: bytes, private: bytes) -> bytearray:
        """Return what was sealed; no other TPM can."""
        with tempfile.TemporaryDirectory() as name:
            here = Path(name)
            (here / "public").write_bytes(public)
            (here / "private").write_bytes(private)
            loaded = ("-u", str(here / "public"), "-r", str(here / "private"), "-c", str(here / "object"))
            self._run("tpm2_load", "-C", self._parent(here), *loaded)
            found = self._run("tpm2_unseal", "-c", str(here / "object"))
            self._forget()
        try:
            secret = bytearray.fromhex(found)
        except ValueError as error:
            raise MediaError("TPM", "it gave out something that was not sealed here") from error
        if len(secret) != _SECRET_BYTES:
            raise MediaError("TPM", f"{len(secret)} bytes given out, {_SECRET_BYTES} wanted")
        return secret

    def counter(self) -> int | None:
        """Return what the counter stands at; None when it was never used."""
        if COUNTER_INDEX not in self._run("tpm2_getcap", "handles-nv-index").lower().split():
            return None
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "value"
            self._run("tpm2_nvread", "-C", "o", "-s", "8", "-o", str(path), COUNTER_INDEX)
            return int.from_bytes(path.read_bytes(), "big")

    def keep(self, note: bytes) -> int | None:
        """Count one more checkpoint, and return the counter; the note itself is not kept here."""
        del note
        if self.counter() is None:
            self._run("tpm2_nvdefine", "-C", "o", "-s", "8", "-a", _COUNTER, COUNTER_INDEX)
        self._run("tpm2_nvincrement", "-C", "o", COUNTER_INDEX)
        return self.counter()

    def _parent(self, here: Path) -> str:
        self._forget()
        context = str(here / "parent")
        self._run("tpm2_createprimary", "-C", "o", "-G", "ecc", "-c", context)
        self._forget()
        return context

    def _forget(self) -> None:
        # Without a resource manager nobody else takes objects out of the TPM's few places.
        self._run("tpm2_flushcontext", "-t")

    def _run(self, tool: str, *arguments: str, stdin: int = subprocess.DEVNULL) -> str:
        found = shutil.which(tool)
        if found is None:
            raise MediaError("TPM", f"{tool} is not installed (package tpm2-tools)")
        try:
            ended = run([found, *arguments], environment=self._environment, stdin=stdin, seconds=_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise MediaError("TPM", f"{tool} did not end in {_SECONDS:.0f} s") from error
        if ended.status:
            raise MediaError("TPM", f"{tool} failed: {ended.err.strip().splitlines()[-1:]}")
        return ended.out


def has_tpm() -> bool:
    """Say whether there is a TPM to ask: its device or a named one, and the tools for it."""
    there = "TPM2TOOLS_TCTI" in os.environ or Path("/dev/tpmrm0").exists()
    return there and all(shutil.which(tool) for tool in _TOOLS)
