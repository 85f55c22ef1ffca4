"""The custodians' commands: trust init, show, update, apply; and drafting the roster they sign."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from workstation import bootstrap
from workstation.console.anywhere_commands import read_key
from workstation.console.opening import cards_of, desk_of, state_directory
from workstation.console.reply import Reply, refusal_reply
from workstation.console.secrets import ask_pin
from workstation.core.errors import MediaError, TokenRefused
from workstation.core.policy_document import parse_policy
from workstation.core.public_key import PublicKey
from workstation.core.roster import Person, Roster, Use
from workstation.core.roster_document import MAX_BYTES, parse_roster
from workstation.core.roster_draft import Enrolment, with_credential, with_person, with_service
from workstation.core.shape import Shape, time_text
from workstation.core.strict_json import JsonObject, JsonValue
from workstation.desk.face import Refused
from workstation.tokens.cards import CardKey, Cards
from workstation.trust.directory import read_repository
from workstation.trust.repository import make_repository, update_repository
from workstation.trust.store import load, pinned_root
from workstation.trust.verification import verify_repository
from workstation.trust.verified_trust import VerifiedTrust


def init(arguments: Namespace) -> Reply:
    """Make the first trust root: TUF root and targets, signed by a threshold of custodians' cards."""
    with cards_of(arguments) as cards:
        custodians = [cards.shown_key(uri)[0] for uri in arguments.custodian]
        with _signers(arguments, cards) as signers:
            made = make_repository(
                Path(arguments.out),
                custodians=custodians,
                threshold=arguments.threshold,
                signers=signers,
                roster=_bytes(arguments.roster),
                policy=_bytes(arguments.policy),
                expires=bootstrap.current_time() + timedelta(days=arguments.good_for),
            )
    return _reply(made, f"Trust root written to {arguments.out}")


def update(arguments: Namespace) -> Reply:
    """Deliver a new roster or policy under the same root, signed by a threshold of custodians' cards."""
    with cards_of(arguments) as cards, _signers(arguments, cards) as signers:
        made = update_repository(
            Path(arguments.directory),
            signers=signers,
            roster=None if arguments.roster is None else _bytes(arguments.roster),
            policy=None if arguments.policy is None else _bytes(arguments.policy),
            expires=bootstrap.current_time() + timedelta(days=arguments.good_for),
        )
    return _reply(made, f"Trust root in {arguments.directory} updated")


def show(arguments: Namespace) -> Reply:
    """Verify a trust root, a repository or the workstation's own, and show what it delivers."""
    now = bootstrap.current_time()
    if arguments.directory is not None:
        files = read_repository(Path(arguments.directory))
        found = verify_repository(files, root=_bytes(arguments.root), now=now)
        return _reply(found, f"Trust root in {arguments.directory} verifies from {arguments.root}")
    stored = load(state_directory(arguments) / "trust", now=now)
    if stored is None:
        return Reply(document={"trust": None}, lines=("No trust root has been applied here.",), status=1)
    return _reply(stored, "Trust root of this workstation")


def apply(arguments: Namespace) -> Reply:
    """Follow a trust root: from --root the first time, from the pinned root ever after."""
    pinned = pinned_root(state_directory(arguments) / "trust")
    if pinned is None and arguments.root is None:
        raise MediaError("--root", "nothing found: the first time, the root to pin is needed")
    root = pinned or _bytes(arguments.root)
    files = read_repository(Path(arguments.directory))
    found = verify_repository(files, root=root, now=bootstrap.current_time())
    with desk_of(arguments) as desk:
        outcome = desk.apply_trust(found)
    if isinstance(outcome, Refused):
        return refusal_reply(outcome)
    return _reply(found, f"Trust root applied, journal entry {outcome}")


def add_person(arguments: Namespace) -> Reply:
    """Add a person to a roster draft, beginning one where there is none."""
    path = Path(arguments.file)
    draft = with_person(
        _bytes(arguments.file) if path.exists() else None,
        person=arguments.id,
        name=arguments.name,
        roles=arguments.role,
        aliases=arguments.alias,
        mark=arguments.mark,
        now=bootstrap.current_time(),
    )
    return _written(path, draft, f"{arguments.name} ({arguments.id}) added")


def add_service(arguments: Namespace) -> Reply:
    """Add a service and its controllers to a roster draft."""
    draft = with_service(
        _bytes(arguments.file),
        service=arguments.id,
        name=arguments.name,
        builder_ids=arguments.builder_id,
        controllers=arguments.controller,
        now=bootstrap.current_time(),
    )
    return _written(Path(arguments.file), draft, f"service {arguments.id} added")


def enrol(arguments: Namespace) -> Reply:
    """Enrol the key a card shows, or the key in a file, for a holder of a roster draft."""
    key, serial = _enrolled_key(arguments)
    now = bootstrap.current_time()
    enrolment = Enrolment(
        key=key,
        uses=frozenset(Shape(use, "--use").choice(Use) for use in arguments.use),
        token_serial=serial,
        enrolled_by=tuple(arguments.by),
        enrolled=now,
        valid_to=now + timedelta(days=arguments.good_for),
    )
    draft = with_credential(_bytes(arguments.file), arguments.holder, enrolment)
    return _written(Path(arguments.file), draft, f"key {key.fingerprint} enrolled for {arguments.holder}")


