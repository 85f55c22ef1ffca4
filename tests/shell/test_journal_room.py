"""The journal room at a real station: who opens it, what is taken back, what remembers it outside."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from shell.journey import World, good
from shell.station import PASSPHRASE, Said, Station

from workstation import clock
from workstation.core.card_checkpoint import card_signer, signs_checkpoints
from workstation.core.checkpoint import SignatureType, parse_note, verify_note
from workstation.core.entry import Entry, Kind, Outcome
from workstation.core.shape import time_text
from workstation.tokens.pem import public_key_in
from workstation.tokens.shares import combined

ORIGIN = "shell.example/journal"


def card(name: str) -> str:
    return f"pkcs11:token={name}"


def two(world: World, first: str, second: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words and PINs of two people's cards."""
    return ("--token", card(first), "--token", card(second)), (world.pins[first], world.pins[second])


def last(station: Station, kind: Kind) -> Entry:
    return [entry for entry in station.entries() if entry.kind is kind][-1]


@pytest.fixture
def commented(world: World, fresh: Station) -> tuple[Station, int]:
    """Return a station with a countersignature's comment in its journal, and the entry it stands beside."""
    request = good(fresh.run("intake", str(world.bundle))).document["request"]
    with fresh.desk() as desk:
        desk.review(request)
    said = ("--token", card("alice"), "--comment", "Bob's illness delayed this")
    good(fresh.run("countersign", request, *said, pins=(world.pins["alice"],)))
    with fresh.desk() as desk:
        (text,) = desk.parts.journal.beside()
        assert text.text == "Bob's illness delayed this"
    return fresh, text.seq


def test_a_redaction_takes_the_words_of_two_people_and_leaves_the_leaf(
    world: World, commented: tuple[Station, int]
) -> None:
    station, seq = commented
    before = station.entries()[seq]
    words, pins = two(world, "kim", "carol")

    said = station.run(
        "journal", "redact", str(seq), "--field", "comment", "--purpose", "asked by Bob", *words, pins=pins
    )

    assert said.status == 0, said
    assert station.entries()[seq].leaf() == before.leaf()
    with station.desk() as desk:
        assert desk.parts.journal.beside() == ()
    assert good(station.run("journal", "verify", "--seal", str(station.seal))).document["findings"] == []
    order = [entry for entry in station.entries() if entry.kind is Kind.JOURNAL_REDACT]
    assert [entry.outcome for entry in order] == [Outcome.INTENT, Outcome.ALLOWED, Outcome.DONE]
    people: Any = order[-1].payload["people"]
    assert [one["person"] for one in people] == ["p-kim", "p-carol"]
    needle = b"illness"
    assert all(needle not in path.read_bytes() for path in (station.state / "journal").iterdir())


@pytest.mark.parametrize(("first", "second"), [("bob-second", "bob-build"), ("alice", "alice")])
def test_nobody_redacts_alone(world: World, commented: tuple[Station, int], first: str, second: str) -> None:
    station, seq = commented
    words, pins = two(world, first, second)

    said = station.run(
        "journal", "redact", str(seq), "--field", "comment", "--purpose", "mine", *words, pins=pins
    )

    assert (said.status, said.rules) == (1, ["TWO-PEOPLE"])
    with station.desk() as desk:
        assert len(desk.parts.journal.beside()) == 1


def test_what_is_not_there_cannot_be_redacted(world: World, commented: tuple[Station, int]) -> None:
    station, seq = commented
    words, pins = two(world, "kim", "carol")

    for entry, field in ((seq, "reason"), (seq - 1, "comment"), (0, "station")):
        said = station.run(
            "journal", "redact", str(entry), "--field", field, "--purpose", "x", *words, pins=pins
        )
        assert said.status == 3, said


def test_a_text_that_vanished_without_two_people_is_found(commented: tuple[Station, int]) -> None:
    station, seq = commented
    with station.desk() as desk, pytest.raises(Exception, match="allows no redaction"):
        desk.parts.journal.redact(seq)


