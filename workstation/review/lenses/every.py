"""Every lens held over one pair: its findings and its facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workstation.core.release_diff import Fact, Finding
from workstation.review.file_kinds import is_prose
from workstation.review.lenses.bill_findings import bill_facts, bill_findings
from workstation.review.lenses.certificate_findings import certificate_facts, certificate_findings
from workstation.review.lenses.descriptions import describe, description_facts
from workstation.review.lenses.elf import BrokenElf, Elf
from workstation.review.lenses.elf_findings import elf_facts, elf_findings
from workstation.review.lenses.image_config import image_facts, image_findings
from workstation.review.lenses.pattern_findings import pattern_findings
from workstation.review.lenses.pe import BrokenPe, Pe
from workstation.review.lenses.pe_findings import pe_facts, pe_findings
from workstation.review.lenses.pictures import Picture
from workstation.review.lenses.signers import signer_facts, signer_findings
from workstation.review.member_findings import member_findings
from workstation.review.package_findings import package_findings
from workstation.review.text_findings import text_findings
from workstation.review.versions import same_but_for_version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.review.pair import Pair

_VERSION_ONLY: Final = Finding(
    rule="DIFF-VERSION-ONLY", rank=4, path="", sentence="only the version in it changed"
)


def findings_of(
    pair: Pair, *, versions: tuple[str, str], answered: frozenset[str], opened: bool
) -> Iterator[Finding]:
    """Yield all that is worth a look in one member.

    `versions` are the artifact's, before and now; `answered` the vulnerabilities VEX documents answer;
    `opened` says that its content is looked at member by member.
    """
    yield from member_findings(pair, opened=opened)
    if not pair.bytes_changed or opened:
        return
    yield from _binary(pair)
    yield from pattern_findings(pair)
    yield from package_findings(pair)
    yield from bill_findings(pair, answered)
    yield from certificate_findings(pair)
    yield from signer_findings(pair)
    yield from image_findings(pair)
    if pair.old_text is not None and pair.new_text is not None:
        if same_but_for_version(pair.old_text, pair.new_text, versions):
            yield pair.found(_VERSION_ONLY.rule, _VERSION_ONLY.rank, _VERSION_ONLY.sentence)
            return
        if is_prose(pair.name) and describe(pair, pair.new_text) is None:
            yield pair.found("DIFF-PROSE", 3, "documentation or a list of files changed")
    yield from text_findings(pair)


def facts_of(pair: Pair, answered: frozenset[str]) -> Iterator[Fact]:
    """Yield what a member says about itself that is other than it was, or new."""
    before = pair.before.made
    match pair.now.made:
        case Elf() as elf:
            yield from elf_facts(before if isinstance(before, Elf) else None, elf)
        case Pe() as pe:
            yield from pe_facts(before if isinstance(before, Pe) else None, pe)
        case Picture() as picture:
            old = f"{before.format} {before.width} x {before.height}" if isinstance(before, Picture) else ""
            yield Fact(name="picture", old=old, new=f"{picture.format} {picture.width} x {picture.height}")
        case _:
            pass
    yield from description_facts(pair)
    yield from bill_facts(pair, answered)
    yield from certificate_facts(pair)
    yield from signer_facts(pair)
    yield from image_facts(pair)


def _binary(pair: Pair) -> Iterator[Finding]:
    match pair.now.made:
        case Elf() | BrokenElf() as elf:
            yield from elf_findings(pair, elf)
        case Pe() | BrokenPe() as pe:
            yield from pe_findings(pair, pe)
        case _:
            pass
