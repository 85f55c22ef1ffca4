"""A long review crosses in pieces, whole and in order; nothing else may."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_answers import sample_queue, sample_review
from sample_desk import DeskThread, SampleDesk
from sample_release import member

from workstation.core.errors import Malformed
from workstation.core.release_diff import ChangeKind, FileChange, ReleaseDiff, RowKind, TextRow
from workstation.desk.client import DeskClient
from workstation.desk.face import Answer, AskQueue, AskReview
from workstation.desk.pieces import ROWS_AT_ONCE, in_pieces, joined
from workstation.process import frames

ROW = TextRow(kind=RowKind.ADDED, new=1, text="x")


def change(name: str, rows: int = 0) -> FileChange:
    return FileChange(kind=ChangeKind.ADDED, new=member(name, name), rows=(ROW,) * rows)


def long_review(count: int) -> Answer:
    page = sample_review()
    changes = tuple(change(f"f/{number}") for number in range(count))
    return replace(page, diff=replace(page.diff, changes=changes))


@given(st.lists(st.integers(0, 2 * ROWS_AT_ONCE), max_size=8))
def test_pieces_joined_are_the_answer_and_none_is_larger_than_it_has_to_be(rows: list[int]) -> None:
    page = sample_review()
    changes = tuple(change(str(number), count) for number, count in enumerate(rows))
    answer = replace(page, diff=replace(page.diff, changes=changes))

    pieces, rest = in_pieces(answer)

    assert joined(tuple(one for piece in pieces for one in piece.changes), rest) == answer
    assert all(
        len(piece.changes) == 1 or sum(1 + len(one.rows) for one in piece.changes) <= ROWS_AT_ONCE
        for piece in pieces
    )


def test_a_short_answer_crosses_as_it_is() -> None:
    assert in_pieces(sample_review()) == ((), sample_review())
    assert in_pieces(sample_queue()) == ((), sample_queue())


def test_a_long_review_crosses_whole_and_the_next_one_has_nothing_of_it() -> None:
    desk = SampleDesk()
    line = DeskThread(desk)
    client = DeskClient(line.fd)
    first, second = long_review(3 * ROWS_AT_ONCE), long_review(2 * ROWS_AT_ONCE)
    seen: list[Answer] = []
    more = 0

    for answer in (first, second):
        desk.overrides[AskReview] = lambda _, found=answer: found  # type: ignore[misc]
        client.ask(AskReview(request=sample_review().item.request))
        while (found := client.receive()) is None:
            more += 1
        seen.append(found)  # type: ignore[arg-type]
    line.close()

    assert seen == [first, second]
    assert more == 5


def test_changes_before_an_answer_that_has_none_are_nonsense() -> None:
    desk = SampleDesk()
    line = DeskThread(desk)
    client = DeskClient(line.fd)
    desk.gate.clear()
    client.ask(AskQueue())
    piece = ReleaseDiff(changes=(change("a"),))
    frames.send_json(line._theirs.fileno(), {"changes": piece.to_json()})

    first = client.receive()
    desk.gate.set()

    assert first is None
    with pytest.raises(Malformed, match="changes found before an answer"):
        client.receive()
    line.close()
