"""The pages of records: intake, ceremony, journal, receipts, policy, people and device."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from ui.icons import Icon
from ui.language import t
from ui.look import Look
from ui.page import Wishes
from ui.pages import told_records
from ui.pages.record_page import Place, RecordPage
from ui.shown import prose, value_text
from ui.theme import Tone
from workstation.core.entry_kind import Outcome
from workstation.desk.face import AskStation, Problem, Station, Tokens
from workstation.desk.records_face import (
    AskCeremony,
    AskEject,
    AskJournal,
    AskMedia,
    AskPeople,
    AskPolicy,
    AskReceipts,
    AskSlip,
    AskTakeIn,
    AskVerifyJournal,
    Ceremony,
    Ejected,
    JournalLine,
    JournalPage,
    JournalVerified,
    Media,
    People,
    PolicyPage,
    Receipts,
    Slip,
    TakenIn,
)

_LOOK_AGAIN_MS: Final = 2000

INTAKE: Final = Place(
    name="intake",
    title="Intake",
    lead="Nothing of a medium is shown before its structure and digests hold.",
    icon=Icon.STICK,
    nothing="No medium is here",
    what_to_do="Put the incoming medium in. It appears here by itself within two seconds.",
    items="Bundles on the media",
    details="What is on it, and what will be checked",
)
JOURNAL: Final = Place(
    name="journal",
    title="Journal",
    lead="Everything that happened here, and everything that was refused.",
    icon=Icon.JOURNAL,
    nothing="No entry is shown",
    what_to_do="Press F5 to read the journal. That it was read is an entry too.",
    items="Entries, newest first",
    details="About this entry",
)
RECEIPTS: Final = Place(
    name="receipts",
    title="Receipts",
    lead="What deployers verified and installed.",
    icon=Icon.RECEIPT,
    nothing="Nothing was released yet",
    what_to_do="A receipt is signed by the deployer and brought back on a medium.",
    items="Receipts, those awaited first",
    details="About this receipt",
)
POLICY: Final = Place(
    name="policy",
    title="Policy",
    lead="What has to hold before anything is countersigned. Read here, and changed by custodians only.",
    icon=Icon.POLICY,
    nothing="No policy is followed yet",
    what_to_do="Apply the custodians' trust root: it brings roster and policy.",
    items="Rules",
    details="What this rule asks",
)
PEOPLE: Final = Place(
    name="people",
    title="People",
    lead="Who is in the roster, with which keys. It is read here, and changed by custodians only.",
    icon=Icon.PEOPLE,
    nothing="No roster is followed yet",
    what_to_do="Apply the custodians' trust root: it brings roster and policy.",
    items="Key holders and services",
    details="Their credentials",
)
DEVICE: Final = Place(
    name="device",
    title="Device",
    lead="What machine this is, and which cards are in its readers.",
    icon=Icon.DEVICE,
    nothing="Nothing is known of this machine yet",
    what_to_do="Press F5 to ask the desk.",
    items="This machine and the cards in its readers",
    details="About this device",
)
CEREMONY: Final = Place(
    name="ceremony",
    title="Ceremony",
    lead="A runbook, step by step, with those it takes in the room.",
    icon=Icon.CEREMONY,
    nothing="No ceremony is under way",
    what_to_do="A runbook is begun by the ceremony administrator; its steps then stand here.",
    items="Steps of the runbook",
    details="About this step",
)


class IntakePage(RecordPage):
    """The media, and taking a bundle in from one."""

    def __init__(self, look: Look, wishes: Wishes) -> None:
        super().__init__(look, INTAKE, wishes, AskMedia())
        self._media: Media | None = None
        self._look_again = QTimer(self)
        self._look_again.setInterval(_LOOK_AGAIN_MS)
        self._look_again.timeout.connect(self._glance)
        self._look_again.start()
        self.eject = self.add_button("eject", t("&Let go of the medium"), self.let_go)
        self.take = self.add_button("take", t("&Take in"), self.take_in, kind="main")

    def panes(self) -> tuple[QWidget, ...]:
        """Return the bundles, what is said about the chosen one, and taking it in."""
        return (self.items, self.details, self.take) if self._records else (self.again,)

    def show_media(self, media: Media) -> None:
        """Show which media are here."""
        if media != self._media:
            self._media = media
            self.show_records(told_records.media_records(media))
        for made in (self.take, self.eject):
            made.setVisible(bool(media.sticks))

    def _glance(self) -> None:
        if self.isVisible():
            self.wishes.glance(AskMedia())

    def take_in(self) -> None:
        """Ask the desk to take in the chosen bundle."""
        if self._media and any(self.current() in stick.bundles for stick in self._media.sticks):
            self.wishes.ask(AskTakeIn(bundle=self.current()))
        else:
            self.notice(t("Choose a bundle: there is none on this medium."))

    def let_go(self) -> None:
        """Ask the desk to let go of the medium the cursor is on."""
        for stick in self._media.sticks if self._media else ():
            if self.current() in (stick.path, *stick.bundles):
                self.wishes.ask(AskEject(medium=stick.path))

    def show_taken(self, taken: TakenIn) -> None:
        """Tell that a request was taken in."""
        self.notice(
            "\u2713 "
            + t(
                "{product} {version} was taken in: every digest holds, {artifacts} artifacts,"
                " {evidence} pieces of evidence. Journal entry {entry}. It waits in the queue (Ctrl+1).",
                product=value_text(taken.product),
                version=value_text(taken.version),
                artifacts=taken.artifacts,
                evidence=taken.evidence,
                entry=taken.entry,
            ),
            Tone.GOOD,
        )

    def show_problem(self, problem: Problem) -> None:
        """Tell why nothing was taken in, and where on the medium."""
        self.notice(
            "\u25a0 "
            + t("Not taken in: {where}: {why}", where=value_text(problem.where), why=prose(problem.detail)),
            Tone.DANGER,
        )

    def show_ejected(self, ejected: Ejected) -> None:
        """Tell that a medium may be taken out."""
        name = value_text(ejected.medium.rpartition("/")[2])
        self.notice("\u2713 " + t("Everything is written: take {name} out now.", name=name), Tone.GOOD)


class JournalScreen(RecordPage):
    """The journal's entries, newest first, refusals first class."""

    def __init__(self, look: Look, wishes: Wishes) -> None:
        super().__init__(look, JOURNAL, wishes, AskJournal())
        self._lines: tuple[JournalLine, ...] = ()
        self._only_refusals = False
        self.older = self.add_button("older", t("&Older entries"), self.go_older)
        self.refusals = self.add_button("refusals", t("&Refusals only"), self.toggle_refusals)
        self.refusals.setCheckable(True)
        self.verify = self.add_button("verify", t("&Verify"), self.ask_to_verify)
        self.slip = self.add_button("slip", t("&Print slip"), self.print_slip, kind="main")

    def show_journal(self, page: JournalPage) -> None:
        """Show some entries."""
        self._lines = page.lines
        refused = sum(line.outcome == Outcome.BLOCKED for line in page.lines)
        self.lead(
            t(
                "{size} entries in {origin}; {refused} refusals among the {shown} shown.",
                size=page.size,
                origin=value_text(page.origin),
                refused=refused,
                shown=len(page.lines),
            )
        )
        self._show()

    def show_verified(self, found: JournalVerified) -> None:
        """Tell what a verification found."""
        if found.findings:
            self.notice(
                "\u25a0 " + t("The journal does not verify: {what}", what=prose("; ".join(found.findings))),
                Tone.DANGER,
            )
        else:
            self.notice(
                "\u2713 " + t("All {size} entries verify: chain, tree and leaf log hold.", size=found.size),
                Tone.GOOD,
            )

    def toggle_refusals(self) -> None:
        """Show refusals only, or everything again."""
        self._only_refusals = self.refusals.isChecked()
        self._show()

    def go_older(self) -> None:
        """Ask for the entries before those shown."""
        if self._lines:
            self.wishes.ask(AskJournal(before=self._lines[-1].seq))

    def ask_to_verify(self) -> None:
        """Ask the desk to verify the journal."""
        self.wishes.ask(AskVerifyJournal())

    def print_slip(self) -> None:
        """Ask for a slip: of the refusal the cursor is on, else of the journal's checkpoint."""
        line = next((one for one in self._lines if str(one.seq) == self.current()), None)
        if line is not None and line.outcome == Outcome.BLOCKED:
            self.wishes.ask(AskSlip(slip=Slip.REFUSAL, about=str(line.seq)))
        else:
            self.wishes.ask(AskSlip(slip=Slip.CHECKPOINT))

    def _show(self) -> None:
        lines = tuple(one for one in self._lines if not self._only_refusals or one.outcome == Outcome.BLOCKED)
        self.show_records(told_records.journal_records(lines))


