"""What a change of an ELF file means: protection lost, libraries and powers gained, bytes after its end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from workstation.core.release_diff import Fact
from workstation.review.lenses.elf import BrokenElf, Elf
from workstation.review.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.core.release_diff import Finding
    from workstation.review.pair import Pair

_NETWORK: Final = words(
    "socket connect getaddrinfo gethostbyname bind listen accept accept4 sendto sendmsg recvfrom res_query"
)
_PROCESSES: Final = words(
    "execve execv execvp execvpe execl execlp execle fexecve system popen posix_spawn posix_spawnp fork vfork"
)
_INTRUDING: Final = words(
    "ptrace process_vm_readv process_vm_writev memfd_create dlopen setuid setgid setresuid setreuid setresgid"
)
_BUILD_ONLY: Final = frozenset({".note.gnu.build-id", ".gnu_debuglink", ".comment", ".note.package"})
_OVERLAY: Final = 4096  # bytes; less is padding and alignment
_LISTED: Final = 12
_VERSIONS: Final = re.compile(r"-[0-9a-f]{8}(?=\.)|[-.]?[0-9]+(?:\.[0-9]+)*")


def elf_findings(pair: Pair, new: Elf | BrokenElf) -> Iterator[Finding]:
    """Yield what is worth a look in an ELF file that is new or changed."""
    old = pair.before.made
    match new:
        case BrokenElf():
            if not isinstance(old, BrokenElf):
                yield pair.found(
                    "DIFF-PROGRAM-BROKEN", 70, "it begins as an ELF file and cannot be read as one"
                )
        case Elf():
            yield from _overlay(pair, old if isinstance(old, Elf) else None, new)
            if isinstance(old, Elf):
                yield from _changed(pair, old, new)
            else:
                yield from _added(pair, new)


def elf_facts(old: Elf | None, new: Elf) -> Iterator[Fact]:
    """Yield what is other than it was, or all there is to know of a new file."""
    before = _described(old) if old else {}
    for name, value in _described(new).items():
        if before.get(name, "") != value:
            yield Fact(name=name, old=before.get(name, ""), new=value)
    if old is None:
        return
    for what, was, now in (("import", old.imports, new.imports), ("export", old.exports, new.exports)):
        yield from (Fact(name=what, old=name) for name in sorted({*was} - {*now}))
        yield from (Fact(name=what, new=name) for name in sorted({*now} - {*was}))
    yield from _sections(dict(old.sections), dict(new.sections))


def _sections(old: dict[str, str], new: dict[str, str]) -> Iterator[Fact]:
    for name in sorted(old.keys() | new.keys()):
        was, now = old.get(name, ""), new.get(name, "")
        if was != now:
            yield Fact(name=f"section {name}", old=was[:16], new=now[:16])


def _described(elf: Elf) -> dict[str, str]:
    return {
        "kind": elf.kind,
        "machine": elf.machine,
        "interpreter": elf.interpreter,
        "libraries": " ".join(elf.needed),
        "looks for libraries in": " ".join(elf.searched),
        "read-only relocations": elf.relro,
        "stack": elf.stack,
        "stack canary": "yes" if elf.canary else "no",
        "checked functions": "yes" if elf.fortified else "no",
        "writable code": "yes" if elf.writable_code else "no",
        "bytes after the image": str(elf.overlay),
    }


def _overlay(pair: Pair, old: Elf | None, new: Elf) -> Iterator[Finding]:
    grown = new.overlay - (old.overlay if old else 0)
    if new.overlay >= _OVERLAY and grown > 0:
        dense = "that look compressed or encrypted " if new.overlay_dense else ""
        sentence = f"{new.overlay} bytes {dense}stand after the end of the program"
        where = pair.shown(f"byte {pair.new.size - new.overlay}", f"{new.overlay} bytes")
        yield pair.found("DIFF-PROGRAM-OVERLAY", 86 if new.overlay_dense else 70, sentence, where)


def _added(pair: Pair, new: Elf) -> Iterator[Finding]:
    needs = f"; it needs {_few(new.needed)}" if new.needed else ""
    what = "was added" if pair.old is None else "took the place of another file"
    yield pair.found("DIFF-PROGRAM-ADDED", 54, f"a program or library {what}{needs}")
    weak = [words for words, lacks, _ in _weaknesses(None, new) if lacks]
    if weak:
        yield pair.found("DIFF-PROGRAM-WEAK", 56, f"a new program {_few(weak)}")
    yield from _powers(pair, set(new.imports), "it uses")


def _changed(pair: Pair, old: Elf, new: Elf) -> Iterator[Finding]:
    lost = [(rank, words) for words, lacks, rank in _weaknesses(old, new) if lacks]
    if lost:
        yield pair.found("DIFF-HARDENING", max(lost)[0], "; ".join(words for _, words in lost))
    yield from _libraries(pair, old, new)
    gained, gone = {*new.imports} - {*old.imports}, {*old.imports} - {*new.imports}
    yield from _powers(pair, gained, "it gained")
    if gained or gone:
        parts = (("gained", gained), ("dropped", gone))
        sentence = "imports " + ", ".join(f"{verb} {_few(sorted(names))}" for verb, names in parts if names)
        yield pair.found("DIFF-IMPORTS", 36, sentence)
    changed = {name for name, _ in {*old.sections} ^ {*new.sections}}
    if changed <= _BUILD_ONLY:
        yield pair.found("DIFF-BUILD-ID", 5, "nothing but the marks of its build changed")
    else:
        yield pair.found("DIFF-PROGRAM-CODE", 24, "the program changed")


def _weaknesses(old: Elf | None, new: Elf) -> Iterator[tuple[str, bool, int]]:
    """Yield each protection: what to say when it is lacking, whether it is, and the rank of losing it.

    Without `old` it is lacking when any program of today would have it.
    """
    fixed = new.kind == "ET_EXEC"
    yield "it lost its random place in memory (PIE)", fixed and (old is None or old.kind != "ET_EXEC"), 85
    yield "its stack is executable now", new.stack == "RWE" and (old is None or old.stack != "RWE"), 88
    unsaid = old is not None and not new.stack and bool(old.stack)
    yield "it no longer says that its stack is not executable", unsaid, 86
    writable = new.writable_code and (old is None or not old.writable_code)
    yield "memory is writable and executable at once", writable, 84
    yield f"it looks for libraries in {_few(_searched(old, new))}", bool(_searched(old, new)), 85
    if old is not None:
        yield "it lost read-only relocations (RELRO)", old.relro != "none" and new.relro == "none", 82
        yield "it lost its stack canary", old.canary and not new.canary, 80
        yield (
            "its relocations are no longer all made read-only",
            old.relro == "full" and new.relro == "partial",
            80,
        )
        yield "it lost checked library functions (FORTIFY)", old.fortified and not new.fortified, 80


def _searched(old: Elf | None, new: Elf) -> tuple[str, ...]:
    """Return the new folders it looks for libraries in; those beside it are usual for a new program."""
    found = {part for one in new.searched for part in one.split(":")}
    known = {part for one in (old.searched if old else ()) for part in one.split(":")}
    usual = () if old else (part for part in found if part.startswith(("$ORIGIN", "/usr/lib")))
    return tuple(sorted(found - known - {*usual}))


def _libraries(pair: Pair, old: Elf, new: Elf) -> Iterator[Finding]:
    came = {*new.needed} - {*old.needed}
    if not came:
        return
    known = {_VERSIONS.sub("", name) for name in old.needed}
    respelled = all(_VERSIONS.sub("", name) in known for name in came)
    sentence = (
        f"it needs {_few(sorted(came))}{', another version of what it needed' if respelled else ' now'}"
    )
    yield pair.found(
        "DIFF-LIBRARY-VERSION" if respelled else "DIFF-LIBRARY", 38 if respelled else 64, sentence
    )


def _powers(pair: Pair, names: set[str], verb: str) -> Iterator[Finding]:
    lower = 0 if verb == "it gained" else 10
    for rank, what, group in (
        (65, "the network", _NETWORK),
        (62, "starting programs", _PROCESSES),
        (60, "other processes, privileges or libraries", _INTRUDING),
    ):
        if used := sorted(names & group):
            yield pair.found("DIFF-POWERS", rank - lower, f"{verb} {what} ({_few(used)})")


def _few(names: tuple[str, ...] | list[str]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more
