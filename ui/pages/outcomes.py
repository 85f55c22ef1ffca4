"""What the pages that tell one thing say: released, declined, and that the desk has ended."""

from __future__ import annotations

from ui.entry import Entry
from ui.language import t
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
            Entry(headline=t("Directory"), detail=value_text(released.directory), fixed=True),
            Entry(
                headline=t("Release digest (SHA-256)"),
                detail=grouped(released.release, per_line=16),
                fixed=True,
            ),
            Entry(headline=t("Request"), detail=grouped(released.request, per_line=16), fixed=True),
            Entry(
                headline=t("Journal entry {entry}", entry=released.entry),
                detail=t("The journal has this release."),
            ),
        ],
        Tone.GOOD,
    )


def told_declined(page: ToldPage, declined: Declined) -> None:
    """Tell that an objection was signed."""
    page.tell(
        "\u25a0 Declined",
        t(
            "{name} declined this request. The objection stays until somebody clears it.",
            name=person_text(declined.name),
        ),
        [
            Entry(
                headline=t("Journal entry {entry}", entry=declined.entry),
                detail=t("The journal has the signed reason."),
            ),
            Entry(headline=t("Request"), detail=grouped(declined.request, per_line=16), fixed=True),
        ],
        Tone.WARN,
    )


def told_ended(page: ToldPage, words: str) -> None:
    """Tell that the desk has ended, and what is known about signatures."""
    page.tell(
        f"\u25a0 {t('The desk has ended')}",
        words,
        [
            Entry(
                headline=t("What to do next"),
                detail=t(
                    "Close this window and start the workstation again. The journal tells what happened."
                ),
                mark="\u25b2",
                tone=Tone.WARN,
            )
        ],
        Tone.DANGER,
    )
