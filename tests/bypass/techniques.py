"""All techniques by row of the bypass table. Row 19, a card lent with its PIN, has none: it works."""

from __future__ import annotations

from typing import Final

from bypass import techniques_actors as actors
from bypass import techniques_counting as counting
from bypass import techniques_enrolment as enrolment
from bypass import techniques_history as history
from bypass import techniques_keys as keys
from bypass import techniques_memory as memory
from bypass import techniques_names as names
from bypass import techniques_opening as opening
from bypass import techniques_review as review
from bypass import techniques_source as source
from bypass import techniques_tokens as tokens
from bypass.attempts import Technique, unlike

TECHNIQUES: Final[tuple[Technique, ...]] = unlike(
    (
        *keys.row_1(),
        *keys.row_2(),
        *keys.row_3(),
        *keys.row_4(),
        *tokens.row_5(),
        *tokens.row_6(),
        *tokens.row_7(),
        *history.row_8(),
        *history.row_9(),
        *actors.row_10(),
        *actors.row_11(),
        *actors.row_12(),
        *source.row_13(),
        *source.row_14(),
        *review.row_15(),
        *review.row_16(),
        *enrolment.row_17(),
        *enrolment.row_18(),
        *memory.row_20(),
        *opening.rows(),
        *counting.row_21(),
        *names.row_22(),
    )
)

NOT_SOLVABLE: Final = frozenset({19})
"""Rows no test can close."""
