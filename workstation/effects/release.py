"""Release: artifacts, countersignatures, trust root and journal proof go to the outgoing medium."""

from __future__ import annotations

import shutil
from pathlib import Path

from workstation.core.action import Release
from workstation.core.disclosure import disclosed, heads, reviews_signed, to_be_read
from workstation.core.dsse import IN_TOTO, Signature, make_envelope
from workstation.core.entry import Draft, Kind, Outcome
from workstation.core.errors import MediaError, WorkstationError
from workstation.core.facts import Facts, VerifiedCountersignature
from workstation.core.guardrails.calendar import review_due
from workstation.core.identity import Digest, digest_of
from workstation.core.journal_proof import Disclosed, Earlier, JournalProof
from workstation.core.oci_layout import RELEASE_BUNDLE, parse_bundle
from workstation.core.policy import without_version
from workstation.core.public_key import PublicKey
from workstation.core.quorum import Counted, quorum_of
from workstation.core.release_contents import (
    PROOF_TITLE,
    RELEASE_TITLE,
    countersignature_title,
    signed_review_title,
    trust_title,
)
from workstation.core.release_statement import Named, ReleaseStatement
from workstation.core.shape import time_text
from workstation.effects.tools import Effected, Tools
from workstation.intake.release_reader import read_release
from workstation.outcome import Materials, Written
from workstation.permit import Permit
from workstation.release.layout_writer import Content, write_bundle

DOCUMENT = "application/json"
DSSE = "application/vnd.dsse.envelope.v1+json"
NOTE = "application/octet-stream"


def release(permit: Permit[Release], tools: Tools, _materials: Materials) -> Effected:
    """Write the release whole, or nothing of it."""
    facts, request = permit.facts, permit.action.request
    statement = _statement(facts)
    envelope = _attested(statement, permit, tools)
    counted = [item for item in quorum_of(facts).counted if not item.against]
    contents = [
        *_request_contents(facts, tools),
        *(
            Content(
                title=countersignature_title(item.verified.signed.countersignature.approver),
                media_type=DSSE,
                source=item.verified.signed.envelope.received,
            )
            for item in counted
        ),
        *_reviews(facts, [item.verified for item in counted], tools),
        *_trust_contents(tools),
        Content(title=RELEASE_TITLE, media_type=DSSE, source=envelope),
        Content(title=PROOF_TITLE, media_type=DOCUMENT, source=_proof(facts, counted, tools).to_bytes()),
    ]
    directory = Path(permit.action.directory)
    bundle = write_bundle(directory, RELEASE_BUNDLE, contents, name="release")
    _read_back(directory, bundle)
    digest = tools.vault.put(envelope)
    return Effected(
        result=Written(directory=str(directory), release=digest, bundle=bundle),
        payload={
            "release": digest,
            "bundle": bundle,
            "product": without_version(request.product),
            "version": request.version,
            "channel": request.channel,
            "artifacts": [artifact.digest for artifact in request.manifest],
            "reviewDue": _review_due(facts),
        },
    )


def _review_due(facts: Facts) -> str | None:
    """Return until when a release under broken glass has to be looked at again, if the policy says so."""
    due = None if facts.case is None else review_due(facts.case, facts.now)
    return None if due is None else time_text(due)


def _read_back(directory: Path, wanted: Digest) -> None:
    """Compare every byte on the medium with its digest; a release that cannot be read again does not stay."""
    try:
        found = read_release(directory).bundle.digest
        if found != wanted:
            raise MediaError(str(directory), f"sha256 {found} was read back, {wanted} was written")
    except WorkstationError:
        shutil.rmtree(directory, ignore_errors=True)
        raise


def _statement(facts: Facts) -> bytes:
    case = facts.case
    if case is None:
        raise WorkstationError("a release was permitted without a case")
    counted = (item.verified.signed for item in quorum_of(facts).counted if not item.against)
    said = ReleaseStatement(
        purl=case.request.product.to_string(),
        channel=case.request.channel,
        request=case.request.id,
        roster=case.trust.roster.digest,
        policy=case.trust.policy.digest,
        countersignatures=tuple(
            Named(person=signed.countersignature.approver, digest=signed.envelope.digest)
            for signed in counted
        ),
        declined=() if facts.history is None else facts.history.declined,
        at=facts.now,
    )
    return said.to_statement(case.request)


def _attested(statement: bytes, permit: Permit[Release], tools: Tools) -> bytes:
    """Return the statement's envelope, signed by the station: an entry that names it comes first."""
    draft = Draft(
        kind=Kind.RELEASE,
        outcome=Outcome.INFO,
        ref=permit.entry.seq,
        payload={"request": permit.action.request.id, "statement": digest_of(statement)},
    )
    entry = tools.journal.append(draft)
    value = tools.journal.attest(entry.seq, IN_TOTO, statement)
    key = _station_key(permit.facts, tools)
    return make_envelope(statement, (Signature(keyid=key.keyid, value=value),)).received


def _station_key(facts: Facts, tools: Tools) -> PublicKey:
    held = None if facts.trust is None else facts.trust.roster.holder_of(tools.station)
    if held is None:
        raise WorkstationError("this workstation's key is not in the roster; custodians have to enrol it")
    return held.credential.key


def _request_contents(facts: Facts, tools: Tools) -> list[Content]:
    history = facts.history
    if history is None:
        raise WorkstationError("a release was permitted without a history")
    bundle = parse_bundle(tools.vault.read(history.bundle), where=f"store/{history.bundle}")
    for layer in bundle.layers:
        tools.vault.verify(layer.digest)
    return [
        Content(title=layer.title, media_type=layer.media_type, source=tools.vault.path(layer.digest))
        for layer in bundle.layers
    ]


def _trust_contents(tools: Tools) -> list[Content]:
    if tools.trust is None:
        return []
    files = tools.trust.files
    return [
        Content(title=trust_title(name), media_type=NOTE, source=data)
        for name, data in sorted(files.items())
        if "/" in name
    ]


def _reviews(facts: Facts, made: list[VerifiedCountersignature], tools: Tools) -> list[Content]:
    documents = reviews_signed(made, facts)
    return [
        Content(title=signed_review_title(digest), media_type=DOCUMENT, source=tools.vault.read(digest))
        for digest in sorted(documents)
    ]


def _proof(facts: Facts, counted: list[Counted], tools: Tools) -> JournalProof:
    made = [item.verified for item in counted]
    checkpoint = tools.journal.checkpoint()
    size = tools.journal.head().size
    read = (one for seq in to_be_read(facts, made) for one in tools.journal.entries(seq, seq + 1))
    entries = disclosed(read, facts, made)
    return JournalProof(
        checkpoint=checkpoint,
        entries=tuple(
            Disclosed(seq=entry.seq, body=entry.to_bytes(), proof=tools.journal.inclusion(entry.seq, size))
            for entry in entries
        ),
        earlier=tuple(
            Earlier(head=head, proof=tools.journal.consistency(head.size, size)) for head in heads(made)
        ),
    )
