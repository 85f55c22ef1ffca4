"""Words for people that are not already in the desk's answers."""

from __future__ import annotations

from typing import Final, assert_never

from ui.language import t
from ui.theme import Tone
from workstation.desk.face import (
    AskCountersign,
    AskDecline,
    AskQueue,
    AskRelease,
    AskReview,
    AskStation,
    AskTokens,
    Question,
    QueueItem,
    Stage,
)
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
)

NO_QUEUE: Final = (
    "No request is waiting.",
    "Put the incoming medium in and admit its bundle, then press F5.",
)
NO_BLOCKERS: Final = (
    "Nothing found that stops the next approver.",
    "Whether that may be you, your card decides: whoever had a hand in this is refused.",
)
ASKED_AGAIN: Final = "Your card is asked again when you sign."
OPENING: Final = (
    "Your card says who you are before you read, and again when you sign. Whoever reads without a card"
    " can decide nothing on the strength of it."
)
READ_ONLY_TITLE: Final = "\u25a0 You can read this, and not countersign it"
OPENED_WITHOUT: Final = (
    "This review was opened without a card, so nobody can sign on the strength of it: open it again with"
    " yours. Press Countersign again to try all the same: a refusal goes into the journal."
)
TRY_ANYWAY: Final = "Press Countersign again to try all the same: a refusal goes into the journal."
NO_CARD: Final = ("No card is in a reader.", "Put your card in, then press F5.")
NEEDS_CARD: Final = "Choose the card to sign with. If none is listed, put yours in and press F5."
NO_WAY_ROUND: Final = "There is no way round a refusal, not with another card of yours either."
NEEDS_WORDS: Final = "Type the words from the printed sheet first."
NEEDS_PIN: Final = "Type the PIN of this card."
NEEDS_REASON: Final = "Say why you decline: the reason goes into the journal and stays."
NEEDS_ACKNOWLEDGEMENTS: Final = "Look at each of these findings and tick it before you countersign."
BUSY: Final = "One thing at a time: the desk is still answering."
SHEET_FROM_HERE: Final = (
    "It says what this workstation has. Type the words from the sheet the builder printed: only that one came"
    " another way."
)
PIN_PAD: Final = (
    "This reader has a pad of its own: the PIN is typed there, when the reader asks for it, and never here."
)
PIN_PLACE: Final = "Used once, then forgotten. Backspace begins again. Enter never signs."

KEYS: Final = (
    ("F1", "This page"),
    ("F5", "Ask the desk again"),
    ("F6", "Next pane (Shift+F6: the one before)"),
    ("Tab", "Next control"),
    ("Ctrl+1 \u2026 Ctrl+8", "The screens, as they stand on the left"),
    ("Return", "Open what the cursor is on"),
    ("Esc", "Back; nothing is signed by leaving"),
    ("N, P", "Next and previous change"),
    ("Right, Left", "Open and close a folder of changed files"),
    ("Ctrl+F", "Filter the changed files"),
    ("Space, Shift+Space", "A page on, a page back"),
    ("Alt+R", "Mark the file reviewed"),
    ("Alt+O", "Object to the file"),
    ("Alt+C", "Countersign"),
    ("Alt+D", "On a review: decline. When asked for a PIN: do not sign"),
    ("Ctrl++, Ctrl+\u2212, Ctrl+0", "Larger, smaller and usual text"),
    ("Ctrl+T", "Light, dark, high contrast"),
)

HINTS: Final = {
    "home": "Return opens a request \u00b7 Alt+P sheet \u00b7 F5 asks again \u00b7 F1 keys",
    "opening": "Up Down choose a card \u00b7 F5 cards again \u00b7 Return opens the review"
    " \u00b7 Alt+W without a card \u00b7 Esc queue",
    "intake": "Alt+T takes in \u00b7 Alt+L lets go of the medium \u00b7 F5 asks again \u00b7 F1 help",
    "journal": "Alt+R refusals only \u00b7 Alt+V verify \u00b7 Alt+P slip \u00b7 F5 again \u00b7 F1 help",
    "receipts": "F5 asks again \u00b7 F1 help",
    "policy": "F5 asks again \u00b7 F1 help",
    "people": "F5 asks again \u00b7 F1 help",
    "device": "F5 asks again \u00b7 F1 help",
    "ceremony": "F5 asks again \u00b7 F1 help",
    "progress": "Esc stops it: nothing is kept \u00b7 F1 help",
    "review": "N P next change \u00b7 Space pages \u00b7 Alt+R reviewed \u00b7 Alt+O object \u00b7 F6 panes"
    " \u00b7 Ctrl+F filter \u00b7 Alt+C countersign \u00b7 F1 help",
    "sign": "Up Down choose a card \u00b7 F5 cards again \u00b7 Alt+C countersign \u00b7 Esc do not sign",
    "decline": "Up Down choose a card \u00b7 F5 cards again \u00b7 Esc do not decline",
    "refusal": "Return or Esc goes back to the queue \u00b7 Alt+P prints a slip",
    "done": "Esc goes back to the queue",
    "released": "Esc goes back to the queue",
    "ended": "",
    "help": "Esc goes back",
}


