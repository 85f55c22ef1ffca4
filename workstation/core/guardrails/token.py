"""A rule about tokens: what a policy wants one to prove, it has to prove."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from workstation.core.attestation import Attested, PinPolicy, TouchPolicy
from workstation.core.credential_proof import attested
from workstation.core.errors import Malformed, Untrusted
from workstation.core.policy_controls import TokenControl
from workstation.core.verdict import Violation

if TYPE_CHECKING:
    from workstation.core.guardrails.approver import Standing


def token_unproved(standing: Standing) -> Iterator[Violation]:
    """TOKEN-UNPROVED: a token has to prove what the policy asks of it.

    A countersignature proves the serial its key was enrolled with; the attestation in the roster proves
    that the key was made in that token, never to leave it, and what the token asks before it signs.
    """
    control = standing.rule.token
    enrolled = standing.credential is not None and standing.credential.token_serial is not None
    if control.serial and not enrolled:
        yield _unproved(standing, "which token its key was enrolled in", "serial")
    if not (control.attested or control.touch or control.firmware):
        return
    try:
        found = None if standing.credential is None else attested(standing.credential, standing.roots)
    except (Malformed, Untrusted) as error:
        yield Violation("TOKEN-UNPROVED", str(error), "token.attested")
        found = None
    for what, name in _lacking(control, found):
        yield _unproved(standing, what, name)


def _lacking(control: TokenControl, found: Attested | None) -> Iterator[tuple[str, str]]:
    if control.attested and found is None:
        yield "that its key was made on it", "attested"
    if control.attested and found is not None and found.pin is PinPolicy.NEVER:
        yield "that it asks for a PIN", "attested"
    if control.touch and (found is None or found.touch is TouchPolicy.NEVER):
        yield "that it was touched", "touch"
    if control.firmware is not None and (found is None or found.firmware < control.firmware):
        firmware = ".".join(str(part) for part in control.firmware)
        yield f"firmware {firmware} or newer", "firmwareAtLeast"


def _unproved(standing: Standing, what: str, control: str) -> Violation:
    return Violation(
        "TOKEN-UNPROVED", f"the token of {standing.label} did not prove {what}", f"token.{control}"
    )
