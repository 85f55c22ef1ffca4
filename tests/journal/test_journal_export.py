"""An export of the journal, and the one-file verifier that shares no code with us."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from journal.journal_world import ORIGIN, SEAL_KEY, STATION_KEY, TIME, LogWorld, boot

from workstation.core.checkpoint import (
    Checkpoint,
    SignatureType,
    Signer,
    cosignature_line,
    cosigned_bytes,
    signature_line,
    signed_note,
)
from workstation.core.entry import Actor, Draft, Kind, Outcome
from workstation.core.errors import MediaError
from workstation.core.identity import digest_of
from workstation.core.journal_export import Beside, JournalExport, key_line, tlog_proof
from workstation.journal.signing import checkpoint_note, station_signer
from workstation.record import verify_export as verifier
from workstation.record.export_directory import SUMS, VERIFIER, write_export

COUNT = 20
WORDS = dict.fromkeys(("origin", "start", "stop", "size", "root", "station"), "…")
CARD = ec.generate_private_key(ec.SECP256R1())
WITNESS = ed25519.Ed25519PrivateKey.from_private_bytes(b"\x09" * 32)
ECDSA = ec.ECDSA(hashes.SHA256())
STATION = ed25519.Ed25519PrivateKey.from_private_bytes(STATION_KEY)


def public(key):
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return key.public_key().public_bytes_raw()


SIGNERS = (
    station_signer(ORIGIN, public(STATION)),
    Signer(name="alice", type=SignatureType.ECDSA, key=public(CARD)),
    Signer(name="witness.example", type=SignatureType.COSIGNATURE, key=public(WITNESS)),
)


def thrice_signed(checkpoint):
    """Return a note by the station, a card and a witness."""
    _, card, witness = SIGNERS
    return signed_note(
        checkpoint,
        [
            signature_line(SIGNERS[0], STATION.sign(checkpoint.body())),
            signature_line(card, CARD.sign(checkpoint.body(), ECDSA)),
            cosignature_line(witness, 1_795_000_000, WITNESS.sign(cosigned_bytes(checkpoint, 1_795_000_000))),
        ],
    )


def countersigned(comment):
    return Draft(kind=Kind.COUNTERSIGN, outcome=Outcome.INTENT, beside={"comment": comment})


def noted_checkpoint(log):
    head = log.head()
    note = thrice_signed(Checkpoint(origin=head.origin, size=head.size, root=head.root))
    said = {"size": head.size, "root": head.root.hex(), "note": note.decode()}
    return Draft(kind=Kind.JOURNAL_CHECKPOINT, outcome=Outcome.INFO, payload=said)


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    """Give a journal with a checkpoint in it that three have signed."""
    log = LogWorld(directory=tmp_path_factory.mktemp("exported")).create(count=COUNT // 2)
    log.append(noted_checkpoint(log), TIME)
    log.append(countersigned("a comment of some length"), TIME)
    for number in range(COUNT // 2):
        log.append(boot(number), TIME)
    yield log
    log.close()


def export_of(log, start=0, stop=None, checkpoint=None):
    size = log.head().size
    stop = stop or size
    return JournalExport(
        origin=ORIGIN,
        start=start,
        stop=stop,
        bodies=tuple(log.bodies(start, stop)),
        frames=log.frames(start, stop),
        checkpoint=checkpoint or checkpoint_note(log),
        before=tuple(reversed(log.tree.inclusion(start, start + 1))),
        after=log.tree.consistency(stop, size),
        proofs={seq: log.tree.inclusion(seq, size) for seq in range(start, stop, 7)},
        signers=SIGNERS,
        beside=tuple(
            Beside(seq=each.seq, name=each.name, salt=each.salt, text=each.value.decode())
            for each in log.besides(start, stop)
        ),
    )


@pytest.fixture
def exported(log, tmp_path):
    write_export(tmp_path / "export", export_of(log).files(), WORDS)
    (tmp_path / "K0").write_bytes(SEAL_KEY)
    return tmp_path / "export"


def verified(directory, *options):
    """Run the shipped copy as an auditor does; return its exit status and what it said."""
    ended = subprocess.run(
        [sys.executable, "-I", directory / VERIFIER, *options], capture_output=True, text=True, check=False
    )
    assert ended.stderr == ""
    return ended.returncode, ended.stdout


def test_a_sound_export_holds_and_says_what_nobody_has_looked_at(exported):
    status, said = verified(exported)

    assert status == 0
    assert said.startswith(f"HOLDS: {COUNT + 3} entries, 0 to {COUNT + 2}, of {ORIGIN}")
    assert said.count("NOT CHECKED") == 3


def test_with_the_seal_key_and_an_outside_checkpoint_and_known_keys_nothing_is_left_unchecked(
    exported, log, tmp_path
):
    kept = tmp_path / "kept"
    kept.write_bytes(checkpoint_note(log))
    keys = tmp_path / "keys"
    keys.write_text("".join(f"{key_line(one)}\n" for one in SIGNERS))

    status, said = verified(exported, "--seal", tmp_path / "K0", "--checkpoint", kept, "--keys", keys)

    assert (status, said.count("NOT CHECKED")) == (0, 0)


@pytest.mark.parametrize(
    ("start", "stop"), [(0, 1), (1, 2), (7, 8), (8, 21), (5, COUNT + 2), (0, 16), (21, 22)]
)
def test_a_part_of_the_journal_is_joined_to_what_comes_before_and_after(log, tmp_path, start, stop):
    write_export(tmp_path / "part", export_of(log, start, stop).files(), WORDS)
    (tmp_path / "K0").write_bytes(SEAL_KEY)

    status, said = verified(tmp_path / "part", "--seal", tmp_path / "K0")

    assert status == 0, said


@pytest.mark.parametrize(
    "name",
    [
        "beside.jsonl",
        "entries.jsonl",
        "leaf.log",
        "checkpoint",
        "keys.txt",
        "proofs.json",
        "proofs/7.tlog-proof",
    ],
)
def test_no_bit_of_an_export_can_be_turned(exported, name):
    # The list of digests is made anew each time, as a forger would.
    path, sums = exported / name, exported / SUMS
    data, listed = path.read_bytes(), sums.read_text()
    unnoticed = []
    for bit in range(0, len(data) * 8, max(1, len(data) * 8 // 40)):
        turned = bytearray(data)
        turned[bit // 8] ^= 1 << bit % 8
        path.write_bytes(turned)
        sums.write_text(listed.replace(digest_of(data), digest_of(bytes(turned))))
        if not refused(exported):
            unnoticed.append(bit)

    # Only the hint of a P-256 key does not depend on its name; under another it is a key nobody signed with.
    named = data.find(b"alice+") if name == "keys.txt" else 0
    assert [bit for bit in unnoticed if not named <= bit // 8 < named + (5 if named else 0)] == []


def refused(directory):
    """Say whether the verifier, in this process for speed, does not hold an export for sound."""
    try:
        verifier.Export(directory, []).verify()
    except (verifier.Wrong, ValueError, KeyError, TypeError):
        return True
    return False


def test_another_seal_key_is_not_taken(exported, tmp_path):
    (tmp_path / "K0").write_bytes(bytes(32))

    status, said = verified(exported, "--seal", tmp_path / "K0")

    assert status == 1
    assert "not the one entry 0 names" in said


def rewritten(log, tmp_path):
    """Export a history made anew, consistently, by someone who holds the station's key and not K_0."""
    forged = LogWorld(directory=tmp_path / "forged")
    forged.directory.mkdir()
    fake = forged.create(count=COUNT + 2)
    files = export_of(fake).files()
    fake.close()
    write_export(tmp_path / "export", files, WORDS)
    return tmp_path / "export"


