"""Every way to have had a hand in a release leads to its people, or to nobody, and then it blocks."""

from __future__ import annotations

import base64

import pytest
from closure.closure_world import Closure, after
from core.documents import KEYS, Loose, Signed, credential, service
from core.keys import UnsafeTestKey, edwards, p256, rsa_2048, unsafe
from keys.key_forms import FORMS, cms, pss_spki
from keys.openpgp_writer import PgpKey, bound, certificate

from workstation.core.artifact_signer import ArtifactSigner
from workstation.core.errors import Malformed
from workstation.core.evidence import OCTETS_MEDIA_TYPE
from workstation.core.key_readers.files import read_keys

ALICE = KEYS["alice"].public.fingerprint
NOBODY = KEYS["mallory"].public.fingerprint


def named_in_request(field: str):
    return lambda closure, who: closure.build.predicate.update({field: who})


def in_source(role: str):
    def name(closure: Closure, who: str) -> None:
        closure.source.setdefault("people", []).append({"role": role, "identity": who})

    return name


def signs_artifact(closure: Closure, who: str) -> None:
    closure.artifact_signers = (ArtifactSigner("app.jar", "JAR", who),)


EDGES = {
    "prepared request.dsse.json": named_in_request("preparedBy"),
    "carries request.dsse.json": named_in_request("courier"),
    "wrote or committed source": lambda closure, who: closure.source["identities"].append(who),
    "signed the tag of the source": lambda closure, who: closure.source.update(tagSigner=who),
    "wrote source": in_source("author"),
    "committed source": in_source("committer"),
    "signed a commit of the source": in_source("signer"),
    "tagged the source": in_source("tagger"),
    "pushed the source": in_source("pusher"),
    "started the build ← named by provenance.dsse.json": lambda closure, who: closure.definition[
        "externalParameters"
    ].update(actorId=who),
    "signed artifact app.jar (JAR)": signs_artifact,
}
"""Every edge that begins with a name, and how to make one."""


@pytest.mark.parametrize("who", [ALICE, "alice@example.org", "alice"])
@pytest.mark.parametrize("because", EDGES)
def test_a_name_leads_to_its_person_by_key_by_alias_and_by_id(because, who):
    found = after(lambda closure: EDGES[because](closure, who))

    assert found.why("alice") == [f"alice ← {because}"]
    assert found.unresolved() == []


@pytest.mark.parametrize("who", ["https://ci.example.org/builders/7", "ci-7"])
@pytest.mark.parametrize("because", EDGES)
def test_a_machine_leads_to_the_people_who_control_it(because, who):
    found = after(lambda closure: EDGES[because](closure, who))

    assert f"ned ← controls ci-7 ← {because}" in found.why("ned")
    assert found.unresolved() == []


@pytest.mark.parametrize(
    "who",
    [
        NOBODY,
        "eve@example.org",
        "ALICE@example.org",
        "Alice@example.org",
        "alice@example.org.",
        "Alice",
        "ALICE",
        "approver",
        "github:9999",
        "openpgp:0123456789ABCDEF0123456789ABCDEF01234567",
        ALICE.upper(),
    ],
)
@pytest.mark.parametrize("because", EDGES)
def test_a_name_that_is_not_exactly_somebodys_leads_to_nobody_and_is_kept(because, who):
    found = after(lambda closure: EDGES[because](closure, who))

    assert found.why("alice") == []
    assert found.unresolved() == [f"{'key' if who == NOBODY else 'account'} {who} ← {because}"]


@pytest.mark.parametrize("because", [one for one in EDGES if "artifact" not in one])
def test_a_name_that_only_looks_like_somebodys_is_not_taken_in(because):
    lookalike = "\N{CYRILLIC SMALL LETTER A}lice@example.org"
    closure = after(lambda closure: EDGES[because](closure, lookalike))

    with pytest.raises(Malformed, match="printable ASCII"):
        closure.unresolved()


@pytest.mark.parametrize("name", ["eve", "Eve", "eve@example.org", "security"])
def test_display_names_roles_and_groups_are_never_looked_at(name):
    found = after(
        lambda closure: closure.person("carol").update(name=name),
        lambda closure: closure.person("dave").update(roles=[name], conflictGroups=[name]),
        lambda closure: closure.service("ci-7").update(name=name),
        lambda closure: closure.source["identities"].append(name),
    )

    assert found.unresolved() == [f"account {name} ← wrote or committed source"]
    assert found.why("carol") == found.why("dave") == []


@pytest.mark.parametrize("document", ["provenance.dsse.json", "tests.dsse.json", "request.dsse.json"])
def test_every_signature_on_every_envelope_counts_the_extra_ones_too(document):
    def sign_too(closure: Closure) -> None:
        if document == "request.dsse.json":
            closure.build.by.append("alice")
        else:
            closure.build.evidence[document].by.append("alice")

    assert after(sign_too).why("alice") == [f"alice ← signed {document}"]


