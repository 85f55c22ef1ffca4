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


def gitlab(**variables):
    return {"externalParameters": {"variables": {"GITLAB_USER_ID": "42", **variables}}}


AT_INSTANCES = {
    "github.com, stated": (
        {"internalParameters": {"GITHUB_ACTOR_ID": "7", "GITHUB_SERVER_URL": "https://github.com"}},
        ["github:7"],
    ),
    "another GitHub": (
        {"internalParameters": {"GITHUB_ACTOR_ID": "7", "GITHUB_SERVER_URL": "https://git.example.org"}},
        ["github:git.example.org/7"],
    ),
    "a workflow of another GitHub": (
        {
            "externalParameters": {"workflow": {"repository": "https://Git.Example.org/a/b"}},
            "internalParameters": {"github": {"actor_id": "7"}},
        },
        ["github:git.example.org/7"],
    ),
    "another GitLab": (gitlab(CI_SERVER_URL="https://git.example.org"), ["gitlab:git.example.org/42"]),
    "another GitLab, at a port": (
        gitlab(CI_SERVER_URL="https://git.example.org:8443/gitlab"), ["gitlab:git.example.org:8443/42"],
    ),
    "gitlab.com, by its project": (
        {"externalParameters": {"source": "https://gitlab.com/a/b", **gitlab()["externalParameters"]}},
        ["gitlab:42"],
    ),
    "another GitLab, by its project": (
        {"externalParameters": {"source": "git+https://git.example.org/a", **gitlab()["externalParameters"]}},
        ["gitlab:git.example.org/42"],
    ),
    "a masked variable states nothing": (gitlab(CI_SERVER_URL="[MASKED]"), ["gitlab:42"]),
    "two instances mean either": (
        gitlab(CI_SERVER_URL="https://one.example.org", CI_PROJECT_URL="https://two.example.org/a"),
        ["gitlab:one.example.org/42", "gitlab:two.example.org/42"],
    ),
    "a pipeline of a repository": (
        {
            "internalParameters": {
                "annotations": {
                    "pipelinesascode.tekton.dev/sender": "octocat",
                    "pipelinesascode.tekton.dev/repo-url": "https://git.example.org/a/b",
                }
            }
        },
        ["tekton-sender:git.example.org/octocat"],
    ),
    "our own says itself": (
        {"internalParameters": {"actorId": "forge:7", "GITHUB_SERVER_URL": "https://git.example.org"}},
        ["forge:7"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("shape", "actors"), AT_INSTANCES.values(), ids=AT_INSTANCES)
def test_an_account_is_of_the_instance_its_builder_states(shape, actors):
    closure = after(lambda closure: with_shape(closure, shape))

    (evidence,) = (one for one in closure.build.bundled().request.evidence if "provenance" in one.name)

    assert list(evidence.content.actors) == actors


def test_the_same_number_at_another_instance_is_somebody_else():
    def build(closure):
        closure.person("alice")["aliases"].append("gitlab:42")
        closure.person("ned").update(aliases=["gitlab:git.example.org/42"])
        with_shape(closure, gitlab(CI_SERVER_URL="https://git.example.org"))

    found = after(build)

    assert found.why("alice") == []
    assert found.why("ned")[-1] == f"ned ← {STARTED}"


@pytest.mark.parametrize(
    "url", ["git.example.org", "https://", "ftp://git.example.org", "https://a:b", "https://["]
)
def test_an_instance_that_is_no_url_is_refused(url):
    closure = after(lambda closure: with_shape(closure, gitlab(CI_SERVER_URL=url)))

    with pytest.raises(Malformed):
        closure.unresolved()
