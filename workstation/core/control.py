"""Who could make a service act for a request: those who control it, and those who did until lately.

A list of controllers alone forgets: whoever hands a builder on after the build would be no builder any
more. So a roster keeps former controllers, and what they may have left behind counts for a while.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from workstation.core.identity import PersonId
from workstation.core.roster import Service

LINGERS: Final = timedelta(days=90)
"""How long a hand in a service outlasts control of it: docs/decisions/former-controllers.md says why."""


def in_control(service: Service, begun: datetime) -> Iterator[tuple[PersonId, str]]:
    """Yield each person with a hand in what a service began at `begun`, and how they have it."""
    yield from ((person, f"controls {service.id}") for person in service.controllers)
    for former in service.former:
        if former.until + LINGERS > begun and former.person not in service.controllers:
            yield former.person, f"controlled {service.id}"
