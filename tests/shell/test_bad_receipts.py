"""Receipts: by a deployer who neither built nor approved, about a release of ours, once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from shell.deliveries import blob_of, rewritten, without_a_countersignature
from shell.journey import Journey, good
from shell.station import Station

from workstation.core.errors import Malformed, Untrusted
from workstation.core.identity import Digest, RequestId
from workstation.core.oci_layout import RELEASE_BUNDLE
from workstation.core.receipt import parse_receipt
from workstation.desk.desk import Desk
from workstation.desk.face import Refused


@pytest.fixture(scope="module")
def desk(journey: Journey, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Yield a desk that has released 1.1 and takes receipts in."""
    station = journey.released.copied_to(tmp_path_factory.mktemp("receipts") / "station")
    with station.desk() as opened:
        yield opened


def receipt_by(journey: Journey, card: str, out: Path, **other: str) -> Path:
    """Have somebody's card sign a receipt for the release."""
    words = {"directory": str(journey.release), "result": "installed"} | other
    good(
        journey.released.run(
            "receipt", "create", words["directory"], "--environment", "plant-3", "--result", words["result"],
            "--token", f"pkcs11:token={card}", "--out", str(out), pins=(journey.world.pins[card],),
        )
    )  # fmt: skip
    return out


def admitted_by(desk: Desk, receipt: Path) -> list[str]:
    """Return the rules by which a desk refuses a receipt; none when it is taken in."""
    outcome = desk.admit_receipt(parse_receipt(receipt.read_bytes(), where="receipt"))
    return [reason.rule for reason in outcome.reasons] if isinstance(outcome, Refused) else []


@pytest.mark.parametrize("card", ["bob-second", "alice"])
def test_a_builder_or_approver_does_not_receive_what_they_made_or_signed(
    desk: Desk, journey: Journey, tmp_path: Path, card: str
) -> None:
    receipt = receipt_by(journey, card, tmp_path / "receipt.json")

    rules = admitted_by(desk, receipt)

    assert set(rules) == {"SOD-DEPLOYER"}


def test_a_receipt_for_a_release_not_written_here_is_refused(
    desk: Desk, journey: Journey, fresh: Station
) -> None:
    said = fresh.run("receipt", "admit", str(journey.receipt))

    # It carries a checkpoint this station signed, of a journal longer than the one that is here.
    assert said.status == 6
    assert "earlier day" in said.words


def test_a_receipt_is_taken_in_once(desk: Desk, journey: Journey) -> None:
    first = admitted_by(desk, journey.receipt)
    second = admitted_by(desk, journey.receipt)

    assert (first, second) == ([], ["RECEIPT-REPEATED"])
    (history,) = [h for h in desk.ledger.requests.values() if h.version == "1.1"]
    assert len(history.receipts) == 1


def test_a_receipt_altered_anywhere_is_not_taken_in(desk: Desk, journey: Journey) -> None:
    original = journey.receipt.read_bytes()
    request = RequestId(Digest(journey.request))
    before = desk.ledger.requests[request].receipts
    for position in range(0, len(original), len(original) // 12):
        changed = original[:position] + bytes([original[position] ^ 1]) + original[position + 1 :]

        with suppress(Malformed, Untrusted):
            assert isinstance(desk.admit_receipt(parse_receipt(changed, where="receipt")), Refused), position

    assert desk.ledger.requests[request].receipts == before


def test_no_receipt_is_signed_for_a_release_that_does_not_verify(journey: Journey, tmp_path: Path) -> None:
    spoilt = rewritten(journey.release, tmp_path / "anew", without_a_countersignature)

    said = journey.released.run(
        "receipt", "create", str(spoilt), "--environment", "plant-3", "--result", "installed",
        "--token", "pkcs11:token=frank", "--root", str(journey.released.root),
        "--out", str(tmp_path / "receipt.json"), pins=(journey.world.pins["frank"],),
    )  # fmt: skip

    assert said.status == 4
    assert not (tmp_path / "receipt.json").exists()


def test_the_release_blob_is_the_one_the_deployer_installs(journey: Journey) -> None:
    path = blob_of(journey.release, "tidemark-1.1.tar.gz", RELEASE_BUNDLE)

    assert path.read_bytes() == journey.world.after.artifacts[1].read_bytes()
