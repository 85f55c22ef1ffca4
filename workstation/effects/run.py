"""Which effect belongs to which action."""

from __future__ import annotations

from typing import assert_never

from workstation.core.action import (
    Action,
    Admit,
    AdmitReceipt,
    ApplyTrust,
    Countersign,
    Decline,
    ExportJournal,
    Identify,
    OpenReview,
    ReadJournal,
    Reject,
    Release,
)
from workstation.core.upkeep import (
    AdmitCosignature,
    Anchor,
    AttestTime,
    ChangeHolders,
    DropArtifacts,
    Redact,
)
from workstation.effects.admit import admit
from workstation.effects.admit_cosignature import admit_cosignature
from workstation.effects.anchor import anchor
from workstation.effects.apply_trust import apply_trust
from workstation.effects.attest_time import attest_time
from workstation.effects.change_holders import change_holders
from workstation.effects.countersign import countersign
from workstation.effects.decline import decline
from workstation.effects.drop_artifacts import drop_artifacts
from workstation.effects.export_journal import export_journal
from workstation.effects.identify import identify
from workstation.effects.open_review import open_review
from workstation.effects.receipt import admit_receipt
from workstation.effects.redact import redact
from workstation.effects.release import release
from workstation.effects.tools import Effected, Tools
from workstation.outcome import Materials, Noted
from workstation.permit import Permit


def run(  # noqa: C901, PLR0912 (one case for each action)
    permit: Permit[Action], tools: Tools, materials: Materials
) -> Effected:
    """Run the one effect of a permitted action; raises what that effect raises."""
    facts, entry = permit.facts, permit.entry
    match permit.action:
        case Admit() as action:
            return admit(Permit(action, facts, entry), tools, materials)
        case Identify() as action:
            return identify(Permit(action, facts, entry), tools, materials)
        case Countersign() as action:
            return countersign(Permit(action, facts, entry), tools, materials)
        case Decline() as action:
            return decline(Permit(action, facts, entry), tools, materials)
        case Release() as action:
            return release(Permit(action, facts, entry), tools, materials)
        case AdmitReceipt() as action:
            return admit_receipt(Permit(action, facts, entry), tools, materials)
        case ApplyTrust() as action:
            return apply_trust(Permit(action, facts, entry), tools, materials)
        case ExportJournal() as action:
            return export_journal(Permit(action, facts, entry), tools, materials)
        case OpenReview() as action:
            return open_review(Permit(action, facts, entry), tools, materials)
        case Reject() | ReadJournal():
            return Effected(result=Noted())
        case ChangeHolders() as action:
            return change_holders(Permit(action, facts, entry), tools, materials)
        case Redact() as action:
            return redact(Permit(action, facts, entry), tools, materials)
        case AttestTime() as action:
            return attest_time(Permit(action, facts, entry), tools, materials)
        case Anchor() as action:
            return anchor(Permit(action, facts, entry), tools, materials)
        case AdmitCosignature() as action:
            return admit_cosignature(Permit(action, facts, entry), tools, materials)
        case DropArtifacts() as action:
            return drop_artifacts(Permit(action, facts, entry), tools, materials)
        case _:
            assert_never(permit.action)
