"""Certificates come and gone: who is trusted now and was not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workstation.core.release_diff import Fact
from workstation.review.file_kinds import is_test
from workstation.review.lenses.certificates import Certificate, read_certificates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.core.release_diff import Finding
    from workstation.review.pair import Pair, Side


def certificate_findings(pair: Pair) -> Iterator[Finding]:
    """Yield the certificates a changed file has now and had not."""
    came, gone = _change(pair)
    for verb, found in (("is trusted or shown now", came), ("is gone", gone)):
        if authorities := [one for one in found if one.authority]:
            subjects = ", ".join(one.subject for one in authorities)
            # The authorities of tests are made for them, and nobody trusts them.
            rule, rank = ("DIFF-CERTIFICATE", 44) if is_test(pair.name) else ("DIFF-TRUST-ANCHOR", 68)
            yield pair.found(rule, rank, f"an authority {verb}: {subjects}")
        if others := [one for one in found if not one.authority]:
            subjects = ", ".join(one.subject for one in others)
            yield pair.found("DIFF-CERTIFICATE", 44, f"a certificate {verb}: {subjects}")


def removed_anchor(path: str, side: Side) -> Iterator[tuple[str, str]]:
    """Yield the path and words of each authority in a file that is gone."""
    for one in _certificates(side):
        if one.authority and not is_test(path):
            yield path, f"an authority is gone: {one.subject}"


def certificate_facts(pair: Pair) -> Iterator[Fact]:
    """Yield the certificates come and gone."""
    came, gone = _change(pair)
    yield from (Fact(name="certificate", old=one.shown()) for one in gone)
    yield from (Fact(name="certificate", new=one.shown()) for one in came)


def _change(pair: Pair) -> tuple[list[Certificate], list[Certificate]]:
    if not pair.bytes_changed:
        return [], []
    old, new = _certificates(pair.before), _certificates(pair.now)
    known, here = {one.digest for one in old}, {one.digest for one in new}
    return [one for one in new if one.digest not in known], [one for one in old if one.digest not in here]


def _certificates(side: Side) -> tuple[Certificate, ...]:
    if isinstance(side.made, Certificate):
        return (side.made,)
    return read_certificates(side.text) if side.text and b"CERTIFICATE-----" in side.text else ()
