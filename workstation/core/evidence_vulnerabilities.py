"""Vulnerability scans (in-toto vulns v0.1 and v0.2) and the answers to them (OpenVEX v0.2.0)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from workstation.core.identity import Digest
from workstation.core.policy_controls import Severity
from workstation.core.shape import Fields, Shape
from workstation.core.statement import ForeignStatement

SCANS: Final = frozenset(
    {"https://in-toto.io/attestation/vulns/v0.1", "https://in-toto.io/attestation/vulns/v0.2"}
)
VEX: Final = frozenset({"https://openvex.dev/ns", "https://openvex.dev/ns/v0.2.0"})

ANSWERS: Final = frozenset({"not_affected", "fixed"})
"""The OpenVEX statuses after which a vulnerability is no reason to wait."""

MAX_RESULTS: Final = 100_000
_SCORE: Final = re.compile(r"(?:10|[0-9])(?:\.[0-9])?", re.ASCII)
_BANDS: Final = ((9.0, Severity.CRITICAL), (7.0, Severity.HIGH), (4.0, Severity.MEDIUM), (0.1, Severity.LOW))
"""The least score of each severity (CVSS v3.1 section 5)."""

_WORDS: Final = {severity.value: severity for severity in Severity} | {
    "moderate": Severity.MEDIUM,
    "important": Severity.HIGH,
    "none": None,
    "negligible": None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vulnerability:
    """One vulnerability a scanner found; `severity` is the worst anybody gave it, None for none at all.

    What nobody gave a severity we can read is critical: we cannot tell that it is not.
    """

    id: str
    severity: Severity | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A scan: which scanner, when it ended, how new its database was, and what it found in which bytes."""

    scanner: str
    finished: datetime
    database: datetime | None
    found: tuple[Vulnerability, ...]
    subjects: frozenset[Digest]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a VEX document says last about one vulnerability, by all the names it gives it."""

    names: frozenset[str]
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Vex:
    """An OpenVEX document about some bytes."""

    answers: tuple[Answer, ...]
    subjects: frozenset[Digest]


def scan(statement: ForeignStatement) -> Scan:
    """Return the scan; raises Malformed."""
    scanner = statement.predicate["scanner"].open_fields()
    database = scanner.get("db")
    updated = None if database is None else database.open_fields().get("lastUpdate")
    finished = statement.predicate["metadata"].open_fields()["scanFinishedOn"]
    return Scan(
        scanner=scanner["uri"].printable(),
        finished=finished.foreign_time(),
        database=None if updated is None else updated.foreign_time(),
        found=tuple(_vulnerability(item) for item in scanner["result"].items(at_most=MAX_RESULTS)),
        subjects=statement.subjects,
    )


def vex(statement: ForeignStatement) -> Vex:
    """Return the answers; raises Malformed."""
    items = statement.predicate["statements"].items(at_most=MAX_RESULTS)
    return Vex(answers=tuple(_answer(item.open_fields()) for item in items), subjects=statement.subjects)


def _answer(fields: Fields) -> Answer:
    found = fields["vulnerability"].open_fields()
    aliases = found.get("aliases")
    others = () if aliases is None else (item.printable() for item in aliases.items(at_most=100))
    return Answer(names=frozenset((found["name"].printable(), *others)), status=fields["status"].printable())


def _vulnerability(shape: Shape) -> Vulnerability:
    fields = shape.open_fields()
    return Vulnerability(id=fields["id"].printable(), severity=_worst(tuple(_severities(fields))))


def _severities(fields: Fields) -> Iterator[str]:
    shape = fields.get("severity")
    for item in () if shape is None else shape.items(at_most=100):
        score = item.open_fields().get("score")
        if score is not None:
            yield score.text(at_most=200)


def _worst(scores: tuple[str, ...]) -> Severity | None:
    known = [found for score in scores for found in _read(score)]
    if not known:
        return Severity.CRITICAL
    return next((severity for severity in Severity if severity in known), None)


def _read(score: str) -> tuple[Severity | None, ...]:
    """Return the severity of a score, a word or a number from 0 to 10; nothing when it is neither."""
    word = score.strip().lower()
    if word in _WORDS:
        return (_WORDS[word],)
    if not _SCORE.fullmatch(word) or float(word) > 10:  # noqa: PLR2004 (the scale's end)
        return ()
    return (next((severity for least, severity in _BANDS if float(word) >= least), None),)
