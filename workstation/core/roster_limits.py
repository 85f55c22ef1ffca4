"""How many of anything one record of a roster has."""

from __future__ import annotations

from typing import Final

MOST_ROLES: Final = 32
MOST_ALIASES: Final = 100
MOST_INTERVALS: Final = 100
MOST_CREDENTIALS: Final = 200
MOST_CONTROLLERS: Final = 1000
MOST_ENROLLERS: Final = 16
MOST_CERTIFICATES: Final = 6
MOST_ROOTS: Final = 32
