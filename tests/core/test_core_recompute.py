"""A deployer recomputes a release, and a workstation that lies gets nowhere without the people."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from core.documents import KEYS, Build, Loose, credential, signed
from core.keys import p256
from core.world import EXPIRES, World, details, violations

from workstation.core.countersignature import Head
from workstation.core.disclosure import disclosed, to_be_read
from workstation.core.entry import Kind, parse_entry
from workstation.core.errors import Malformed, Untrusted
from workstation.core.evidence import OCTETS_MEDIA_TYPE
from workstation.core.identity import Digest, PersonId, RequestId, digest_of
from workstation.core.journal_proof import parse_journal_proof
from workstation.core.recompute import station_key
from workstation.core.release_contents import PROOF_TITLE, RELEASE_TITLE, countersignature_title
from workstation.core.release_diff import Finding, ReleaseDiff
from workstation.core.release_statement import parse_release
from workstation.core.verdict import Allowed, Blocked, Violation

ALICE, CAROL = countersignature_title(PersonId("alice")), countersignature_title(PersonId("carol"))
OTHER = Digest("ab" * 32)


def rules(found):
    return {violation.rule for violation in violations(found.verdict)}


def bound_to(**changes):
    return lambda said: replace(said, binding=replace(said.binding, **changes))


def test_a_deployer_recomputes_what_the_workstation_allowed():
    world = World().quorate()

    found = world.release().recomputed(world.trust, now=world.now)

    assert found.verdict == Allowed()
    assert found.builders == world.builders
    assert [person.id for person in found.quorum.approvers] == ["alice", "carol"]
    assert (found.head, found.station.holder.id) == (world.head, "station-1")
    assert (found.said.purl, found.request.id) == ("pkg:generic/pump-firmware@2.4.0", world.request.id)


def test_a_release_can_be_verified_long_after_its_countersignatures():
    world = World(expires=EXPIRES).quorate()
    released = world.release()

    found = released.recomputed(world.trust, now=EXPIRES - timedelta(seconds=1))

    assert found.verdict == Allowed()


def test_a_trust_root_that_has_expired_for_the_verifier_blocks():
    world = World().quorate()

    found = world.release().recomputed(world.trust, now=EXPIRES)

    assert [violation.rule for violation in violations(found.verdict)] == ["TRUST-EXPIRED"]


def test_a_release_from_the_verifiers_future_is_refused():
    world = World().quorate()
    released = world.release()

    with pytest.raises(Untrusted, match=r"release\.clock: 2026-11-20T10:03:00Z, still to come found"):
        released.recomputed(world.trust, now=world.now - timedelta(minutes=10, seconds=1))


def test_what_is_read_of_a_long_journal_for_a_release_is_all_that_travels():
    world = World().quorate().released_as(digest_of(b"the first"))
    first = world.request.id
    world.next_request(Build(keys=world.keys, version="2.5.0")).quorate()
    facts = world.telling()
    made = facts.countersignatures

    read = [world.entries[seq] for seq in to_be_read(facts, made)]

    travels = [*disclosed(world.entries, facts, made)]
    assert [*disclosed(read, facts, made)] == travels
    assert len(read) < len(world.entries) // 2
    assert {one.payload["request"] for one in travels} == {first, world.request.id}


# A workstation wholly owned by an attacker: it signs and journals whatever it likes --------------------


def test_an_owned_workstation_cannot_do_without_a_quorum():
    world = World().admit()
    world.countersign("alice")

    found = world.release().recomputed(world.trust, now=world.now)

    assert violations(found.verdict) == (
        Violation("QUORUM", "1 of 2 countersignatures by approver", "approvals.atLeast"),
    )


def test_an_owned_workstation_without_any_countersignature_gets_nowhere():
    world = World()
    world.admit()

    found = world.release(hide=lambda _: True).recomputed(world.trust, now=world.now)

    assert rules(found) == {"REQUEST-UNKNOWN", "QUORUM"}


def test_an_owned_workstation_cannot_count_a_builders_second_key():
    world = World().quorate()
    world.countersign("bob-second")

    found = world.release().recomputed(world.trust, now=world.now)

    assert rules(found) == {"SOD-BUILDER"}
    assert [person.id for person in found.quorum.approvers] == ["alice", "carol"]


def test_an_owned_workstation_cannot_hide_the_builder_set():
    world = World().admit()
    world.countersign("alice", change=bound_to(builders=()))
    world.countersign("carol", change=bound_to(builders=()))

    found = world.release().recomputed(world.trust, now=world.now)

    assert rules(found) == {"QUORUM", "COUNTERSIGNATURE-BINDING"}


def test_an_owned_workstation_cannot_count_a_machine():
    world = World()
    world.service("ci-7")["credentials"][0]["uses"].append("countersign")
    world.admit()
    world.countersign("alice")
    world.countersign("ci-7")

    found = world.release().recomputed(world.trust, now=world.now)

    assert rules(found) == {"APPROVER-SERVICE", "COUNTERSIGNATURE-BINDING", "REVIEW-UNOPENED", "QUORUM"}


def test_an_owned_workstation_cannot_use_a_key_nobody_enrolled():
    world = World().quorate()
    world.countersign("mallory")
    released = world.release()

    with pytest.raises(Untrusted, match="a signature by unknown key"):
        released.recomputed(world.trust, now=world.now)


@pytest.mark.parametrize("name", ["ci-7", "frank"])
def test_an_owned_workstation_cannot_count_a_key_for_something_else(name):
    world = World().quorate()
    world.countersign(name)

    found = world.release().recomputed(world.trust, now=world.now)

    assert "CREDENTIAL-USE" in rules(found)
    assert [person.id for person in found.quorum.approvers] == ["alice", "carol"]


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "revoked", "stateSince": "2026-11-20T09:00:00Z"},
        {"state": "retired", "stateSince": "2026-02-01T00:00:00Z"},
        {"validTo": "2026-11-20T10:00:00Z"},
        {"validFrom": "2026-12-01T00:00:00Z"},
    ],
    ids=["revoked", "retired", "expired", "future"],
)
def test_an_owned_workstation_cannot_count_a_key_that_was_not_valid(changes):
    world = World()
    world.person("carol")["credentials"][0].update(changes)
    world.quorate()

    found = world.release().recomputed(world.trust, now=world.now)

    assert rules(found) == {"CREDENTIAL-VALID", "QUORUM"}


def test_a_countersignature_dated_back_before_the_request_does_not_count():
    world = World()
    world.person("carol")["credentials"][0].update(state="revoked", stateSince="2026-11-20T07:00:00Z")
    world.admit()
    world.countersign("alice")
    before = world.request.created - timedelta(hours=2)
    world.countersign("carol", change=bound_to(at=before))

    found = world.release().recomputed(world.trust, now=world.now)

    assert rules(found) == {"COUNTERSIGNATURE-BINDING", "QUORUM"}


def test_somebody_elses_signature_under_an_approvers_name_does_not_count():
    world = World().admit()
    world.countersign("alice")
    world.countersign("carol", key="dave")

    found = world.release().recomputed(world.trust, now=world.now)

    assert {
        "Dave's countersignature does not count: it is bound to carol as approver",
        "Dave's countersignature does not count: it is bound to another key",
    } <= set(details(found.verdict, "COUNTERSIGNATURE-BINDING"))
    assert "QUORUM" in rules(found)


def test_a_countersignature_made_under_an_older_roster_does_not_count():
    world = World().admit()
    world.countersign("alice")
    world.roster["version"] += 1
    world.countersign("carol")

    found = world.release().recomputed(world.trust, now=world.now)

    assert details(found.verdict, "COUNTERSIGNATURE-BINDING") == [
        "Alice's countersignature does not count: it is bound to roster version 3"
    ]


@pytest.mark.parametrize("document", ["roster", "policy"])
def test_a_release_is_never_judged_under_another_roster_or_policy(document):
    world = World().quorate()
    released = world.release()
    getattr(world, document)["version"] -= 1

    with pytest.raises(Untrusted, match=f"another {document} than the trust root delivers"):
        released.recomputed(world.trust, now=world.now)


def test_a_review_nobody_opened_does_not_count():
    world = World().admit()
    world.countersign("alice", change=bound_to(review=OTHER))
    world.countersign("carol")
    released = world.release()

    with pytest.raises(
        Untrusted, match=f"review {OTHER} found in it, and what that review says did not travel"
    ):
        released.recomputed(world.trust, now=world.now)


@pytest.mark.parametrize("kind", [Kind.INTAKE_BUNDLE, Kind.COUNTERSIGN])
def test_what_the_proof_leaves_out_did_not_happen(kind):
    world = World().quorate()
    released = world.release(hide=lambda entry: entry.kind is kind)

    with pytest.raises(Untrusted, match="no proved entry says"):
        released.recomputed(world.trust, now=world.now)


@pytest.mark.parametrize(
    "change",
    [
        bound_to(station=KEYS["alice"].public.fingerprint),
        lambda said: bound_to(journal=replace(said.binding.journal, origin="elsewhere"))(said),
    ],
    ids=["another workstation", "another journal"],
)
def test_a_countersignature_made_elsewhere_is_not_from_here(change):
    world = World().admit()
    world.countersign("alice", change=change)
    world.countersign("carol")
    released = world.release()

    with pytest.raises(Untrusted, match=r"another workstation|journal head: of elsewhere found"):
        released.recomputed(world.trust, now=world.now)


def test_a_countersignature_bound_to_a_journal_that_never_was_is_refused():
    world = World().admit()
    world.countersign("alice", change=bound_to(journal=Head(origin=world.head.origin, size=4, root=OTHER)))
    world.countersign("carol")
    released = world.release()

    with pytest.raises(Untrusted, match="consistency"):
        released.recomputed(world.trust, now=world.now)


def test_a_countersignature_bound_to_a_longer_journal_than_the_proof_is_refused():
    world = World().admit()
    world.countersign("alice", change=bound_to(journal=Head(origin=world.head.origin, size=999, root=OTHER)))
    world.countersign("carol")
    released = world.release()

    with pytest.raises(Untrusted, match="to a journal that is not this one"):
        released.recomputed(world.trust, now=world.now)


@pytest.mark.parametrize(
    ("note", "why"),
    [
        (lambda world: world.checkpoint(), "not signed by card/"),
        (lambda world: world.checkpoint("alice", station="dave"), "not signed by station-1"),
        (lambda world: world.checkpoint("bob"), "not signed by card/"),
        (lambda _world: World().checkpoint("alice"), "of another moment"),
        (lambda world: world.checkpoint("alice").replace(b" card/", b" cord/"), "not signed by card/"),
    ],
    ids=["the station alone", "a station nobody knows", "another card", "an empty journal", "another name"],
)
def test_a_countersignature_without_its_cards_checkpoint_is_not_believed(note, why):
    world = World().admit()
    world.countersign("alice", change=lambda said: replace(said, checkpoint=note(world).decode()))
    world.countersign("carol")
    released = world.release()

    with pytest.raises(Untrusted, match=why):
        released.recomputed(world.trust, now=world.now)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda said: replace(said, request=RequestId(OTHER)), "request: another request"),
        (lambda said: replace(said, roster=OTHER), "roster: another roster"),
        (lambda said: replace(said, policy=OTHER), "policy: another policy"),
        (lambda said: replace(said, purl="pkg:generic/pump-firmware@2.4.1"), "purl: pkg:generic"),
        (lambda said: replace(said, channel="testing"), "channel: testing"),
    ],
)
def test_a_release_statement_about_something_else_is_refused(change, what):
    world = World().quorate()
    released = world.release(change=change)

    with pytest.raises(Untrusted, match=f"release.{what}"):
        released.recomputed(world.trust, now=world.now)


def test_a_release_statement_that_names_other_artifacts_is_refused():
    world = World().quorate()
    released = world.release()
    said = parse_release(released.documents[RELEASE_TITLE], where="release").said
    other = replace(world.request, manifest=(replace(world.request.manifest[0], size=1),))
    lying = signed(said.to_statement(other), KEYS["station"]).received

    with pytest.raises(Untrusted, match=r"release\.artifacts: other artifacts"):
        released.altered(RELEASE_TITLE, lying).recomputed(world.trust, now=world.now)


@pytest.mark.parametrize("by", ["alice", "ci-7", "mallory"])
def test_only_a_workstation_signs_a_release(by):
    world = World().quorate()
    released = world.release(by=by)

    with pytest.raises(Untrusted, match=r"^release: "):
        released.recomputed(world.trust, now=world.now)


@pytest.mark.parametrize(
    "changes",
    [{"state": "revoked", "stateSince": "2026-11-01T00:00:00Z"}, {"validTo": "2026-11-20T10:03:00Z"}],
    ids=["revoked", "expired"],
)
def test_a_workstation_whose_key_was_not_valid_releases_nothing(changes):
    world = World()
    world.service("station-1")["credentials"][0].update(changes)
    world.quorate()
    released = world.release()

    with pytest.raises(Untrusted, match="release: the key of station-1 was not valid 2026-11-20T10:03:00Z"):
        released.recomputed(world.trust, now=world.now)


def test_a_workstation_key_is_ed25519():
    world = World(keys={**KEYS, "station": p256("station")})
    held = world.trust.roster.holder_of(world.keys["station"].public.fingerprint)

    with pytest.raises(Untrusted, match="workstation key: p256 found, ed25519 wanted"):
        station_key(held)


def test_the_checkpoint_is_by_the_workstation_that_signed_the_release():
    world = World()
    world.service("station-1")["credentials"].append(credential(KEYS["mallory"], "station"))
    world.quorate()
    released = world.release(by="mallory")

    with pytest.raises(Untrusted, match="workstation key: p256 found"):
        released.recomputed(world.trust, now=world.now)


def test_a_rule_that_blocks_here_blocks_there_too():
    world = World()
    world.build.evidence["tests.dsse.json"].document["predicate"]["result"] = "FAILED"
    world.quorate()

    found = world.release().recomputed(world.trust, now=world.now)

    assert isinstance(found.verdict, Blocked)
    assert rules(found) == {"EVIDENCE-TESTS"}


# On the way: whoever carries the medium has no key at all ---------------------------------------------


def altered_bytes(data, step):
    """Yield `data` with one bit of one byte flipped, every `step` bytes, another bit each time."""
    for place in range(0, len(data), step):
        yield data[:place] + bytes([data[place] ^ 1 << place % 7]) + data[place + 1 :]


def outcome(released, world):
    try:
        found = released.recomputed(world.trust, now=world.now)
    except (Malformed, Untrusted) as error:
        return type(error).__name__
    return type(found.verdict).__name__


WHOLE = World().quorate()
RELEASED = WHOLE.release()


@pytest.mark.parametrize("title", sorted(RELEASED.documents))
def test_no_bit_of_any_document_changes_on_the_way_unnoticed(title):
    data = RELEASED.documents[title]

    outcomes = {outcome(RELEASED.altered(title, changed), WHOLE) for changed in altered_bytes(data, 17)}

    assert outcomes <= {"Malformed", "Untrusted", "Blocked"}


def test_an_unsigned_file_cannot_change_on_the_way():
    world = World()
    world.build.evidence["notes.json"] = Loose(OCTETS_MEDIA_TYPE, {"note": "as it was"})
    world.quorate()
    released = world.release()

    assert outcome(released, world) == "Allowed"
    assert outcome(released.altered("notes.json", b'{"note":"as it is!"}'), world) == "Malformed"


def test_no_artifact_changes_on_the_way():
    with_another = replace(RELEASED, artifacts={"pump-2.4.0.bin": b"pump firmware 2.4.0!"})

    with pytest.raises(Malformed, match=r"pump-2.4.0.bin"):
        with_another.recomputed(WHOLE.trust, now=WHOLE.now)


@pytest.mark.parametrize("title", sorted(RELEASED.documents))
def test_no_document_goes_missing_on_the_way(title):
    assert outcome(RELEASED.without(title), WHOLE) in {"Malformed", "Untrusted"}


def test_countersignatures_cannot_be_swapped():
    swapped = RELEASED.altered(ALICE, RELEASED.documents[CAROL]).altered(CAROL, RELEASED.documents[ALICE])

    with pytest.raises(Untrusted, match="wanted by the release"):
        swapped.recomputed(WHOLE.trust, now=WHOLE.now)


def test_a_countersignature_cannot_be_stripped():
    with pytest.raises(Untrusted, match=f"release/{CAROL}: the release names one thing and holds another"):
        RELEASED.without(CAROL).recomputed(WHOLE.trust, now=WHOLE.now)


@pytest.mark.parametrize("name", ["dave", "bob", "mallory"])
def test_a_countersignature_cannot_be_added(name):
    title = countersignature_title(PersonId(name))

    with pytest.raises(Untrusted, match=f"release/{title}: the release names one thing and holds another"):
        RELEASED.altered(title, RELEASED.documents[ALICE]).recomputed(WHOLE.trust, now=WHOLE.now)


def test_one_countersignature_under_two_names_is_refused_even_when_the_workstation_says_so():
    world = World().admit()
    made = world.countersign("alice")
    twice = world.release(
        change=lambda said: replace(
            said,
            countersignatures=(
                *said.countersignatures,
                replace(said.countersignatures[0], person=PersonId("carol")),
            ),
        )
    ).altered(CAROL, made.envelope.received)

    with pytest.raises(Untrusted, match=f"{CAROL}: a countersignature by alice found"):
        twice.recomputed(world.trust, now=world.now)


def test_a_countersignature_from_another_release_does_not_fit():
    other = World()
    other.build.predicate["requestId"] = "another"
    other.quorate()

    with pytest.raises(Untrusted, match="wanted by the release"):
        RELEASED.altered(ALICE, other.release().documents[ALICE]).recomputed(WHOLE.trust, now=WHOLE.now)


def test_a_countersignature_replayed_by_the_workstation_itself_does_not_count():
    earlier = World().admit()
    replayed = earlier.countersign("alice")
    world = World()
    world.build.predicate["requestId"] = "another"
    world.admit()
    world.countersign("alice", change=lambda _: replayed.countersignature)
    world.countersign("carol")
    released = world.release()

    with pytest.raises(Untrusted, match="consistency"):
        released.recomputed(world.trust, now=world.now)


def test_an_owned_workstation_cannot_say_a_card_opened_what_it_did_not():
    world = World().admit()
    given, taken = world.reading("alice").reader, world.reading("carol").reader
    world.note_opening("alice", replace(given, signature=taken.signature))
    world.countersign("alice", opened=False)
    world.countersign("carol")
    released = world.release()

    with pytest.raises(Untrusted, match="the card's answer on opening the review"):
        released.recomputed(world.trust, now=world.now)


def test_only_the_openings_countersignatures_stand_on_leave_the_house():
    world = World().admit()
    for name in ("bob-second", "mallory", "dave", "erin"):
        world.open(name)
    world.countersign("alice")
    world.countersign("carol")

    proof = parse_journal_proof(world.release().documents[PROOF_TITLE], where="proof")

    entries = [parse_entry(one.body) for one in proof.entries]
    openings = [entry.actor.person for entry in entries if entry.kind is Kind.REVIEW_OPEN]
    assert openings == ["alice", "carol"]


def risky(**acknowledged):
    """Return a world in which two findings are to be acknowledged, and what these people did."""
    findings = [("DIFF-RUNS-ITSELF", 92, "a.pth"), ("DIFF-MODE", 90, "b"), ("DIFF-TEXT", 20, "readme")]
    world = World(
        diff=ReleaseDiff(
            findings=tuple(Finding(rule=r, rank=n, path=p, sentence="it changed") for r, n, p in findings)
        )
    )
    world.rule["mustOpen"] = {"atOrAbove": 90}
    world.admit()
    for name, ids in acknowledged.items():
        world.countersign(name, change=lambda said, ids=ids: replace(said, acknowledged=ids))
    return world


BOTH = ("DIFF-RUNS-ITSELF a.pth", "DIFF-MODE b")


def test_a_deployer_sees_what_had_to_be_acknowledged():
    world = risky(alice=BOTH, carol=BOTH[:1])

    found = world.release().recomputed(world.trust, now=world.now)

    assert rules(found) == {"FINDINGS-UNACKNOWLEDGED", "QUORUM"}
    assert details(found.verdict, "FINDINGS-UNACKNOWLEDGED") == [
        "Carol's countersignature does not count: DIFF-MODE b: it changed"
    ]
    assert found.verdict == world.judge(world.releasing())


def test_only_the_findings_the_policy_asks_about_travel():
    world = risky(alice=BOTH, carol=BOTH)

    released = world.release()

    travelled = b"".join(
        data for title, data in released.documents.items() if title.startswith("signed-review.")
    )
    assert released.recomputed(world.trust, now=world.now).verdict == Allowed()
    assert b"a.pth" in travelled
    assert b"readme" not in travelled


def test_a_review_that_cannot_be_looked_into_is_refused_far_away_too():
    world = World(
        diff=ReleaseDiff(findings=(Finding(rule="DIFF-LIMIT", rank=100, path="a", sentence="too deep"),))
    ).quorate()

    found = world.release().recomputed(world.trust, now=world.now)

    assert rules(found) == {"REVIEW-REFUSED", "QUORUM"}


def test_two_reviews_of_one_request_both_travel():
    world = World().admit()
    world.countersign("alice")
    world.diff = ReleaseDiff(findings=(Finding(rule="DIFF-TEXT", rank=20, path="a", sentence="new"),))
    world.countersign("carol")

    released = world.release()

    assert len([title for title in released.documents if title.startswith("signed-review.")]) == 2
    assert released.recomputed(world.trust, now=world.now).verdict == Allowed()
