"""Bad media: each is refused with where and what, journaled as rejected, and nothing of it stays."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from shell.deliveries import Document, forged
from shell.journey import World
from shell.spoilt_media import SPOILT, Spoil, missing
from shell.station import Station, files_below, told

from workstation.core.errors import Malformed, MediaError
from workstation.desk.desk import Desk
from workstation.desk.face import Refused
from workstation.intake.request_reader import read_request

REJECTED: Final = [("intake.reject", outcome) for outcome in ("intent", "allowed", "done")]


@pytest.fixture(scope="module")
def desk(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Yield a desk that no test changes but by having media rejected."""
    station = world.station.copied_to(tmp_path_factory.mktemp("rejecting") / "station")
    with station.desk() as opened:
        yield opened


@pytest.fixture
def medium(world: World, tmp_path: Path) -> Path:
    """Return this test's own copy of a good bundle, to be spoilt."""
    return shutil.copytree(world.bundle, tmp_path / "medium")


def rejected(desk: Desk, medium: Path) -> Malformed | MediaError:
    """Return why a medium was rejected, after making sure that it left nothing but its rejection."""
    state = desk.parts.vault.directory.parent
    disk, size = files_below(state / "store", state / "staging"), desk.ledger.size
    error = refused(desk, medium)
    entries = desk.parts.journal.entries(size)
    assert told(entries) == REJECTED
    assert error.exit_status == 3
    assert entries[0].payload["where"] == error.where
    assert files_below(state / "store", state / "staging") == disk
    assert not (state / "staging").exists() or not any((state / "staging").iterdir())
    return error


def refused(desk: Desk, medium: Path) -> Malformed | MediaError:
    """Return the error a desk refuses a medium with."""
    try:
        outcome = desk.admit(medium)
    except (Malformed, MediaError) as error:
        return error
    pytest.fail(f"taken in: {outcome}")


@pytest.mark.parametrize("spoil", SPOILT, ids=lambda spoil: spoil.__name__)
def test_a_spoilt_medium_is_rejected_and_leaves_nothing(desk: Desk, medium: Path, spoil: Spoil) -> None:
    spoil(medium)

    error = rejected(desk, medium)

    where, why = SPOILT[spoil]
    assert where in error.where
    assert why in error.why


def test_no_altered_byte_anywhere_on_the_medium_is_taken_in(desk: Desk, medium: Path) -> None:
    for path in sorted(medium.rglob("*")):
        if not path.is_file():
            continue
        good = path.read_bytes()
        for position in positions(len(good)):
            for flipped in (0x01, 0x20):
                path.write_bytes(good[:position] + bytes([good[position] ^ flipped]) + good[position + 1 :])

                rejected(desk, medium)
        path.write_bytes(good)


def positions(size: int) -> list[int]:
    """Return some places in a file: every one of a small document's, the ends and a few within of others."""
    return sorted({0, size - 1, *range(1, size, max(1, size // 6))}) if size > 1 else [0]


def test_no_byte_of_the_index_or_layout_may_differ(desk: Desk, world: World, medium: Path) -> None:
    # Without the journal, for it would take long: every single byte of what no digest covers.
    for name in ("index.json", "oci-layout"):
        good = (medium / name).read_bytes()
        for position in range(len(good)):
            (medium / name).write_bytes(good[:position] + bytes([good[position] ^ 1]) + good[position + 1 :])
            with pytest.raises((Malformed, MediaError)):
                read_request(medium)
        (medium / name).write_bytes(good)


def unknown_field(payload: Document) -> None:
    payload["predicate"]["urgent"] = True


def test_a_field_we_do_not_know_is_refused_though_the_builder_signed_it(
    desk: Desk, world: World, tmp_path: Path
) -> None:
    forged(world.bundle, tmp_path / "forged", world.keys / "bob-build.pem", unknown_field)

    error = rejected(desk, tmp_path / "forged")

    assert error.where == "request.dsse.json payload.predicate.urgent"
    assert error.why == "unknown field found, none wanted"


def test_a_medium_that_is_not_there_is_named(desk: Desk, tmp_path: Path) -> None:
    error = rejected(desk, tmp_path / "no such stick")

    assert error.where == "no such stick"
    assert "No such file" in error.why


def test_a_file_where_a_medium_should_be_is_refused(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "stick").write_text("")

    assert rejected(desk, tmp_path / "stick").where == "stick"


def test_a_medium_whose_name_is_not_text_is_rejected_like_any_other(desk: Desk, tmp_path: Path) -> None:
    medium = Path(os.fsdecode(os.fsencode(tmp_path) + b"/st\xffck"))
    medium.mkdir()

    rejected(desk, medium)

    assert not isinstance(desk.queue(), Refused)


def test_the_command_line_answers_with_status_three_and_where(fresh: Station, medium: Path) -> None:
    missing(medium)

    said = fresh.run("intake", str(medium))

    assert said.status == 3
    assert said.document["exit"] == 3
    assert said.document["error"]["where"] == "medium/tidemark-1.1-py3-none-any.whl"
    assert "is missing from the medium" in said.words
    assert told(fresh.entries())[-3:] == REJECTED
