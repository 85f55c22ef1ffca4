"""The test world itself: the same each time, and harmless to what is not its own."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
    load_pem_private_key,
)
from token_fixtures import PROVISION

if TYPE_CHECKING:
    from pathlib import Path

    from token_fixtures import Holders

    from hsm.link import TokenWorker

_ALICE_CERTIFICATE = "d5053c4a87ec6305780d41efc8029a59af77e94003ee929a827dbc81127872a7"
_REVOCATION_LIST = "f6a34ec41bd208796f596c51e3604ab5712bc3ba12ee022d06ca36d9e53de8d3"


def _provision(home: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, PROVISION, home, *more], capture_output=True, text=True, check=False
    )


def test_holders_are_byte_for_byte_the_same_each_time(holders_home: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    done = _provision(again, "--people", "bob,ci-7,rita,dave")
    first = json.loads((holders_home / "holders.json").read_text())
    names = {"bob-build", "bob-second", "ci-7", "revoked-rita", "dave"}

    assert done.returncode == 0
    assert json.loads((again / "holders.json").read_text()) == [
        entry for entry in first if entry["holder"] in names
    ]
    for name in ("ca.pem", "crl.pem", "keys/bob-build.pem", "keys/ci-7.pem"):
        assert (again / name).read_bytes() == (holders_home / name).read_bytes()


def test_certificates_and_the_revocation_list_are_the_golden_ones(
    holders: Holders, token_worker: TokenWorker
) -> None:
    certificate = token_worker.public_key(holders.uri("alice")).certificate_der or b""
    crl = (holders.home / "crl.pem").read_bytes()

    assert hashlib.sha256(certificate).hexdigest() == _ALICE_CERTIFICATE
    assert hashlib.sha256(crl).hexdigest() == _REVOCATION_LIST


def test_our_own_earlier_output_is_made_anew(tmp_path: Path) -> None:
    _provision(tmp_path, "--people", "alice")
    done = _provision(tmp_path, "--people", "erin")

    assert done.returncode == 0
    assert [entry["holder"] for entry in json.loads((tmp_path / "holders.json").read_text())] == ["erin"]
    assert len(list((tmp_path / "tokens").iterdir())) == 1


@pytest.mark.parametrize("beside", [(), ("TEST-ONLY.txt", "tokens")], ids=["a stranger's", "ours and more"])
def test_a_directory_with_anything_else_in_it_is_left_alone(tmp_path: Path, beside: tuple[str, ...]) -> None:
    for name in ("thesis.txt", *beside):
        (tmp_path / name).write_text("irreplaceable")
    done = _provision(tmp_path)

    assert done.returncode == 2
    assert {entry.name for entry in tmp_path.iterdir()} == {"thesis.txt", *beside}


def test_an_unknown_person_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    done = _provision(tmp_path, "--people", "alice,mallory")

    assert done.returncode == 2
    assert "mallory" in done.stderr
    assert not list(tmp_path.iterdir())


def test_people_have_pins_of_their_own(holders: Holders) -> None:
    pins = {entry["person"] or entry["holder"]: entry["pin"] for entry in holders.entries.values()}

    assert len(set(pins.values())) == len(pins)


@pytest.mark.parametrize("name", ["bob-build", "ci-7"])
def test_a_software_key_is_the_key_on_its_token(holders: Holders, name: str) -> None:
    key = load_pem_private_key(holders.pem(name).read_bytes(), None)

    assert key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) == holders.spki(
        name
    )


def test_certificates_are_issued_by_the_test_ca_and_one_is_revoked(
    holders: Holders, token_worker: TokenWorker
) -> None:
    ca = x509.load_pem_x509_certificate((holders.home / "ca.pem").read_bytes())
    crl = x509.load_pem_x509_crl((holders.home / "crl.pem").read_bytes())
    shown = {
        name: x509.load_der_x509_certificate(
            token_worker.public_key(holders.uri(name)).certificate_der or b""
        )
        for name in ("alice", "revoked-rita", "expired-ed", "future-fay")
    }
    for certificate in shown.values():
        certificate.verify_directly_issued_by(ca)

    assert {
        name
        for name, certificate in shown.items()
        if crl.get_revoked_certificate_by_serial_number(certificate.serial_number)
    } == {"revoked-rita"}
    assert shown["expired-ed"].not_valid_after_utc < shown["future-fay"].not_valid_before_utc


def test_every_public_key_is_one(holders: Holders) -> None:
    keys = [load_der_public_key(holders.spki(name)) for name in holders.entries]

    assert len(keys) == len(holders.entries)
