"""Rows 10 to 12: who started the build, who controls what built it, and who is not named."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Final

from bypass import forge
from bypass.attempts import Technique
from bypass.changes import about, alias, all_of, machine, started
from bypass.following import SUCCESSION, offered
from bypass.kinds import blocks_everyone, not_followed, not_roster, not_signed_by
from bypass.stage import PROVENANCE, TESTS, Prepare, Stage
from core.documents import BUILDER_ID, Document, credential
from core.keys import edwards

SENDER: Final = "pipelinesascode.tekton.dev/sender"
UNKNOWN: Final = "BUILDER-UNKNOWN"
NOBODY: Final = "EVIDENCE-ACTORS"


def _places(account: str) -> dict[str, tuple[Document, Document, str]]:
    """Return where builders name an account: external, internal parameters, and the alias it means."""
    github, gitlab, tekton = f"github:{account}", f"gitlab:{account}", f"tekton-sender:{account}"
    sender = {"sender": {"id": int(account), "login": "bot"}}
    return {
        "our own actor": ({"actorId": github}, {}, github),
        "our own triggering actor": ({"actorId": "github:1001", "triggeringActorId": github}, {}, github),
        "our own actor, internal": ({}, {"actorId": github}, github),
        "our own triggering actor, internal": ({}, {"triggeringActorId": github}, github),
        "GitHub generator's actor": ({}, {"GITHUB_ACTOR_ID": account}, github),
        "GitHub generator's triggering actor": (
            {},
            {"GITHUB_ACTOR_ID": "1001", "GITHUB_TRIGGERING_ACTOR_ID": account},
            github,
        ),
        "GitHub generator's actor, external": ({"GITHUB_ACTOR_ID": account}, {}, github),
        "GitHub event's sender": ({}, {"GITHUB_ACTOR_ID": "1001", "GITHUB_EVENT_PAYLOAD": sender}, github),
        "GitHub workflow's actor": ({}, {"github": {"actor_id": account}}, github),
        "GitHub workflow's triggering actor": (
            {},
            {"github": {"actor_id": "1001", "triggering_actor_id": account}},
            github,
        ),
        "GitLab user": ({"variables": {"GITLAB_USER_ID": account, "GITLAB_USER_LOGIN": "bob"}}, {}, gitlab),
        "Tekton sender, label": ({}, {"labels": {SENDER: account}}, tekton),
        "Tekton sender, annotation": ({}, {"annotations": {SENDER: account}}, tekton),
    }


def row_10() -> Iterator[Technique]:
    """Yield row 10: cI builds, a human triggered it."""
    for label, (external, internal, name) in _places("77").items():
        named = started(external, internal)
        yield not_signed_by(10, f"{label} is the approver", all_of(alias("dave", name), named))
        yield blocks_everyone(10, f"{label} is nobody", named, UNKNOWN)
    yield not_signed_by(
        10,
        "a second provenance names who started it",
        all_of(alias("dave", "github:77"), _second_provenance({"actorId": "github:77"})),
    )
    named_by_id = started({"actorId": "dave"})
    yield not_signed_by(10, "the actor is named by the id in the roster", named_by_id)
    key = edwards("dave at home")
    yield not_signed_by(
        10,
        "the actor is named by a key",
        all_of(
            lambda stage: stage.person("dave")["credentials"].append(credential(key, "evidence")),
            started({"actorId": key.public.fingerprint}),
        ),
    )


def _second_provenance(external: Document) -> Prepare:
    def change(stage: Stage) -> None:
        again = deepcopy(stage.statement(PROVENANCE))
        again["predicate"]["buildDefinition"].update(externalParameters=external, internalParameters={})
        forge.with_statement("again.dsse.json", again, "ci-7")(stage)

    return change


def _tests_signed_by_machine(name: str) -> Prepare:
    return lambda stage: forge.signed_also(stage, TESTS, edwards(name), edwards(name).public.keyid)


def _handed_on() -> dict[str, Prepare]:
    def until(moment: str, change: Prepare = lambda _: None) -> Prepare:
        return all_of(
            lambda s: s.service("ci-7").update(formerControllers=[{"person": "dave", "until": moment}]),
            change,
        )

    # The request is of 2026-11-20T08:00:00Z, and a hand in a builder is felt for ninety days.
    return {
        "after the build": until("2026-11-20T09:00:00Z"),
        "before the request": until("2026-11-01T00:00:00Z"),
        "one second less than ninety days before": until("2026-08-22T08:00:01Z"),
        "before a request made long after the build": until(
            "2026-04-01T00:00:00Z",
            lambda s: (
                s.build.evidence[PROVENANCE]
                .document["predicate"]["runDetails"]
                .update(metadata={"startedOn": "2026-05-01T00:00:00Z"})
            ),
        ),
    }


def row_11() -> Iterator[Technique]:
    """Yield row 11: a human controls the bot, runner or its secret."""
    reached: dict[str, Prepare] = {
        "the machine that submits the request": all_of(
            machine("lab", controllers=("dave",)),
            lambda s: s.build.predicate.update(submitter=edwards("lab").public.fingerprint),
        ),
        "the builder that is named": lambda s: s.service("ci-7").update(controllers=["ned", "dave"]),
        "the bot that started it": all_of(
            machine("bot", controllers=("dave",)), started({"actorId": "github:bot"})
        ),
        "the machine that tested it": all_of(
            machine("lab", controllers=("dave",)), _tests_signed_by_machine("lab")
        ),
        "a builder the request names": all_of(
            machine("farm", controllers=("dave",)),
            lambda s: s.build.predicate["builtBy"].append("https://farm.example.org"),
        ),
        "the bot that committed": all_of(
            machine("bot", controllers=("dave",)),
            lambda s: s.source.update(people=[{"role": "committer", "identity": "github:bot"}]),
        ),
        "a machine whose key was revoked": all_of(
            machine("lab", controllers=("dave",)),
            lambda s: s.service("lab")["credentials"][0].update(
                state="revoked", stateSince="2026-02-01T00:00:00Z"
            ),
            _tests_signed_by_machine("lab"),
        ),
    }
    for label, change in reached.items():
        yield not_signed_by(11, f"controls {label}", change)
    for label, former in _handed_on().items():
        yield not_signed_by(11, f"gave the builder away {label}", former)
    stale = {
        "the list is old": "2026-08-22T07:00:00Z",
        "the list is of a day to come": "2099-01-01T00:00:00Z",
    }
    for label, attested in stale.items():
        yield blocks_everyone(
            11,
            f"{label}: of the builder",
            about(attested, lambda s, attested: s.service("ci-7").update(attested=attested)),
            "CONTROLLERS-STALE",
        )
        for name, reach in (
            ("tested", _tests_signed_by_machine("bot")),
            ("started", started({"actorId": "github:bot"})),
        ):
            yield blocks_everyone(
                11,
                f"{label}: of the machine that {name} it",
                all_of(machine("bot", controllers=("ned",), attested=attested), reach),
                "CONTROLLERS-STALE",
            )
    yield blocks_everyone(
        11, "nobody controls the builder", lambda s: s.service("ci-7").update(controllers=[]), UNKNOWN
    )
    yield blocks_everyone(
        11,
        "nobody controls the bot that started it",
        all_of(machine("bot", controllers=()), started({"actorId": "github:bot"})),
        UNKNOWN,
    )
    yield not_followed(
        11,
        "next roster: the builder is given away and nobody remembers",
        offered(lambda s: s.service("ci-7").update(controllers=["gail"])),
        SUCCESSION,
    )
    yield not_roster(
        11,
        "roster: somebody made up controls the builder",
        lambda s: s.service("ci-7").update(controllers=["zoe"]),
    )
    yield not_roster(
        11,
        "roster: two machines build under one name",
        lambda s: s.service("station-1").update(builderIds=[BUILDER_ID]),
    )


def row_12() -> Iterator[Technique]:
    """Yield row 12: a reusable workflow or a schedule hides the actor."""
    silent: dict[str, tuple[Document, Document]] = {
        "a schedule names nobody": ({}, {}),
        "an attestation of GitHub names the owner alone": (
            {"workflow": {"ref": "refs/tags/v1"}},
            {"github": {"event_name": "schedule", "repository_owner_id": "7"}},
        ),
        "a reusable workflow names a login": ({}, {"github": {"actor": "dave", "triggering_actor": "dave"}}),
        "GitLab leaves its variables empty": ({"variables": {"GITLAB_USER_ID": ""}}, {}),
        "GitLab names a login": ({"variables": {"GITLAB_USER_LOGIN": "dave"}}, {}),
        "Tekton names nobody": ({"runSpec": {"params": []}}, {}),
        "the field has another case": ({"ActorId": "github:77"}, {"github_actor_id": "77"}),
        "the account is null": ({"actorId": None}, {}),
    }
    for label, (external, internal) in silent.items():
        yield blocks_everyone(12, label, started(external, internal), NOBODY)
    yield blocks_everyone(
        12, "only the first of two provenances names anybody", _second_provenance({}), NOBODY
    )
    yield blocks_everyone(
        12, "GitLab masks the account", started({"variables": {"GITLAB_USER_ID": "[MASKED]"}}), UNKNOWN
    )
    seen: dict[str, Prepare] = {
        "pushed last": lambda s: s.source.update(people=[{"role": "pusher", "identity": "github:77"}]),
        "signed the tag": lambda s: s.source.update(tagSigner="github:77"),
        "made the tag": lambda s: s.source.update(people=[{"role": "tagger", "identity": "github:77"}]),
    }
    for label, change in seen.items():
        yield not_signed_by(
            12, f"a bot starts it, the approver {label}", all_of(alias("dave", "github:77"), change)
        )
