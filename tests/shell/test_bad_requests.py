"""Requests that are well-formed and not to be trusted: what is unknown is named, and blocks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from shell.deliveries import Document, delivered, forged
from shell.journey import World, good
from shell.station import Said, Station, told

from workstation import clock
from workstation.core.errors import Untrusted
from workstation.core.identity import RequestId
from workstation.desk.back_office import Admitted
from workstation.desk.desk import Desk
from workstation.desk.face import Refused
from workstation.intake.medium import DOCUMENT_LIMIT


@pytest.fixture(scope="module")
def desk(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Yield a desk that takes doubtful requests in, and blocks them."""
    station = world.station.copied_to(tmp_path_factory.mktemp("doubtful") / "station")
    with station.desk() as opened:
        yield opened


def stranger(directory: Path) -> Path:
    """Make a software key nobody enrolled."""
    private = ec.generate_private_key(ec.SECP256R1())
    path = directory / "stranger.pem"
    path.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


def blocking(desk: Desk, medium: Path) -> set[str]:
    """Return the rules that block a request, at intake or in the review."""
    outcome = desk.admit(medium)
    if isinstance(outcome, Refused):
        return {reason.rule for reason in outcome.reasons}
    assert isinstance(outcome, Admitted)
    shown = desk.review(RequestId(outcome.request.id))
    assert not isinstance(shown, Refused)
    return {violation.rule for violation in shown.blockers}


def request_of(world: World, tmp_path: Path, key: Path | None = None, **other: str) -> Path:
    """Have a builder make a request for 1.2, with something else about its evidence."""
    ci_key = Path(other.pop("ci_key", str(world.keys / "ci-7.pem")))
    made = delivered("1.2", tmp_path / "built", ci_key, **other)
    words = made.words(key or world.keys / "bob-build.pem", tmp_path / "in", world.first_release)
    good(world.station.run(*words))
    return tmp_path / "in"


def test_an_unknown_builder_blocks(desk: Desk, world: World, tmp_path: Path) -> None:
    medium = request_of(world, tmp_path, builder_id="https://evil.example.org/builder")

    assert "BUILDER-UNKNOWN" in blocking(desk, medium)


def test_an_unknown_account_that_started_the_build_blocks(desk: Desk, world: World, tmp_path: Path) -> None:
    medium = request_of(world, tmp_path, actor="forge:9999")

    assert "BUILDER-UNKNOWN" in blocking(desk, medium)


def test_evidence_signed_by_an_unknown_key_blocks(desk: Desk, world: World, tmp_path: Path) -> None:
    medium = request_of(world, tmp_path, ci_key=str(stranger(tmp_path)))

    assert "BUILDER-UNKNOWN" in blocking(desk, medium)


def test_a_request_signed_by_an_unknown_key_blocks(desk: Desk, world: World, tmp_path: Path) -> None:
    medium = request_of(world, tmp_path, stranger(tmp_path))

    assert "REQUEST-SUBMITTER" in blocking(desk, medium)


def test_a_signature_that_does_not_hold_under_a_known_key_is_untrusted(
    desk: Desk, world: World, tmp_path: Path
) -> None:
    def spoil(document: Document) -> None:
        document["signatures"][0]["sig"] = json.loads(first)["signatures"][0]["sig"]

    first = world.before.evidence[0].read_bytes()
    made = delivered("1.2", tmp_path / "built", world.keys / "ci-7.pem")
    document = json.loads(made.evidence[0].read_bytes())
    spoil(document)
    made.evidence[0].write_text(json.dumps(document))
    good(world.station.run(*made.words(world.keys / "bob-build.pem", tmp_path / "in", world.first_release)))
    size = desk.ledger.size

    with pytest.raises(Untrusted, match=r"provenance\.dsse\.json"):
        desk.admit(tmp_path / "in")

    assert told(desk.parts.journal.entries(size)) == [
        ("intake.bundle", "intent"),
        ("intake.bundle", "failed"),
        ("intake.reject", "intent"),
        ("intake.reject", "allowed"),
        ("intake.reject", "done"),
    ]