class DevicePage(RecordPage):
    """The machine, and the cards in its readers."""

    def __init__(self, look: Look, wishes: Wishes) -> None:
        super().__init__(look, DEVICE, wishes, AskStation())
        self._station: Station | None = None

    def show_station(self, station: Station) -> None:
        """Show what machine this is."""
        self._station = station
        self.show_records(told_records.device_records(station, ()))

    def show_tokens(self, tokens: Tokens) -> None:
        """Show the cards as well."""
        if self._station:
            self.show_records(told_records.device_records(self._station, tokens.cards))


class Records:
    """The pages of records, made once and kept."""

    def __init__(self, look: Look, wishes: Wishes) -> None:
        self.intake = IntakePage(look, wishes)
        self.ceremony = RecordPage(look, CEREMONY, wishes, AskCeremony())
        self.journal = JournalScreen(look, wishes)
        self.receipts = RecordPage(look, RECEIPTS, wishes, AskReceipts())
        self.policy = RecordPage(look, POLICY, wishes, AskPolicy())
        self.people = RecordPage(look, PEOPLE, wishes, AskPeople())
        self.device = DevicePage(look, wishes)

    def each(self) -> tuple[RecordPage, ...]:
        """Return them in the order of the rail."""
        return (
            self.intake,
            self.ceremony,
            self.journal,
            self.receipts,
            self.policy,
            self.people,
            self.device,
        )

    def show_receipts(self, receipts: Receipts) -> None:
        """Show the receipts."""
        self.receipts.show_records(told_records.receipt_records(receipts))

    def show_policy(self, policy: PolicyPage) -> None:
        """Show the policy that is followed."""
        if policy.version:
            self.policy.lead(
                t(
                    "{id}, version {version}. Changed by custodians only.",
                    id=value_text(policy.id),
                    version=policy.version,
                )
            )
        self.policy.show_records(told_records.policy_records(policy))

    def show_people(self, people: People) -> None:
        """Show the roster that is followed."""
        if people.version:
            self.people.lead(
                t("Roster version {version}. Changed by custodians only.", version=people.version)
            )
        self.people.show_records(told_records.people_records(people))

    def show_ceremony(self, ceremony: Ceremony) -> None:
        """Show the runbook that is followed."""
        if ceremony.title:
            rehearsal = t("REHEARSAL, nothing here is real") + " \u00b7 " if ceremony.rehearsal else ""
            self.ceremony.lead(rehearsal + prose(ceremony.title))
        self.ceremony.show_records(told_records.ceremony_records(ceremony))
