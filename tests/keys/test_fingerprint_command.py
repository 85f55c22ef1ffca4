"""`countersign fingerprint` says for any file which keys are in it, and which only pretend to be."""

from __future__ import annotations

import base64
from argparse import Namespace

import pytest
from core.keys import edwards, p256
from keys.key_forms import FORMS, spki
from keys.openpgp_writer import PgpKey, bound, certificate

from workstation.console.anywhere_commands import KEY_LIMIT, fingerprint, read_key
from workstation.core.errors import Malformed, MediaError

BOB = p256("bob")
PRIMARY, SUBKEY = PgpKey(BOB.private), PgpKey(edwards("sub").private)


def asked(tmp_path, **files):
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    return fingerprint(Namespace(file=[str(tmp_path / name) for name in files]))


def test_each_file_says_the_same_of_the_same_key(tmp_path):
    forms = {f"form{number}": make(BOB.private) for number, make in enumerate(FORMS.values())}

    reply = asked(tmp_path, **forms)

    assert reply.status == 0
    assert {one["fingerprint"] for one in reply.document["keys"]} == {BOB.public.fingerprint}
    assert {one["spki"] for one in reply.document["keys"]} == {base64.b64encode(spki(BOB.private)).decode()}
    assert all(line.startswith(f"{BOB.public.fingerprint}  p256  ") for line in reply.lines)


def test_an_openpgp_certificate_shows_every_bound_subkey_and_the_names_to_enrol(tmp_path):
    reply = asked(tmp_path, cert=certificate(PRIMARY, bound(PRIMARY, SUBKEY, answered_by=SUBKEY)))

    assert [(one["part"], one["alias"]) for one in reply.document["keys"]] == [
        ("primary key", PRIMARY.alias),
        (f"subkey {SUBKEY.alias.removeprefix('openpgp:')}", SUBKEY.alias),
    ]
    assert reply.status == 0


def test_an_unbound_subkey_is_reported_and_refused(tmp_path):
    data = certificate(PRIMARY, bound(PRIMARY, SUBKEY))

    reply = asked(tmp_path, cert=data)

    assert reply.status == 1
    assert [one["fingerprint"] for one in reply.document["keys"]] == [BOB.public.fingerprint]
    assert reply.document["passedOver"][0]["refused"] is True
    assert any(line.startswith("REFUSED") and SUBKEY.alias[8:] in line for line in reply.lines)
    with pytest.raises(Malformed, match="no binding"):
        read_key(data, where="cert")


def test_a_file_that_cannot_be_read_is_no_key(tmp_path):
    with pytest.raises(MediaError, match="cannot be read"):
        fingerprint(Namespace(file=[str(tmp_path / "missing")]))


def test_a_file_too_long_for_a_key_is_refused(tmp_path):
    with pytest.raises(Malformed, match="more than"):
        asked(tmp_path, long=b"#" * (KEY_LIMIT + 1))


@pytest.mark.parametrize("form", FORMS)
def test_a_key_to_enrol_comes_in_any_encoding(form):
    assert read_key(FORMS[form](BOB.private), where="file") == BOB.public
