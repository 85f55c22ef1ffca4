"""A rule about every product of a type and namespace: what it covers, what goes before it, what changes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packageurl import PackageURL
from policy.full_policy import full_policy
from policy.policy_cases import minimal_rule

from workstation.core.errors import Malformed
from workstation.core.orders import Direction
from workstation.core.policy import Policy
from workstation.core.policy_document import parse_policy
from workstation.core.policy_order import compare
from workstation.core.shape import Shape


def about(rule_id, *purls, channels=("stable",), **controls):
    return {
        **minimal_rule(**controls),
        "id": rule_id,
        "match": {"purl": list(purls), "channel": list(channels)},
    }


def policy(*rules) -> Policy:
    return parse_policy(json.dumps(full_policy(*rules)).encode())


def rule_of(found: Policy, purl: str, channel: str = "stable") -> str | None:
    rule = found.rule_for(PackageURL.from_string(purl), channel)
    return None if rule is None else rule.id


@pytest.mark.parametrize(
    ("pattern", "covered"),
    [
        ("pkg:pypi/*", ["pkg:pypi/urllib3@2.2.2", "pkg:pypi/idna@3.7"]),
        ("pkg:deb/debian/*", ["pkg:deb/debian/xz-utils@5.6.1-1?arch=amd64"]),
        ("pkg:npm/%40acme/*", ["pkg:npm/%40acme/pump@1.0.0"]),
        ("pkg:golang/github.com/acme/*", ["pkg:golang/github.com/acme/pump@v1.0.0"]),
    ],
)
def test_a_pattern_is_about_every_product_of_its_type_and_namespace(pattern, covered):
    found = policy(about("all", pattern))

    assert [rule_of(found, purl) for purl in covered] == ["all"] * len(covered)


@pytest.mark.parametrize(
    "other",
    [
        "pkg:deb/ubuntu/xz-utils@5.6.1",
        "pkg:deb/xz-utils@5.6.1",
        "pkg:rpm/debian/xz-utils@5.6.1",
        "pkg:deb/debian/backports/xz-utils@5.6.1",
    ],
)
def test_a_pattern_is_about_no_other_type_namespace_or_depth(other):
    assert rule_of(policy(about("all", "pkg:deb/debian/*")), other) is None


def test_a_pattern_holds_in_its_channels_alone():
    assert rule_of(policy(about("all", "pkg:pypi/*")), "pkg:pypi/idna@3.7", "testing") is None


@pytest.mark.parametrize("order", [1, -1])
def test_a_product_that_is_named_goes_by_that_rule_wherever_it_stands(order):
    rules = [about("all", "pkg:pypi/*"), about("one", "pkg:pypi/idna", approvals={"atLeast": 3})]
    found = policy(*rules[::order])

    assert (rule_of(found, "pkg:pypi/idna@3.7"), rule_of(found, "pkg:pypi/urllib3@2.2.2")) == ("one", "all")


def test_a_product_named_in_another_channel_still_goes_by_the_pattern():
    found = policy(about("all", "pkg:pypi/*"), about("one", "pkg:pypi/idna", channels=["testing"]))

    assert rule_of(found, "pkg:pypi/idna@3.7") == "all"


@pytest.mark.parametrize(
    "text",
    [
        "pkg:*",
        "*",
        "pkg:*/idna",
        "pkg:pypi/id*",
        "pkg:deb/*/xz",
        "pkg:deb/*/*",
        "pkg:pypi/*@1",
        "pkg:PyPI/*",
        "/*",
    ],
)
def test_a_star_stands_alone_and_at_the_end(text):
    with pytest.raises(Malformed):
        policy(about("all", text))


def test_the_same_pattern_in_two_rules_makes_no_policy():
    with pytest.raises(Malformed, match=r"pkg:pypi/\* in stable found in a and b, once wanted"):
        policy(about("a", "pkg:pypi/*"), about("b", "pkg:pypi/*"))


@pytest.mark.parametrize("text", ["pkg:pypi/*@1.0", "pkg:deb/*/a@1.0", "pkg:generic/a@*"])
def test_nothing_is_called_by_a_pattern(text):
    with pytest.raises(Malformed, match="canonical package URL"):
        Shape(text, "product").purl(with_version=True)


def lines(old, new):
    return [str(change) for change in compare(policy(*old), policy(*new))]


def test_a_pattern_that_is_new_is_looser_and_one_that_goes_is_stricter():
    one, both = [about("one", "pkg:pypi/idna")], [about("one", "pkg:pypi/idna", "pkg:pypi/*")]

    assert lines(one, both) == ["LOOSER: match none → pkg:pypi/* in stable (rule one)"]
    assert lines(both, one) == ["STRICTER: match pkg:pypi/* in stable → none (rule one)"]


def test_an_exception_from_a_pattern_is_compared_with_the_pattern():
    usual = about("all", "pkg:pypi/*", approvals={"atLeast": 2})
    loose = about("one", "pkg:pypi/idna", approvals={"atLeast": 1})

    assert lines([usual], [usual, loose]) == [
        "LOOSER: approvals.atLeast 2 → 1 (rule one)",
        "SAME: id all → one (rule one)",
    ]


PRODUCTS = ["pkg:pypi/a", "pkg:pypi/b", "pkg:deb/debian/a"]
TARGETS = st.sampled_from([*PRODUCTS, "pkg:pypi/*", "pkg:deb/debian/*"])


@st.composite
def policies(draw):
    named = draw(st.lists(TARGETS, min_size=1, max_size=4, unique=True))
    return policy(
        *(
            about(f"r{n}", purl, approvals={"atLeast": draw(st.integers(1, 3))})
            for n, purl in enumerate(named)
        )
    )


@settings(max_examples=150, deadline=None)
@given(policies(), policies())
def test_what_a_change_says_of_patterns_is_true_of_every_product(old, new):
    def wanted(found: Policy, purl: str) -> float:
        rule = found.rule_for(PackageURL.from_string(f"{purl}@1"), "stable")
        return float("inf") if rule is None else rule.approvals.need.at_least

    directions = {change.direction for change in compare(old, new)}
    moves = [(wanted(old, purl), wanted(new, purl)) for purl in [*PRODUCTS, "pkg:pypi/c", "pkg:deb/debian/c"]]

    assert any(was > now for was, now in moves) == bool(directions & {Direction.LOOSER, Direction.BOTH})
    assert any(was < now for was, now in moves) == bool(directions & {Direction.STRICTER, Direction.BOTH})