def test_a_history_made_anew_is_told_by_a_checkpoint_kept_elsewhere(log, tmp_path):
    kept = tmp_path / "kept"
    kept.write_bytes(checkpoint_note(log))
    forged = rewritten(log, tmp_path)

    assert verified(forged)[0] == 0
    status, said = verified(forged, "--checkpoint", kept)
    assert status == 1
    assert "does not go through it" in said


def test_a_journal_cut_short_is_told_by_a_newer_checkpoint_kept_elsewhere(log, tmp_path):
    kept = tmp_path / "kept"
    kept.write_bytes(checkpoint_note(log))
    shorter = LogWorld(directory=tmp_path / "shorter")
    shorter.directory.mkdir()
    fake = shorter.create(count=3)
    write_export(tmp_path / "export", export_of(fake).files(), WORDS)
    fake.close()

    status, said = verified(tmp_path / "export", "--checkpoint", kept)

    assert status == 1
    assert "entries are gone" in said


def test_an_export_signed_by_nobody_known_does_not_hold(exported, tmp_path):
    other = ed25519.Ed25519PrivateKey.generate()
    (tmp_path / "keys").write_text(key_line(station_signer(ORIGIN, public(other))) + "\n")

    status, said = verified(exported, "--keys", tmp_path / "keys")

    assert status == 1
    assert "entry 0" in said


def test_a_checkpoint_inside_the_journal_that_is_of_another_history_does_not_hold(tmp_path):
    log = LogWorld(directory=tmp_path).create(count=3)
    head = log.head()
    note = thrice_signed(Checkpoint(origin=ORIGIN, size=head.size, root=bytes(32)))
    log.append(
        Draft(kind=Kind.JOURNAL_CHECKPOINT, outcome=Outcome.INFO, payload={"note": note.decode()}), TIME
    )
    write_export(tmp_path / "export", export_of(log).files(), WORDS)
    log.close()

    status, said = verified(tmp_path / "export")

    assert status == 1
    assert "not of this history" in said