def test_two_people_attest_the_time_and_their_cards_sign_a_checkpoint(world: World, fresh: Station) -> None:
    words, pins = two(world, "alice", "carol")
    with fresh.desk() as desk:
        now = desk.parts.clock()

    note = (
        good(fresh.run("journal", "attest-time", "--time", time_text(now), *words, pins=pins))
        .document["checkpoint"]
        .encode()
    )

    with fresh.desk() as desk:
        cards = desk.parts.cards
        assert cards is not None
        keys = [cards.shown_key(card(name))[0] for name in ("alice", "carol")]
        signers = [card_signer(key) for key in keys if signs_checkpoints(key)]
        head = desk.parts.journal.head()
    assert [one.name for one in verify_note(note, signers).signers] == [one.name for one in signers]
    assert SignatureType.ECDSA in {one.type for one in signers}
    assert len(parse_note(note).lines) == 1 + len(signers)
    kept = last(fresh, Kind.JOURNAL_CHECKPOINT)
    assert kept.payload["note"] == note.decode()
    assert parse_note(note).checkpoint.size < head.size
    with fresh.desk() as desk:
        assert desk.ledger.machine.floor_ms == int(now.timestamp() * 1000)


def test_one_person_does_not_attest_the_time(world: World, fresh: Station) -> None:
    words, pins = two(world, "bob-second", "bob-build")

    said = fresh.run("journal", "attest-time", "--time", "2026-11-20T09:00:00Z", *words, pins=pins)

    assert (said.status, said.rules) == (1, ["TWO-PEOPLE"])


def test_time_never_goes_below_what_two_people_attested(world: World, fresh: Station) -> None:
    words, pins = two(world, "alice", "carol")
    good(fresh.run("journal", "attest-time", "--time", "2030-01-01T00:00:00Z", *words, pins=pins))

    with fresh.desk() as desk:
        assert time_text(desk.parts.clock()) == "2030-01-01T00:00:00Z"
    assert last(fresh, Kind.CLOCK_ROLLBACK).payload["floor"] == 1893456000000


def test_three_of_five_shares_open_the_journal_and_two_do_not(fresh: Station, tmp_path: Path) -> None:
    out = tmp_path / "shares"
    good(fresh.run("journal", "add-shares", "--out", str(out)))
    shares = [path.read_text().strip() for path in sorted(out.iterdir())]
    assert len(shares) == 5
    assert {path.stat().st_mode & 0o777 for path in out.iterdir()} == {0o400}

    opened = fresh.run("--unlock", "shares:recovery", "queue", passphrase="\n".join(shares[1:4]).encode())
    refused = fresh.run(
        "--unlock",
        "shares:recovery",
        "queue",
        passphrase="\n".join([shares[0], shares[0], shares[1]]).encode(),
    )
    unknown = fresh.run("--unlock", "shares:nobody", "queue")

    assert opened.status == 0, opened
    assert refused.status == 3, refused
    assert unknown.status == 6
    assert combined(shares[:3]) == combined(shares[2:])


def test_a_removed_holder_opens_nothing_more_and_a_second_passphrase_does(fresh: Station) -> None:
    secrets = PASSPHRASE + b"\nanother passphrase"
    good(fresh.run("journal", "add-passphrase", "--name", "safe", passphrase=secrets))
    good(fresh.run("journal", "remove-unlock", "passphrase", passphrase=b"another passphrase"))

    refused = fresh.run("queue")
    opened = good(fresh.run("journal", "verify", "--seal", str(fresh.seal), passphrase=b"another passphrase"))
    holders = good(fresh.run("journal", "holders")).document["holders"]

    assert refused.status == 6
    assert opened.document["findings"] == []
    assert [one["name"] for one in holders] == ["safe"]
    assert (fresh.state / "journal" / "journal.0001.db").exists()
    # The failed try was spooled, and told at the next unlocking.
    with_desk = fresh.run("journal", "show", passphrase=b"another passphrase")
    assert with_desk.status == 0
    assert "not unlocked" in with_desk.words


def test_a_card_is_let_in_and_replaced(world: World, fresh: Station) -> None:
    uri = json.loads((fresh.cards / "holders.json").read_text())
    unlock = next(one for one in uri if one["holder"] == "alice-unlock")
    good(fresh.run("journal", "add-unlock", "--token", unlock["uri"], "--name", "alice"))

    opened = fresh.run("--unlock", unlock["uri"], "queue", pins=(unlock["pin"],))
    wrong = fresh.run("--unlock", unlock["uri"], "queue", pins=("000000",))
    good(fresh.run("journal", "remove-unlock", "alice"))
    refused = fresh.run("--unlock", unlock["uri"], "queue", pins=(unlock["pin"],))

    assert opened.status == 0, opened
    assert (wrong.status, refused.status) == (5, 6)
    failed = last(fresh, Kind.PIN_FAILED)
    assert "pin" not in str(failed.payload["token"]).lower()
    assert isinstance(failed.payload["spooled"], dict)


