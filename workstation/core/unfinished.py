"""Actions whose end the journal does not tell: begun, and then the process or the power was gone.

Nobody can know from inside whether such an action took effect. It is said so in the open, as an
end of its own, and never taken for done nor passed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workstation.core.entry import Draft, Entry, Outcome
from workstation.core.entry_kind import ENDS

if TYPE_CHECKING:
    from collections.abc import Iterable

UNKNOWN_AFTER_CRASH: Final = "unknown_after_crash"
"""What the entry that ends such an action names as its rule."""

_BEFORE_JUDGEMENT: Final = "It was announced and not judged: nothing was done."
_AFTER_JUDGEMENT: Final = (
    "It was allowed, and then nothing more was written: it may have been done. It does not count."
)


def unfinished(entries: Iterable[Entry]) -> tuple[Draft, ...]:
    """Return, for each action that was announced and never ended, the entry that says so."""
    begun: dict[int, Entry] = {}
    allowed: set[int] = set()
    for entry in entries:
        match entry.outcome:
            case Outcome.INTENT:
                begun[entry.seq] = entry
            case Outcome.ALLOWED if entry.ref is not None:
                allowed.add(entry.ref)
            case outcome if outcome in ENDS and entry.ref is not None:
                begun.pop(entry.ref, None)
            case _:
                pass
    return tuple(_ended(intent, was_allowed=intent.seq in allowed) for intent in begun.values())


def _ended(intent: Entry, *, was_allowed: bool) -> Draft:
    return Draft(
        kind=intent.kind,
        outcome=Outcome.FAILED,
        actor=intent.actor,
        subject=intent.subject,
        rule=UNKNOWN_AFTER_CRASH,
        reason=_AFTER_JUDGEMENT if was_allowed else _BEFORE_JUDGEMENT,
        session=intent.session,
        ref=intent.seq,
        payload=intent.payload,
    )
