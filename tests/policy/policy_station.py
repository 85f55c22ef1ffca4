"""A real workstation with a journal and no card reader: it decides before any card is asked."""

from __future__ import annotations

import os
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from core.documents import all_vouched_for, json_bytes
from core.keys import UnsafeTestKey, edwards
from core.world import EXPIRES, NOW, World

from workstation import bootstrap, clock
from workstation.core.action import Countersign, OpenReview, Release
from workstation.core.entry import EntryTime
from workstation.core.errors import TokenRefused
from workstation.core.oci_layout import REQUEST_BUNDLE
from workstation.desk.back_office import Admitted
from workstation.desk.desk import Desk
from workstation.journal.client import PassphraseUnlock
from workstation.release.layout_writer import Content, write_bundle
from workstation.trust.directory import read_repository
from workstation.trust.repository import make_repository, update_repository
from workstation.trust.verification import verify_repository

PASSPHRASE = b"passphrase of the policy's tests"


@dataclass(frozen=True)
class Custodian:
    """A custodian whose key is in memory."""

    key: UnsafeTestKey

    @property
    def public_key(self):
        """The key others see."""
        return self.key.public

    def sign(self, message):
        """Sign as the card would."""
        return self.key.sign(message)


def commission(home: Path, world: World) -> Path:
    """Return the state of a new workstation that has taken in the world's request, and shown it."""
    custodians = [Custodian(edwards("gail")), Custodian(edwards("hugo"))]
    keys = [custodian.public_key for custodian in custodians]
    documents = {"roster": json_bytes(all_vouched_for(world.roster)), "policy": json_bytes(world.policy)}
    make_repository(
        home / "trust", custodians=keys, threshold=2, signers=custodians, expires=EXPIRES, **documents
    )
    files = read_repository(home / "trust")
    config = bootstrap.Config(module=None, module_sha256=None, production=False, outgoing=home / "out")
    with pytest.MonkeyPatch.context() as patch:
        stop_the_clock(patch)
        bootstrap.commission(home / "state", config, origin="ws/j", passphrase=bytearray(PASSPHRASE))
        with opened(home / "state") as desk:
            desk.apply_trust(verify_repository(files, root=files["root.json"], now=NOW))
            request = _taken_in(desk, home / "stick", world)
            _decide(desk, world, request)
    return home / "state"


def follow(home: Path, world: World) -> None:
    """Have the custodians sign the world's roster of now as the next, and the workstation follow it."""
    custodians = [Custodian(edwards("gail")), Custodian(edwards("hugo"))]
    update_repository(home / "trust", signers=custodians, expires=EXPIRES, roster=json_bytes(world.roster))
    files = read_repository(home / "trust")
    with opened(home / "state") as desk:
        answer = desk.apply_trust(verify_repository(files, root=files["root.json"], now=NOW))
    assert isinstance(answer, int), answer


def stop_the_clock(patch: pytest.MonkeyPatch) -> None:
    """Have it be the time of the test world, on every clock."""
    millis = int(NOW.timestamp() * 1000)
    patch.setattr(clock, "now", lambda: NOW)
    patch.setattr(
        clock,
        "reading",
        lambda *, boot, floor_ms, attested=False: EntryTime(
            boot=boot,
            mono_ms=time.monotonic_ns() // 1_000_000,
            rtc_ms=millis,
            floor_ms=floor_ms,
            attested=attested,
        ),
    )


@contextmanager
def opened(state: Path) -> Generator[Desk]:
    """Open the desk."""
    with bootstrap.open_desk(state, PassphraseUnlock(passphrase=bytearray(PASSPHRASE))) as desk:
        yield desk


@contextmanager
def passphrase() -> Generator[str]:
    """Lend a descriptor with the passphrase in it."""
    reader, writer = os.pipe()
    os.write(writer, PASSPHRASE + b"\n")
    os.close(writer)
    try:
        yield str(reader)
    finally:
        os.close(reader)


def _taken_in(desk: Desk, stick: Path, world: World):
    made = world.bundled
    media = {layer.title: layer.media_type for layer in made.bundle.layers}
    files = {**made.documents, **world.build.artifacts}
    contents = [Content(title=title, media_type=media[title], source=data) for title, data in files.items()]
    write_bundle(stick, REQUEST_BUNDLE, contents, name="request")
    admitted = desk.admit(stick)
    assert isinstance(admitted, Admitted)
    desk.review(admitted.request.id)
    return admitted.request


def _decide(desk: Desk, world: World, request) -> None:
    """Have ned, erin and dave try; dave is let, and then there is no card. Then try to release."""
    review = desk.shelf.review(request, desk.ledger)
    for name in ("ned", "erin", "mallory", "dave"):
        desk.parts.gate.perform(OpenReview(review=review, reader=world.reader(name, review)))
        action = Countersign(
            review=review, shown=review.digest, approver=world.card(name), acknowledged=(), comment="good"
        )
        with suppress(TokenRefused):
            desk.parts.gate.perform(action)
    desk.parts.gate.perform(Release(request=request, directory="/nowhere"))
