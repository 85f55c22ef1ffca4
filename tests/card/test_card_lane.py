"""A PIV card behind a real card service and OpenSC: made ready, enrolled, attested, countersigning.

The card is virtual (see `piv_card`); pcscd, its driver, OpenSC and yubikit are what everybody has.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from card.conftest import OPENSC, READER
from card.piv_card import PIN
from core.documents import KEYS
from core.world import World
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_public_key
from cryptography.x509.oid import NameOID

from workstation.console.main import main
from workstation.core.approver import IDENTIFY_PREFIX, identified
from workstation.core.credential_proof import attested
from workstation.core.errors import TokenRefused
from workstation.core.roster_document import parse_roster
from workstation.core.verdict import Allowed
from workstation.process.command import readable
from workstation.tokens.cards import CardKey, Cards

URI = "pkcs11:id=%02"
TREE = Path(__file__).parents[2]
MAKE_READY = """
import sys
import time
from contextlib import suppress
from card.piv_card import MANAGEMENT_KEY
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hsm.attester.card import connected
from hsm.attester.readers import only_reader
from hsm.errors import TokenError
from yubikit.piv import KEY_TYPE, PIN_POLICY, SLOT, TOUCH_POLICY, PivSession
# The card service looks for a card now and then, and has not yet when it has only begun.
for _ in range(200):
    with suppress(TokenError):
        only_reader(None)
        break
    time.sleep(0.05)
