"""Questions and answers as JSON and back, tagged by their type's name.

The desk does not trust the screen: what arrives is structured strictly, or refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Final, TypeVar, cast, get_args, get_origin

from cattrs import Converter
from cattrs.errors import BaseValidationError
from cattrs.strategies import configure_tagged_union

from workstation.core.asked import When
from workstation.core.errors import Malformed
from workstation.core.glimpse import Glimpse
from workstation.core.release_diff import ReleaseDiff
from workstation.core.release_diff_reader import from_json
from workstation.core.strict_json import JsonObject
from workstation.desk import face, records_face, review_face

T = TypeVar("T")
_TAG: Final = "is"


def _exactly(kind: type[T]) -> type[T]:
    def structure(value: object, _: type[T]) -> T:
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise TypeError(f"{type(value).__name__} found, {kind.__name__} wanted")
        return value

    _converter.register_structure_hook(kind, structure)
    return kind


def _one_of(kind: type[StrEnum]) -> None:
    """Make members of an enumeration: for a subclass of str, the hook of str would leave a str."""

    def structure(value: object, _: object) -> StrEnum:
        if not isinstance(value, str):
            raise TypeError(f"{type(value).__name__} found, a text wanted")
        return kind(value)

    _converter.register_structure_hook(kind, structure)


def _is_tuple(kind: object) -> bool:
    return get_origin(kind) is tuple


def _items(kind: type[tuple[object, ...]]) -> Callable[[object, object], tuple[object, ...]]:
    """Return what makes a tuple of an array, and of nothing else that could be walked through."""
    each = get_args(kind)[0]

    def structure(value: object, _: object) -> tuple[object, ...]:
        if not isinstance(value, list | tuple):
            raise TypeError(f"{type(value).__name__} found, an array wanted")
        return tuple(_converter.structure(item, each) for item in cast("Iterable[object]", value))

    return structure


_converter: Final = Converter(forbid_extra_keys=True)
for _kind in (str, int, bool):
    _exactly(_kind)
for _enumeration in (face.Stage, records_face.Slip, records_face.StepState, review_face.RuleState, When):
    _one_of(_enumeration)
_converter.register_structure_hook_factory(_is_tuple, _items)
_converter.register_unstructure_hook(ReleaseDiff, lambda diff: diff.to_json())
_converter.register_structure_hook(ReleaseDiff, lambda value, _: from_json(value, where="answer.diff"))
configure_tagged_union(face.Question, _converter, tag_name=_TAG)
configure_tagged_union(face.Answer, _converter, tag_name=_TAG)


def question_to_json(question: face.Question) -> JsonObject:
    """Return a question as a message."""
    return cast("JsonObject", _converter.unstructure(question, face.Question))


def answer_to_json(answer: face.Answer) -> JsonObject:
    """Return an answer as a message."""
    return cast("JsonObject", _converter.unstructure(answer, face.Answer))


def glimpse_to_json(glimpse: Glimpse) -> JsonObject:
    """Return how far an answer is as a message."""
    return cast("JsonObject", _converter.unstructure(glimpse, Glimpse))


def glimpse_from_json(message: JsonObject) -> Glimpse:
    """Return how far an answer is; raises Malformed."""
    return cast("Glimpse", _structured(message, Glimpse, "progress"))


def question_from_json(message: JsonObject) -> face.Question:
    """Return the question in a message; raises Malformed."""
    return cast("face.Question", _structured(message, face.Question, "question"))


def answer_from_json(message: JsonObject) -> face.Answer:
    """Return the answer in a message; raises Malformed."""
    return cast("face.Answer", _structured(message, face.Answer, "answer"))


def _structured(message: JsonObject, kind: object, where: str) -> object:
    try:
        return _converter.structure(message, kind)  # type: ignore[arg-type]  # a union is no type[T]
    except (BaseValidationError, KeyError, TypeError, ValueError) as error:
        raise Malformed(where, f"not one of the desk's: {error}") from error
