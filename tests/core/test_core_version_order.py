"""Which version comes after which."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workstation.core.version_order import order_of

RISING = (
    ("1.0a1", "1.0b2", "1.0.dev1", "1.0rc1", "1.0", "1.0.post1", "1.0.1", "1.2", "1.10", "2"),
    ("1.0-alpha", "1.0-alpha.1", "1.0-beta", "1.0-rc.1", "1.0", "1.0.1"),
    ("9.9p1", "9.9p2", "9.10"),
    ("2024-01-02", "2024-01-10", "2024-10-01"),
    ("0", "0.0.1", "0.1", "1"),
)
SAME = (("1.0", "1", "1.0.0", "v1.0", "1.0+build.7"), ("1.0rc1", "1rc1", "1.0.0-rc.1"), ("01.02", "1.2"))


@pytest.mark.parametrize("versions", RISING)
def test_versions_rise_in_this_order(versions):
    assert sorted(versions, key=order_of) == list(versions)
    assert len({order_of(version) for version in versions}) == len(versions)


@pytest.mark.parametrize("versions", SAME)
def test_spellings_of_one_version_are_one_version(versions):
    assert len({order_of(version) for version in versions}) == 1


@settings(deadline=None)  # the machine may be busy
@given(
    st.lists(st.integers(0, 99), min_size=1, max_size=5), st.lists(st.integers(0, 99), min_size=1, max_size=5)
)
def test_numbers_compare_as_numbers(one, other):
    def stripped(numbers):
        while numbers and not numbers[-1]:
            numbers = numbers[:-1]
        return numbers

    first, second = (order_of(".".join(map(str, numbers))) for numbers in (one, other))

    assert (first < second) is (stripped(one) < stripped(other))
    assert (first == second) is (stripped(one) == stripped(other))


@settings(deadline=None)  # the machine may be busy
@given(
    st.lists(st.integers(0, 30), min_size=1, max_size=4),
    st.sampled_from(["a", "b", "rc", "dev", "pre", "beta"]),
)
def test_what_leads_to_a_version_comes_before_it(numbers, word):
    version = ".".join(map(str, numbers))

    assert order_of(f"{version}{word}1") < order_of(version) < order_of(f"{version}.post1")


@settings(deadline=None)  # the machine may be busy
@given(st.text(max_size=30))
def test_any_text_has_a_place(text):
    assert order_of(text) == order_of(text)
    assert order_of(text)[-1] == order_of("")[-1]
