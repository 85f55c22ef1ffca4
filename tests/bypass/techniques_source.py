"""Rows 13 and 14: who wrote it, and what was left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from bypass import forge
from bypass.attempts import Technique
from bypass.changes import about, alias, all_of, machine
from bypass.deploying import good
from bypass.kinds import blocks_everyone, not_installed, not_read, not_signed_by
from bypass.stage import PROVENANCE, SBOM, TESTS, Prepare, Stage
from core.documents import Loose, bundle_of

from workstation.core.evidence import DSSE_MEDIA_TYPE, OCTETS_MEDIA_TYPE
from workstation.core.oci_layout import REQUEST_BUNDLE
from workstation.core.request import parse_request

UNKNOWN: Final = "BUILDER-UNKNOWN"


def _written(role: str, name: str) -> Prepare:
    """Return the change that has somebody do something to the source, and a bot commit it."""
    done = (("committer", "github:bot"), (role, name))
    return lambda stage: stage.source.update(
        identities=["github:bot"], people=[{"role": one, "identity": by} for one, by in done]
    )


def row_13() -> Iterator[Technique]:
    """Yield row 13: a rebase by a bot hides the author."""
    for role in ("author", "committer", "signer", "tagger", "pusher"):
        for form, name in {"e-mail": "dave@example.org", "account": "github:77", "id": "dave"}.items():
            yield not_signed_by(
                13,
                f"{role} by {form}, a bot did the rest",
                all_of(
                    alias("dave", "github:77"),
                    machine("bot", controllers=("ned",)),
                    _written(role, name),
                ),
            )
        yield blocks_everyone(
            13,
            f"{role} is an address nobody has",
            about(
                role,
                lambda s, role: s.source.update(
                    people=[{"role": role, "identity": "noreply@forge.example.org"}]
                ),
            ),
            UNKNOWN,
        )
    others: dict[str, Prepare] = {
        "wrote it, in the list of identities": lambda s: s.source["identities"].append("dave@example.org"),
        "put the bundle together": lambda s: s.build.predicate.update(preparedBy="dave@example.org"),
        "carries the bundle": lambda s: s.build.predicate.update(courier="dave"),
        "signed the request beside the submitter": lambda s: s.build.by.append("dave"),
    }
    for label, change in others.items():
        yield not_signed_by(13, label, change)
    for field in ("preparedBy", "courier"):
        yield blocks_everyone(
            13,
            f"{field} is nobody",
            about(field, lambda s, field: s.build.predicate.update({field: "zoe"})),
            UNKNOWN,
        )


def _hidden_as(media_type: str, name: str) -> Prepare:
    """Have a signed piece of evidence travel as a plain file, which nobody's signature is read from."""

    def change(stage: Stage) -> None:
        found = stage.envelope(name)
        signatures = [
            forge.signature(found.document, stage.keys[by], stage.keys[by].public.keyid) for by in found.by
        ]
        stage.build.evidence[name] = Loose(media_type, forge.envelope(found.document, *signatures))

    return change


def _of_kind(name: str, kind: str) -> Prepare:
    return lambda stage: stage.statement(name).update(predicateType=kind)


def _taken_out(name: str, *, of: str) -> Any:
    def read(stage: Stage) -> object:
        released = good(stage).release()
        if of == "release":
            return released.without(name).recomputed(stage.trust, now=stage.now)
        bundled = stage.bundled
        documents = {title: data for title, data in bundled.documents.items() if title != name}
        layers = bundle_of(REQUEST_BUNDLE, documents, stage.build.artifacts)
        return parse_request(layers, documents)

    return read


def row_14() -> Iterator[Technique]:
    """Yield row 14: a co-builder strips their own signature."""
    for name, rule in (
        (PROVENANCE, "EVIDENCE-PROVENANCE"),
        (TESTS, "EVIDENCE-TESTS"),
        (SBOM, "EVIDENCE-SBOM"),
    ):
        yield blocks_everyone(
            14,
            f"{name} left out of the request",
            about(name, lambda s, name: s.build.evidence.pop(name)),
            rule,
        )
        yield not_read(14, f"{name} listed and not on the medium", _taken_out(name, of="request"))
        yield not_installed(
            14, f"{name} taken out of the release", _taken_out(name, of="release"), "Malformed"
        )
    for name, rule in ((PROVENANCE, "EVIDENCE-PROVENANCE"), (TESTS, "EVIDENCE-TESTS")):
        for media_type in (
            OCTETS_MEDIA_TYPE,
            "application/json",
            f"{DSSE_MEDIA_TYPE}; charset=utf-8",
            DSSE_MEDIA_TYPE.upper(),
        ):
            yield blocks_everyone(14, f"{name} travels as {media_type}", _hidden_as(media_type, name), rule)
        yield blocks_everyone(
            14,
            f"{name} signed anew by the co-builder's accomplice",
            about(name, lambda s, name: s.envelope(name).by.__setitem__(0, "frank")),
            rule,
        )
    for kind in (
        "https://slsa.dev/provenance/v0.2",
        "https://slsa.dev/provenance/v1?",
        "https://SLSA.dev/provenance/v1",
    ):
        yield blocks_everyone(
            14,
            f"provenance of kind {kind}",
            _of_kind(PROVENANCE, kind),
            "EVIDENCE-PROVENANCE",
            "BUILDER-UNKNOWN",
        )
    yield not_read(
        14,
        "every signature stripped from evidence",
        lambda s: (_unsigned(TESTS)(s), s.request),
    )
    yield not_read(14, "a signature replaced by noise", lambda s: (_noise(TESTS)(s), s.builders), "Untrusted")


def _unsigned(name: str) -> Prepare:
    return lambda s: s.build.evidence.update(
        {name: Loose(DSSE_MEDIA_TYPE, forge.envelope(s.statement(name)))}
    )


def _noise(name: str) -> Prepare:
    def change(stage: Stage) -> None:
        keyid = stage.keys["ci-7"].public.keyid
        found = forge.signature({"not": "this"}, stage.keys["ci-7"], keyid)
        stage.build.evidence[name] = Loose(DSSE_MEDIA_TYPE, forge.envelope(stage.statement(name), found))

    return change
