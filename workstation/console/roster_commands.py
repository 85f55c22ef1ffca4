"""The roster from the command line: drafting it, showing it, and reading two of them against each other."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from workstation import bootstrap
from workstation.console.documents import read_document, write_document
from workstation.console.opening import state_directory
from workstation.console.reply import REFUSED, Reply
from workstation.console.secrets import read_secret
from workstation.core.credential_proof import proof_violations, refuse_false_proofs
from workstation.core.errors import MediaError, Usage
from workstation.core.key_readers.certificates import read_certificates
from workstation.core.roster import Credential, Person, Roster, State
from workstation.core.roster_diff import roster_changes
from workstation.core.roster_document import parse_roster
from workstation.core.roster_draft import next_version, with_attestation_roots, with_person, with_service
from workstation.core.roster_leaving import Leaving, without_key, without_person
from workstation.core.roster_succession import successor_violations
from workstation.core.shape import Shape, time_text
from workstation.core.strict_json import JsonObject, JsonValue
from workstation.trust.store import load


def show(arguments: Namespace) -> Reply:
    """Show a roster draft, or the roster this workstation follows."""
    roster = _roster(arguments)
    refuse_false_proofs(roster)
    lines = [f"Roster version {roster.version}, made {time_text(roster.created)}"]
    for person in roster.people.values():
        gone = " (left)" if person.left else ""
        lines.append(f"  {person.name} ({person.id}){gone}: {', '.join(sorted(person.roles)) or 'no role'}")
        lines += _credential_lines(person.credentials)
    for service in roster.services.values():
        lines.append(
            f"  service {service.name} ({service.id}), controlled by {', '.join(service.controllers)}"
            + "".join(f"; {one.person} until {time_text(one.until)}" for one in service.former)
        )
        lines += _credential_lines(service.credentials)
    people: list[JsonValue] = [_person_document(person) for person in roster.people.values()]
    services: list[JsonValue] = [
        {
            "id": service.id,
            "name": service.name,
            "controllers": [*service.controllers],
            "formerControllers": [
                {"person": former.person, "until": time_text(former.until)} for former in service.former
            ],
        }
        for service in roster.services.values()
    ]
    document: JsonObject = {
        "version": roster.version,
        "digest": roster.digest,
        "people": people,
        "services": services,
    }
    return Reply(document=document, lines=tuple(lines))


def diff(arguments: Namespace) -> Reply:
    """Show what changed between two rosters, and whether the new one may follow the old; 1 if not."""
    old = parse_roster(read_document(arguments.old), where=arguments.old)
    new = parse_roster(read_document(arguments.new), where=arguments.new)
    changes = roster_changes(old, new)
    violations = (*proof_violations(new), *successor_violations(old, new))
    lines = [f"Roster version {old.version} → {new.version}"]
    lines += [f"  {change}" for change in changes] or ["  the same people and keys"]
    lines += [f"■ {found.rule}: {found.detail}" for found in violations]
    listed: list[JsonValue] = [change.to_json() for change in changes]
    against: list[JsonValue] = [found.to_json() for found in violations]
    document: JsonObject = {"changes": listed, "violations": against}
    return Reply(document=document, lines=tuple(lines), status=REFUSED if violations else 0)


def next_roster(arguments: Namespace) -> Reply:
    """Begin the draft of the next version of a roster."""
    draft = next_version(read_document(arguments.roster), now=bootstrap.current_time())
    return written(Path(arguments.out), draft, "draft of the next version begun", new=True)


def add_person(arguments: Namespace) -> Reply:
    """Add a person to a roster draft, beginning one where there is none."""
    path = Path(arguments.file)
    draft = with_person(
        read_document(arguments.file) if path.exists() else None,
        person=arguments.id,
        name=arguments.name,
        roles=arguments.role,
        aliases=arguments.alias,
        mark=arguments.mark,
        now=bootstrap.current_time(),
        secret=_roster_secret(arguments),
    )
    return written(path, draft, f"{arguments.name} ({arguments.id}) added")


def add_service(arguments: Namespace) -> Reply:
    """Add a service and its controllers to a roster draft."""
    draft = with_service(
        read_document(arguments.file),
        service=arguments.id,
        name=arguments.name,
        builder_ids=arguments.builder_id,
        controllers=arguments.controller,
        now=bootstrap.current_time(),
    )
    return written(Path(arguments.file), draft, f"service {arguments.id} added")


def add_maker(arguments: Namespace) -> Reply:
    """Believe a maker of tokens: its root certificates go into a roster draft."""
    roots = tuple(
        one for name in arguments.root for one in read_certificates(read_document(name), where=name)
    )
    draft = with_attestation_roots(read_document(arguments.file), roots, now=bootstrap.current_time())
    return written(Path(arguments.file), draft, f"{len(roots)} attestation roots added")


def lint(arguments: Namespace) -> Reply:
    """Verify every proof, attestation and enroller's signature in a roster; 1 if one does not hold."""
    roster = parse_roster(read_document(arguments.file), where=arguments.file)
    found = tuple(proof_violations(roster))
    against: list[JsonValue] = [violation.to_json() for violation in found]
    keys = len(roster.by_fingerprint)
    lines = [f"Roster version {roster.version}: {keys} keys, {len(found)} objections"]
    lines += [f"■ {violation.rule}: {violation.detail}" for violation in found]
    document: JsonObject = {"version": roster.version, "keys": keys, "violations": against}
    return Reply(document=document, lines=tuple(lines), status=REFUSED if found else 0)


