"""Releases on the far side: one altered byte, one missing signature, one older version, and it is none."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from shell.deliveries import rewritten, without_a_countersignature
from shell.journey import Journey, World, good, trust_init
from shell.station import Said, Station

Verify = Callable[..., Said]
KNOWN: Final = "known-versions.json"


@pytest.fixture
def release(journey: Journey, tmp_path: Path) -> Path:
    """Return this test's own copy of the release, to be spoilt."""
    return shutil.copytree(journey.release, tmp_path / "release")


@pytest.fixture
def verify(journey: Journey) -> Verify:
    """Return the deployer's command, with the pinned root."""

    def command(directory: Path, *more: str) -> Said:
        return journey.released.run("verify", str(directory), "--root", str(journey.released.root), *more)

    return command


def test_no_altered_byte_of_a_release_verifies(release: Path, verify: Verify) -> None:
    for path in sorted(path for path in release.rglob("*") if path.is_file()):
        original = path.read_bytes()
        for position in sorted({0, len(original) // 3, 2 * len(original) // 3, len(original) - 1}):
            changed = bytes([original[position] ^ 1])
            path.write_bytes(original[:position] + changed + original[position + 1 :])

            assert verify(release).status in (3, 4), (path.name, position)
        path.write_bytes(original)

    assert verify(release).status == 0


def with_one_twice(contents: dict[str, bytes]) -> None:
    contents["countersignature.p-alice.dsse.json"] = contents["countersignature.p-carol.dsse.json"]


def without_proof(contents: dict[str, bytes]) -> None:
    del contents["journal-proof.json"]


def without_statement(contents: dict[str, bytes]) -> None:
    del contents["release.dsse.json"]


def without_evidence(contents: dict[str, bytes]) -> None:
    del contents["provenance.dsse.json"]


def without_trust(contents: dict[str, bytes]) -> None:
    for title in [title for title in contents if title.startswith("trust.")]:
        del contents[title]


def with_fewer_entries(contents: dict[str, bytes]) -> None:
    proof = json.loads(contents["journal-proof.json"])
    del proof["entries"][-1]
    contents["journal-proof.json"] = json.dumps(proof, separators=(",", ":")).encode()


def with_another_artifact(contents: dict[str, bytes]) -> None:
    contents["tidemark-1.1.tar.gz"] += b"\0"


def with_resigned_statement(contents: dict[str, bytes]) -> None:
    envelope = json.loads(contents["release.dsse.json"])
    envelope["signatures"] = json.loads(contents["request.dsse.json"])["signatures"]
    contents["release.dsse.json"] = json.dumps(envelope, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (without_a_countersignature, 4),
        (with_one_twice, 4),
        (without_proof, 3),
        (without_statement, 3),
        (without_evidence, 3),
        (without_trust, 3),
        (with_fewer_entries, 4),
        (with_another_artifact, 3),
        (with_resigned_statement, 4),
    ],
)
def test_a_release_put_together_anew_does_not_verify(
    release: Path,
    verify: Verify,
    tmp_path: Path,
    change: Callable[[dict[str, bytes]], None],
    status: int,
) -> None:
    said = verify(rewritten(release, tmp_path / "anew", change))

    assert said.status == status
    assert said.document["error"]["where"]


def test_a_request_is_no_release(world: World, verify: Verify) -> None:
    assert verify(world.bundle).status == 3


def test_another_root_verifies_nothing(journey: Journey, fresh: Station, release: Path, world: World) -> None:
    # The same three custodians sign another trust root: it is not the pinned one.
    shutil.rmtree(fresh.repository)
    good(fresh.run(*trust_init(fresh), "--good-for", "7", pins=tuple(world.pins[n] for n in ("kim", "lars"))))

    said = fresh.run("verify", str(release), "--root", str(fresh.repository / "root.json"))

    assert said.status == 4


def test_an_expired_trust_root_blocks(release: Path, verify: Verify) -> None:
    said = verify(release, "--at", "2090-01-01T00:00:00Z")

    assert said.status == 1
    assert said.rules == ["TRUST-EXPIRED"]


def test_a_release_from_the_future_is_not_believed(release: Path, verify: Verify) -> None:
    assert verify(release, "--at", "2020-01-01T00:00:00Z").status == 4


@pytest.mark.parametrize("what", ["roster", "policy"])
def test_older_versions_than_were_seen_here_are_refused(
    release: Path, verify: Verify, tmp_path: Path, what: str
) -> None:
    first = verify(release, "--known", str(tmp_path / "known"))
    path = tmp_path / "known" / KNOWN
    path.write_text(json.dumps(json.loads(path.read_text()) | {what: 2}))
    seen = path.read_bytes()

    said = verify(release, "--known", str(tmp_path / "known"))

    assert first.status == 0
    assert said.status == 4
    assert said.document["error"]["where"] == what
    assert path.read_bytes() == seen


def test_a_known_file_that_is_no_such_file_is_malformed(
    release: Path, verify: Verify, tmp_path: Path
) -> None:
    (tmp_path / KNOWN).write_text('{"roster":"one"}')

    assert verify(release, "--known", str(tmp_path)).status == 3