def test_a_checkpoint_that_the_card_which_countersigned_did_not_sign_does_not_hold(tmp_path):
    log, fingerprint = LogWorld(directory=tmp_path).create(), "ab" * 32
    card = Signer(name=f"card/{fingerprint[:16]}", type=SignatureType.ECDSA, key=public(CARD))
    allowed = Draft(kind=Kind.COUNTERSIGN, outcome=Outcome.ALLOWED, actor=Actor(key=fingerprint))
    ref, statuses = log.append(allowed, TIME).seq, []
    for number, with_card in enumerate((True, False)):
        head = log.head()
        checkpoint = Checkpoint(origin=ORIGIN, size=head.size, root=head.root)
        lines = [signature_line(SIGNERS[0], STATION.sign(checkpoint.body()))]
        lines += [signature_line(card, CARD.sign(checkpoint.body(), ECDSA))] if with_card else []
        said = {"note": signed_note(checkpoint, lines).decode(), "cause": "countersign"}
        log.append(Draft(kind=Kind.JOURNAL_CHECKPOINT, outcome=Outcome.INFO, ref=ref, payload=said), TIME)
        exported = replace(export_of(log), signers=(SIGNERS[0], card))
        write_export(tmp_path / f"export-{number}", exported.files(), WORDS)
        statuses.append(verified(tmp_path / f"export-{number}"))
    log.close()

    assert [status for status, _ in statuses] == [0, 1]
    assert "by the card that countersigned" in statuses[1][1]


def test_an_export_is_not_written_over_something_and_nothing_half_written_stays(log, tmp_path):
    (tmp_path / "there").mkdir()

    with pytest.raises(MediaError, match="there already"):
        write_export(tmp_path / "there", export_of(log).files(), WORDS)
    with pytest.raises(MediaError, match="cannot be written"):
        write_export(tmp_path / "new", {"a/b/c": b""}, WORDS)
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


def test_the_sums_are_those_sha256sum_makes(exported):
    ended = subprocess.run(
        ["sha256sum", "--check", "--strict", SUMS], cwd=exported, capture_output=True, check=False
    )

    assert ended.returncode == 0, ended.stdout
    listed = {line.split("  ")[1] for line in (exported / SUMS).read_text().splitlines()}
    there = {str(path.relative_to(exported)) for path in exported.rglob("*") if path.is_file()}
    assert there - listed == {SUMS}


def test_the_seal_keys_of_the_machine_do_not_leave_with_an_export(log, exported):
    key = bytes(log.parts().key)

    assert all(key not in path.read_bytes() for path in exported.rglob("*") if path.is_file())


def test_the_verifier_imports_nothing_but_the_standard_library():
    text = Path(verifier.__file__).read_text("utf-8")
    imported = {
        line.split()[1].split(".")[0] for line in text.splitlines() if line.startswith(("import ", "from "))
    }

    assert imported <= set(sys.stdlib_module_names)


@settings(max_examples=12, deadline=None)
@given(message=st.binary(max_size=80), bit=st.integers(0, 511))
def test_the_verifiers_ed25519_agrees_with_another(message, bit):
    signature = bytearray(WITNESS.sign(message))

    assert verifier.ed25519_verifies(public(WITNESS), message, bytes(signature))
    signature[bit // 8] ^= 1 << bit % 8
    assert not verifier.ed25519_verifies(public(WITNESS), message, bytes(signature))


@settings(max_examples=8, deadline=None)
@given(message=st.binary(max_size=80), chosen=st.integers(0, 10_000))
def test_the_verifiers_p256_agrees_with_another(message, chosen):
    signature = bytearray(CARD.sign(message, ec.ECDSA(hashes.SHA256())))
    bit = chosen % (len(signature) * 8)

    assert verifier.p256_verifies(public(CARD), message, bytes(signature))
    signature[bit // 8] ^= 1 << bit % 8
    assert not verifier.p256_verifies(public(CARD), message, bytes(signature))


@pytest.mark.parametrize(
    "signature",
    [b"", b"\x30\x00", bytes(64), b"\x30\x06\x02\x01\x00\x02\x01\x01", b"\x30\x06\x02\x01\x01\x02\x01\x00"],
)
def test_the_verifiers_p256_takes_no_empty_or_zero_signature(signature):
    assert not verifier.p256_verifies(public(CARD), b"", signature)


def test_the_verifiers_ed25519_takes_no_number_beyond_the_order():
    signature = WITNESS.sign(b"")
    beyond = int.from_bytes(signature[32:], "little") + verifier.ORDER

    assert not verifier.ed25519_verifies(public(WITNESS), b"", signature[:32] + beyond.to_bytes(32, "little"))


def test_a_proof_file_is_written_as_its_specification_shows():
    found = tlog_proof(3, [bytes(32)], b"checkpoint\n")

    assert (
        found
        == f"c2sp.org/tlog-proof@v1\nindex 3\n{base64.b64encode(bytes(32)).decode()}\n\ncheckpoint\n".encode()
    )


def test_a_key_line_is_the_one_signed_notes_use():
    # From the specification's own way of computing it.
    name, key = "example.com/foo", bytes(range(32))
    hint = hashlib.sha256(name.encode() + b"\n\x01" + key).hexdigest()[:8]
    text = base64.b64encode(b"\x01" + key).decode()

    assert key_line(station_signer(name, key)) == f"{name}+{hint}+{text}"


def test_the_verifier_says_when_there_is_nothing_to_verify(tmp_path):
    status = verifier.main([str(tmp_path)])

    assert status == 1
    assert list(tmp_path.iterdir()) == []
