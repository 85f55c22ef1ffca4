"""How a container image starts: its user, program, environment, ports and volumes (OCI image-spec)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from workstation.core.release_diff import Fact
from workstation.review.lenses.loose_json import as_object, loose_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.core.release_diff import Finding
    from workstation.review.pair import Pair

_STARTS: Final = frozenset({"User", "Entrypoint", "Cmd", "OnBuild", "Shell", "Healthcheck"})
_PRELOADS: Final = (
    "LD_PRELOAD=",
    "LD_LIBRARY_PATH=",
    "LD_AUDIT=",
    "PYTHONPATH=",
    "PYTHONSTARTUP=",
    "NODE_OPTIONS=",
    "PATH=",
)
_ROOT: Final = frozenset({"", "0", "root", "0:0", "root:root"})


def image_findings(pair: Pair) -> Iterator[Finding]:
    """Yield what starts otherwise than it did."""
    for name, old, new in _changes(pair):
        rank = 85 if name in _STARTS else 55
        sentence = f"{name}: {old or 'nothing'} before, {new or 'nothing'} now"
        if name == "Env" and any(one in new and one not in old for one in _PRELOADS):
            rank, sentence = 88, f"{sentence}; it changes what programs load"
        if name == "User" and new.strip('"') in _ROOT:
            rank, sentence = 88, f"{sentence}; it runs as root"
        yield pair.found("DIFF-IMAGE-CONFIG", rank, sentence)


def image_facts(pair: Pair) -> Iterator[Fact]:
    """Yield each setting that is other than it was."""
    yield from (Fact(name=name, old=old, new=new) for name, old, new in _changes(pair))


def _changes(pair: Pair) -> Iterator[tuple[str, str, str]]:
    new = _config(pair.new_text) if pair.bytes_changed else None
    if new is None:
        return
    old = _config(pair.old_text) or {}
    for name in sorted(old.keys() | new.keys()):
        was, now = (_shown(side.get(name)) for side in (old, new))
        if was != now:
            yield name, was, now


def _config(text: bytes | None) -> dict[str, object] | None:
    """Return the `config` of an image's configuration, known by what stands beside it."""
    if text is None or b'"rootfs"' not in text:
        return None
    document = loose_json(text)
    if document is None or as_object(document.get("rootfs")) is None or "architecture" not in document:
        return None
    return as_object(document.get("config")) or {}


def _shown(value: object) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value, sort_keys=True)
