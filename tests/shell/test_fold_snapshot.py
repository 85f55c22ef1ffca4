"""A long journal is not folded whole at every start, and is still what decides."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from shell.station import Station

from workstation.core import ledger_snapshot
from workstation.core.entry import Draft, Kind, Outcome
from workstation.core.errors import Malformed
from workstation.core.ledger import Ledger
from workstation.gate import folding
from workstation.gate.folding import folded, refolded_findings
from workstation.journal.client import Journal


def test_a_ledger_comes_back_from_its_snapshot(released: Station) -> None:
    with released.desk() as desk:
        ledger = desk.ledger

    assert ledger_snapshot.parse_snapshot(ledger_snapshot.to_bytes(ledger)) == ledger
    assert ledger.requests


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:-1],
        lambda data: data.replace(b'"size":', b'"size": '),
        lambda data: data.replace(b'"highest_policy":', b'"highest_polizy":'),
        lambda data: data.replace(b'"highest_roster":1', b'"highest_roster":true'),
        lambda _: b"{}",
        lambda _: b"[]",
    ],
)
def test_what_is_not_quite_a_snapshot_is_refused(released: Station, change: Callable[[bytes], bytes]) -> None:
    with released.desk() as desk:
        data = ledger_snapshot.to_bytes(desk.ledger)

    with pytest.raises(Malformed, match="snapshot"):
        ledger_snapshot.parse_snapshot(change(data))


def asked_for(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note from which entry on the journal is read."""
    starts: list[int] = []
    real = Journal.entries

    def noted(journal: Journal, start: int = 0, stop: int | None = None) -> object:
        starts.append(start)
        return real(journal, start, stop)

    monkeypatch.setattr(Journal, "entries", noted)
    return starts


def test_a_start_reads_only_what_came_after_the_last_snapshot(
    released: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folding, "FOLD_EVERY", 10)
    with released.desk() as desk:
        first = desk.ledger
    monkeypatch.setattr(folding, "FOLD_EVERY", 1000)
    starts = asked_for(monkeypatch)

    with released.desk() as desk:
        second = desk.ledger
        findings = refolded_findings(desk.parts.journal)
        whole = Ledger().after(desk.parts.journal.entries())

    assert min(start for start in starts[:2]) >= first.size - 2
    assert second == whole
    assert findings == ()


def test_a_snapshot_that_says_something_else_is_found_and_one_without_its_entry_is_not_used(
    released: Station,
) -> None:
    with released.desk() as desk:
        journal = desk.parts.journal
        lie = ledger_snapshot.to_bytes(Ledger(size=journal.head().size, highest_roster=99))
        journal.keep_snapshot(journal.head().size, lie)

        assert folded(journal).highest_roster == 99
        assert "not the fold" in refolded_findings(journal)[0]


def test_a_snapshot_of_another_shape_is_no_snapshot(released: Station) -> None:
    with released.desk() as desk:
        journal = desk.parts.journal
        journal.keep_snapshot(journal.head().size, b'{"of":"another version"}')

        assert folded(journal) == Ledger().after(journal.entries())


def test_a_digest_in_the_wrong_place_makes_no_snapshot(released: Station) -> None:
    with released.desk() as desk:
        journal = desk.parts.journal
        body = ledger_snapshot.to_bytes(Ledger(size=1))
        said = {"size": 1, "root": "0" * 64, "digest": "0" * 64}
        journal.append(Draft(kind=Kind.JOURNAL_FOLD, outcome=Outcome.INFO, payload=said))

        with pytest.raises(Exception, match="a fold of 1"):
            journal.keep_snapshot(1, body)
        assert journal.snapshot() is None
