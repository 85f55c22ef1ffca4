"""The desk's codec: every question and answer crosses whole, and nonsense is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workstation.core.errors import Malformed
from workstation.core.release_diff import ReleaseDiff
from workstation.core.release_diff_reader import from_json
from workstation.desk import codec, face

HEX = st.text("0123456789abcdef", min_size=64, max_size=64)
SMALL = st.integers(0, 2**53 - 1)
DIFF = from_json(
    {
        "verdict": "refused",
        "added": ["a.whl!/x"],
        "removed": [],
        "content_changed": [],
        "mode_changed": [],
        "owner_changed": [],
        "link_changed": [],
        "findings": [{"rule": "DIFF-NAME", "rank": 100, "path": "a.whl!/x", "sentence": "it leads out"}],
        "not_inspected": [{"path": "a.whl!/y", "why": "past the limits"}],
        "changes": [
            {
                "kind": "added",
                "old": None,
                "new": {
                    "path": "a.whl!/x",
                    "kind": "file",
                    "size": 1,
                    "mode": 420,
                    "owner": "",
                    "target": "",
                    "digest": "0" * 64,
                },
                "rows": [],
            }
        ],
    },
    where="diff",
)

st.register_type_strategy(ReleaseDiff, st.just(DIFF))


def built(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Return values of one question or answer, numbers within what JSON of ours can hold."""
    return st.from_type(kind)


@pytest.fixture(scope="module", autouse=True)
def small_numbers() -> Iterator[None]:
    """Keep generated numbers within 2^53 - 1, as every document of ours does."""
    st.register_type_strategy(int, SMALL)
    yield
    st.register_type_strategy(int, st.integers())


def crossed(message: Any) -> Any:
    """Return a message as it arrives at the other end."""
    return json.loads(json.dumps(message))


@pytest.mark.parametrize("kind", get_args(face.Question), ids=lambda kind: kind.__name__)
def test_every_question_crosses_whole(kind: type[Any]) -> None:
    @settings(max_examples=25, deadline=None)
    @given(built(kind))
    def law(question: Any) -> None:
        assert codec.question_from_json(crossed(codec.question_to_json(question))) == question

    law()


@pytest.mark.parametrize("kind", get_args(face.Answer), ids=lambda kind: kind.__name__)
def test_every_answer_crosses_whole(kind: type[Any]) -> None:
    @settings(max_examples=25, deadline=None)
    @given(built(kind))
    def law(answer: Any) -> None:
        assert codec.answer_from_json(crossed(codec.answer_to_json(answer))) == answer

    law()


GOOD = {"is": "AskReview", "request": "0" * 64}


@pytest.mark.parametrize(
    "nonsense",
    [
        {},
        {"is": "AskEverything"},
        {"is": ["AskQueue"]},
        {"is": None},
        {"is": "Queue", "items": []},
        {"is": "AskReview"},
        {**GOOD, "request": 7},
        {**GOOD, "request": None},
        {**GOOD, "pin": "1234"},
        {"is": "AskQueue", "extra": True},
        {"is": "AskCountersign", "request": "0", "review": "0", "token": "x", "acknowledged": "abc"},
        {"is": "AskCountersign", "request": "0", "review": "0", "token": "x", "acknowledged": [1]},
        {"is": "AskDecline", "request": "0", "review": "0", "token": True, "reason": "x"},
    ],
)
def test_a_question_that_is_none_of_the_desks_is_refused(nonsense: Any) -> None:
    with pytest.raises(Malformed):
        codec.question_from_json(nonsense)


@pytest.mark.parametrize(
    "nonsense",
    [
        {"is": "AskQueue"},
        {"is": "Declined", "request": "0", "name": "x", "entry": "7"},
        {"is": "Declined", "request": "0", "name": "x", "entry": True},
        {"is": "Declined", "request": "0", "name": "x", "entry": 1.5},
        {"is": "Countersigned", "quorate": 1},
        {"is": "Tokens", "cards": [{"uri": "x"}]},
        {"is": "Queue", "items": {}},
    ],
)
def test_an_answer_that_is_none_of_the_desks_is_refused(nonsense: Any) -> None:
    with pytest.raises(Malformed):
        codec.answer_from_json(nonsense)
