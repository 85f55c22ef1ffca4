"""Extended attributes as text, a line each: file capabilities by name, everything else inert.

Sources: xattr(7); Linux include/uapi/linux/capability.h (`vfs_cap_data`); pax records as star and
libarchive write them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_to_bytes

from workstation.core.inert_text import inert, inert_bytes
from workstation.review.source import text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

CAPABILITY: Final = "security.capability"
_STAR, _LIBARCHIVE = b"SCHILY.xattr.", b"LIBARCHIVE.xattr."
_SHOWN: Final = 120  # bytes of a value
_LONGEST: Final = 20_000
_CAPABILITIES: Final = (
    "chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable"
    " net_bind_service net_broadcast net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot"
    " sys_ptrace sys_pacct sys_admin sys_boot sys_nice sys_resource sys_time sys_tty_config mknod lease"
    " audit_write audit_control setfcap mac_override mac_admin syslog wake_alarm block_suspend audit_read"
    " perfmon bpf checkpoint_restore"
)  # by bit, from zero
_EFFECTIVE: Final = 1
_REVISIONS: Final = {2: struct.Struct("<IIIII"), 3: struct.Struct("<IIIIII")}


def attributes_text(found: Mapping[str, bytes]) -> str:
    """Return attributes as lines, by name; of more than anybody reads, their digest as well."""
    text = "\n".join(_line(name, found[name]) for name in sorted(found))
    if len(text) <= _LONGEST:
        return text
    return f"{text[:_LONGEST]}\nand more, all of it sha256 {hashlib.sha256(text.encode()).hexdigest()}"


def capability_text(said: str) -> str:
    """Return capabilities that are text already, as an RPM's header has them, as the same line."""
    return f"{CAPABILITY}: {inert(said.strip())}" if said.strip() else ""


def capabilities_in(attributes: str) -> str:
    """Return the capabilities among some attributes, or ""."""
    lines = (line.partition(": ") for line in attributes.split("\n"))
    return next((value for name, _, value in lines if name == CAPABILITY), "")


def in_pax(records: Mapping[bytes, bytes]) -> str:
    """Return the attributes that pax records set; what star and libarchive both wrote counts once."""
    found = {
        text_of(unquote_to_bytes(key.removeprefix(_LIBARCHIVE))): _unpacked(value)
        for key, value in records.items()
        if key.startswith(_LIBARCHIVE)
    }
    found |= {
        text_of(key.removeprefix(_STAR)): value for key, value in records.items() if key.startswith(_STAR)
    }
    return attributes_text(found)


def _unpacked(value: bytes) -> bytes:
    """Return a value out of base64, which libarchive does not pad; what is none stands as it is."""
    try:
        return base64.b64decode(value + b"=" * (-len(value) % 4), validate=True)
    except binascii.Error:
        return value


def _line(name: str, value: bytes) -> str:
    shown = _capabilities(value) if name == CAPABILITY else None
    if shown is None:
        # What is not shown still makes a difference.
        more = f"… sha256 {hashlib.sha256(value).hexdigest()}" if len(value) > _SHOWN else ""
        shown = inert_bytes(value[:_SHOWN]) + more
    return f"{inert(name)}: {shown}"


def _capabilities(value: bytes) -> str | None:
    """Return file capabilities as cap_to_text(3) has them, about; None for what is of no known form."""
    layout = _REVISIONS.get(value[3]) if len(value) > 3 else None  # noqa: PLR2004 (the revision's byte)
    if layout is None or len(value) != layout.size:
        return None
    magic, permitted, inheritable, permitted_high, inheritable_high, *root = layout.unpack(value)
    permitted, inheritable = permitted | permitted_high << 32, inheritable | inheritable_high << 32
    names = ",".join(_names(permitted | inheritable))
    flags = "e" * (magic & _EFFECTIVE) + "i" * bool(inheritable) + "p" * bool(permitted)
    apart = f" (inheritable {','.join(_names(inheritable))})" if inheritable not in (0, permitted) else ""
    owner = f" (for root of user {root[0]})" if root else ""
    return f"{names}={flags}{apart}{owner}"


def _names(bits: int) -> list[str]:
    known = dict(enumerate(_CAPABILITIES.split()))
    return [f"cap_{known.get(bit, bit)}" for bit in range(bits.bit_length()) if bits >> bit & 1]
