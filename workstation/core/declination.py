"""The declination: a person's signed objection to a request, with its reason."""

from __future__ import annotations

from workstation.core import statement
from workstation.core.approver import CardHolder
from workstation.core.countersignature import Binding
from workstation.core.manifest import Artifact
from workstation.core.strict_json import JsonObject


def declination_statement(
    artifacts: tuple[Artifact, ...],
    binding: Binding,
    decliner: CardHolder,
    reason: str,
) -> bytes:
    """Return the bytes the objector's card signs."""
    predicate: JsonObject = {
        **binding.to_json(),
        "decision": "decline",
        "decliner": None if decliner.person is None else decliner.person.id,
        "fingerprint": decliner.key.fingerprint,
        "tokenSerial": decliner.token_serial,
        "reason": reason,
    }
    return statement.make_statement(artifacts, statement.DECLINATION, predicate)
