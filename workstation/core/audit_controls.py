"""Which kinds of entry answer what auditors ask: NIST SP 800-53, PCI DSS, CA/B Forum, the root KSK operator.

A kind is named by how its name begins, so that `journal.` means all of them; "" means every entry.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from workstation.core.entry import Entry


@dataclass(frozen=True, slots=True)
class Control:
    """One thing auditors ask for: where it is written, what it asks, how it is met, and by which kinds."""

    framework: str
    number: str
    asks: str
    met_by: str
    kinds: tuple[str, ...]

    def count(self, entries: Iterable[Entry]) -> int:
        """Return how many of some entries speak to it."""
        return sum(entry.kind.value.startswith(self.kinds) for entry in entries)


_NIST: Final = "NIST SP 800-53 r5"
_PCI: Final = "PCI DSS 4.0"
_CAB: Final = "CA/B Forum code signing"
_KSK: Final = "Root zone KSK (RFC 6841)"
_DECISIONS: Final = ("countersign", "decline", "release")

CONTROLS: Final[tuple[Control, ...]] = (
    Control(
        _NIST, "AU-5(4)", "Stop when auditing fails.",
        "No action before its entry is durable; a journal that cannot be written locks the desk.",
        ("journal.loss_detected", "journal.open", "journal.disk_full"),
    ),
    Control(
        _NIST, "AU-8", "Time stamps.",
        "Boot counter, time since boot, clock, and the latest signed time seen, in every entry.", ("",),
    ),
    Control(
        _NIST, "AU-9, (2), (3)", "Protect audit information; keep it elsewhere too; by cryptography.",
        "Encrypted, hash-chained, sealed forward; checkpoints leave with releases and receipts.",
        ("journal.", "release", "receipt", "witness.", "anchor."),
    ),
    Control(
        _NIST, "AU-9(1), (4), (6)", "Write once; access for few; read-only.",
        "The writer process alone holds the key and can only append; every reading is an entry.",
        ("journal.read", "journal.export", "journal.verify", "unlock"),
    ),
    Control(
        _NIST, "AU-9(5)", "Two people for what touches audit information.",
        "Trust roots by a threshold of custodians; redaction by two.", ("trust.", "journal.redact"),
    ),
    Control(
        _NIST, "AU-10", "Nobody can deny what they did.",
        "A card answers a fresh challenge bound to the journal, and signs what it decided.",
        ("token.identify", *_DECISIONS, "receipt"),
    ),
    Control(
        _PCI, "10.2.1.1, 10.2.2", "Each person's access: who, what, when, how it ended, on what.",
        "Actor, kind, time, outcome and subject in every entry.", (*_DECISIONS, "review.", "intake."),
    ),
    Control(
        _PCI, "10.2.1.2, 10.2.1.5", "Administrative actions; changes to credentials.",
        "Every trust root with its roster and policy versions.", ("trust.", "policy.", "roster.", "admin."),
    ),
    Control(
        _PCI, "10.2.1.3, 10.3.1", "Access to audit logs.", "Reading and exporting are entries.",
        ("journal.read", "journal.export", "journal.verify"),
    ),
    Control(
        _PCI, "10.2.1.4", "Attempts that were not allowed.", "Refusals, with every rule that did not agree.",
        (*_DECISIONS, "intake.", "token.", "review.", "receipt", "trust."),
    ),
    Control(
        _PCI, "10.2.1.6", "Starting, stopping and pausing of audit logs.", "Each opening, with its size.",
        ("journal.genesis", "journal.open", "boot", "shutdown"),
    ),
    Control(
        _PCI, "10.3.2-10.3.4", "No change unnoticed; kept elsewhere; integrity watched.",
        "RFC 6962 tree, seals whose first key left the machine, exports with a verifier.",
        ("journal.checkpoint", "journal.verify", "journal.consult", "journal.export", "release", "receipt"),
    ),
    Control(
        _CAB, "5.4.1, 5.4.3", "Records of the signing service, kept for two years or more.",
        "Nothing is ever deleted.", ("",),
    ),
    Control(
        _KSK, "4.4.4", "Audit logging: kinds of event, retention, protection, backup.",
        "Ceremonies, unlocks and key use with their witnesses.",
        ("journal.genesis", "unlock", "ceremony.", "recovery.", "token.", "trust."),
    ),
)  # fmt: skip
"""All of them, in the order they are shown."""