def retire(arguments: Namespace) -> Reply:
    """Retire a key, or a person with all their keys, in a roster draft."""
    return _leave(arguments, State.RETIRED)


def revoke(arguments: Namespace) -> Reply:
    """Revoke a key, or a person with all their keys, in a roster draft."""
    return _leave(arguments, State.REVOKED)


def _leave(arguments: Namespace, state: State) -> Reply:
    since = bootstrap.current_time() if arguments.since is None else Shape(arguments.since, "--since").time()
    leaving = Leaving(state=state, since=since, reason=arguments.reason)
    draft = read_document(arguments.file)
    if arguments.person is None:
        data, what = without_key(draft, arguments.key, leaving), f"key {arguments.key}"
    else:
        data, what = without_person(draft, arguments.person, leaving), f"person {arguments.person}"
    return written(Path(arguments.file), data, f"{what} {state.value} as of {time_text(since)}")


def _roster_secret(arguments: Namespace) -> bytes | None:
    if arguments.secret_fd is not None:
        return bytes(read_secret(arguments.secret_fd, "--secret-fd"))
    if arguments.secret_file is None:
        return None
    secret = read_document(arguments.secret_file).removesuffix(b"\n")
    if not secret:
        raise Usage("--secret-file", "an empty file found, the roster's secret wanted")
    return secret


def _roster(arguments: Namespace) -> Roster:
    if arguments.file is not None:
        return parse_roster(read_document(arguments.file), where=arguments.file)
    stored = load(state_directory(arguments) / "trust", now=bootstrap.current_time())
    if stored is None:
        raise MediaError("roster", "no trust root has been applied here; name a FILE")
    return stored.snapshot.roster


def _person_document(person: Person) -> JsonObject:
    credentials: list[JsonValue] = [
        {
            "fingerprint": credential.key.fingerprint,
            "uses": [*sorted(use.value for use in credential.uses)],
            "state": credential.state.value,
            "proved": credential.proof is not None,
            "enrolledBy": [*credential.enrolled_by],
            "vouched": len(credential.vouched),
            "attested": credential.attestation is not None,
        }
        for credential in person.credentials
    ]
    return {
        "id": person.id,
        "name": person.name,
        "roles": [*sorted(person.roles)],
        "left": person.left,
        "credentials": credentials,
    }


def _credential_lines(credentials: tuple[Credential, ...]) -> list[str]:
    return [
        f"    {credential.key.fingerprint[:16]} {credential.key.kind.value} {credential.state.value}"
        f" for {', '.join(sorted(use.value for use in credential.uses))}"
        f" until {time_text(credential.valid_to)}"
        + (f", enrolled by {', '.join(credential.enrolled_by)}" if credential.enrolled_by else "")
        for credential in credentials
    ]


def written(path: Path, data: bytes, headline: str, *, new: bool = False) -> Reply:
    """Write a draft and reply with what it is now; raises MediaError."""
    write_document(path, data, new=new)
    roster = parse_roster(data)
    document: JsonObject = {"file": str(path), "version": roster.version, "digest": roster.digest}
    return Reply(document=document, lines=(f"{headline} in {path}",))