def rolled_back(station: Station, place: Path, change: Callable[[], object]) -> None:
    """Put the whole disk back to what it was before `change`."""
    shutil.copytree(station.state, place)
    change()
    shutil.rmtree(station.state)
    shutil.copytree(place, station.state)


def anchored(station: Station, world: World, name: str = "carol") -> Said:
    return good(station.run("journal", "anchor", "--token", card(name), pins=(world.pins[name],)))


def test_at_the_end_of_a_session_a_card_signs_the_checkpoint_it_keeps(
    world: World, fresh: Station, tmp_path: Path
) -> None:
    station = own_cards(fresh, tmp_path)

    words = ("journal", "anchor", "--token", card("alice"), "--sign")
    note = good(station.run(*words, pins=(world.pins["alice"],))).document["checkpoint"].encode()

    with station.desk() as desk:
        cards, origin = desk.parts.cards, desk.parts.journal.head().origin
        assert cards is not None
        assert cards.remembered(card("alice"), origin) == (note,)
        signer = card_signer(cards.shown_key(card("alice"))[0])
    assert verify_note(note, [signer]).signers == (signer,)
    kept = last(station, Kind.JOURNAL_CHECKPOINT)
    assert (kept.payload["cause"], kept.payload["note"]) == ("anchor", note.decode())
    assert station.run("journal", "anchor", "--paper", str(tmp_path / "slip"), "--sign").status == 2


def own_cards(station: Station, tmp_path: Path) -> Station:
    """Return the station with cards of its own, which can be written to."""
    cards = tmp_path / "cards"
    shutil.copytree(station.cards, cards)
    conf = cards / "softhsm2.conf"
    conf.write_text(conf.read_text().replace(str(station.cards), str(cards)))
    return Station(home=station.home, cards=cards)


def test_a_rollback_of_the_whole_disk_is_found_by_a_card(
    world: World, fresh: Station, tmp_path: Path
) -> None:
    station = own_cards(fresh, tmp_path)
    rolled_back(station, tmp_path / "yesterday", lambda: anchored(station, world))

    with_card = station.run("journal", "verify", "--seal", str(station.seal))
    without = fresh.run("journal", "verify", "--seal", str(station.seal))

    assert with_card.status == 6
    assert "earlier day" in with_card.words
    # Without that memory nothing finds it: the disk is consistent in itself. This is said, not hidden.
    assert without.status == 0
    assert "token:" not in str(without.document["consulted"])


def test_a_memory_that_was_written_and_is_not_there_is_told_as_missing(
    world: World, fresh: Station, tmp_path: Path
) -> None:
    station = own_cards(fresh, tmp_path)
    anchored(station, world)

    there = good(station.run("journal", "verify")).document
    gone = good(fresh.run("journal", "verify")).document

    assert [one for one in there["consulted"] if one.startswith("token:")]
    assert there["missing"] == []
    assert [one for one in gone["missing"] if one.startswith("token:")]


