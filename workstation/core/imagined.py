"""People, cards and requests that are not there, made up so that the rules can be asked about them.

Nothing here is ever signed, stored or counted for a release: an imagined card has no key that any
signature could verify under.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from packageurl import PackageURL

from workstation.core.attestation import Attested, PinPolicy, TouchPolicy
from workstation.core.countersignature import Countersignature, Head, SignedCountersignature, bind
from workstation.core.dsse import IN_TOTO, Envelope
from workstation.core.evidence import DSSE_MEDIA_TYPE, Evidence, Provenance
from workstation.core.facts import Case, VerifiedCountersignature
from workstation.core.identity import Fingerprint, PersonId, RequestId, digest_of
from workstation.core.public_key import KeyKind, PublicKey
from workstation.core.quorum import roles_of
from workstation.core.release_diff import ReleaseDiff
from workstation.core.request import Request
from workstation.core.review import RENDERER, Review
from workstation.core.roster import Credential, Held, Interval, Person, State, Use

PLANNED: Final = "the planned build"
SUBMITTER: Final = Fingerprint(digest_of(b"imagined submitter"))
_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NEWEST: Final = (10**6,)
_FAR_OFF: Final = datetime(9999, 1, 1, tzinfo=UTC)


def imagined_card(holder: str) -> Credential:
    """Return a card for countersigning that no rule about credentials objects to."""
    key = PublicKey(
        kind=KeyKind.ED25519, fingerprint=Fingerprint(digest_of(f"imagined {holder}".encode())), spki=b""
    )
    return Credential(
        key=key,
        uses=frozenset({Use.COUNTERSIGN}),
        token_serial=f"token of {holder}",
        enrolled=_LONG_AGO,
        enrolled_by=(),
        valid_from=_LONG_AGO,
        valid_to=_FAR_OFF,
        state=State.ACTIVE,
        state_since=None,
        attestation=Attested(
            serial=f"token of {holder}", firmware=_NEWEST, pin=PinPolicy.ALWAYS, touch=TouchPolicy.ALWAYS
        ),
    )


def imagined_person(name: str, roles: Iterable[str], aliases: Iterable[str] = ()) -> Person:
    """Return an active person with these roles and a card, who has touched nothing."""
    return Person(
        id=PersonId(name),
        name=name,
        roles=frozenset(roles),
        aliases=frozenset(aliases),
        conflict_groups=frozenset(),
        uniqueness_tag=digest_of(f"imagined {name}".encode()),
        status=(Interval(since=_LONG_AGO, until=None),),
        credentials=(imagined_card(name),),
    )


def imagined_request(product: PackageURL, channel: str, builder_ids: Iterable[str], at: datetime) -> Request:
    """Return the request a build would lead to: made at `at`, unsigned, with provenance and no artifacts."""
    unsigned = Envelope(payload_type=IN_TOTO, payload=b"", signatures=(), received=PLANNED.encode())
    return Request(
        id=RequestId(unsigned.digest),
        envelope=unsigned,
        request_name="planned",
        product=product,
        channel=channel,
        submitter=SUBMITTER,
        built_by=(),
        created=at,
        not_after=_FAR_OFF,
        source=None,
        previous=None,
        manifest=(),
        evidence=tuple(_provenance(builder) for builder in builder_ids),
        outputs=(),
    )


def imagined_review(request: Request) -> Review:
    """Return a review in which nothing changes."""
    return Review(request=request, previous=None, diff=ReleaseDiff())


def imagined_countersignature(case: Case, held: Held, at: datetime) -> VerifiedCountersignature:
    """Return what this card's countersignature on the case would be, unsigned."""
    card, review = held.credential, imagined_review(case.request)
    binding = bind(
        case.request,
        case.trust,
        case.builders,
        review=review.digest,
        renderer=RENDERER,
        station=SUBMITTER,
        at=at,
        journal=Head(origin=PLANNED, size=0, root=digest_of(b"")),
    )
    said = Countersignature(
        binding=binding,
        approver=PersonId(held.holder.id),
        fingerprint=card.key.fingerprint,
        token_serial=card.token_serial or f"token-{card.key.fingerprint[:16]}",
        roles=roles_of(held.holder),
        acknowledged=(),
        comment=PLANNED,
        checkpoint=PLANNED,
    )
    received = f"imagined countersignature of {card.key.fingerprint}".encode()
    envelope = Envelope(payload_type=IN_TOTO, payload=b"", signatures=(), received=received)
    signed = SignedCountersignature(said, case.request.manifest, envelope)
    return VerifiedCountersignature(signed, held, review.shown)


def _provenance(builder_id: str) -> Evidence:
    content = Provenance(builder_id=builder_id, actors=(), sources=frozenset(), subjects=frozenset())
    return Evidence(
        name=PLANNED,
        digest=digest_of(builder_id.encode()),
        media_type=DSSE_MEDIA_TYPE,
        content=content,
        envelope=None,
    )