@pytest.mark.parametrize("document", ["provenance.dsse.json", "tests.dsse.json"])
def test_a_signature_by_nobody_known_is_kept(document):
    found = after(lambda closure: closure.build.evidence[document].by.append("mallory"))

    assert found.unresolved() == [f"key with id '{KEYS['mallory'].public.keyid}' ← signed {document}"]


def test_a_key_of_a_builder_leads_to_its_service_and_on_to_its_controllers():
    assert Closure().why("ned") == [
        "ned ← controls ci-7 ← named as builder by request.dsse.json",
        "ned ← controls ci-7 ← named by provenance.dsse.json",
        "ned ← controls ci-7 ← signed provenance.dsse.json",
        "ned ← controls ci-7 ← signed tests.dsse.json",
    ]


def test_all_controllers_of_a_service_are_reached():
    found = after(lambda closure: closure.service("ci-7").update(controllers=["ned", "alice", "carol"]))

    assert {"ned", "alice", "carol"} <= found.builders.people


def test_a_service_nobody_controls_leads_to_nobody():
    found = after(
        lambda closure: closure.service("ci-7").update(controllers=[]),
        lambda closure: closure.build.predicate.update(preparedBy="ci-7"),
    )

    assert "service ci-7, which nobody controls ← prepared request.dsse.json" in found.unresolved()


def test_the_account_of_a_bot_leads_to_whoever_controls_the_bot():
    bot = service("bot", builder_ids=("github:49699333",), controller="alice")
    found = after(
        lambda closure: closure.roster_document["services"].append(bot),
        lambda closure: closure.definition["internalParameters"].update(GITHUB_ACTOR_ID="49699333"),
    )

    assert found.why("alice") == ["alice ← controls bot ← started the build ← named by provenance.dsse.json"]


def test_a_name_that_may_mean_two_people_accuses_both():
    found = after(
        lambda closure: closure.person("carol")["aliases"].append("alice"),
        lambda closure: closure.build.predicate.update(courier="alice"),
    )

    assert found.why("alice") == ["alice ← carries request.dsse.json"]
    assert found.why("carol") == ["carol ← carries request.dsse.json"]


def test_someone_who_left_and_whose_key_was_revoked_is_still_reached():
    old = credential(p256("old"), "evidence", state="revoked", stateSince="2026-06-01T00:00:00Z")
    gone = [{"since": "2026-01-05T09:00:00Z", "until": "2026-03-01T00:00:00Z"}]
    found = after(
        lambda closure: closure.person("alice").update(status=gone),
        lambda closure: closure.person("alice")["credentials"].append(old),
        lambda closure: closure.source.update(tagSigner=p256("old").public.fingerprint),
    )

    assert found.why("alice") == ["alice ← signed the tag of the source"]


PGP = PgpKey(edwards("pgp").private)
PGP_SUBKEY = PgpKey(rsa_2048().private)
RSA_ENCODINGS = {
    "spki": FORMS["spki der"],
    "renewed certificate": FORMS["renewed certificate"],
    "ssh": FORMS["ssh"],
    "rsassa-pss": pss_spki,
    "cms": cms,
    "openpgp of another time": FORMS["openpgp 4 of another time"],
    "openpgp subkey": lambda _: certificate(PGP, bound(PGP, PGP_SUBKEY, answered_by=PGP_SUBKEY)),
}


@pytest.mark.parametrize("because", ["signed the tag of the source", "signed artifact app.jar (JAR)"])
@pytest.mark.parametrize("form", RSA_ENCODINGS)
def test_a_builders_key_in_any_encoding_leads_to_the_same_person(form, because):
    enrolled = credential(rsa_2048(), "evidence")
    seen = {one.key.fingerprint for one in read_keys(RSA_ENCODINGS[form](rsa_2048().private), where="f").keys}
    name = rsa_2048().public.fingerprint
    found = after(
        lambda closure: closure.person("alice")["credentials"].append(enrolled),
        lambda closure: EDGES[because](closure, name),
    )

    assert name in seen
    assert found.why("alice") == [f"alice ← {because}"]


@pytest.mark.parametrize("form", RSA_ENCODINGS)
def test_a_key_enrolled_from_any_encoding_is_the_same_credential(form):
    found = read_keys(RSA_ENCODINGS[form](rsa_2048().private), where="f").keys
    key = next(one.key for one in found if one.key.kind == "rsa")
    enrolled = credential(rsa_2048(), "evidence") | {"spki": base64.b64encode(key.spki).decode()}
    closure = after(
        lambda closure: closure.person("alice")["credentials"].append(enrolled),
        lambda closure: closure.build.evidence["tests.dsse.json"].by.append("rsa"),
    )
    closure.build.keys = {**closure.build.keys, "rsa": rsa_2048()}

    assert closure.why("alice") == ["alice ← signed tests.dsse.json"]


