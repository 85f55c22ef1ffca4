"""The test world for those who try to get around it: artifacts are looked into, and it can be settled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, TypeAlias

from core.documents import Bundled, Document, Signed, bundle_of
from core.world import World, verified

from workstation.core.action import Action, request_of
from workstation.core.artifact_signer import ArtifactSigner
from workstation.core.closure import BuilderSet, builders_of
from workstation.core.countersignature import SignedCountersignature, parse_countersignature
from workstation.core.entry import Entry
from workstation.core.facts import Facts
from workstation.core.oci_layout import RELEASE_BUNDLE
from workstation.core.recompute import Recomputed, recompute
from workstation.core.release_contents import taken_apart
from workstation.core.request import Request
from workstation.core.trust_snapshot import TrustSnapshot
from workstation.review.artifact_signatures import artifact_signers
from workstation.review.source import BytesSource

PROVENANCE: Final = "provenance.dsse.json"
TESTS: Final = "tests.dsse.json"
SBOM: Final = "sbom.cdx.json"
HONEST: Final = ("erin", "alice")
"""Two approvers no technique here touches, unless it says so: a quorum by themselves."""


@dataclass
class Stage(World):
    """The test world with artifacts that are looked into: who signed one is a builder."""

    clean: bool = True
    """Whether no artifact is signed, so that nobody need look."""

    _read: tuple[Bundled, Request] | None = None
    _settled: TrustSnapshot | None = None
    _reached: tuple[Request, BuilderSet] | None = None
    _hashed: list[tuple[Entry, bytes]] = field(default_factory=list)

    @property
    def request(self) -> Request:
        """The request; read once when it is in the store."""
        if self._bundled is None:
            return super().request
        if self._read is None or self._read[0] is not self._bundled:
            self._read = (self._bundled, super().request)
        return self._read[1]

    @property
    def trust(self) -> TrustSnapshot:
        """What the trust root delivers."""
        return self._settled or super().trust

    def _leaves(self) -> list[bytes]:
        """Return the leaves of the journal; an entry is hashed once."""
        for place, entry in enumerate(self.entries):
            if place >= len(self._hashed) or self._hashed[place][0] is not entry:
                self._hashed[place:] = [(entry, entry.leaf())]
        return [leaf for _, leaf in self._hashed[: len(self.entries)]]

    def settle(self) -> Stage:
        """Take the trust root as it is now, whatever is done to its documents later."""
        self._settled, self._reached = super().trust, None
        return self

    @property
    def signers(self) -> tuple[ArtifactSigner, ...]:
        """What the artifacts say of who signed them, as the review child would answer."""
        looked_into = {} if self.clean else self.build.artifacts
        names = frozenset(looked_into)
        return tuple(
            signer
            for name, data in looked_into.items()
            for signer in artifact_signers(name, BytesSource(data), names)
        )

    @property
    def builders(self) -> BuilderSet:
        """Who had a hand in it, who signed artifacts too; worked out once where nothing changes any more."""
        request, roster = self.request, self.trust.roster
        if self._reached is None or self._settled is None or self._reached[0] is not request:
            self._reached = (request, builders_of(request, roster, artifact_signers=self.signers))
        return self._reached[1]

    def facts(self, action: Action) -> Facts:
        """Return the facts about an action, gathered as the gate gathers them."""
        trust, ledger, request = self.trust, self.ledger, request_of(action)
        if request is None:
            return Facts(now=self.now, ledger=ledger, trust=trust)
        return Facts(
            now=self.now,
            ledger=ledger,
            trust=trust,
            request=request,
            history=ledger.requests.get(request.id),
            builders=self.builders,
            rule=trust.policy.rule_for(request.product, request.channel),
            countersignatures=tuple(
                verified(made.envelope, trust.roster, self.shown) for made in self.signed
            ),
        )

    def recomputed(self) -> Recomputed:
        """Release without asking any rule, and verify it as a deployer does."""
        released = self.release()
        bundle = bundle_of(RELEASE_BUNDLE, released.documents, released.artifacts)
        contents = taken_apart(bundle, released.documents, where="release")
        return recompute(
            contents, released.documents, self.trust, now=self.now, artifact_signers=self.signers
        )

    @property
    def signed(self) -> list[SignedCountersignature]:
        """Every countersignature made on the request at hand."""
        history = self.ledger.requests.get(self.request.id)
        made = () if history is None else history.approvals
        return [parse_countersignature(self.store[one.envelope].received, where="made") for one in made]

    def signed_by(self, *names: str) -> Stage:
        """Have these people countersign, a minute apart; no rule is asked."""
        for name in names:
            self.now += timedelta(minutes=1)
            self.countersign(name)
        return self

    # Parts of the documents that techniques change ---------------------------------------

    @property
    def definition(self) -> Document:
        """The buildDefinition of the provenance."""
        found: Document = self.statement(PROVENANCE)["predicate"]["buildDefinition"]
        return found

    @property
    def source(self) -> Document:
        """The source the request names."""
        found: Document = self.build.predicate["source"]
        return found

    def statement(self, name: str) -> Document:
        """Return the statement in a piece of evidence."""
        return self.build.evidence[name].document

    def envelope(self, name: str) -> Signed:
        """Return a signed piece of evidence, to change who signs it."""
        found = self.build.evidence[name]
        assert isinstance(found, Signed)
        return found


Prepare: TypeAlias = Callable[[Stage], Any]