def stage_words(item: QueueItem) -> str:
    """Say how far a request has come."""
    match item.stage:
        case Stage.ADMITTED:
            return t("waiting for review")
        case Stage.REVIEWED:
            return t("review opened")
        case Stage.COUNTERSIGNED:
            return t("partly countersigned")
        case Stage.QUORATE:
            return t("\u2713 ready to release")
        case Stage.RELEASED:
            return t("\u2713 released")
        case Stage.DECLINED:
            return t("\u25a0 declined")
        case _:
            assert_never(item.stage)


def waiting_words(question: Question) -> str:  # noqa: C901, PLR0912 (one case for each question)
    """Say what the desk is doing, while it takes its time."""
    match question:
        case AskStation() | AskQueue():
            return t("The desk reads the queue\u2026")
        case AskReview(token=""):
            return t("The desk prepares the review\u2026")
        case AskReview():
            return t(
                "The desk prepares the review, then the card says who you are. Touch it when it blinks\u2026"
            )
        case AskTokens():
            return t("The desk looks for cards\u2026")
        case AskCountersign() | AskDecline():
            return t("The card is asked to sign. Touch it when it blinks\u2026")
        case AskRelease():
            return t("The release is being written\u2026")
        case AskMedia():
            return t("The desk looks for media\u2026")
        case AskTakeIn():
            return t("The bundle is read and every byte hashed\u2026")
        case AskEject():
            return t("Everything is written out\u2026")
        case AskVerifyJournal():
            return t("Every entry of the journal is verified\u2026")
        case AskJournal() | AskReceipts() | AskPolicy() | AskPeople() | AskCeremony():
            return t("The desk reads its records\u2026")
        case AskSlip():
            return t("The slip is written\u2026")
        case _:
            assert_never(question)


def ended_words(question: Question | None) -> str:
    """Say what is known about signatures when the desk has ended while answering `question`."""
    match question:
        case AskCountersign() | AskDecline():
            return (
                "Nothing was signed as far as this screen knows: no answer came. If the card did sign,"
                " the journal has it; look there first after the restart."
            )
        case AskRelease():
            return t("Nothing was signed. The release may be half written: do not use the outgoing medium.")
        case AskTakeIn():
            return t("Nothing was signed. Look in the queue whether the request was taken in.")
        case AskEject() | AskSlip():
            return t("Nothing was signed. Do not trust what is on the medium: it may be half written.")
        case (
            AskStation()
            | AskQueue()
            | AskReview()
            | AskTokens()
            | AskMedia()
            | AskJournal()
            | AskVerifyJournal()
            | AskReceipts()
            | AskPolicy()
            | AskPeople()
            | AskCeremony()
            | None
        ):
            return t("Nothing was signed.")
        case _:
            assert_never(question)


def pin_words(pin: str) -> tuple[str, Tone]:
    """Say the state of a card's PIN before it is asked for."""
    match pin:
        case "ok":
            return t("PIN ready"), Tone.GOOD
        case "low":
            return t("\u25b2 A wrong PIN was typed before: few tries are left"), Tone.WARN
        case "final":
            return t("\u25b2 LAST TRY: one more wrong PIN locks this card"), Tone.DANGER
        case "locked":
            return t("\u25a0 Locked: this card signs nothing until it is unlocked"), Tone.DANGER
        case "uninitialised":
            return t("\u25a0 No PIN is set: this card signs nothing yet"), Tone.DANGER
        case _:
            return t("\u25b2 The card does not tell the state of its PIN"), Tone.WARN


def pin_usable(pin: str) -> bool:
    """Whether it makes sense to ask for this card's PIN."""
    return pin not in ("locked", "uninitialised")


def may_not_sign(name: str) -> str:
    """Say to somebody, before they read, that reading is all they can do."""
    return t(
        "{name}, what you countersigned here would not count. You can read the review all the same.",
        name=name,
    )


def tries_words(tries_left: int | None) -> str:
    """Say how many tries a PIN has left, where the token tells it."""
    match tries_left:
        case None:
            return ""
        case 0:
            return t("No tries are left: the card is locked.")
        case 1:
            return t("1 try is left. Another wrong PIN locks the card.")
        case _:
            return t("{tries_left} tries are left.", tries_left=tries_left)


def have_need(have: int, need: int) -> str:
    """Say how far the quorum is."""
    return (
        t("{have} of {need} countersignatures", have=have, need=need)
        if need != 1
        else t("{have} of 1 countersignature", have=have)
    )
