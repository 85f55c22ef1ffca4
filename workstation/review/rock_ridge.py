"""Rock Ridge: POSIX names, modes, owners and links in ISO 9660 records (IEEE P1281 SUSP, P1282 RRIP)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from workstation.review.iso_volume import SECTOR
from workstation.review.ledger import Closed, Lie

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.review.source import Source

_MOST_CONTINUED: Final = 64
_CONTINUES, _HERE, _ABOVE, _TOP = 1, 2, 4, 8
_BOTH: Final = 8
_LEAST: Final = 4
_MARK: Final = b"\xbe\xef"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posix:
    """What Rock Ridge says of one file; None where it says nothing."""

    name: bytes | None = None
    mode: int | None = None
    owner: str = ""
    target: bytes | None = None
    relocated: bool = False
    child: int | None = None


def skipped_bytes(system_use: bytes) -> int | None:
    """Return how many bytes every field begins with that are not SUSP's; None when SUSP is not in use."""
    if len(system_use) >= 7 and system_use[:2] == b"SP" and system_use[4:6] == _MARK:  # noqa: PLR2004 (P1281 5.3)
        return system_use[6]
    return None


def posix_of(source: Source, system_use: bytes, where: str) -> Posix:
    """Return what the entries of a system use field say; raises Lie, and Closed for packed files."""
    name, target, mode, owner = list[bytes](), list[bytes](), None, ""
    has_name, has_target, child, relocated = False, False, None, False
    for kind, body in _entries(source, system_use, where):
        match kind:
            case b"NM":
                has_name = True
                name.append(_name_part(body, where))
            case b"SL":
                has_target = True
                target.append(body)
            case b"PX":
                mode, owner = _both(body, 1, where), f"{_both(body, 17, where)}:{_both(body, 25, where)}"
            case b"CL":
                child = _both(body, 1, where) * SECTOR
            case b"RE":
                relocated = True
            case b"ZF" | b"SF":
                raise Closed(where, "an ISO image with packed or sparse files")
            case _:
                pass
    return Posix(
        name=b"".join(name) if has_name else None,
        mode=mode,
        owner=owner,
        target=_target(target, where) if has_target else None,
        relocated=relocated,
        child=child,
    )


def _entries(source: Source, area: bytes, where: str) -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and body (from the version on) of every entry, following continuation areas."""
    for _ in range(_MOST_CONTINUED):
        following = None
        place = 0
        while place + _LEAST <= len(area) and area[place]:
            kind, length = area[place : place + 2], area[place + 2]
            if length < _LEAST or place + length > len(area):
                raise Lie(where, "a Rock Ridge entry is cut short")
            body = area[place + 3 : place + length]
            place += length
            if kind == b"ST":
                break
            if kind == b"CE":
                following = body
            else:
                yield kind, body
        if following is None:
            return
        start = _both(following, 1, where) * SECTOR + _both(following, 9, where)
        area = source.at(start, _both(following, 17, where))
    raise Lie(where, "Rock Ridge entries that go on and on")


def _both(body: bytes, place: int, where: str) -> int:
    field = body[place : place + _BOTH]
    little, big = int.from_bytes(field[:4], "little"), int.from_bytes(field[4:], "big")
    if len(field) < _BOTH or little != big:
        raise Lie(where, "a Rock Ridge number is damaged, or given twice, differently")
    return little


def _name_part(body: bytes, where: str) -> bytes:
    if len(body) < 2 or body[1] & ~_CONTINUES:  # noqa: PLR2004 (version and flags)
        raise Lie(where, "a Rock Ridge name stands for a folder")
    return body[2:]


def _target(bodies: list[bytes], where: str) -> bytes:
    """Return a link's target out of its components (RRIP 4.1.3)."""
    parts, open_part = list[bytes](), False
    for body in bodies:
        place = 2
        while place < len(body):
            flags, length = body[place], body[place + 1 : place + 2]
            if not length or place + 2 + length[0] > len(body):
                raise Lie(where, "a Rock Ridge link is cut short")
            part = body[place + 2 : place + 2 + length[0]]
            place += 2 + length[0]
            special = {_HERE: b".", _ABOVE: b"..", _TOP: b""}.get(flags & ~_CONTINUES, part)
            if open_part:
                parts[-1] += special
            else:
                parts.append(special)
            open_part = bool(flags & _CONTINUES)
    return b"/".join(parts) or b"/"
