"""The accounts that made a build run, where each builder puts them (docs/spec/closure.md says which fields).

An account is an id that is never given to somebody else, at one instance of a forge: the same number at
another instance is another person. Which instance it is, the builder states beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.core.shape import Fields, Shape

_EXTERNAL, _INTERNAL = "externalParameters", "internalParameters"
_GROUPS: Final = (_EXTERNAL, _INTERNAL)
_PIPELINES: Final = "pipelinesascode.tekton.dev/"
_ACTOR_FIELDS: Final = (
    # Our own names, for builders one writes oneself; the value is an alias as the roster has it.
    *(((group, name), "") for group in _GROUPS for name in ("actorId", "triggeringActorId")),
    # slsa-github-generator; the event's sender is whoever caused it, whatever the run says later.
    ((_EXTERNAL, "GITHUB_ACTOR_ID"), "github:"),
    ((_EXTERNAL, "GITHUB_TRIGGERING_ACTOR_ID"), "github:"),
    ((_INTERNAL, "GITHUB_ACTOR_ID"), "github:"),
    ((_INTERNAL, "GITHUB_TRIGGERING_ACTOR_ID"), "github:"),
    ((_INTERNAL, "GITHUB_EVENT_PAYLOAD", "sender", "id"), "github:"),
    # The community's build type for GitHub Actions workflows, v1.
    ((_INTERNAL, "github", "actor_id"), "github:"),
    ((_INTERNAL, "github", "triggering_actor_id"), "github:"),
    # GitLab Runner: a variable of the job.
    ((_EXTERNAL, "variables", "GITLAB_USER_ID"), "gitlab:"),
    # Tekton Chains knows no accounts. Pipelines as Code leaves a login name, which is no immutable id:
    # it has a namespace of its own, so that custodians decide whether it may name anybody.
    ((_INTERNAL, "labels", f"{_PIPELINES}sender"), "tekton-sender:"),
    ((_INTERNAL, "annotations", f"{_PIPELINES}sender"), "tekton-sender:"),
)
_INSTANCE_FIELDS: Final = {
    "github:": (
        *((group, "GITHUB_SERVER_URL") for group in _GROUPS),
        (_INTERNAL, "github", "server_url"),
        (_EXTERNAL, "workflow", "repository"),
    ),
    "gitlab:": (
        (_EXTERNAL, "variables", "CI_SERVER_URL"),
        (_EXTERNAL, "variables", "CI_PROJECT_URL"),
        (_EXTERNAL, "source"),
    ),
    "tekton-sender:": ((_INTERNAL, "annotations", f"{_PIPELINES}repo-url"),),
}
_PUBLIC: Final = {"github:": "github.com", "gitlab:": "gitlab.com"}
"""Instances whose accounts are named without them, as are those of a builder that states none."""
_MASKED: Final = (None, "", "[MASKED]")


def read_actors(definition: Fields) -> tuple[str, ...]:
    """Return every account a buildDefinition names, each once; raises Malformed for one that is no id."""
    return tuple(dict.fromkeys(_actors(definition)))


def _actors(definition: Fields) -> Iterator[str]:
    for path, namespace in _ACTOR_FIELDS:
        shape = _at(definition, path)
        # GitLab's runner may list its variables without their values; that names nobody.
        if shape is not None and shape.value not in (None, ""):
            yield from _named(namespace, _id(shape), definition)


def _named(namespace: str, account: str, definition: Fields) -> Iterator[str]:
    """Yield the account at every instance that is stated: two that differ may mean two people."""
    stated = tuple(dict.fromkeys(_instances(namespace, definition)))
    for instance in stated or (_PUBLIC.get(namespace),):
        public = instance is None or instance == _PUBLIC.get(namespace)
        yield f"{namespace}{account}" if public else f"{namespace}{instance}/{account}"


def _instances(namespace: str, definition: Fields) -> Iterator[str]:
    for path in _INSTANCE_FIELDS.get(namespace, ()):
        shape = _at(definition, path)
        if shape is not None and shape.value not in _MASKED:
            yield _host(shape)


def _host(shape: Shape) -> str:
    """Return the host of a URL, with its port where it is not the usual one."""
    text = shape.printable().removeprefix("git+")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise shape.wanted("a URL of a forge") from error
    if parts.scheme not in {"https", "http"} or not host:
        raise shape.wanted("a URL of a forge")
    return host if port in {None, 443, 80} else f"{host}:{port}"


def _at(fields: Fields, path: tuple[str, ...]) -> Shape | None:
    """Return the value at a path, or None where the path does not lead on."""
    first, *rest = path
    shape = fields.get(first)
    if shape is None or not rest:
        return shape
    return _at(shape.open_fields(), tuple(rest)) if isinstance(shape.value, dict) else None


def _id(shape: Shape) -> str:
    """Return an account's id; GitHub's events give it as a number, everything else as text."""
    if isinstance(shape.value, int):
        return str(shape.integer(0, 2**53 - 1))
    return shape.printable(at_most=200)
