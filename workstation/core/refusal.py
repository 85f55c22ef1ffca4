"""The refusal: a blocked countersignature, signed by the workstation and bound like a decision would be."""

from __future__ import annotations

from workstation.core import statement
from workstation.core.approver import CardHolder
from workstation.core.countersignature import Binding
from workstation.core.manifest import Artifact
from workstation.core.strict_json import JsonObject
from workstation.core.verdict import Blocked


def refusal_statement(
    artifacts: tuple[Artifact, ...],
    binding: Binding,
    attempted_by: CardHolder,
    blocked: Blocked,
) -> bytes:
    """Return the bytes the workstation signs to say whom it refused, and why (docs/spec/refusal.md)."""
    predicate: JsonObject = {
        **binding.to_json(),
        "attemptedBy": {
            "person": None if attempted_by.person is None else attempted_by.person.id,
            "fingerprint": attempted_by.key.fingerprint,
            "tokenSerial": attempted_by.token_serial,
        },
        "violations": [violation.to_json() for violation in blocked.violations],
    }
    return statement.make_statement(artifacts, statement.REFUSAL, predicate)
