"""What the pages that tell one thing say: released, declined, and that the desk has ended."""

from __future__ import annotations

from ui.entry import Entry
from ui.pages.told_page import ToldPage
from ui.shown import grouped, person_text, value_text
from ui.theme import Tone
from workstation.desk.face import Declined, Released


def told_released(page: ToldPage, released: Released) -> None:
    """Tell that a release was written."""
    page.tell(
        "\u2713 The release is on the outgoing medium",
        "It was written and read back. Take the medium out and hand it to the courier.",
        [
            Entry(headline="Directory", detail=value_text(released.directory), fixed=True),
            Entry(
                headline="Release digest (SHA-256)", detail=grouped(released.release, per_line=16), fixed=True
            ),
            Entry(headline="Request", detail=grouped(released.request, per_line=16), fixed=True),
            Entry(headline=f"Journal entry {released.entry}", detail="The journal has this release."),
        ],
        Tone.GOOD,
    )


def told_declined(page: ToldPage, declined: Declined) -> None:
    """Tell that an objection was signed."""
    page.tell(
        "\u25a0 Declined",
        f"{person_text(declined.name)} declined this request. The objection stays until somebody clears it.",
        [
            Entry(headline=f"Journal entry {declined.entry}", detail="The journal has the signed reason."),
            Entry(headline="Request", detail=grouped(declined.request, per_line=16), fixed=True),
        ],
        Tone.WARN,
    )


def told_ended(page: ToldPage, words: str) -> None:
    """Tell that the desk has ended, and what is known about signatures."""
    page.tell(
        "\u25a0 The desk has ended",
        words,
        [
            Entry(
                headline="What to do next",
                detail="Close this window and start the workstation again. The journal tells what happened.",
                mark="\u25b2",
                tone=Tone.WARN,
            )
        ],
        Tone.DANGER,
    )
