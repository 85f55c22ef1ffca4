"""`request evidence` and `journal key`: what somebody working by hand needs and no file gives them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from shell.station import Station

from workstation.console.main import main
from workstation.core.dsse import parse_envelope
from workstation.core.evidence import DSSE_MEDIA_TYPE, Provenance, parse_evidence
from workstation.core.key_readers.files import read_keys
from workstation.tokens.pem import PemKey

STATEMENT = {
    "_type": "https://in-toto.io/Statement/v1",
    "subject": [{"name": "a.whl", "digest": {"sha256": "ab" * 32}}],
    "predicateType": "https://slsa.dev/provenance/v1",
    "predicate": {
        "buildDefinition": {"internalParameters": {"GITHUB_ACTOR_ID": "42"}},
        "runDetails": {"builder": {"id": "https://example.org/builder"}},
    },
}


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "key.pem"
    private = ec.generate_private_key(ec.SECP256R1())
    path.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


def test_a_signed_statement_is_evidence_by_the_key_that_signed_it(tmp_path: Path, key: Path) -> None:
    statement, out = tmp_path / "provenance.json", tmp_path / "provenance.dsse.json"
    statement.write_text(json.dumps(STATEMENT))

    status = main(["request", "evidence", str(statement), "--key", f"pem:{key}", "--out", str(out)])

    found = parse_evidence(out.name, DSSE_MEDIA_TYPE, out.read_bytes()).content
    envelope = parse_envelope(out.read_bytes(), where="evidence")
    assert status == 0
    assert isinstance(found, Provenance)
    assert found.actors == ("github:42",)
    PemKey(key).public_key.verify(envelope.signatures[0].value, envelope.signed_bytes, where="evidence")


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"_type": "https://example.org/other"}, "_type"),
        ({"subject": []}, "subject"),
        ({"extra": 1}, "extra"),
    ],
)
def test_what_is_no_statement_is_not_signed(
    tmp_path: Path, key: Path, capsys: pytest.CaptureFixture[str], change: dict[str, object], where: str
) -> None:
    statement, out = tmp_path / "s.json", tmp_path / "s.dsse.json"
    statement.write_text(json.dumps(STATEMENT | change))

    status = main(["request", "evidence", str(statement), "--key", f"pem:{key}", "--out", str(out)])

    assert status == 3
    assert where in capsys.readouterr().err
    assert not out.exists()


def test_evidence_is_never_written_over_something(tmp_path: Path, key: Path) -> None:
    statement, out = tmp_path / "s.json", tmp_path / "s.dsse.json"
    statement.write_text(json.dumps(STATEMENT))
    out.write_text("mine")

    status = main(["request", "evidence", str(statement), "--key", f"pem:{key}", "--out", str(out)])

    assert status == 3
    assert out.read_text() == "mine"


def test_the_workstations_key_can_be_shown_to_its_custodians_again(admitted: Station, tmp_path: Path) -> None:
    out = tmp_path / "station.pem"

    said = admitted.run("journal", "key", "--out", str(out))

    assert said.status == 0
    assert (
        read_keys(out.read_bytes(), where="key").sole_key("key").fingerprint == said.document["fingerprint"]
    )
