"""Attestation: a maker whom the roster believes says which token a key was made in, and how it is kept."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import timedelta

import pytest
from core.keys import edwards, p256, p384, rsa_2048
from roster.attesting_maker import SINCE, UNTIL, Authority, maker, token
from roster.roster_world import FIRST, LATER, START, changed, enrolment, holder, key_of, roster

from workstation.core.attestation import (
    Attested,
    PinPolicy,
    TouchPolicy,
    refuse_no_root,
    serial_in,
    verify_attestation,
)
from workstation.core.credential_proof import attested, false_proofs, refuse_false_proofs
from workstation.core.errors import Malformed, Untrusted
from workstation.core.roster import Attestation
from workstation.core.roster_draft import with_attestation_roots, with_credential
from workstation.core.roster_succession import successor_violations

P256_OID = bytes.fromhex("06082a8648ce3d030107")
CARD = p256("a key made in a token").public
BELIEVING = with_attestation_roots(FIRST, (maker().der,), now=START)


def chain(**said):
    return (token().attest(CARD.spki, **said), token().der)


def proved(certificates=None, roots=None, key=CARD, at=LATER):
    roots = (maker().der,) if roots is None else roots
    return verify_attestation(certificates or chain(), roots, key, at, where="attestation")


def attesting(*, serial="4711", certificates=None, token_serial="token-new", name="new"):
    """Return the enrolment of alice's new key, with an attestation."""
    found = certificates or (token().attest(edwards(name).public.spki), token().der)
    attestation = Attestation(serial=serial, certificates=found)
    return enrolment(name, "alice", serial=token_serial, attestation=attestation)


@pytest.mark.parametrize("key", [CARD, p384("k").public, edwards("k").public, rsa_2048().public])
def test_an_attestation_says_which_token_made_the_key_and_how_it_keeps_it(key):
    found = proved((token().attest(key.spki, pin=2, touch=3), token().der), key=key)

    assert found == Attested(serial="4711", firmware=(5, 7, 1), pin=PinPolicy.ONCE, touch=TouchPolicy.CACHED)


def test_a_maker_may_have_authorities_between_root_and_token():
    root = Authority("Root", depth=3)
    first = Authority("First", root, depth=2)
    second = Authority("Second", first, depth=1)
    f9 = Authority("F9", second, depth=0)
    whole = (f9.attest(CARD.spki), f9.der, second.der, first.der)

    assert proved(whole, (maker().der, root.der)).serial == "4711"
    with pytest.raises(Untrusted, match="of no maker"):
        proved(whole[:-1], (root.der,))
    with pytest.raises(Untrusted, match="did not issue"):
        proved((whole[0], whole[1], whole[3], whole[2]), (root.der, first.der, second.der))


def stranger():
    return Authority("Test Token Maker Root", depth=1)


def deep():
    """Return a chain by a token's key that made itself an authority's issuer."""
    below = Authority("made up", token(), depth=0)
    return (below.attest(CARD.spki), below.der, token().der)


FORGED = {
    "a maker of the same name": (lambda: _of(Authority("Test Token", stranger(), depth=0)), "of no maker"),
    "a token of another maker": (lambda: _of(Authority("Other", stranger(), depth=0)), "of no maker"),
    "a certificate another token signed": (
        lambda: (Authority("Test Token", maker(), depth=0).attest(CARD.spki), token().der), "did not issue",
    ),
    "a token that is no authority": (
        lambda: _of(Authority("no authority", maker(), ca=False)), "may not issue",
    ),
    "a token without the extension": (
        lambda: _of(Authority("no extension", maker(), basic=False)), "is no authority",
    ),
    "an authority made by a token": (deep, "may not issue a certificate so deep"),
    "an imported key the attacker signed for": (
        lambda: (stranger().attest(CARD.spki), token().der), "did not issue",
    ),
    "the attestation of another key": (
        lambda: (token().attest(p256("other").public.spki), token().der), "the attestation of another key",
    ),
    "a key's certificate from before": (
        lambda: chain(since=SINCE, until=LATER - timedelta(days=1)), "not in force",
    ),
    "a token's certificate from later": (
        lambda: _of(Authority("later", maker(), depth=0, since=LATER + timedelta(days=1), until=UNTIL)),
        "not in force",
    ),
}  # fmt: skip


def _of(f9):
    return (f9.attest(CARD.spki), f9.der)


@pytest.mark.parametrize("what", FORGED)
def test_what_no_believed_maker_says_of_this_key_is_not_believed(what):
    certificates, why = FORGED[what]

    with pytest.raises(Untrusted, match=why):
        proved(certificates())


