"""German. Keys are the English sentences as they stand in the code; a test asks for every one of them."""

from __future__ import annotations

from typing import Final

GERMAN: Final[dict[str, str]] = {}
