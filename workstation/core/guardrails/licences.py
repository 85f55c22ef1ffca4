"""A rule about the licences of components."""

from __future__ import annotations

from collections.abc import Iterator

from workstation.core.action import Action
from workstation.core.evidence import Sbom
from workstation.core.facts import Facts
from workstation.core.guardrails.signed_evidence import judged
from workstation.core.licences import allowed
from workstation.core.policy_controls import LicenceControl
from workstation.core.verdict import Violation


def evidence_licence(action: Action, facts: Facts) -> Iterator[Violation]:
    """EVIDENCE-LICENCE: every component of every SBOM is under licences the policy lets in.

    A component that names none is let in unless the policy lists the allowed ones.
    """
    case = judged(action, facts)
    control = None if case is None or case.rule.sbom is None else case.rule.sbom.licences
    if case is None or control is None:
        return
    for evidence in case.request.evidence:
        for item in evidence.content.licensed if isinstance(evidence.content, Sbom) else ():
            if not _let_in(item.licences, control):
                under = ", ".join(item.licences) or "no licence named"
                yield Violation(
                    "EVIDENCE-LICENCE",
                    f"{evidence.name}: {item.component!a} is under {under}",
                    "sbom.licences",
                )


def _let_in(licences: tuple[str, ...], control: LicenceControl) -> bool:
    if not licences:
        return control.allow is None
    return all(allowed(expression, control) for expression in licences)
