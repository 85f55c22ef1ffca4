"""Licence expressions: a choice, a conjunction, an exception, and what cannot be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.core.licences import allowed
from workstation.core.policy_controls import LicenceControl

GPL = "GPL-2.0-only WITH Classpath-exception-2.0"


def only(*ids):
    return LicenceControl(allow=frozenset(ids), deny=frozenset())


def without(*ids):
    return LicenceControl(allow=None, deny=frozenset(ids))


@pytest.mark.parametrize(
    ("expression", "ids"),
    [
        ("MIT", ("MIT",)),
        ("MIT OR X-1.0", ("MIT",)),
        ("X-1.0 OR MIT AND Zlib", ("MIT", "Zlib")),
        ("(X-1.0 OR MIT) AND Zlib", ("MIT", "Zlib")),
        ("((MIT))", ("MIT",)),
        (GPL, (GPL,)),
        ("LicenseRef-Ours", ("LicenseRef-Ours",)),
    ],
)
def test_an_expression_is_allowed_when_a_way_through_it_is(expression, ids):
    assert allowed(expression, only(*ids))


@pytest.mark.parametrize(
    ("expression", "ids"),
    [
        ("MIT AND X-1.0", ("MIT",)),
        ("(X-1.0 OR MIT) AND Zlib", ("MIT",)),
        (GPL, ("GPL-2.0-only",)),
        ("mit", ("MIT",)),
        ("Apache License, Version 2.0", ("Apache", "License", "Version", "2.0")),
    ],
)
def test_an_expression_no_way_through_which_is_allowed_is_not(expression, ids):
    assert not allowed(expression, only(*ids))


@pytest.mark.parametrize(
    "expression", ["GPL-2.0-only", GPL, "MIT AND GPL-2.0-only", "GPL-2.0-only OR GPL-2.0-only"]
)
def test_a_denied_licence_is_denied_with_every_exception(expression):
    assert not allowed(expression, without("GPL-2.0-only"))


def test_a_denied_licence_can_be_avoided_by_a_choice():
    assert allowed("GPL-2.0-only OR MIT", without("GPL-2.0-only"))


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "(",
        "MIT)",
        "(MIT",
        "MIT MIT",
        "MIT OR",
        "OR MIT",
        "AND",
        "MIT WITH",
        "MIT WITH OR",
        "MIT; X",
        "(" * 100 + ")" * 100,
    ],
)
def test_what_cannot_be_read_is_never_allowed(expression):
    assert not allowed(expression, without("X-1.0"))


EXPRESSIONS = st.recursive(
    st.sampled_from("abc"),
    lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from(["AND", "OR"]), inner),
    max_leaves=8,
)


@given(EXPRESSIONS, st.frozensets(st.sampled_from("abc")), st.frozensets(st.sampled_from("abc")))
def test_letting_more_in_never_keeps_something_out(expression, few, more):
    if allowed(expression, only(*few)):
        assert allowed(expression, only(*few, *more))
    if allowed(expression, without(*few, *more)):
        assert allowed(expression, without(*few))