@pytest.mark.parametrize(
    "said",
    [
        {"3": None}, {"7": None}, {"8": None}, {"3": b"\x05\x07"},
        {"7": b"\x04\x01a"}, {"7": b"\x02\x05\x01"},
        {"8": b"\x03"}, {"8": b"\x03\x02\x01"}, {"pin": 0}, {"pin": 9}, {"touch": 0}, {"touch": 4},
    ],
)  # fmt: skip
def test_an_attestation_that_leaves_something_out_is_malformed(said):
    with pytest.raises(Malformed):
        proved(chain(**said))


def test_nobody_is_believed_whom_the_roster_does_not_name():
    with pytest.raises(Untrusted, match="of no maker"):
        proved(roots=())


@pytest.mark.parametrize("garbage", [b"", b"0", b"\x30\x03\x02\x01\x01"])
def test_what_is_no_certificate_is_malformed(garbage):
    with pytest.raises(Malformed, match=r"not an X\.509 certificate"):
        proved((garbage, token().der))


def test_a_root_is_an_authority_that_signed_itself():
    refuse_no_root(maker().der, where="root")

    for other in (token(), Authority("no authority", ca=False)):
        with pytest.raises(Untrusted):
            refuse_no_root(other.der, where="root")


def test_a_key_is_enrolled_with_its_attestation_and_carries_it_on():
    data = with_credential(BELIEVING, "alice", attesting())

    found = roster(data)
    credential = found.people["alice"].credentials[1]
    assert attested(credential, found.attestation_roots).serial == "4711"
    assert attested(found.people["alice"].credentials[0], found.attestation_roots) is None
    assert tuple(false_proofs(found)) == ()


def test_an_attestation_is_about_the_very_key_that_is_enrolled():
    other = (token().attest(CARD.spki), token().der)

    with pytest.raises(Untrusted, match="the attestation of another key"):
        with_credential(BELIEVING, "alice", attesting(certificates=other))


@pytest.mark.parametrize(("serial", "named"), [("4712", "token-new"), ("4711", "4712")])
def test_a_token_has_the_serial_its_maker_gave_it(serial, named):
    with pytest.raises(Untrusted, match="token 4712 found, its certificate says 4711"):
        with_credential(BELIEVING, "alice", attesting(serial=serial, token_serial=named))


def test_a_module_may_call_the_token_by_its_makers_serial():
    assert with_credential(BELIEVING, "alice", attesting(token_serial="4711"))


def test_a_maker_nobody_believes_any_more_is_found_when_the_whole_roster_is_looked_at():
    data = changed(with_credential(BELIEVING, "alice", attesting()), lambda d: d.pop("attestationRoots"))

    with pytest.raises(Untrusted, match="of no maker"):
        refuse_false_proofs(roster(data))


def test_another_applet_of_one_token_belongs_to_the_same_person():
    data = with_credential(BELIEVING, "alice", attesting())
    second = replace(attesting(name="other", token_serial="openpgp-applet"), uses=attesting().uses)

    assert with_credential(data, "alice", second)
    with pytest.raises(Malformed, match="token 4711 found under"):
        roster(
            changed(
                with_credential(data, "alice", second),
                lambda d: holder(d, "bob")["credentials"].append(holder(d, "alice")["credentials"].pop()),
            )
        )


def test_an_attestation_is_never_taken_away_nor_exchanged():
    first = with_credential(BELIEVING, "alice", attesting())
    again = base64.b64encode(token().attest(edwards("new").public.spki)).decode()

    def without(document):
        document.update(version=2)
        holder(document, "alice")["credentials"][1].pop("attestation")

    def exchanged(document):
        document.update(version=2)
        holder(document, "alice")["credentials"][1]["attestation"]["certificates"][0] = again

    for change in (without, exchanged):
        found = successor_violations(roster(first), roster(changed(first, change)))
        assert [violation.detail.rpartition(" has ")[2] for violation in found] == [
            "another attestation, or none"
        ]


@pytest.mark.parametrize(
    "odd", [{}, {"serial": "4711"}, {"serial": "4711", "certificates": ["AA=="]}, {"serial": 4711}]
)
def test_an_attestation_of_an_odd_form_makes_the_roster_malformed(odd):
    with pytest.raises(Malformed, match=r"credentials\[0\]\.attestation"):
        roster(changed(FIRST, lambda d: key_of(d, "alice").update(attestation=odd)))


def test_one_root_is_believed_once():
    with pytest.raises(Malformed, match="in the roster already"):
        with_attestation_roots(BELIEVING, (maker().der,), now=START)


def test_the_serial_is_read_before_anything_is_verified():
    assert serial_in(token().attest(CARD.spki, serial=2**31), where="attestation") == str(2**31)


def test_a_certificate_of_a_key_nobody_reads_is_malformed():
    nobodys = token().attest(CARD.spki).replace(P256_OID, P256_OID[:-1] + b"\x63")

    with pytest.raises(Malformed, match="without a key we read"):
        proved((nobodys, token().der))
