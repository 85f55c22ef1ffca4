"""A builder's checkout says by itself who wrote what is new, and a request carries it to the desk."""

from __future__ import annotations

import shutil
from argparse import ArgumentParser, Namespace
from pathlib import Path

import pytest
from closure.closure_world import Closure
from core.keys import p256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from keys.programs import run

from workstation.console import request_commands
from workstation.console.checkout import add_source_options, with_history
from workstation.core.closure import builders_of
from workstation.core.errors import Malformed, MediaError
from workstation.core.key_readers.files import read_keys
from workstation.core.source_history import Source
from workstation.intake.request_reader import read_request

EMPTY = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}


def git(repository: Path, *arguments: str, **environment: str) -> str:
    return run(repository, "git", *arguments, **EMPTY, **environment)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a checkout: bob's commit is v1; then alice's, rebased by carol and signed, is v2."""
    made = tmp_path / "checkout"
    made.mkdir()
    run(tmp_path, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(tmp_path / "key"))
    git(made, "init", "-q")
    _commit(made, "bob", "bob")
    git(made, "tag", "v1")
    git(made, "config", "gpg.format", "ssh")
    git(made, "config", "user.signingkey", str(tmp_path / "key"))
    _commit(made, "alice", "carol", "--gpg-sign")
    _tag(made, "v2", "--sign")
    return made


def _commit(repository: Path, author: str, committer: str, *options: str) -> None:
    who = {
        "GIT_AUTHOR_NAME": author,
        "GIT_AUTHOR_EMAIL": f"{author}@example.org",
        "GIT_COMMITTER_NAME": committer,
        "GIT_COMMITTER_EMAIL": f"{committer}@example.org",
    }
    git(repository, "commit", "-q", "--allow-empty", "-m", f"by {author}", *options, **who)


def _tag(repository: Path, name: str, *options: str) -> None:
    who = {"GIT_COMMITTER_NAME": "dave", "GIT_COMMITTER_EMAIL": "dave@example.org"}
    git(repository, "tag", *options, "-m", name, name, **who)


def source(since: str | None, until: str) -> Source:
    return Source(uri="git+https://git.example.org/pump", since=since, until=until, identities=())


def test_what_is_new_since_a_tag_is_read_with_everybody_in_it(repository):
    found = with_history(source("v1", "v2"), repository)

    key = read_keys((repository.parent / "key.pub").read_bytes(), where="key").sole_key("key").fingerprint
    assert [(one.role.value, one.identity) for one in found.people] == [
        ("author", "alice@example.org"),
        ("committer", "carol@example.org"),
        ("signer", key),
        ("tagger", "dave@example.org"),
    ]
    assert found.tag_signer == key
    assert found.commits is not None
    assert found.commits.count == 1


def test_without_a_beginning_all_of_history_is_new(repository):
    found = with_history(source(None, "v2"), repository)

    assert "bob@example.org" in {one.identity for one in found.people}
    assert found.commits is not None
    assert found.commits.count == 2


def test_a_revision_that_is_a_commit_has_no_tag(repository):
    found = with_history(source("v1", "HEAD"), repository)

    assert found.tag_signer is None
    assert {one.role.value for one in found.people} == {"author", "committer", "signer"}


def test_a_mailmap_or_a_replaced_commit_hides_nobody(repository):
    (repository / ".mailmap").write_text("Eve <eve@example.org> <alice@example.org>\n")
    git(repository, "config", "log.mailmap", "true")
    git(repository, "replace", "v2^{commit}", "v1^{commit}")

    assert with_history(source("v1", "v2"), repository).people[0].identity == "alice@example.org"


@pytest.mark.parametrize("revision", ["v3", "--all", "-n1", "", "v1..v2"])
def test_a_revision_git_does_not_know_is_refused(repository, revision):
    with pytest.raises(Malformed):
        with_history(source(None, revision), repository)


def test_a_shallow_clone_does_not_know_who_wrote_what(repository, tmp_path):
    git(tmp_path, "clone", "-q", "--depth", "1", repository.as_uri(), "shallow")

    with pytest.raises(Malformed, match="shallow clone found"):
        with_history(source(None, "HEAD"), tmp_path / "shallow")


def test_a_folder_that_is_no_checkout_is_refused(tmp_path):
    assert shutil.which("git")
    with pytest.raises(Malformed, match="not a git repository"):
        with_history(source(None, "HEAD"), tmp_path)


def test_where_git_is_missing_that_is_said(repository, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(MediaError, match="--checkout needs it"):
        with_history(source(None, "v2"), repository)


def create(tmp_path: Path, *options: str) -> Path:
    """Make a request with the options of `add_source_options`, and return its bundle."""
    parser = ArgumentParser()
    add_source_options(parser)
    key = tmp_path / "bob.pem"
    key.write_bytes(p256("bob").private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    artifact = tmp_path / "pump.bin"
    artifact.write_bytes(b"pump")
    plain = Namespace(
        product="pkg:generic/pump-firmware@2.4.0",
        channel="stable",
        artifact=[str(artifact)],
        evidence=[],
        previous=None,
        source="git+https://git.example.org/pump",
        to="v2",
        identity=[],
        good_for=14,
        key=f"pem:{key}",
        out=str(tmp_path / "out"),
        **{"from": "v1"},
    )
    request_commands.create(parser.parse_args(options, plain))
    return tmp_path / "out"


def test_a_request_made_with_a_checkout_leads_to_everybody_who_wrote_it(repository, tmp_path):
    bundle = create(
        tmp_path, "--checkout", str(repository), "--prepared-by", "erin@example.org", "--courier", "frank"
    )

    found = builders_of(read_request(bundle), Closure().roster)

    assert {str(edge) for edge in found.edges} == {
        "bob ← signed request.dsse.json",
        "bob ← submitter of request.dsse.json",
        "alice ← wrote source",
        "carol ← committed source",
        "dave ← tagged the source",
        "erin ← prepared request.dsse.json",
        "frank ← carries request.dsse.json",
    }
    key = read_keys((tmp_path / "key.pub").read_bytes(), where="key").sole_key("key").fingerprint
    assert [str(one) for one in found.unresolved] == [
        f"key {key} ← signed a commit of the source",
        f"key {key} ← signed the tag of the source",
    ]


def test_a_request_without_these_options_is_as_it_was(tmp_path):
    request = read_request(create(tmp_path))

    assert request.source == Source(
        uri="git+https://git.example.org/pump", since="v1", until="v2", identities=()
    )
    assert (request.prepared_by, request.courier) == (None, None)


def test_who_signed_the_tag_can_be_said_without_a_checkout(tmp_path):
    request = read_request(create(tmp_path, "--tag-signer", "alice@example.org"))

    assert request.source is not None
    assert request.source.tag_signer == "alice@example.org"


def test_text_that_is_not_utf_8_is_refused(repository):
    # An author's bytes as an old program wrote them, with no word on their encoding.
    tree = git(repository, "rev-parse", "HEAD^{tree}").strip()
    who = [b"author B\xf6b <b@example.org> 1 +0000", b"committer Bob <b@example.org> 1 +0000"]
    (repository / "odd").write_bytes(b"\n".join([b"tree " + tree.encode(), *who, b"", b"x", b""]))
    made = git(repository, "hash-object", "-t", "commit", "-w", "odd").strip()

    with pytest.raises(Malformed, match="not UTF-8"):
        with_history(source(None, made), repository)
