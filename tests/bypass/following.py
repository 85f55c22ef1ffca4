"""Trust roots that are offered to be followed."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from typing import Final

from bypass.stage import Prepare, Stage
from core.keys import UnsafeTestKey
from core.world import ROOT

from workstation.core.action import ApplyTrust
from workstation.core.guardrails.judge import judge
from workstation.core.verdict import Verdict

YESTERDAY: Final = "2026-11-19T09:00:00Z"
SUCCESSION: Final = "ROSTER-SUCCESSION"


def offered(
    change: Prepare, *signers: UnsafeTestKey, before: Prepare = lambda _: None
) -> Callable[[Stage], Verdict]:
    """Return the asking to follow the next trust root, changed, and signed by these keys."""

    def ask(stage: Stage) -> Verdict:
        before(stage)
        facts = stage.facts(ApplyTrust(trust=stage.trust, root=ROOT, targets=ROOT))
        present = deepcopy((stage.roster, stage.policy))
        stage.roster.update(version=stage.roster["version"] + 1, created=YESTERDAY)
        change(stage)
        keys = frozenset(key.public.fingerprint for key in signers)
        trust = replace(stage.trust, targets_version=stage.trust.targets_version + 1, signed_by=keys)
        stage.roster, stage.policy = present
        return judge(ApplyTrust(trust=trust, root=ROOT, targets=ROOT), facts)

    return ask
