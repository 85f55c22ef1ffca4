"""Whoever made a build run is named by an immutable id, wherever a builder puts it."""

from __future__ import annotations

import pytest
from closure.closure_world import Closure, after

from workstation.core.errors import Malformed

STARTED = "started the build ← named by provenance.dsse.json"

SHAPES = {
    # slsa-framework/github-actions-buildtypes, workflow/v1
    "github workflow": (
        {"internalParameters": {"github": {"actor_id": "1001", "triggering_actor_id": "1002"}}},
        ["github:1001", "github:1002"],
    ),
    # actions/attest-build-provenance states repository and owner, and no account
    "github attestation": (
        {
            "externalParameters": {"workflow": {"ref": "refs/tags/v1", "path": ".github/workflows/r.yml"}},
            "internalParameters": {"github": {"event_name": "push", "repository_owner_id": "1001"}},
        },
        [],
    ),
    # slsa-framework/slsa-github-generator, createPredicate for version 1.0
    "slsa-github-generator": (
        {
            "internalParameters": {
                "GITHUB_ACTOR_ID": "1001",
                "GITHUB_TRIGGERING_ACTOR_ID": "1002",
                "GITHUB_REPOSITORY_OWNER_ID": "78953604",
                "GITHUB_EVENT_PAYLOAD": {"sender": {"id": 1003, "login": "octocat"}},
            }
        },
        ["github:1001", "github:1002", "github:1003"],
    ),
    "slsa-github-generator, no payload": (
        {"internalParameters": {"GITHUB_ACTOR_ID": "1001", "GITHUB_EVENT_PAYLOAD": {}}},
        ["github:1001"],
    ),
    # GitLab Runner, PROVENANCE.md
    "gitlab": (
        {"externalParameters": {"variables": {"GITLAB_USER_ID": "42", "GITLAB_USER_LOGIN": "alice"}}},
        ["gitlab:42"],
    ),
    "gitlab without values": ({"externalParameters": {"variables": {"GITLAB_USER_ID": ""}}}, []),
    "gitlab masked": (
        {"externalParameters": {"variables": {"GITLAB_USER_ID": "[MASKED]"}}},
        ["gitlab:[MASKED]"],
    ),
    # Tekton Chains with Pipelines as Code: a login name, in a namespace of its own
    "tekton": (
        {"internalParameters": {"labels": {"pipelinesascode.tekton.dev/sender": "octocat"}}},
        ["tekton-sender:octocat"],
    ),
    "tekton annotations": (
        {"internalParameters": {"annotations": {"pipelinesascode.tekton.dev/sender": "octocat"}}},
        ["tekton-sender:octocat"],
    ),
    "tekton alone": ({"externalParameters": {"runSpec": {"params": []}}, "internalParameters": {}}, []),
    "our own": (
        {
            "externalParameters": {"actorId": "github:1001"},
            "internalParameters": {"triggeringActorId": "forge:7"},
        },
        ["github:1001", "forge:7"],
    ),
    "odd groups": ({"externalParameters": {"variables": "none"}, "internalParameters": {"github": None}}, []),
    "the same twice": (
        {"externalParameters": {"actorId": "github:7"}, "internalParameters": {"actorId": "github:7"}},
        ["github:7"],
    ),
}


def with_shape(closure: Closure, shape: dict[str, object]) -> None:
    closure.definition.pop("externalParameters")
    closure.definition.pop("internalParameters")
    closure.definition.update(shape)


@pytest.mark.parametrize(("shape", "actors"), SHAPES.values(), ids=SHAPES)
def test_the_accounts_of_each_builder_are_read(shape, actors):
    closure = after(lambda closure: with_shape(closure, shape))

    (evidence,) = (one for one in closure.build.bundled().request.evidence if "provenance" in one.name)

    assert list(evidence.content.actors) == actors


@pytest.mark.parametrize(("shape", "actors"), SHAPES.values(), ids=SHAPES)
def test_each_account_leads_to_its_person(shape, actors):
    found = after(
        lambda closure: closure.person("bob").update(aliases=["bob@example.org"]),
        lambda closure: closure.person("ned").update(aliases=[]),
        lambda closure: closure.person("alice")["aliases"].extend(actors),
        lambda closure: with_shape(closure, shape),
    )

    assert found.why("alice") == ([f"alice ← {STARTED}"] if actors else [])
    assert found.unresolved() == []


@pytest.mark.parametrize(("shape", "actors"), SHAPES.values(), ids=SHAPES)
def test_each_account_nobody_has_is_kept(shape, actors):
    found = after(
        lambda closure: closure.person("bob").update(aliases=["bob@example.org"]),
        lambda closure: closure.person("ned").update(aliases=[]),
        lambda closure: with_shape(closure, shape),
    )

    assert found.unresolved() == sorted(f"account {actor} ← {STARTED}" for actor in actors)


@pytest.mark.parametrize("account", ["github:42", "tekton-sender:42", "42", "GITLAB:42"])
def test_an_account_of_one_forge_is_not_the_account_of_another(account):
    found = after(
        lambda closure: closure.person("alice")["aliases"].append(account),
        lambda closure: with_shape(closure, SHAPES["gitlab"][0]),
    )

    assert found.why("alice") == []
    assert found.unresolved() == [f"account gitlab:42 ← {STARTED}"]


@pytest.mark.parametrize(
    "account", [True, -1, ["1001"], {"id": "1001"}, "bob\n", " bob", "b\u00f6b", "x" * 201]
)
def test_an_account_that_is_no_id_is_refused(account):
    closure = after(lambda closure: with_shape(closure, {"internalParameters": {"GITHUB_ACTOR_ID": account}}))

    with pytest.raises(Malformed):
        closure.unresolved()