def roster_show(arguments: Namespace) -> Reply:
    """Show a roster draft, or the roster this workstation follows."""
    roster = _roster(arguments)
    lines = [f"Roster version {roster.version}, made {time_text(roster.created)}"]
    for person in roster.people.values():
        lines.append(f"  {person.name} ({person.id}): {', '.join(sorted(person.roles)) or 'no role'}")
        lines += _credential_lines(person)
    for service in roster.services.values():
        lines.append(
            f"  service {service.name} ({service.id}), controlled by {', '.join(service.controllers)}"
        )
    listed: list[JsonValue] = [
        {"id": person.id, "name": person.name, "roles": [*sorted(person.roles)]}
        for person in roster.people.values()
    ]
    document: JsonObject = {"version": roster.version, "digest": roster.digest, "people": listed}
    return Reply(document=document, lines=tuple(lines))


def policy_lint(arguments: Namespace) -> Reply:
    """Check a policy file; a good one is described."""
    policy = parse_policy(_bytes(arguments.file), where=arguments.file)
    lines = [
        f"Policy {policy.id} version {policy.version}, in effect from {time_text(policy.effective_from)}"
    ]
    for rule in policy.rules:
        needs = (rule.approvals.need, *rule.approvals.also_from)
        asked = ", ".join(f"{need.at_least} {need.role}" for need in needs)
        lines.append(
            f"  {rule.id}: {', '.join(sorted(rule.purls))} in {', '.join(sorted(rule.channels))}: {asked}"
        )
    document: JsonObject = {"id": policy.id, "version": policy.version, "digest": policy.digest}
    return Reply(document=document, lines=tuple(lines))


@contextmanager
def _signers(arguments: Namespace, cards: Cards) -> Generator[Sequence[CardKey]]:
    opened: list[CardKey] = []
    try:
        opened.extend(CardKey(cards, uri, ask_pin(arguments, uri)) for uri in arguments.signer)
        yield opened
    finally:
        for key in opened:
            key.forget()


def _reply(found: VerifiedTrust, headline: str) -> Reply:
    trust = found.snapshot
    lines = (
        headline,
        f"  root version {trust.root_version}, targets version {trust.targets_version}",
        f"  roster version {trust.roster.version}, {len(trust.roster.people)} people",
        f"  policy {trust.policy.id} version {trust.policy.version}, {len(trust.policy.rules)} rules",
        f"  good until {time_text(trust.expires)}",
    )
    document: JsonObject = {
        "root": trust.root_version,
        "targets": trust.targets_version,
        "roster": {"version": trust.roster.version, "digest": trust.roster.digest},
        "policy": {"version": trust.policy.version, "digest": trust.policy.digest},
        "expires": time_text(trust.expires),
    }
    return Reply(document=document, lines=lines)


def _enrolled_key(arguments: Namespace) -> tuple[PublicKey, str | None]:
    if arguments.key is not None:
        return read_key(_bytes(arguments.key), where=arguments.key), None
    with cards_of(arguments) as cards:
        key, facts = cards.shown_key(arguments.token)
        if not facts.serial:
            raise TokenRefused("token_unknown", "the card shows no serial number")
        return key, facts.serial


def _roster(arguments: Namespace) -> Roster:
    if arguments.file is not None:
        return parse_roster(_bytes(arguments.file), where=arguments.file)
    stored = load(state_directory(arguments) / "trust", now=bootstrap.current_time())
    if stored is None:
        raise MediaError("roster", "no trust root has been applied here; name a FILE")
    return stored.snapshot.roster


def _credential_lines(person: Person) -> list[str]:
    return [
        f"    {credential.key.fingerprint[:16]} {credential.key.kind.value} {credential.state.value}"
        f" for {', '.join(sorted(use.value for use in credential.uses))}"
        f" until {time_text(credential.valid_to)}"
        for credential in person.credentials
    ]


def _written(path: Path, data: bytes, headline: str) -> Reply:
    try:
        unfinished = path.with_name(f".{path.name}.new")
        unfinished.write_bytes(data)
        unfinished.replace(path)
    except OSError as error:
        raise MediaError(str(path), f"cannot be written: {error.strerror}") from error
    roster = parse_roster(data)
    document: JsonObject = {"file": str(path), "version": roster.version, "digest": roster.digest}
    return Reply(document=document, lines=(f"{headline} in {path}",))


def _bytes(name: str) -> bytes:
    try:
        with Path(name).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise MediaError(name, f"cannot be read: {error.strerror}") from error
    if len(data) > MAX_BYTES:
        raise MediaError(name, f"more than {MAX_BYTES} bytes found")
    return data
