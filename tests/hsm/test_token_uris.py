"""PKCS#11 URIs: one meaning, or refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hsm.facts import PinState, TokenFacts
from hsm.uri import ObjectType, TokenUri, UriError

_printable = st.text(st.characters(codec="utf-8").filter(str.isprintable))


def _up_to(limit: int) -> st.SearchStrategy[str | None]:
    return st.none() | _printable.filter(lambda text: len(text.encode()) <= limit)


_uris = st.builds(
    TokenUri,
    token=_up_to(32),
    manufacturer=_up_to(32),
    serial=_up_to(16),
    model=_up_to(16),
    slot_id=st.none() | st.integers(0, 2**64 - 1),
    id=st.none() | st.binary(min_size=1),
    object=_up_to(64),
    type=st.none() | st.sampled_from(ObjectType),
    module_path=_up_to(64),
)


_FACTS = TokenFacts(
    slot_id=7,
    label="alice",
    serial="0123abcd",
    model="SoftHSM v2",
    manufacturer="SoftHSM project",
    firmware="2.6",
    pin=PinState.OK,
    pinpad=False,
    removable=True,
)


@given(_uris)
def test_a_uri_written_out_parses_to_itself(uri: TokenUri) -> None:
    assert TokenUri.parse(str(uri)) == uri


@given(_uris)
def test_a_uri_has_one_spelling(uri: TokenUri) -> None:
    assert str(TokenUri.parse(str(uri))) == str(uri)


@given(st.text())
def test_any_text_is_a_uri_or_refused(text: str) -> None:
    try:
        uri = TokenUri.parse("pkcs11:" + text)
    except UriError:
        return

    assert TokenUri.parse(str(uri)) == uri


def test_a_uri_in_our_spelling_is_given_back() -> None:
    text = (
        "pkcs11:token=alice;manufacturer=SoftHSM%20project;serial=01;model=SoftHSM%20v2;slot-id=7"
        ";id=%02%FF;object=SIGN%20key;type=private?module-path=/usr/lib/softhsm/libsofthsm2.so"
    )

    assert str(TokenUri.parse(text)) == text


def test_attributes_may_come_in_any_order() -> None:
    assert TokenUri.parse("pkcs11:id=%02;token=alice") == TokenUri.parse("pkcs11:token=alice;id=%02")


def test_an_id_is_bytes_and_a_label_is_text() -> None:
    uri = TokenUri.parse("pkcs11:id=%00%ffA;object=%C3%A9t%C3%A9")

    assert (uri.id, uri.object) == (b"\x00\xffA", "été")


def test_the_characters_rfc_7512_lets_stand_may_stand() -> None:
    assert TokenUri.parse("pkcs11:token=:[]@!$'()*+,=&-._~").token == ":[]@!$'()*+,=&-._~"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "uri"),
        ("PKCS11:token=alice", "uri"),
        ("pkcs11", "uri"),
        ("pkcs11:token=alice;token=alice", "token"),
        ("pkcs11:id=%02;id=%03", "id"),
        ("pkcs11:colour=red", "uri"),
        ("pkcs11:library-version=2.6", "uri"),
        ("pkcs11:token=alice;", "uri"),
        ("pkcs11:;token=alice", "uri"),
        ("pkcs11:token", "token"),
        ("pkcs11:token=alice?", None),
        ("pkcs11:token=alice?token=bob", "uri"),
        ("pkcs11:module-path=/x.so", "uri"),
        ("pkcs11:token=alice?module-path=/a&module-path=/b", "module-path"),
        ("pkcs11:token=alice?module-name=opensc", "uri"),
        ("pkcs11:token=alice?pin-value=1234", "pin-value"),
        ("pkcs11:token=alice?pin-source=file:/pin", "pin-source"),
        ("pkcs11:token=alice;pin-value=1234", "pin-value"),
        ("pkcs11:token=a b", "token"),
        ("pkcs11:token=a/b", "token"),
        ("pkcs11:token=é", "token"),
        ("pkcs11:token=%", "token"),
        ("pkcs11:token=%4", "token"),
        ("pkcs11:token=%zz", "token"),
        ("pkcs11:token=%+1", "token"),
        ("pkcs11:token=%ff", "token"),
        ("pkcs11:token=%00", "token"),
        ("pkcs11:token=%E2%80%AEecila", "token"),
        ("pkcs11:token=" + "a" * 33, "token"),
        ("pkcs11:serial=" + "1" * 17, "serial"),
        ("pkcs11:id=", "id"),
        ("pkcs11:type=key", "type"),
        ("pkcs11:slot-id=", "slot-id"),
        ("pkcs11:slot-id=-1", "slot-id"),
        ("pkcs11:slot-id=07", "slot-id"),
        ("pkcs11:slot-id=18446744073709551616", "slot-id"),
        ("pkcs11:slot-id=" + "9" * 5000, "slot-id"),
    ],
)
def test_a_uri_that_is_not_strict_is_refused_and_says_where(text: str, where: str | None) -> None:
    if where is None:
        # RFC 7512 lets a query be empty.
        assert TokenUri.parse(text) == TokenUri(token="alice")
        return
    with pytest.raises(UriError) as refusal:
        TokenUri.parse(text)

    assert refusal.value.where == where


def test_a_pin_in_a_uri_is_not_repeated_in_the_refusal() -> None:
    with pytest.raises(UriError) as refusal:
        TokenUri.parse("pkcs11:token=alice?pin-value=91827364")

    assert "91827364" not in str(refusal.value)


def test_an_empty_uri_names_every_token() -> None:
    assert TokenUri.parse("pkcs11:").matches(_FACTS)


@given(_uris)
def test_a_token_matches_exactly_when_every_token_attribute_does(uri: TokenUri) -> None:
    named = {
        uri.token: _FACTS.label,
        uri.manufacturer: _FACTS.manufacturer,
        uri.serial: _FACTS.serial,
        uri.model: _FACTS.model,
        uri.slot_id: _FACTS.slot_id,
    }

    assert uri.matches(_FACTS) == all(wanted in {None, found} for wanted, found in named.items())


@pytest.mark.parametrize(
    "other", ["token=bob", "serial=ff", "slot-id=8", "model=X", "manufacturer=Y", "token="]
)
def test_one_attribute_that_differs_is_another_token(other: str) -> None:
    assert not TokenUri.parse(f"pkcs11:{other}").matches(_FACTS)


def test_key_attributes_do_not_choose_a_token() -> None:
    assert TokenUri.parse("pkcs11:token=alice;id=%09;object=x;type=private").matches(_FACTS)
