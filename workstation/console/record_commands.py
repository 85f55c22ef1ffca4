"""Reading the journal: its story, an export anyone can verify, the auditor's report."""

from __future__ import annotations

import base64
from argparse import ArgumentParser, Namespace
from datetime import datetime
from pathlib import Path

from workstation.console.documents import read_secret, write_document
from workstation.console.opening import desk_of
from workstation.console.reply import Reply
from workstation.core.action import ExportJournal
from workstation.core.audit_report import Completeness, audit_report
from workstation.core.checkpoint import SignatureType, Signer, parse_note
from workstation.core.identity import PersonId, digest_of
from workstation.core.journal_export import key_line
from workstation.core.ledger import Ledger
from workstation.core.shape import Shape
from workstation.core.story import Texts, deeds, told
from workstation.core.story_filter import StoryFilter, request_named
from workstation.core.strict_json import JsonObject, JsonValue
from workstation.journal.client import Journal


def add_filter_options(command: ArgumentParser) -> None:
    """Add what narrows the story down."""
    command.add_argument("--person", metavar="ID", help="only what this person did")
    command.add_argument(
        "--release", metavar="WHICH", help="only about this request, version or product@version"
    )
    command.add_argument("--refused", action="store_true", help="only what was refused")
    command.add_argument(
        "--since", metavar="TIME", help="only from this time on, such as 2026-11-20T09:00:00Z"
    )
    command.add_argument("--until", metavar="TIME", help="only before this time")


def add_export_options(command: ArgumentParser) -> None:
    """Add what an export can be asked for."""
    command.add_argument("--out", required=True, metavar="DIR", help="a new directory")
    command.add_argument("--from", dest="start", type=int, default=0, metavar="ENTRY", help="the first entry")
    command.add_argument(
        "--to", dest="stop", type=int, metavar="ENTRY", help="the first entry that is left out"
    )
    command.add_argument("--ocsf", action="store_true", help="add a view of the entries as OCSF events")


def add_report_options(command: ArgumentParser) -> None:
    """Add what a report can be asked for."""
    command.add_argument("--out", required=True, metavar="FILE", help="a new PDF file")
    command.add_argument("--seal", metavar="FILE", help="K_0, to verify the seals with")
    command.add_argument("--since", metavar="TIME", help="of this time on")
    command.add_argument("--until", metavar="TIME", help="before this time")
    command.set_defaults(person=None, release=None, refused=False)


def show(arguments: Namespace) -> Reply:
    """Tell the journal's story in plain words."""
    with desk_of(arguments) as desk:
        wanted = _filter(arguments, desk.ledger)
        found = wanted.of(deeds(desk.read_journal("journal show")))
        lines = tuple(told(found, desk.roster, _texts(desk.parts.journal)))
    bodies: list[JsonValue] = [
        base64.b64encode(entry.to_bytes()).decode() for deed in found for entry in deed.entries
    ]
    return Reply(document={"entries": bodies}, lines=lines or ("Nothing in the journal fits.",))


def export(arguments: Namespace) -> Reply:
    """Write entries, and everything that proves them, to a new directory."""
    action = ExportJournal(
        start=arguments.start,
        stop=arguments.stop,
        directory=str(Path(arguments.out).absolute()),
        ocsf=arguments.ocsf,
    )
    with desk_of(arguments) as desk:
        made = desk.export_journal(action)
    document: JsonObject = {
        "directory": made.directory,
        "start": made.start,
        "stop": made.stop,
        "sums": made.digest,
    }
    lines = (
        f"Entries {made.start} to {made.stop - 1} exported to {made.directory}",
        f"  sha256 of SHA256SUMS: {made.digest}",
        f"  verify it anywhere: python3 -I {made.directory}/verify_export.py",
    )
    return Reply(document=document, lines=lines)


def report(arguments: Namespace) -> Reply:
    """Write the auditor's report: separation of duties, refusals, exceptions, completeness."""
    # The PDF library is the workstation's alone: builders and deployers have no need of it.
    from workstation.record.report_pdf import report_pdf  # noqa: PLC0415 (see above)

    out = Path(arguments.out)
    seal = None if arguments.seal is None else read_secret(Path(arguments.seal))
    with desk_of(arguments) as desk:
        period = _filter(arguments, desk.ledger)
        entries = desk.read_journal("journal report")
        completeness = _completeness(desk.parts.journal, seal)
        texts = _texts(desk.parts.journal)
        made = audit_report(entries, desk.ledger, desk.roster, completeness, period=period, texts=texts)
    pdf = report_pdf(made)
    write_document(out, pdf, new=True)
    document: JsonObject = {
        "file": str(out),
        "sha256": digest_of(pdf),
        "entries": completeness.size,
        "findings": [*completeness.findings],
        "releases": len(made.releases),
        "refusals": len(made.refusals),
        "exceptions": len(made.exceptions),
    }
    sound = "the journal verifies" if not completeness.findings else "THE JOURNAL DOES NOT VERIFY"
    return Reply(document=document, lines=(f"Report of {completeness.size} entries in {out}; {sound}",))


def _texts(journal: Journal) -> Texts:
    return {(each.seq, each.name): each.text for each in journal.beside()}


def _completeness(journal: Journal, seal: bytearray | None) -> Completeness:
    note, found = journal.checkpoint(), journal.verify(seal)
    origin = parse_note(note).checkpoint.origin
    return Completeness(
        origin=origin,
        station=key_line(Signer(name=origin, type=SignatureType.ED25519, key=journal.station_key)),
        size=found.size,
        root=found.root,
        checkpoint=note.decode(),
        findings=found.findings,
        sealed=seal is not None,
    )


def _filter(arguments: Namespace, ledger: Ledger) -> StoryFilter:
    person: str | None = arguments.person
    return StoryFilter(
        person=None if person is None else PersonId(Shape(person, "--person").identifier()),
        request=None if arguments.release is None else request_named(arguments.release, ledger),
        refused=arguments.refused,
        since=_time(arguments.since, "--since"),
        until=_time(arguments.until, "--until"),
    )


def _time(text: str | None, where: str) -> datetime | None:
    return None if text is None else Shape(text, where).time()
