"""Walking a release in memory: every artifact, every container in it, nothing ever extracted.

A lie in what gets installed refuses the release; a lie in a nested container makes that one opaque,
compared by digest only, because real releases carry broken archives as test data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from workstation.core.release_diff import MemberKind
from workstation.review import sniff
from workstation.review.ar_reader import ar_entries, is_deb_part
from workstation.review.leaf import member_of, read_leaf
from workstation.review.ledger import LIMIT, OPAQUE, STRUCTURE, Ledger, Lie, Mark, TooMuch
from workstation.review.names import Names
from workstation.review.sniff import Container
from workstation.review.source import (
    BytesSource,
    Entry,
    Source,
    after,
    chunks,
    exactly,
    stream,
)
from workstation.review.tar_reader import tar_entries
from workstation.review.unpack import Packing, unpacked
from workstation.review.wheel import check_package
from workstation.review.zip_reader import zip_entries

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINK_RANK: Final = 60
_OPAQUE_RANK: Final = 90


def walk_artifact(name: str, source: Source, ledger: Ledger) -> None:
    """Write down the artifact `name` and everything in it; a refusal is written down too."""
    try:
        _walk(name, source, ledger)
    except TooMuch as error:
        ledger.lie(error.where, error.why, rule=LIMIT)
    except Lie as error:
        ledger.lie(error.where, error.why, rule=STRUCTURE)


def _walk(name: str, source: Source, ledger: Ledger) -> None:
    ledger.count_entry(name)
    ledger.artifacts.append(name)
    head = source.at(0, sniff.HEAD)
    container = sniff.container_of(head)
    entry = Entry(name=name, kind=MemberKind.FILE, read=stream(source), size=source.size)
    # A top-level container is read in place; what is nested in it has to be held in memory.
    read_leaf(entry, name, ledger, in_place=True)
    if container:
        ledger.opened.add(name)
        ledger.envelopes.add(name)
        _open(_Place(name, source, 1, installed=True), container, ledger)
        check_package(name, ledger)
    elif closed := sniff.closed_container(head, name):
        ledger.odd(_OPAQUE_RANK, name, f"nothing of this {closed} was looked into", rule=OPAQUE)
    elif sniff.promises_container(name):
        raise Lie(name, "it does not begin as the container its name promises")


@dataclass(frozen=True, slots=True)
class _Place:
    """A container to look into: its path, bytes, depth, and whether it is what gets installed."""

    path: str
    source: Source
    depth: int
    installed: bool


def _open(place: _Place, container: Container, ledger: Ledger) -> None:
    if place.depth > ledger.limits.nesting:
        raise TooMuch(place.path, f"containers nested deeper than {ledger.limits.nesting}")
    match container:
        case Container.ZIP:
            _take(zip_entries(place.source, place.path, ledger), place, ledger)
        case Container.AR:
            _take(ar_entries(place.source, place.path, ledger), place, ledger)
        case Container.TAR:
            _take(tar_entries(stream(place.source), place.path, ledger), place, ledger)
        case Container.GZIP | Container.BZIP2 | Container.XZ:
            _open_stream(place, Packing(container.value), ledger)


def _open_stream(place: _Place, packing: Packing, ledger: Ledger) -> None:
    """Look into a compressed stream: a tar archive's entries stand directly in it; else it is `content`."""
    read = unpacked(stream(place.source), packing, ledger, place.path, place.source.size)
    head = exactly(read, sniff.HEAD)
    joined = after(head, read)
    if sniff.container_of(head) is Container.TAR:
        _take(tar_entries(joined, place.path, ledger), place, ledger)
    else:
        ledger.count_entry(place.path)
        entry = Entry(name="content", kind=MemberKind.FILE, read=joined, mode=0o644)
        _leaf(entry, f"{place.path}!/content", place, ledger)
    for _ in chunks(read):
        pass


def _take(entries: Iterator[Entry], place: _Place, ledger: Ledger) -> None:
    names = Names(place.path, ledger)
    for entry in entries:
        ledger.count_entry(place.path)
        if entry.kind is MemberKind.HARD_LINK and not names.holds_file(entry.target.removeprefix("./")):
            ledger.lie(f"{place.path}!/{entry.name}", "a hard link to a file that did not come before it")
        path = names.add(entry.name, entry.kind)
        if entry.kind is MemberKind.FILE:
            _leaf(entry, path, place, ledger)
        else:
            ledger.add(member_of(entry, path))
            _look_at_link(entry, path, ledger)


def _leaf(entry: Entry, path: str, place: _Place, ledger: Ledger) -> None:
    """Write down a file of a container, and look into it when it is a container itself."""
    leaf = read_leaf(entry, path, ledger)
    if leaf.container is None:
        return
    installed = place.installed and is_deb_part(entry.name) and place.path.endswith(".deb")
    inner = _Place(path, BytesSource(leaf.data), place.depth + 1, installed=installed)
    ledger.opened.add(path)
    if installed:
        ledger.envelopes.add(path)
        _open(inner, leaf.container, ledger)
    else:
        _try_open(inner, leaf.container, ledger)


def _try_open(place: _Place, container: Container, ledger: Ledger) -> None:
    mark = ledger.mark()
    try:
        _open(place, container, ledger)
        check_package(place.path, ledger)
    except Lie as error:
        _close_again(place.path, f"a {container.value} that does not parse: {error.why}", mark, ledger)
    else:
        if lie := ledger.first_lie(mark):
            why = f"a {container.value} that contradicts itself: {lie.sentence}"
            _close_again(place.path, why, mark, ledger)


def _close_again(path: str, why: str, mark: Mark, ledger: Ledger) -> None:
    ledger.forget(mark)
    ledger.opened.discard(path)
    ledger.cannot_inspect(path, why)


def _look_at_link(entry: Entry, path: str, ledger: Ledger) -> None:
    if entry.kind is not MemberKind.LINK:
        return
    if entry.target.startswith("/"):
        ledger.odd(_LINK_RANK, path, f"the link points to an absolute path, {entry.target!a}")
    elif _leads_out(entry.name, entry.target):
        ledger.odd(_LINK_RANK, path, f"the link leads out of the archive, to {entry.target!a}")


def _leads_out(name: str, target: str) -> bool:
    depth = name.count("/")
    for part in target.split("/"):
        depth += {"..": -1, ".": 0, "": 0}.get(part, 1)
        if depth < 0:
            return True
    return False
