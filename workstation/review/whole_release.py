"""What only shows when a whole release is looked at: artifacts come and gone, sums, sources and built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from workstation.core.release_diff import Finding, Member, MemberKind
from workstation.review.built import built_findings
from workstation.review.lenses.bills import answered_in
from workstation.review.lenses.certificate_findings import removed_anchor
from workstation.review.pair import Side
from workstation.review.sums import sums_findings
from workstation.review.versions import versioned

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from workstation.review.ledger import Ledger

_SIGNATURES: Final = (".asc", ".sig", ".sigstore", ".p7s", ".minisig")


class WholeRelease:
    """Both sides of a comparison, which artifact of before goes with which of now, and what is gone."""

    def __init__(
        self, old: Ledger, new: Ledger, artifacts: dict[str, str], *, removed: Iterable[Member]
    ) -> None:
        self._old, self._new, self._artifacts, self.removed = old, new, artifacts, tuple(removed)
        # One file against one file is a choice of whoever asked, however they are named.
        self._named = len(old.artifacts) > 1 or len(new.artifacts) > 1
        pairs = artifacts.items() if self._named else ()
        self._replaced = {name: before for name, before in pairs if name != before}

    def findings(self) -> Iterator[Finding]:
        """Yield what the whole shows."""
        yield from sums_findings(self._new)
        yield from (
            Finding(
                rule=one.rule, rank=one.rank, path=one.path, sentence=f"in the release before: {one.sentence}"
            )
            for one in sums_findings(self._old)
        )
        if self._old.artifacts:
            yield from self._come()
            yield from self._gone()
            yield from built_findings(self._old, self._new)

    def replaced(self) -> dict[str, str]:
        """Return the artifact of before for each of now that came in its place under another name."""
        return self._replaced

    def versions(self, path: str) -> tuple[str, str]:
        """Return the versions of the artifact a member is in, before and now; "" where there is none."""
        name = path.partition("!/")[0]
        return versioned(self._artifacts.get(name, "")).version, versioned(name).version

    def answered(self) -> frozenset[str]:
        """Return the vulnerabilities that VEX documents in the release answer."""
        beside = (path for path in self._new.artifacts if path.endswith(".json"))
        return frozenset(name for path in beside for name in answered_in(self._new.texts.get(path)))

    def _come(self) -> Iterator[Finding]:
        for name in self._new.artifacts if self._named else ():
            if name not in self._artifacts:
                yield Finding(rule="DIFF-ARTIFACT", rank=42, path=name, sentence="an artifact was added")
            elif name in self._replaced:
                sentence = f"an artifact took the place of {self._replaced[name]}"
                yield Finding(rule="DIFF-ARTIFACT", rank=40, path=name, sentence=sentence)

    def _gone(self) -> Iterator[Finding]:
        replaced = set(self._artifacts.values())
        for member in self.removed:
            path = member.path
            if "!/" not in path and path not in replaced:
                yield Finding(rule="DIFF-ARTIFACT", rank=40, path=path, sentence="an artifact is gone")
            elif member.kind is not MemberKind.FOLDER:
                yield Finding(rule="DIFF-REMOVED", rank=14, path=path, sentence="a file is gone")
            if path.endswith(_SIGNATURES):
                sentence = "a signature that lay beside a file is gone"
                yield Finding(rule="DIFF-SIGNATURE-GONE", rank=60, path=path, sentence=sentence)
            side = Side(text=self._old.texts.get(path), looked=self._old.looked.get(member.digest))
            for where, sentence in removed_anchor(path, side):
                yield Finding(rule="DIFF-TRUST-ANCHOR", rank=68, path=where, sentence=sentence)
