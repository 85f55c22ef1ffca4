"""Reading a JSON value with its place in the document at hand.

A `Shape` is a value and where it stands; asking it for a type gives that type or raises
`Malformed` with the place, what was found and what was wanted. Unknown fields are refused:
otherwise something would be signed that nobody was shown.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from packageurl import PackageURL

from workstation.core.errors import Malformed
from workstation.core.identity import IDENTIFIER, SHA256_HEX, Digest
from workstation.core.strict_json import JsonObject, JsonValue, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from enum import StrEnum

    EnumT = TypeVar("EnumT", bound=StrEnum)

LONGEST_NAME: Final = 100
LONGEST_PRINTABLE: Final = 500
_RFC3339: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)


# fromisoformat takes more forms than the one we write, and strftime pads no year before 1000.
TIME: Final = re.compile(
    r"[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z", re.ASCII
)


class Shape(NamedTuple):
    """One JSON value and the path to it; a tuple because a roster has a quarter of a million of them."""

    value: JsonValue
    where: str

    def wanted(self, what: str) -> Malformed:
        """Return the error that says what is here and what should be."""
        shown = repr(self.value)[:60] if isinstance(self.value, str | int) else kind_of(self.value)
        return Malformed(self.where, f"{shown} found, {what} wanted")

    def fields(self, *required: str, optional: tuple[str, ...] = ()) -> Fields:
        """Return the fields of an object that has all `required`, maybe `optional`, and no other."""
        if not isinstance(self.value, dict):
            raise self.wanted("an object")
        for name in required:
            if name not in self.value:
                raise Malformed(f"{self.where}.{name}", "nothing found, a value wanted")
        if len(self.value) != len(required) + sum(name in self.value for name in optional):
            unknown = next(name for name in self.value if name not in required and name not in optional)
            raise Malformed(f"{self.where}.{unknown[:60]}", "unknown field found, none wanted")
        return Fields(self.value, self.where)

    def open_fields(self) -> Fields:
        """Return the fields of an object in someone else's format, where more may stand beside ours."""
        if not isinstance(self.value, dict):
            raise self.wanted("an object")
        return Fields(self.value, self.where)

    def items(self, *, at_least: int = 0, at_most: int = 10_000) -> Iterator[Shape]:
        """Return the items of an array whose length is within bounds."""
        if not isinstance(self.value, list):
            raise self.wanted("an array")
        if not at_least <= len(self.value) <= at_most:
            raise Malformed(self.where, f"{len(self.value)} items found, {at_least} to {at_most} wanted")
        return (Shape(item, f"{self.where}[{index}]") for index, item in enumerate(self.value))

    def text(self, *, at_most: int = 2000) -> str:
        """Return a string of at most `at_most` characters."""
        if not isinstance(self.value, str) or len(self.value) > at_most:
            raise self.wanted(f"a string of at most {at_most} characters")
        return self.value

    def identifier(self) -> str:
        """Return an ASCII identifier: a letter or digit, then letters, digits and ._+@- (128 in all)."""
        if not isinstance(self.value, str) or not IDENTIFIER.fullmatch(self.value):
            raise self.wanted("an identifier of letters, digits and ._+@-")
        return self.value

    def printable(self, *, at_most: int = LONGEST_PRINTABLE) -> str:
        """Return printable ASCII without spaces at the ends, such as a URI."""
        text = self.text(at_most=at_most)
        if not text or not text.isascii() or not text.isprintable() or text != text.strip():
            raise self.wanted("printable ASCII")
        return text

    def name(self) -> str:
        """Return words for people: printable, not blank, at most LONGEST_NAME characters."""
        name = self.text(at_most=LONGEST_NAME)
        if not name.strip() or not name.isprintable():
            raise self.wanted("a printable name")
        return name

    def digest(self) -> Digest:
        """Return a SHA-256 digest in hex."""
        if not isinstance(self.value, str) or not SHA256_HEX.fullmatch(self.value):
            raise self.wanted("64 lower-case hex digits of a SHA-256")
        return Digest(self.value)

    def integer(self, low: int, high: int) -> int:
        """Return an integer from `low` to `high`."""
        if not isinstance(self.value, int) or isinstance(self.value, bool) or not low <= self.value <= high:
            raise self.wanted(f"an integer from {low} to {high}")
        return self.value

    def constant(self, wanted: JsonValue) -> None:
        """Refuse anything but `wanted`."""
        if self.value != wanted or type(self.value) is not type(wanted):
            raise self.wanted(repr(wanted))

    def boolean(self) -> bool:
        """Return a boolean."""
        if not isinstance(self.value, bool):
            raise self.wanted("true or false")
        return self.value

    def choice(self, enum: type[EnumT]) -> EnumT:
        """Return the member of a closed vocabulary."""
        try:
            return enum(self.text())
        except (ValueError, Malformed) as error:
            raise self.wanted("one of " + ", ".join(member.value for member in enum)) from error

    def time(self) -> datetime:
        """Return a time in UTC with seconds, such as 2026-11-20T09:00:00Z (RFC 3339)."""
        text = self.text(at_most=20)
        if not TIME.fullmatch(text):
            raise self.wanted("a time such as 2026-11-20T09:00:00Z")
        try:
            return datetime.fromisoformat(text)
        except ValueError as error:
            raise self.wanted("a time such as 2026-11-20T09:00:00Z") from error

    def foreign_time(self) -> datetime:
        """Return a time of someone else's format (RFC 3339), in UTC and to the second below."""
        text = self.text(at_most=40)
        if not _RFC3339.fullmatch(text):
            raise self.wanted("a time as in RFC 3339")
        try:
            # Nine digits of a second are allowed there; six is what we can hold, none what we need.
            return datetime.fromisoformat(re.sub(r"\.[0-9]+", "", text)).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise self.wanted("a time as in RFC 3339") from error

    def base64(self) -> bytes:
        """Return bytes from canonical standard base64 (RFC 4648 section 4)."""
        text = self.text(at_most=8 * 1024 * 1024)
        try:
            data = binascii.a2b_base64(text, strict_mode=True)
        except ValueError as error:
            raise Malformed(self.where, "not base64") from error
        if binascii.b2a_base64(data, newline=False).decode() != text:
            raise Malformed(self.where, "base64 with stray bits found, the canonical form wanted")
        return data

    def purl(self, *, with_version: bool) -> PackageURL:
        """Return a package URL in canonical form (purl-spec), with or without a version."""
        text = self.printable()
        try:
            found = PackageURL.from_string(text)
        except ValueError as error:
            raise self.wanted("a package URL such as pkg:pypi/urllib3@2.2.2") from error
        # A star is no part of a name here: it is what a policy's patterns end in.
        if found.to_string() != text or bool(found.version) != with_version or "*" in text:
            raise self.wanted(f"a canonical package URL {'with' if with_version else 'without'} a version")
        return found


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one object."""

    values: JsonObject
    where: str

    def __getitem__(self, name: str) -> Shape:
        """Return the field; raises Malformed when an open object lacks it."""
        if name not in self.values:
            raise Malformed(f"{self.where}.{name}", "nothing found, a value wanted")
        return Shape(self.values[name], f"{self.where}.{name}")

    def get(self, name: str) -> Shape | None:
        """Return the field, or None when it is absent."""
        return self[name] if name in self.values else None

    def each(self) -> Iterator[tuple[str, Shape]]:
        """Return every field with its name."""
        return ((name, self[name]) for name in self.values)


def time_text(moment: datetime) -> str:
    """Return a UTC time the way our documents write it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
