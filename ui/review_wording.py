"""Words for people about hands and rules on the review, beside those in `wording`."""

from __future__ import annotations

from typing import Final

from ui.language import t
from ui.shown import prose
from workstation.core.asked import When
from workstation.core.builder_graph import NodeKind
from workstation.desk.review_face import RuleState

RULE_STATES: Final = {
    RuleState.MET: "agrees",
    RuleState.NOT_MET: "does not agree",
    RuleState.LATER: "asked later",
}
WHENS: Final = {
    When.NOW: "asked later",
    When.CARD: "asked when there is a card",
    When.SIGNING: "asked when you sign",
}
NODE_KINDS: Final = {
    NodeKind.PERSON: "Person",
    NodeKind.UNKNOWN: "Leads to nobody we know",
    NodeKind.SERVICE: "Service",
    NodeKind.BUILD: "What was run",
    NodeKind.SOURCE: "What was built",
    NodeKind.ARTIFACT: "Artifact",
    NodeKind.EVIDENCE: "Evidence",
}
NODE_NAMES: Final = {NodeKind.BUILD: "the build", NodeKind.SOURCE: "the source"}
STEPS: Final = {
    "controls": "controls",
    "controlled": "controlled",
    "started": "started",
    "named by": "named by",
    "named as builder by": "named as builder by",
    "submitter of": "submitter of",
    "signed": "signed",
    "prepared": "prepared",
    "carries": "carries",
    "stands in": "stands in",
    "wrote": "wrote",
    "wrote or committed": "wrote or committed",
    "committed": "committed",
    "tagged": "tagged",
    "pushed": "pushed",
    "signed a commit": "signed a commit of",
    "signed the tag": "signed the tag of",
}


def step_words(how: str) -> str:
    """Say how somebody or something is joined to what stands right of it."""
    return t(STEPS[how]) if how in STEPS else prose(how)