def test_the_first_opening_after_a_start_asks_every_memory_at_hand_and_says_who_was_not_there(
    world: World, fresh: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    station, told_of = own_cards(fresh, tmp_path), list[Entry]()
    anchored(station, world)
    for boot, at in (("second", station), ("second", station), ("third", fresh)):
        monkeypatch.setattr(clock, "boot_id", lambda boot=boot: boot)
        with at.desk() as desk:
            told_of = [one for one in desk.parts.journal.entries() if one.kind is Kind.JOURNAL_CONSULT]

    there, gone = (one.payload for one in told_of[-2:])

    assert [one.time.boot for one in told_of] == [1, 2, 3]
    assert [one for one in str(there["consulted"]).split("'") if one.startswith("token:")]
    assert there["missing"] == []
    assert "token:" in str(gone["missing"])
    assert "countersignatures" in str(gone["consulted"])
    monkeypatch.setattr(clock, "boot_id", lambda: "fourth")
    assert "NOT THERE to be asked about this journal: token:" in fresh.run("queue").words
    assert "NOT THERE" not in fresh.run("queue").words


def test_a_rollback_while_it_was_off_is_found_by_a_card_at_the_next_opening(
    world: World, fresh: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    station = own_cards(fresh, tmp_path)
    rolled_back(station, tmp_path / "yesterday", lambda: anchored(station, world))
    monkeypatch.setattr(clock, "boot_id", lambda: "second")

    found = station.run("queue")

    assert found.status == 6
    assert "earlier day" in found.words


def test_what_was_decided_after_two_people_attested_the_time_says_so(
    world: World, fresh: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, pins = two(world, "alice", "carol")
    before = fresh.entries()[-1]
    with fresh.desk() as desk:
        now = desk.parts.clock()
    good(fresh.run("journal", "attest-time", "--time", time_text(now), *words, pins=pins))
    after = fresh.entries()[-1]
    monkeypatch.setattr(clock, "boot_id", lambda: "second")
    started = fresh.entries()[-1]

    assert [one.time.attested for one in (before, after, started)] == [False, True, False]


def test_without_any_key_the_leaves_are_held_against_a_checkpoint(fresh: Station, tmp_path: Path) -> None:
    station, note = tmp_path / "station.pem", tmp_path / "kept.note"
    good(fresh.run("journal", "key", "--out", str(station)))
    note.write_text(good(fresh.run("journal", "checkpoint")).document["checkpoint"])
    leaves = fresh.state / "journal" / "leaf.log"
    trusted = ("--note", str(note), "--station", str(station))

    sound = good(fresh.run("journal", "check-leaves", *trusted))
    elsewhere = good(fresh.run("journal", "check-leaves", str(leaves)))
    alone = fresh.run("journal", "check-leaves", "--note", str(note))
    short, damaged = tmp_path / "short.log", tmp_path / "damaged.log"
    short.write_bytes(leaves.read_bytes()[: 4096 + 80 * 3])
    damaged.write_bytes(leaves.read_bytes()[:-1] + b"!")
    refused = [fresh.run("journal", "check-leaves", str(one), *trusted) for one in (short, damaged)]

    assert sound.document["checkpoint"] == parse_note(note.read_bytes()).checkpoint.size
    assert sound.document["size"] == elsewhere.document["size"] >= sound.document["checkpoint"]
    assert elsewhere.document["checkpoint"] is None
    assert alone.status == 2
    assert [one.status for one in refused] == [6, 6]
    assert "3 are there" in refused[0].words


def test_the_leaves_of_another_history_do_not_go_on_from_a_checkpoint(
    fresh: Station, world: World, tmp_path: Path
) -> None:
    station, note = tmp_path / "station.pem", tmp_path / "kept.note"
    good(fresh.run("journal", "key", "--out", str(station)))
    note.write_text(good(fresh.run("journal", "checkpoint")).document["checkpoint"])
    other = world.station.copied_to(tmp_path / "other")
    for _ in range(8):
        good(other.run("queue"))

    leaves = str(other.state / "journal" / "leaf.log")
    said = fresh.run("journal", "check-leaves", leaves, "--note", str(note), "--station", str(station))

    assert said.status == 6
    assert "not those it remembers" in said.words


def test_a_rollback_is_found_by_a_note_on_paper_and_by_a_release(
    world: World, fresh: Station, tmp_path: Path
) -> None:
    notes: list[str] = []

    def forward() -> None:
        said = good(fresh.run("journal", "anchor", "--paper", str(tmp_path / "slip.svg")))
        notes.append(said.document["checkpoint"])

    rolled_back(fresh, tmp_path / "yesterday", forward)
    note = tmp_path / "typed.note"
    note.write_text(notes[0])

    found = fresh.run("journal", "verify", "--note", str(note))
    sound = fresh.run("journal", "verify", "--release", str(world.first_release))

    assert (tmp_path / "slip.svg").read_bytes().startswith(b"<svg")
    assert found.status == 6
    assert "earlier day" in found.words
    assert sound.status == 0
    assert f"release {world.first_release.name}" in sound.document["consulted"]


def test_a_release_that_this_journal_does_not_remember_is_a_rollback(
    world: World, journey: Any, tmp_path: Path
) -> None:
    station = world.station.copied_to(tmp_path / "earlier")

    found = station.run("journal", "verify", "--release", str(journey.release))
    admitted = station.run("receipt", "admit", str(journey.receipt))

    assert found.status == 6
    assert "earlier day" in found.words
    assert admitted.status == 6
    assert last(station, Kind.JOURNAL_LOSS_DETECTED).payload["name"] == "memory"


def witness_keys(tmp_path: Path) -> tuple[Path, Path]:
    key = ed25519.Ed25519PrivateKey.generate()
    private, public = tmp_path / "laptop-key.pem", tmp_path / "laptop.pem"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return private, public


def shown_and_cosigned(station: Station, tmp_path: Path, name: str, since: int) -> Said:
    shown = tmp_path / f"{name}.shown"
    good(station.run("journal", "show-witness", "--since", str(since), "--out", str(shown)))
    return station.run(
        "journal", "witness", str(shown), "--origin", ORIGIN, "--station", str(tmp_path / "station.pem"),
        "--memory", str(tmp_path / "laptop.json"), "--name", "laptop",
        "--key", f"pem:{tmp_path / 'laptop-key.pem'}", "--out", str(tmp_path / f"{name}.note"),
    )  # fmt: skip


def test_a_witness_cosigns_what_goes_on_and_finds_a_rollback(fresh: Station, tmp_path: Path) -> None:
    _, public = witness_keys(tmp_path)
    good(fresh.run("journal", "key", "--out", str(tmp_path / "station.pem")))
    good(shown_and_cosigned(fresh, tmp_path, "first", 0))
    size = json.loads((tmp_path / "laptop.json").read_text())[ORIGIN]["size"]
    keys = ("--name", "laptop", "--witness", str(public))
    good(fresh.run("journal", "admit-cosignature", str(tmp_path / "first.note"), *keys))

    def forward() -> None:
        good(fresh.run("queue"))
        good(shown_and_cosigned(fresh, tmp_path, "second", size))

    rolled_back(fresh, tmp_path / "yesterday", forward)
    again = shown_and_cosigned(fresh, tmp_path, "third", 0)
    found = fresh.run("journal", "verify", "--note", str(tmp_path / "second.note"))
    refused = fresh.run("journal", "admit-cosignature", str(tmp_path / "second.note"), *keys)

    assert again.status == 4
    assert "were signed before" in again.words
    assert (found.status, refused.status) == (6, 6)
    assert "witness:laptop" in good(fresh.run("journal", "verify")).document["missing"]
    assert public_key_in(public).kind.value == "ed25519"


def test_a_note_nobody_of_ours_signed_is_no_cosignature(fresh: Station, tmp_path: Path) -> None:
    _, public = witness_keys(tmp_path)
    note = tmp_path / "plain.note"
    note.write_text(good(fresh.run("journal", "checkpoint")).document["checkpoint"])

    said = fresh.run("journal", "admit-cosignature", str(note), "--name", "laptop", "--witness", str(public))

    assert said.status == 4


def test_what_happens_before_the_unlocking_is_told_after_it(fresh: Station) -> None:
    good(fresh.run("journal", "spool", "boot"))
    good(fresh.run("journal", "spool", "token.insert", "--token", "4242"))
    wrong = fresh.run("queue", passphrase=b"not the passphrase")

    assert wrong.status == 6
    told = [entry for entry in fresh.entries() if "spooled" in entry.payload]
    assert [entry.kind for entry in told] == [Kind.BOOT, Kind.TOKEN_INSERT, Kind.UNLOCK_FAILED]
    assert told[1].payload["token"] == "4242"
    assert os.environ.get("COUNTERSIGN_STATE") is None


def test_commissioning_leaves_nothing_when_the_seal_cannot_be_written(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    station = Station(home=tmp_path / "new", cards=world.station.cards)
    station.home.mkdir()
    real = os.fsync

    def failing(descriptor: int) -> None:
        if "K0.seal" in str(Path(f"/proc/self/fd/{descriptor}").readlink()):
            raise OSError(28, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", failing)
    said = station.run(
        "commission", "--origin", ORIGIN, "--outgoing", str(tmp_path / "out"), "--seal-out", str(station.seal)
    )

    assert said.status == 3, said
    assert not station.state.exists()
    assert not station.seal.exists()


def test_a_journal_that_was_put_back_without_its_store_is_not_opened(journey: Any, tmp_path: Path) -> None:
    station = journey.released.copied_to(tmp_path / "mixed")
    shutil.rmtree(station.state / "journal")
    shutil.copytree(journey.admitted.state / "journal", station.state / "journal")

    said = station.run("queue")

    assert said.status == 6
    assert "earlier day" in said.words
    shutil.rmtree(station.state / "journal")
    shutil.copytree(journey.released.state / "journal", station.state / "journal")
    assert station.run("queue").status == 0
