"""Who wrote what is new in a source is read from git's own objects, as they are and not as they are shown."""

from __future__ import annotations

import base64
import hashlib

import pytest
from core.keys import edwards, p256
from keys.key_forms import cms, fingerprint_by_hand, sshsig
from keys.openpgp_writer import PgpKey, armored, packet

from workstation.core.errors import Malformed
from workstation.core.git_history import read_commits, read_tag
from workstation.core.source_history import SourcePerson, SourceRole

ONE, TWO = "1" * 40, "2" * 40
PGP = PgpKey(edwards("pgp").private)


def commit(name: str, *headers: str, author: str = "Bob <bob@example.org>", message: str = "change\n") -> str:
    lines = [
        "tree " + "a" * 40,
        f"author {author} 1700000000 +0100",
        "committer Rebase Bot <bot@example.org> 1700000001 +0000",
        *headers,
    ]
    return f"{name}\n" + "\n".join(lines) + f"\n\n    {message}\0"


def folded(name: str, armor: bytes) -> str:
    return f"{name} " + armor.decode().rstrip("\n").replace("\n", "\n ")


def people(text: str) -> set[tuple[str, str]]:
    return {(one.role.value, one.identity) for one in read_commits(text, where="git")[1]}


def test_authors_and_committers_are_both_there_so_that_a_rebase_hides_nobody():
    assert people(commit(ONE)) == {("author", "bob@example.org"), ("committer", "bot@example.org")}


def test_the_commits_are_named_by_their_sorted_ids():
    found, _ = read_commits(commit(TWO) + commit(ONE), where="git")

    assert found.count == 2
    assert found.digest == hashlib.sha256(f"{ONE}\n{TWO}\n".encode()).hexdigest()
    assert found == read_commits(commit(ONE) + commit(TWO), where="git")[0]


def test_an_empty_range_has_no_commits_and_nobody():
    found, nobody = read_commits("", where="git")

    assert (found.count, nobody) == (0, ())


@pytest.mark.parametrize(
    ("armor", "signer"),
    [
        (sshsig(p256("bob").private), fingerprint_by_hand(p256("bob").private)),
        (armored(packet(2, PGP.sign(0, b"x")), "SIGNATURE"), PGP.alias),
        (
            b"-----BEGIN SIGNED MESSAGE-----\n"
            + base64.encodebytes(cms(p256("bob").private))
            + b"-----END SIGNED MESSAGE-----\n",
            fingerprint_by_hand(p256("bob").private),
        ),
    ],
    ids=["ssh", "openpgp", "x509"],
)
@pytest.mark.parametrize("header", ["gpgsig", "gpgsig-sha256"])
def test_whoever_signed_a_commit_is_read_from_the_signature(header, armor, signer):
    assert ("signer", signer) in people(commit(ONE, folded(header, armor)))


@pytest.mark.parametrize("signature", ["gpgsig nonsense", "gpgsig", "gpgsig -----BEGIN PGP SIGNATURE-----"])
def test_a_signature_nobody_can_read_is_somebodys_all_the_same(signature):
    assert ("signer", f"commit:{ONE}") in people(commit(ONE, signature))


@pytest.mark.parametrize(
    ("author", "identity"),
    [
        ("Bob <>", f"commit:{ONE}"),
        ("Bob < >", f"commit:{ONE}"),
        ("Bob", f"commit:{ONE}"),
        ("<bob@example.org>", "bob@example.org"),
        ("Alice <alice@example.org> Bob <bob@example.org>", f"commit:{ONE}"),
        ("Bob <b\N{CYRILLIC SMALL LETTER O}b@example.org>", "b\\u043eb@example.org"),
        ("Bob <bob@\x1b[2Jexample.org>", "bob@\\x1b[2Jexample.org"),
        ("Bob <BOB@example.org>", "BOB@example.org"),
    ],
)
def test_an_address_is_taken_as_it_is_or_spelled_so_that_it_is_nobodys(author, identity):
    assert ("author", identity) in people(commit(ONE, author=author))


def test_what_a_message_says_is_not_looked_at():
    forged = "author Eve <eve@example.org> 1 +0000\n    committer Eve <eve@example.org> 1 +0000"

    assert people(commit(ONE, message=forged)) == people(commit(ONE))


@pytest.mark.parametrize("text", ["fatal: no", "1234\ntree", commit(ONE) + "noise", "commit " + commit(ONE)])
def test_what_is_no_list_of_commits_is_refused(text):
    with pytest.raises(Malformed, match="something other than commits"):
        read_commits(text, where="git")


TAG = f"object {ONE}\ntype commit\ntag v1\ntagger Bob <bob@example.org> 1700000000 +0000\n\nversion 1\n"


def test_a_tag_names_its_tagger_and_its_signer():
    signed = TAG + sshsig(p256("bob").private).decode()

    signer, found = read_tag(TWO, signed)

    assert signer == fingerprint_by_hand(p256("bob").private)
    assert found == (SourcePerson(SourceRole.TAGGER, "bob@example.org"),)


def test_an_unsigned_tag_has_a_tagger_alone():
    assert read_tag(TWO, TAG) == (None, (SourcePerson(SourceRole.TAGGER, "bob@example.org"),))


def test_a_tag_signed_in_a_way_nobody_can_read_is_signed_by_nobody_known():
    signer, _ = read_tag(TWO, TAG + "-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----\n")

    assert signer == f"tag:{TWO}"


def test_a_tag_signed_twice_names_both():
    both = (
        TAG
        + sshsig(p256("bob").private).decode()
        + armored(packet(2, PGP.sign(0, b"x")), "SIGNATURE").decode()
    )

    signer, found = read_tag(TWO, both)

    assert signer == fingerprint_by_hand(p256("bob").private)
    assert SourcePerson(SourceRole.SIGNER, PGP.alias) in found