@pytest.mark.parametrize(
    ("claim", "rule"),
    [
        ({"submitter": "0" * 64}, "REQUEST-SUBMITTER"),
        ({"product": "pkg:pypi/other@1.1"}, "POLICY-RULE"),
        ({"channel": "nightly"}, "POLICY-RULE"),
        ({"notAfter": "2021-01-01T00:00:00Z"}, "REQUEST-EXPIRED"),
        ({"product": "pkg:pypi/tidemark@1.0"}, "VERSION-REUSED"),
        (
            {"previousRelease": {"product": "pkg:pypi/tidemark@0.9", "digest": "0" * 64}},
            "REQUEST-PREVIOUS",
        ),
    ],
)
def test_a_request_that_claims_what_is_not_so_is_refused(
    desk: Desk, world: World, tmp_path: Path, claim: Document, rule: str
) -> None:
    def change(payload: Document) -> None:
        payload["predicate"] |= claim

    forged(world.bundle, tmp_path / "forged", world.keys / "bob-build.pem", change)

    assert rule in blocking(desk, tmp_path / "forged")


def test_an_expired_trust_root_decides_nothing(
    fresh: Station, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    today, disk = clock.now(), fresh.on_disk()
    monkeypatch.setattr(clock, "now", lambda: today + timedelta(days=366))

    said = fresh.run("intake", str(world.bundle))

    assert said.status == 1
    assert "TRUST-EXPIRED" in said.rules
    assert fresh.on_disk() == disk


def test_a_clock_set_back_is_not_believed_before_the_newest_signed_time(
    fresh: Station, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at(moment: datetime) -> Said:
        monkeypatch.setattr(clock, "now", lambda: moment)
        return fresh.run("intake", str(world.bundle))

    today = clock.now()

    late = at(today + timedelta(days=15))
    # By that clock the request was not made yet; what was countersigned here since says that it was.
    early = at(today - timedelta(days=1))

    assert "REQUEST-EXPIRED" in late.rules
    assert early.status == 0, early.words


# ── at the builder's ─────────────────────────────────────────────────────────────────────────────


Make = Callable[..., Said]


@pytest.fixture
def make(world: World, tmp_path: Path) -> Make:
    """Return `request create` for the good delivery, with words added."""
    out = tmp_path / "out"
    return lambda *more: world.station.run(*world.after.words(world.keys / "bob-build.pem", out), *more)


@pytest.mark.parametrize(
    ("words", "where"),
    [
        (("--product", "tidemark 1.1"), "--product"),
        (("--product", "pkg:pypi/tidemark"), "--product"),
        (("--channel", "not a word"), "--channel"),
        (("--source", "https://x.example.org/ü"), "source"),
        (("--artifact", "/dev/null/nothing"), "nothing"),
        (("--key", "pem:/nowhere.pem"), "/nowhere.pem"),
        (("--previous", "/nowhere"), "nowhere"),
    ],
)
def test_a_request_that_cannot_be_is_not_written(
    make: Make, tmp_path: Path, words: tuple[str, ...], where: str
) -> None:
    said = make(*words)

    assert said.status == 3
    assert where in said.document["error"]["where"]
    assert list(tmp_path.iterdir()) == []


def test_two_artifacts_of_one_name_are_refused_and_nothing_is_written(
    world: World, make: Make, tmp_path: Path
) -> None:
    artifact = str(world.after.artifacts[0])

    said = make("--artifact", artifact, artifact)

    assert said.status == 3
    assert "found twice" in said.words
    assert list(tmp_path.iterdir()) == []


def test_a_name_the_workstation_keeps_is_refused(make: Make, tmp_path: Path) -> None:
    (tmp_path / "release.dsse.json").write_text("{}")

    said = make("--artifact", str(tmp_path / "release.dsse.json"))

    assert said.status == 3
    assert "kept for the workstation" in said.words
    assert [path.name for path in tmp_path.iterdir()] == ["release.dsse.json"]


def test_a_request_is_not_written_over_something(make: Make, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")

    said = make()

    assert said.status == 3
    assert [path.name for path in tmp_path.rglob("*")] == ["out", "thesis.txt"]


def test_an_artifact_may_be_larger_than_any_document(make: Make, tmp_path: Path) -> None:
    large = tmp_path / "disk.img"
    large.touch()
    with large.open("r+b") as file:
        file.truncate(DOCUMENT_LIMIT + 1)

    made = make("--artifact", str(large))

    assert made.status == 0, made