def test_a_second_token_of_the_same_person_is_the_same_person():
    second = unsafe(p256("second token").private)
    closure = after(
        lambda closure: closure.person("alice")["credentials"].append(
            credential(second, "evidence", tokenSerial="token-2")
        ),
        lambda closure: closure.build.evidence["tests.dsse.json"].by.append("second"),
    )
    closure.build.keys = {**closure.build.keys, "second": second}

    assert isinstance(second, UnsafeTestKey)
    assert closure.why("alice") == ["alice ← signed tests.dsse.json"]


@pytest.mark.parametrize("version", [4, 6])
def test_an_openpgp_key_leads_to_its_holder_by_fingerprint_and_by_key_id(version):
    key = PgpKey(edwards("pgp").private, version=version)
    digits = key.alias.removeprefix("openpgp:")
    key_id = f"openpgp:{digits[-16:] if version == 4 else digits[:16]}"
    for name in (key.alias, key_id):
        found = after(
            lambda closure: closure.person("alice")["aliases"].append(key.alias),
            lambda closure, name=name: signs_artifact(closure, name),
        )

        assert found.why("alice") == ["alice ← signed artifact app.jar (JAR)"]
        assert found.unresolved() == []


def test_a_key_id_two_keys_share_accuses_both_holders():
    alias = "openpgp:" + "A" * 24 + "0123456789ABCDEF"
    twin = "openpgp:" + "B" * 24 + "0123456789ABCDEF"
    found = after(
        lambda closure: closure.person("alice")["aliases"].append(alias),
        lambda closure: closure.person("carol")["aliases"].append(twin),
        lambda closure: signs_artifact(closure, "openpgp:0123456789ABCDEF"),
    )

    assert {"alice", "carol"} <= found.builders.people


def test_a_key_id_is_not_looked_for_at_the_wrong_end():
    alias = "openpgp:" + "0123456789ABCDEF" + "A" * 24
    found = after(
        lambda closure: closure.person("alice")["aliases"].append(alias),
        lambda closure: signs_artifact(closure, "openpgp:0123456789ABCDEF"),
    )

    assert found.why("alice") == []
    assert found.unresolved() == ["account openpgp:0123456789ABCDEF ← signed artifact app.jar (JAR)"]


def test_the_name_of_an_artifact_cannot_act_on_the_screen():
    signer = ArtifactSigner("app\N{RIGHT-TO-LEFT OVERRIDE}rej.\n", "JAR", ALICE)
    (edge,) = after(lambda closure: setattr(closure, "artifact_signers", (signer,))).why("alice")

    assert edge.isascii() is False
    assert "\n" not in edge
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in edge


def test_evidence_nobody_signed_adds_nobody():
    found = after(
        lambda closure: closure.build.evidence.update(
            notes=Loose(OCTETS_MEDIA_TYPE, {"by": "alice@example.org"})
        )
    )

    assert found.builders == Closure().builders


def test_a_submitter_and_a_builder_nobody_knows_are_kept():
    found = after(
        lambda closure: closure.build.predicate.update(
            submitter=NOBODY, builtBy=["https://elsewhere.example/7"]
        )
    )

    assert found.unresolved() == [
        "builder https://elsewhere.example/7 ← named as builder by request.dsse.json",
        f"key {NOBODY} ← submitter of request.dsse.json",
    ]


def test_what_a_countersignature_binds_is_every_edge_with_its_reason():
    builders = Closure().builders

    bound = [(one["person"], tuple(one["because"])) for one in builders.to_json()]
    assert bound == [(one.person, one.because) for one in builders.edges]
    assert builders.why("bob") == tuple(one for one in builders.edges if one.person == "bob")


def test_a_request_without_a_source_has_the_other_edges():
    whole = Closure().builders
    found = after(lambda closure: closure.build.predicate.pop("source")).builders

    assert {str(one) for one in whole.edges} - {str(one) for one in found.edges} == {
        "bob ← wrote or committed source"
    }


@pytest.mark.parametrize("kind", ["https://slsa.dev/provenance/v0.2", "https://SLSA.dev/provenance/v1.1"])
def test_provenance_of_a_kind_that_is_not_read_leads_to_nobody(kind):
    def another(closure: Closure) -> None:
        usual = closure.build.evidence["provenance.dsse.json"]
        document = {**usual.document, "predicateType": kind}
        closure.build.evidence["older.dsse.json"] = Signed(document, ["ci-7"])

    found = after(another).unresolved()

    assert found == [f"whoever is named by provenance of kind {kind} ← stands in older.dsse.json"]
