"""Help for each screen (F1): what it is for, and the keys that matter there."""

from __future__ import annotations

from typing import Final

HELP: Final[dict[str, tuple[str, ...]]] = {
    "home": (
        "The queue lists every request that was taken in, those still to be decided first.",
        "Choose one with the arrow keys and press Return: its review opens, and that it did is journaled.",
    ),
    "intake": (
        "A medium with a bundle appears here by itself. Nothing on it is shown before its structure holds.",
        "Alt+T takes the chosen bundle in: every byte is hashed and compared. Alt+L lets go of the medium.",
    ),
    "review": (
        "Three questions are answered above: what changes, who had a hand in it, and whether you may sign.",
        (
            "The files stand in order of risk. N and P go through the changes, Space pages, Alt+R marks a"
            " file reviewed, Alt+O objects to it."
        ),
        (
            "A high change counts as displayed once each of its rows was in sight for 0.4 seconds. That"
            " proves display, not reading."
        ),
    ),
    "sign": (
        (
            "Type the words from the printed sheet: it came apart from the medium, so an exchanged request"
            " has other words. After them the PIN can be typed."
        ),
        (
            "Tick each finding you have seen, choose your card, type its PIN, and press Alt+C. Enter never"
            " signs: it leaves."
        ),
    ),
    "decline": ("An objection is signed with your card, and sticks until somebody clears it.",),
    "refusal": (
        "A guardrail did not agree. The refusal is in the journal, signed by the workstation.",
        "Alt+P prints a slip of it. There is nothing here to override.",
    ),
    "done": ("Your card signed the statement shown, and other code verified it again.",),
    "released": ("What happened is in the journal under the entry shown.",),
    "ceremony": ("A runbook is followed step by step; a deviation is recorded, not hidden.",),
    "journal": (
        "Every action has its entries here, refused ones too. No entry can be hidden or changed.",
        (
            "Alt+R shows refusals only, Alt+O older entries; Alt+V verifies; Alt+P prints a slip of a"
            " refusal, or of the checkpoint."
        ),
    ),
    "receipts": (
        "A deployer signs what was verified and installed, and the receipt comes back on a medium.",
    ),
    "policy": (
        "The policy is signed by custodians and applied with the trust root. It cannot be edited here.",
    ),
    "people": (
        "The roster is signed by custodians and applied with the trust root. It cannot be edited here.",
    ),
    "device": ("This machine, its journal's head, and the cards in its readers.",),
    "help": ("Everything here works without a mouse.",),
    "ended": ("The desk has ended. Start the workstation again.",),
}
