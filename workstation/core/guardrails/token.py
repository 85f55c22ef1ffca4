"""A rule about tokens: what a policy wants one to prove, it has to prove."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from workstation.core.verdict import Violation

if TYPE_CHECKING:
    from workstation.core.guardrails.approver import Standing


def token_unproved(standing: Standing) -> Iterator[Violation]:
    """TOKEN-UNPROVED: a token has to prove what the policy asks of it.

    A countersignature proves the serial its key was enrolled with. The roster keeps no attestation yet,
    so nothing proves a key made on the device, a touch or a firmware: who asks for them is refused.
    """
    control = standing.rule.token
    enrolled = standing.credential is not None and standing.credential.token_serial is not None
    firmware = ".".join(str(part) for part in control.firmware or ())
    unproved = (
        (control.serial and not enrolled, "which token its key was enrolled in", "serial"),
        (control.attested, "that its key was made on it", "attested"),
        (control.touch, "that it was touched", "touch"),
        (control.firmware is not None, f"firmware {firmware} or newer", "firmwareAtLeast"),
    )
    for lacking, what, control_name in unproved:
        if lacking:
            yield Violation(
                "TOKEN-UNPROVED",
                f"the token of {standing.label} did not prove {what}",
                f"token.{control_name}",
            )
