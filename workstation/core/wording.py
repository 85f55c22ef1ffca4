"""The words people read: one headline and one next step for every rule and every trouble.

Details come with the violation or the error itself. A test walks every rule and every code and
fails when one has no words here.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from workstation.core.errors import (
    Cancelled,
    JournalError,
    Malformed,
    MediaError,
    TokenRefused,
    Untrusted,
    Usage,
    WorkstationError,
)


class Words(NamedTuple):
    """What happened, in a sentence, and what to do next."""

    headline: str
    next_step: str


RULES: Final[dict[str, Words]] = {
    "SOD-BUILDER": Words(
        "You had a hand in building this, so you cannot countersign it.",
        "Ask an approver who is not among the builders. Another card of yours changes nothing.",
    ),
    "BUILDER-UNKNOWN": Words(
        "Someone or something had a hand in this build whom the roster does not know.",
        "Ask the custodians to enrol them, or the builder for evidence that names known people.",
    ),
    "APPROVER-UNKNOWN": Words(
        "This card is not in the roster.", "Use an enrolled card, or ask the custodians."
    ),
    "APPROVER-SERVICE": Words(
        "This card belongs to a machine.", "Only people countersign: use your own card."
    ),
    "APPROVER-INACTIVE": Words(
        "You are not active in the roster now.", "Ask the custodians about your status."
    ),
    "APPROVER-ROLE": Words(
        "Your roles do not let you approve this.", "Ask someone with the role that is wanted."
    ),
    "CREDENTIAL-USE": Words(
        "This key is not for countersigning.", "Use the card enrolled for countersigning."
    ),
    "CREDENTIAL-VALID": Words(
        "This key is expired, retired or revoked.", "Use a valid card; report a lost one."
    ),
    "CREDENTIAL-TOKEN": Words(
        "This key answers from another token than the one it was enrolled in.",
        "Do not use this card. Tell the custodians: the key may have been copied.",
    ),
    "COOLING-OFF": Words(
        "This key was enrolled too recently for this request.",
        "Ask an approver whose card was enrolled before the build.",
    ),
    "APPROVER-REPEATED": Words(
        "This person, key or card has countersigned already.", "Ask another approver."
    ),
    "DECLINER-UNKNOWN": Words("Only a person of the roster can decline.", "Use your own enrolled card."),
    "REVIEW-STALE": Words(
        "What you were shown is not what would be signed.",
        "Open the review again, read it, and then sign.",
    ),
    "REVIEW-UNOPENED": Words(
        "Whoever signs this has not opened its review with this card.",
        "Open the review with the card that will sign, read it, and then sign.",
    ),
    "REVIEW-REFUSED": Words(
        "Part of this release cannot be looked into.",
        "Ask the builder for artifacts without this; there is no way around it.",
    ),
    "QUORUM": Words(
        "There are not enough countersignatures yet.", "Ask the approvers who are still missing."
    ),
    "COUNTERSIGNATURE-BINDING": Words(
        "A countersignature was made about something else than what is here now.",
        "Have that approver review and countersign again.",
    ),
    "TRUST-MISSING": Words("No trust root has been applied here.", "Apply the custodians' trust root first."),
    "TRUST-EXPIRED": Words("Roster and policy have expired.", "Ask the custodians for a renewed trust root."),
    "TRUST-EARLY": Words("Roster and policy are not in effect yet.", "Check the clock, or wait."),
    "TRUST-ROLLBACK": Words("This is an older roster or policy than one seen here.", "Bring the newest one."),
    "ROSTER-PROOF": Words(
        "Something in this roster was not signed by the card it names.",
        "Do not use it. `roster lint` says which key; its custodians enrol it anew.",
    ),
    "ROSTER-SUCCESSION": Words(
        "This roster does not follow the one before it.",
        "Do not use it. Custodians draft the next one with `roster next`, and other custodians sign it.",
    ),
    "POLICY-RULE": Words(
        "No rule of the policy covers this product and channel.", "Ask the custodians to add one."
    ),
    "REQUEST-UNKNOWN": Words("The journal knows no such request.", "Take it in from the medium first."),
    "REQUEST-REPEATED": Words("This request was taken in before.", "Find it in the queue."),
    "REQUEST-SUBMITTER": Words(
        "The key named as submitter did not sign the request.",
        "Ask the builder to make the request again with their own key.",
    ),
    "REQUEST-EXPIRED": Words("This request is not good at this time.", "Ask the builder for a new request."),
    "REQUEST-DECIDED": Words(
        "This request has been decided already.", "A new request is needed for a new decision."
    ),
    "REQUEST-PREVIOUS": Words(
        "This request does not follow what was released last.",
        "Ask the builder to make it against the last release.",
    ),
    "VERSION-REUSED": Words(
        "This version was released before with other bytes.", "A new version number is needed."
    ),
    "VERSION-RISES": Words(
        "The version is not higher than what was released.", "Ask the builder for a higher version."
    ),
    "EVIDENCE-PROVENANCE": Words(
        "Provenance by an allowed builder is missing for an artifact.",
        "Ask the builder for signed provenance that covers it.",
    ),
    "EVIDENCE-SOURCE": Words("It was built from a source the policy does not list.", "Ask the builder why."),
    "EVIDENCE-ACTORS": Words(
        "The provenance does not say who started the build.",
        "The builder's system has to record the account that triggered it.",
    ),
    "EVIDENCE-SBOM": Words("A fitting bill of materials is missing.", "Ask the builder for one."),
    "EVIDENCE-TESTS": Words(
        "Passed tests are missing for an artifact.", "Ask the builder for signed test results."
    ),
    "CONTROLLERS-STALE": Words(
        "Who controls the building service was attested too long ago.",
        "Ask the custodians to attest its controllers anew.",
    ),
    "EVIDENCE-LEVEL": Words(
        "It was not built by a builder of the level the policy asks for.",
        "Have it built by one of the listed builders that reaches it.",
    ),
    "REBUILD-QUORUM": Words(
        "Too few independent builders made these same bytes.",
        "Have it built again by a builder that somebody else controls, and bring its provenance too.",
    ),
    "EVIDENCE-LICENCE": Words(
        "A component is under a licence the policy does not let in.",
        "Replace the component, or ask the custodians about its licence.",
    ),
    "EVIDENCE-SCAN": Words(
        "A fresh, signed vulnerability scan is missing for an artifact.",
        "Scan it with an up-to-date database, and make the request again.",
    ),
    "EVIDENCE-VULNERABILITIES": Words(
        "Known vulnerabilities are without an answer.",
        "Ship a fix, or bring an OpenVEX answer signed by someone who may give it.",
    ),
    "EVIDENCE-REVIEWS": Words(
        "Too few people who did not write this have reviewed it.",
        "Have the revision that was built reviewed, and bring the signed review.",
    ),
    "WINDOW": Words("Now is not a time at which this is released.", "Wait for the policy's days and hours."),
    "FREEZE": Words(
        "Releases are frozen now.", "Wait until the freeze is over. This policy has no way around it."
    ),
    "BREAK-GLASS": Words(
        "Releases are frozen now, and the glass has not been broken.",
        "Those who may break it each countersign and say why; it will be reviewed afterwards.",
    ),
    "SCREEN-WORDS": Words(
        "The words that were typed are not the words of this request.",
        "Read them from the sheet that came apart from the medium. If they differ, tell the builder.",
    ),
    "SCREEN-UNSEEN": Words(
        "A high change has not been on the screen as a whole.",
        "Open it, look through all of its rows, and sign again.",
    ),
    "FINDINGS-UNACKNOWLEDGED": Words(
        "Not every risky finding has been acknowledged.", "Look at each one, acknowledge it, and sign again."
    ),
    "TOKEN-UNPROVED": Words(
        "The card has not proved what the policy asks of it.",
        "Use a card that was enrolled with that proof, or ask the custodians.",
    ),
    "ROLE-EXCLUDED": Words(
        "One of your roles keeps you from approving.", "Ask an approver without that role."
    ),
    "CONFLICT-GROUP": Words(
        "Two people who should not decide together are in this.",
        "Ask an approver from none of their conflict groups.",
    ),
    "OUTPUT-NOT-ALLOWED": Words(
        "The request asks for an output the policy does not list.",
        "Ask the builder for a request without it.",
    ),
    "POLICY-CHANGE": Words(
        "Too few of the people who may change the policy have signed this one.",
        "Have those with the role sign the trust root as well.",
    ),
    "ROSTER-CHANGE": Words(
        "Too few of the people who may change the roster have signed this one.",
        "Have those with the role sign the trust root as well.",
    ),
    "RECEIPT-RELEASE": Words(
        "This receipt is about something not released here.", "Check where it comes from."
    ),
    "RECEIPT-REPEATED": Words("This receipt is here already.", "There is nothing to do."),
    "DEPLOYER": Words("This receipt was not signed by an active deployer.", "Ask the deployer to sign it."),
    "TWO-PEOPLE": Words(
        "This takes two people.", "Ask somebody else who is in the roster to put in their card as well."
    ),
    "RETENTION": Words(
        "These artifacts are still kept.",
        "See what `trim --dry-run` would drop, or have the custodians change the policy's retention.",
    ),
    "SOD-DEPLOYER": Words(
        "Who deployed this also built or approved it.",
        "Builder, approver and deployer have to be different people.",
    ),
    "NO-RULE": Words("No rule speaks about this action.", "This is a defect of the workstation: report it."),
}

TOKEN: Final[dict[str, Words]] = {
    "pin_incorrect": Words(
        "The PIN was wrong.", "Nothing was signed. Type it again yourself; it is never retried."
    ),
    "pin_locked": Words(
        "The card's PIN is locked.", "Unlock it with its PUK at the card desk, or use another card."
    ),
    "pin_format": Words(
        "The PIN has a length or letters the card does not take.", "Type the PIN of this card."
    ),
    "pin_expired": Words("The card's PIN has expired.", "Change it at the card desk."),
    "pin_uninitialised": Words("No PIN was ever set on this card.", "Have the card made ready first."),
    "token_missing": Words("The card is not there.", "Insert it and ask again."),
    "token_removed": Words("The card was removed.", "Nothing was signed. Insert it and begin again."),
    "token_changed": Words(
        "Another card is in the reader now.", "Nothing was signed. Begin again with one card."
    ),
    "token_io": Words("The card or its reader failed.", "Take the card out, insert it and try again."),
    "token_unknown": Words("The card said something unexpected.", "Take it out and in; then ask for help."),
    "key_missing": Words("There is no such key on the card.", "Use the card that holds your signing key."),
    "key_ambiguous": Words(
        "More than one card or key matches.", "Leave one card in, or name it by its serial."
    ),
    "key_not_permitted": Words("This key may not be used for signing.", "Use an enrolled signing key."),
    "mechanism_unsupported": Words(
        "The card cannot sign in the way that is needed.", "Use a supported card."
    ),
    "cancelled_on_device": Words("It was cancelled on the card.", "Nothing was signed."),
    "timeout": Words("The card did not answer in time.", "Nothing was signed. Was a touch expected?"),
    "worker_crashed": Words("The card's software failed.", "Nothing was signed. Take the card out and in."),
    "login_lost": Words("The card forgot that you logged in.", "Nothing was signed. Begin again."),
    "state": Words("The card is busy with something else.", "Take the card out and in."),
    "signature_mismatch": Words(
        "The card's signature does not fit the key it showed.",
        "Nothing was signed. Keep this card, and tell the custodians: this is a security event.",
    ),
    "pinpad_always_auth_unsupported": Words(
        "This reader cannot ask for the PIN each time.", "Use another reader."
    ),
    "module_refused": Words(
        "The card's software is not one that is allowed here.", "Ask for the configured module."
    ),
    "bad_request": Words("The card was asked for something it cannot do.", "Check the token URI."),
    "internal": Words("The token worker failed.", "This is a defect of the workstation: report it."),
}

_OTHERWISE: Final = Words("The workstation cannot do this.", "See the detail.")

_TROUBLES: Final[tuple[tuple[type[WorkstationError], Words], ...]] = (
    (Cancelled, Words("It was cancelled.", "Nothing was kept. Begin again when you like.")),
    (Usage, Words("The command was not given what it needs.", "`countersign COMMAND --help` says what.")),
    (Malformed, Words("What came in is not what its format says.", "Ask for a whole and unchanged copy.")),
    (Untrusted, Words("Something does not verify.", "Do not use it. Ask its sender for an unchanged copy.")),
    (
        MediaError,
        Words("The medium or disk cannot be read or written.", "Check the medium, its space and its state."),
    ),
    (
        JournalError,
        Words("The journal cannot be used.", "Nothing can happen until it can be written and verified."),
    ),
)


def words_for_rule(rule: str) -> Words:
    """Return the words for a guardrail."""
    return RULES[rule]


def words_for_error(error: WorkstationError) -> Words:
    """Return the words for a trouble of the world."""
    if isinstance(error, TokenRefused):
        return TOKEN[error.code]
    return next((words for kind, words in _TROUBLES if isinstance(error, kind)), _OTHERWISE)
