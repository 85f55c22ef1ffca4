"""Decisions made at a screen: the words were typed there, and every high change was displayed there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from core.world import World, violations
from hypothesis import given
from hypothesis import strategies as st

from workstation.core.guardrails.screen import screen_unseen
from workstation.core.identity import RequestId, digest_of
from workstation.core.release_diff import ChangeKind, FileChange, Finding, Member, MemberKind, ReleaseDiff
from workstation.core.release_words import COUNT, release_words, same_words, whole_word
from workstation.core.seen import AtScreen, change_key, rank_within, to_be_seen
from workstation.core.verdict import Allowed, Violation
from workstation.core.word_list import EVEN, ODD

REQUESTS = st.binary(min_size=1, max_size=8).map(lambda data: RequestId(digest_of(data)))


def change(path: str = "pkg.whl!/setup.py", text: bytes = b"new") -> FileChange:
    old = Member(path=path, kind=MemberKind.FILE, size=3, mode=0o644, digest=digest_of(b"old"))
    return FileChange(kind=ChangeKind.CHANGED, old=old, new=replace(old, digest=digest_of(text)))


def finding(path: str, rank: int) -> Finding:
    return Finding(rule="RUNS-BY-ITSELF", rank=rank, path=path, sentence="runs by itself")


def world_with(diff: ReleaseDiff) -> World:
    world = World()
    world.diff = diff
    return world.admit()


def at_screen(
    world: World, *, words: str | None = None, seen: tuple[FileChange, ...] = ()
) -> tuple[str, ...]:
    """Return the rules that stop alice from countersigning, having typed and seen this."""
    action = world.countersigning("alice")
    typed = " ".join(release_words(world.request.id)) if words is None else words
    said = AtScreen(words=typed, seen=tuple(change_key(one) for one in seen))
    found = world.judge(replace(action, at_screen=said))
    return () if found == Allowed() else tuple(violation.rule for violation in violations(found))


def test_the_words_of_the_request_and_nothing_high_are_enough():
    assert at_screen(World().admit()) == ()


@pytest.mark.parametrize("words", ["", "aardvark", "aardvark " * 10])
def test_other_words_than_the_requests_are_refused(words: str):
    assert at_screen(World().admit(), words=words) == ("SCREEN-WORDS",)


@pytest.mark.parametrize("rank", [80, 99])
def test_a_high_change_that_was_not_displayed_is_refused(rank: int):
    diff = ReleaseDiff(changes=(change("pkg.whl!/setup.py"), change("pkg.whl!/other.py")))
    world = world_with(replace(diff, findings=(finding("pkg.whl!/setup.py", rank),)))

    unseen = at_screen(world)
    seen = at_screen(world, seen=(change(),))

    assert unseen == ("SCREEN-UNSEEN",)
    assert seen == ()
    assert rank_within("pkg.whl", world.diff) == rank


def test_a_change_that_is_not_high_need_not_be_displayed():
    world = world_with(ReleaseDiff(changes=(change(),), findings=(finding("pkg.whl!/setup.py", 79),)))

    assert at_screen(world) == ()


@pytest.mark.parametrize(("wanted", "rules"), [(79, ("SCREEN-UNSEEN",)), (80, ())])
def test_a_change_the_policy_wants_opened_has_to_be_displayed(wanted: int, rules: tuple[str, ...]):
    world = World()
    world.rule["mustOpen"] = {"atOrAbove": wanted}
    world.diff = ReleaseDiff(changes=(change(),), findings=(finding("pkg.whl!/setup.py", 79),))
    world.admit()

    assert tuple(rule for rule in at_screen(world) if rule != "FINDINGS-UNACKNOWLEDGED") == rules


def test_where_no_rule_of_the_policy_fits_the_high_changes_are_displayed_all_the_same():
    world = world_with(ReleaseDiff(changes=(change(),), findings=(finding("pkg.whl!/setup.py", 80),)))
    action = replace(world.countersigning("alice"), at_screen=AtScreen(words="", seen=()))

    (found,) = screen_unseen(action, replace(world.facts(action), rule=None))

    assert found == Violation("SCREEN-UNSEEN", "pkg.whl!/setup.py was not displayed whole")


def test_what_was_displayed_with_other_bytes_was_not_displayed():
    world = world_with(ReleaseDiff(changes=(change(),), findings=(finding("pkg.whl!/setup.py", 90),)))

    assert at_screen(world, seen=(change(text=b"other"),)) == ("SCREEN-UNSEEN",)


def test_the_command_line_says_nothing_of_a_screen():
    world = world_with(ReleaseDiff(changes=(change(),), findings=(finding("pkg.whl!/setup.py", 90),)))

    assert world.judge(world.countersigning("alice")) == Allowed()


def test_a_policy_may_want_lower_changes_displayed_and_never_fewer_than_the_high_ones():
    diff = ReleaseDiff(
        changes=(change("a"), change("b"), change("c")),
        findings=(finding("a", 40), finding("b", 85), finding("c", 100)),
    )

    assert [one.path for one in to_be_seen(diff, 40)] == ["a", "b"]
    assert [one.path for one in to_be_seen(diff, 95)] == ["b"]
    assert [one.path for one in to_be_seen(diff, None)] == ["b"]


def test_the_word_list_is_the_published_one():
    assert (len(EVEN), len(ODD), len(set(EVEN + ODD))) == (256, 256, 512)
    assert (EVEN[0x82], ODD[0xE5]) == ("miser", "travesty")
    assert (EVEN[0x00], ODD[0x00], EVEN[0xFF], ODD[0xFF]) == ("aardvark", "adroitness", "zulu", "yucatan")


@given(REQUESTS, REQUESTS)
def test_words_are_those_of_one_request_only(one: RequestId, other: RequestId):
    typed = "  ".join(release_words(one)).upper()

    assert same_words(typed, one)
    assert same_words(typed, other) == (one == other)


@given(REQUESTS, st.integers(0, COUNT - 1))
def test_a_word_left_out_or_doubled_is_noticed(request: RequestId, place: int):
    words = list(release_words(request))

    assert not same_words(" ".join(words[:place] + words[place + 1 :]), request)
    assert not same_words(" ".join([*words[: place + 1], *words[place:]]), request)


@pytest.mark.parametrize(
    ("cut", "place", "whole"),
    [
        ("aard", 0, "aardvark"),
        ("aar", 0, None),
        ("blac", 0, "blackjack"),
        ("back", 0, None),
        ("xyzz", 1, None),
    ],
)
def test_a_word_may_be_cut_where_only_one_begins_so(cut: str, place: int, whole: str | None):
    assert whole_word(cut, place) == whole