with connected(None) as connection:
    session = PivSession(connection)
    session.authenticate(MANAGEMENT_KEY)
    if sys.argv[1] == "key":
        key = session.generate_key(SLOT.SIGNATURE, KEY_TYPE.ECCP256, PIN_POLICY.ALWAYS, TOUCH_POLICY.ALWAYS)
        sys.stdout.buffer.write(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    else:
        session.put_certificate(SLOT.SIGNATURE, x509.load_pem_x509_certificate(sys.stdin.buffer.read()))
"""


def host(*words, data=b""):
    """Run a program that makes the card ready over PC/SC, in a process of its own; return what it printed."""
    found = subprocess.run(
        [sys.executable, "-c", MAKE_READY, *words],
        input=data,
        capture_output=True,
        check=False,
        env={"PYTHONPATH": f"{TREE}:{TREE / 'tests'}", "PATH": "/usr/bin:/bin"},
    )
    assert found.returncode == 0, found.stderr.decode()
    return found.stdout


@pytest.fixture(scope="session")
def ready(reader):
    """Yield the reader, its card with a signing key made in it and a certificate for that key."""
    public = load_pem_public_key(host("key"))
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Alice")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(public)
    builder = builder.serial_number(7).not_valid_before(now).not_valid_after(now + timedelta(days=365))
    certificate = builder.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    host("certificate", data=certificate.public_bytes(Encoding.PEM))
    return reader


def wait_for(cards, count):
    """Wait until the card service has noticed that so many cards are there: it looks now and then."""
    for _ in range(100):
        if len(cards.present()) == count:
            return
        time.sleep(0.05)
    raise TimeoutError(f"{count} cards wanted")


@pytest.fixture
def card(ready):
    """Yield the reader with its card freshly inserted, all tries left."""
    ready.tell("remove")
    ready.tell("tries 3")
    ready.tell("insert")
    with Cards(OPENSC) as found:
        wait_for(found, 1)
    return ready


@pytest.fixture
def cards(card):
    """Yield the cards OpenSC reaches: that one."""
    with Cards(OPENSC) as found:
        yield found


def command(capsys, *words, pins=()):
    """Run a command with OpenSC; return its status and its answer."""
    with readable(b"".join(pin + b"\n" for pin in pins)) as descriptor:
        capsys.readouterr()
        options = ["--json", "--module", str(OPENSC), "--pin-fd", str(descriptor)]
        status = main([*options, *(str(word) for word in words)])
    return status, json.loads(capsys.readouterr().out)


def enrolled(capsys, card, path, *words):
    """Enrol the card for alice in a new roster that believes its maker."""
    who = ("--id", "alice", "--name", "Alice", "--role", "approver", "--mark", "staff 1")
    assert command(capsys, "roster", "add-person", path, *who)[0] == 0
    assert command(capsys, "roster", "add-maker", path, "--root", card.root)[0] == 0
    enrol = ("roster", "enrol", path, "--holder", "alice", "--token", URI, "--use", "countersign")
    return command(capsys, *enrol, *words, pins=(PIN,))


def test_a_card_is_enrolled_with_its_attestation(card, capsys, tmp_path):
    path = tmp_path / "roster.json"

    status, _ = enrolled(capsys, card, path, "--attest", "9c")

    roster = parse_roster(path.read_bytes())
    credential = roster.people["alice"].credentials[0]
    found = attested(credential, roster.attestation_roots)
    assert status == 0
    assert (found.serial, found.firmware, found.pin.name, found.touch.name) == (
        "4711",
        (5, 7, 1),
        "ALWAYS",
        "ALWAYS",
    )
    assert command(capsys, "roster", "lint", path)[0] == 0


def test_the_reader_may_be_named(card, capsys, tmp_path):
    status, _ = enrolled(capsys, card, tmp_path / "one", "--attest", "9c", "--reader", f"{READER} 00 00")
    other, answer = enrolled(capsys, card, tmp_path / "two", "--attest", "9c", "--reader", "no such reader")

    assert (status, other, answer["error"]["kind"]) == (0, 5, "token_missing")


@pytest.mark.parametrize(("slot", "kind"), [("9a", "key_missing"), ("zz", "bad_request")])
def test_a_slot_without_a_key_made_in_the_card_attests_nothing(card, capsys, tmp_path, slot, kind):
    status, answer = enrolled(capsys, card, tmp_path / "roster.json", "--attest", slot)

    assert (status, answer["error"]["kind"]) == (5, kind)


def test_a_card_of_a_maker_nobody_believes_is_not_enrolled_with_its_attestation(card, capsys, tmp_path):
    path = tmp_path / "roster.json"
    enrolled(capsys, card, path)
    before = path.read_bytes()
    who = ("--id", "bob", "--name", "Bob", "--mark", "staff 2")
    other = tmp_path / "other.json"
    command(capsys, "roster", "add-person", other, *who)

    enrol = ("roster", "enrol", other, "--holder", "bob", "--token", URI, "--use", "countersign")
    status, answer = command(capsys, *enrol, "--attest", "9c", pins=(PIN,))

    assert (status, "of no maker" in answer["error"]["detail"]) == (4, True)
    assert path.read_bytes() == before


class OnCard:
    """Somebody's key in the card, for a world in which all others are in memory."""

    def __init__(self, cards):
        self.cards, self.key = cards, CardKey(cards, URI, bytearray(PIN))
        self.public = self.key.public_key

    def sign(self, message):
        if message.startswith(IDENTIFY_PREFIX):
            # Who they are is a question of its own to a card: it signs no such text as a message.
            answered = self.cards.answer(URI, message.removeprefix(IDENTIFY_PREFIX), bytearray(PIN))
            return answered.identified.signature
        return self.key.sign(message)


class CardWorld(World):
    """The world whose alice answers with a card in a reader."""

    def card(self, name, *, token=None):
        if name != "alice":
            return super().card(name, token=token)
        found = self.cards.answer(URI, b"a fresh challenge", bytearray(PIN))
        return identified(
            found.key,
            challenge=b"a fresh challenge",
            signature=found.identified.signature,
            token_serial=found.facts.serial,
            token_label=found.facts.label,
            roster=self.trust.roster,
        )


def test_the_card_countersigns_what_asks_for_all_it_can_prove(card, cards, capsys, tmp_path):
    path = tmp_path / "roster.json"
    assert enrolled(capsys, card, path, "--attest", "9c")[0] == 0
    drafted = json.loads(path.read_bytes())
    world = CardWorld(keys={**KEYS, "alice": OnCard(cards)})
    world.cards = cards
    world.roster["attestationRoots"] = drafted["attestationRoots"]
    long_ago = {"enrolled": "2026-01-05T09:00:00Z", "validFrom": "2026-01-05T09:00:00Z"}
    world.person("alice")["credentials"] = [{**drafted["people"][0]["credentials"][0], **long_ago}]
    world.rule["token"] = {"serial": True, "attested": True, "touch": True, "firmwareAtLeast": "5.4.3"}
    world.admit()

    verdict = world.judge(world.countersigning("alice"))
    made = world.countersign("alice", change=lambda said: said)

    assert verdict == Allowed()
    cards.shown_key(URI)[0].verify(
        made.envelope.signatures[0].value, made.envelope.signed_bytes, where="countersignature"
    )


def wrong(cards):
    """Answer with a wrong PIN; return what is told of it."""
    with pytest.raises(TokenRefused) as raised:
        cards.answer(URI, bytes(16), bytearray(b"000000"))
    return raised.value.code, raised.value.tries_left


def test_every_wrong_pin_takes_a_try_and_the_last_one_is_told_before(cards):
    assert cards.present()[0].facts.pin.value == "ok"

    # OpenSC knows no number of tries a card began with, so it does not call two of them few.
    assert wrong(cards) == ("pin_incorrect", None)
    assert wrong(cards) == ("pin_incorrect", 1)
    assert cards.present()[0].facts.pin.value == "final"


def test_a_locked_card_is_told_and_asked_no_pin(cards):
    for _ in range(2):
        wrong(cards)

    assert wrong(cards) == ("pin_locked", 0)

    with pytest.raises(TokenRefused) as raised:
        cards.answer(URI, bytes(16), bytearray(PIN))
    assert (raised.value.code, raised.value.tries_left) == ("pin_locked", 0)


def test_a_card_that_was_taken_out_is_missing(card, cards):
    card.tell("remove")
    wait_for(cards, 0)

    try:
        with pytest.raises(TokenRefused) as raised:
            cards.shown_key(URI)
    finally:
        card.tell("insert")
    assert raised.value.code == "token_missing"
