"""The store of a real station: what the policy keeps no longer goes, and the journal says so."""

from __future__ import annotations

from shell.journey import good
from shell.station import Station

from workstation.core.entry import Kind, Outcome
from workstation.core.identity import RequestId
from workstation.desk.face import Refused
from workstation.desk.store_room import StoreRoom


def names(station: Station) -> set[str]:
    return {path.name for path in (station.state / "store").iterdir()}


def requests_of(station: Station) -> tuple[RequestId, RequestId]:
    with station.desk() as desk:
        old, new = desk.ledger.order_released
    return old, new


def artifacts(station: Station, request: RequestId) -> set[str]:
    with station.desk() as desk:
        return {str(digest) for _, digest in desk.ledger.requests[request].manifest}


def test_the_artifacts_of_the_release_before_the_last_go_and_nothing_else(released: Station) -> None:
    old, _ = requests_of(released)
    going, before = artifacts(released, old), names(released)

    said = good(released.run("trim"))

    assert said.document["requests"] == [old]
    assert going
    assert before - names(released) == going
    order = [entry for entry in released.entries() if entry.kind is Kind.STORE_DROP]
    assert [entry.outcome for entry in order] == [Outcome.INTENT, Outcome.ALLOWED, Outcome.DONE]
    assert order[-1].payload["digests"] == sorted(going)
    assert good(released.run("trim")).document["entry"] is None


def test_a_dry_run_says_the_same_and_drops_nothing(released: Station) -> None:
    before, size = names(released), len(released.entries())

    said = good(released.run("trim", "--dry-run"))

    assert said.document["digests"] == sorted(artifacts(released, requests_of(released)[0]))
    assert names(released) == before
    assert [entry.kind for entry in released.entries()[size:]].count(Kind.STORE_DROP) == 0


def test_what_the_next_release_is_compared_with_is_not_dropped_even_when_asked_for(released: Station) -> None:
    _, new = requests_of(released)
    before = names(released)

    with released.desk() as desk:
        said = StoreRoom(desk.parts).drop((new,))

    assert isinstance(said, Refused)
    assert [reason.rule for reason in said.reasons] == ["RETENTION"]
    assert names(released) == before
