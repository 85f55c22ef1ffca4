"""Which page each answer about records is shown on."""

from __future__ import annotations

from typing import assert_never

from ui.language import t
from ui.pages.records import Records
from ui.shown import value_text
from ui.strip import ProblemStrip
from ui.wording import SHEET_FROM_HERE
from workstation.desk.records_face import (
    Ceremony,
    Ejected,
    JournalPage,
    JournalVerified,
    Media,
    People,
    PolicyPage,
    Printed,
    Receipts,
    RecordAnswer,
    Slip,
    TakenIn,
)


def show_record(answer: RecordAnswer, records: Records, strip: ProblemStrip) -> None:  # noqa: C901 (one case for each answer)
    """Show an answer about records."""
    match answer:
        case Media():
            records.intake.show_media(answer)
        case TakenIn():
            records.intake.show_taken(answer)
        case Ejected():
            records.intake.show_ejected(answer)
        case JournalPage():
            records.journal.show_journal(answer)
        case JournalVerified():
            records.journal.show_verified(answer)
        case Receipts():
            records.show_receipts(answer)
        case PolicyPage():
            records.show_policy(answer)
        case People():
            records.show_people(answer)
        case Ceremony():
            records.show_ceremony(answer)
        case Printed():
            _show_printed(answer, strip)
        case _:
            assert_never(answer)


def _show_printed(printed: Printed, strip: ProblemStrip) -> None:
    path = value_text(printed.path)
    if printed.slip is Slip.REQUEST:
        strip.show_news(t("The sheet is on the outgoing medium"), f"{path} \u00b7 {t(SHEET_FROM_HERE)}")
    else:
        strip.show_news(t("The slip is on the outgoing medium"), path)
