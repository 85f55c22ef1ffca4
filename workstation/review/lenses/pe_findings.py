"""What a change of a Windows program means: protection lost, libraries gained, bytes where none belong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workstation.core.release_diff import Fact
from workstation.review.lenses.pe import BrokenPe, Pe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.core.release_diff import Finding
    from workstation.review.pair import Pair

_OVERLAY: Final = 4096
_PADDING: Final = 16
_NETWORK: Final = frozenset({"ws2_32.dll", "wininet.dll", "winhttp.dll", "urlmon.dll", "dnsapi.dll"})


def pe_findings(pair: Pair, new: Pe | BrokenPe) -> Iterator[Finding]:
    """Yield what is worth a look in a PE file that is new or changed."""
    old = pair.before.made
    match new:
        case BrokenPe():
            if not isinstance(old, BrokenPe):
                yield pair.found(
                    "DIFF-PROGRAM-BROKEN", 70, "it begins as a PE file and cannot be read as one"
                )
        case Pe():
            before = old if isinstance(old, Pe) else None
            yield from _strange_bytes(pair, before, new)
            yield from _changed(pair, before, new) if before else _added(pair, new)


def pe_facts(old: Pe | None, new: Pe) -> Iterator[Fact]:
    """Yield what is other than it was, or all there is to know of a new file."""
    before = _described(old) if old else {}
    for name, value in _described(new).items():
        if before.get(name, "") != value:
            yield Fact(name=name, old=before.get(name, ""), new=value)


def _described(pe: Pe) -> dict[str, str]:
    return {
        "libraries": " ".join(pe.libraries),
        "protections": " ".join(pe.protections),
        "sections": " ".join(f"{name}:{digest[:16]}" for name, digest in pe.sections),
        "writable code": "yes" if pe.writable_code else "no",
        "signed": "yes" if pe.signed else "no",
        "bytes after the image": str(pe.overlay),
        "bytes beside the signature": str(pe.slack),
    }


def _strange_bytes(pair: Pair, old: Pe | None, new: Pe) -> Iterator[Finding]:
    if new.slack > max(_PADDING, old.slack if old else 0):
        sentence = f"{new.slack} bytes stand in its signature area and are no part of a signature"
        yield pair.found("DIFF-SIGNATURE-AREA", 88, sentence)
    if new.overlay >= _OVERLAY and new.overlay > (old.overlay if old else 0):
        dense = "that look compressed or encrypted " if new.overlay_dense else ""
        sentence = f"{new.overlay} bytes {dense}stand after the end of the program"
        yield pair.found("DIFF-PROGRAM-OVERLAY", 86 if new.overlay_dense else 70, sentence)


def _added(pair: Pair, new: Pe) -> Iterator[Finding]:
    yield pair.found("DIFF-PROGRAM-ADDED", 54, f"a Windows program or library {pair.came_or_changed}")
    if used := sorted(_NETWORK.intersection(new.libraries)):
        yield pair.found("DIFF-POWERS", 55, f"it uses the network ({', '.join(used)})")


def _changed(pair: Pair, old: Pe, new: Pe) -> Iterator[Finding]:
    lost = [f"it lost {name}" for name in old.protections if name not in new.protections]
    lost += (
        ["memory is writable and executable at once"] if new.writable_code and not old.writable_code else []
    )
    lost += ["it is not signed any more"] if old.signed and not new.signed else []
    if lost:
        yield pair.found("DIFF-HARDENING", 85, "; ".join(lost))
    came = sorted({*new.libraries} - {*old.libraries})
    if came:
        yield pair.found("DIFF-LIBRARY", 64, f"it needs {', '.join(came)} now")
    if used := sorted(_NETWORK.intersection(came)):
        yield pair.found("DIFF-POWERS", 65, f"it gained the network ({', '.join(used)})")
    yield pair.found("DIFF-PROGRAM-CODE", 24, "the program changed")
