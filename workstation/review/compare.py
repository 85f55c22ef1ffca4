"""Two walked releases made into one release diff: paired, explained, ordered."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Final

from workstation.core.diff_rules import baseline_rank
from workstation.core.release_diff import (
    REFUSE,
    ChangeKind,
    FileChange,
    Finding,
    Member,
    NotInspected,
    ReleaseDiff,
)
from workstation.review.counterparts import counterparts
from workstation.review.grouping import grouped
from workstation.review.ledger import OPAQUE
from workstation.review.lenses.every import facts_of, findings_of
from workstation.review.pair import Pair, Side, pair_of
from workstation.review.pairing import pair_artifacts, pair_moved
from workstation.review.row_budget import RowBudget
from workstation.review.versions import goes_back, versioned
from workstation.review.whole_release import WholeRelease

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from workstation.review.ledger import Ledger

_REPACKED_RANK: Final = 62
_REPACKED_NESTED_RANK: Final = 40
_VERSION_RANK: Final = 98


def compare(old: Ledger, new: Ledger) -> ReleaseDiff:
    """Return what changed from `old` to `new`, in one order on every machine."""
    return _Comparison(old, new).release_diff()


class _Comparison:
    def __init__(self, old: Ledger, new: Ledger) -> None:
        self._old, self._new = old, new
        self._artifacts = pair_artifacts(old.artifacts, new.artifacts)
        self._sides = counterparts(old.members, new.members, self._artifacts)
        self._back = {before.path: now.path for before, now in self._sides.differing}
        self._explained = self._explained_containers()
        self._budget = RowBudget(new.limits)
        moved = list(pair_moved(self._sides.removed, self._sides.added))
        self._moved = {come.path: gone for gone, come in moved}
        gone = {member.path for member, _ in moved}
        removed = [member for member in self._sides.removed if member.path not in gone]
        self._whole = WholeRelease(old, new, self._artifacts, removed=removed)
        self._answered = self._whole.answered()

    def release_diff(self) -> ReleaseDiff:
        changes = sorted(self._changes(), key=lambda change: (change.path, change.kind))
        findings: Iterable[Finding] = chain(
            self._walked(), self._looked(), self._versions(), self._repacked(), self._whole.findings()
        )
        baseline = not self._old.artifacts
        if baseline:
            findings = (replace(one, rank=baseline_rank(one.rule, one.rank)) for one in findings)
        unseen = {*self._not_inspected(), *self._budget.not_shown}
        return ReleaseDiff(
            changes=tuple(changes),
            findings=grouped(findings, {before: now for now, before in self._artifacts.items()}),
            not_inspected=tuple(sorted(unseen, key=lambda one: (one.path, one.why))),
            baseline=baseline,
        )

    def _changes(self) -> Iterator[FileChange]:
        for path, gone in self._moved.items():
            yield FileChange(kind=ChangeKind.MOVED, old=gone, new=self._new.members[path])
        for member in self._whole.removed:
            yield FileChange(kind=ChangeKind.REMOVED, old=member)
        # The smallest first: one huge file never takes the room of all the others.
        added = ((None, member) for member in self._sides.added if member.path not in self._moved)
        yield from self._replaced()
        present: list[tuple[Member | None, Member]] = [*added, *self._differing()]
        for before, now in sorted(present, key=lambda pair: (pair[1].size, pair[1].path)):
            yield self._shown(ChangeKind.CHANGED if before else ChangeKind.ADDED, before, now)

    def _replaced(self) -> Iterator[FileChange]:
        for name, before in self._whole.replaced().items():
            yield self._shown(ChangeKind.REPLACED, self._old.members[before], self._new.members[name])

    def _shown(self, kind: ChangeKind, before: Member | None, now: Member) -> FileChange:
        sides = self._side(self._old, before), self._side(self._new, now)
        rows = self._budget.rows(now.path, *sides)
        facts = tuple(facts_of(Pair(old=before, new=now, before=sides[0], now=sides[1]), self._answered))
        return FileChange(kind=kind, old=before, new=now, rows=rows, facts=facts)

    def _differing(self) -> Iterator[tuple[Member | None, Member]]:
        for before, now in self._sides.differing:
            opened = now.path in self._new.envelopes and now.path in self._explained
            seen = replace(before, digest=now.digest, size=now.size) if opened else before
            if not _same(seen, now) and now.path not in self._whole.replaced():
                yield before, now

    def _explained_containers(self) -> set[str]:
        """Return the containers, by their path now, in which some member differs."""
        found = set[str]()
        for _, now in self._sides.differing:
            found.update(_containers(now.path))
        for member in self._sides.added:
            found.update(_containers(member.path))
        for member in self._sides.removed:
            found.update(self._now(_containers(member.path)))
        return found

    def _now(self, paths: Iterable[str]) -> Iterator[str]:
        """Yield the paths that containers of before have now."""
        return (self._back[path] for path in paths if path in self._back)

    def _walked(self) -> Iterator[Finding]:
        """Yield what the walk found now and not before; a lie in what was released counts too."""
        known = {(one.rule, one.path, one.sentence) for one in self._old.findings}
        for one in self._new.findings:
            before = self._sides.before(one.path)
            path = before.path if before else one.path
            opaque = one.rule == OPAQUE and before and before.digest != self._new.members[one.path].digest
            if one.rank >= REFUSE or opaque or (one.rule, path, one.sentence) not in known:
                yield one
        for one in self._old.findings:
            if one.rank >= REFUSE:
                yield replace(one, sentence=f"in the release before: {one.sentence}")

    def _looked(self) -> Iterator[Finding]:
        added = ((self._moved.get(member.path), member) for member in self._sides.added)
        present: Iterable[tuple[Member | None, Member]] = chain(added, self._sides.differing)
        for before, member in present:
            if member.path in self._new.envelopes:
                continue
            pair = pair_of(
                before,
                member,
                self._side(self._old, before),
                self._side(self._new, member),
                dense=member.path in self._new.dense,
                moved=member.path in self._moved,
            )
            yield from findings_of(
                pair,
                versions=self._whole.versions(member.path),
                answered=self._answered,
                opened=member.path in self._new.opened,
            )

    def _versions(self) -> Iterator[Finding]:
        for now, before in self._artifacts.items():
            new, old = versioned(now), versioned(before)
            if goes_back(old.version, new.version):
                sentence = f"the version goes back, from {old.version} to {new.version}"
                yield Finding(rule="DIFF-VERSION-BACK", rank=_VERSION_RANK, path=now, sentence=sentence)
            same = now == before and new.version
            if same and self._new.members[now].digest != self._old.members[before].digest:
                sentence = f"version {new.version} was released before with other bytes"
                yield Finding(rule="DIFF-SAME-VERSION", rank=_VERSION_RANK, path=now, sentence=sentence)

    def _repacked(self) -> Iterator[Finding]:
        """Yield containers whose bytes differ although no member does."""
        for before, now in self._sides.differing:
            looked_into = before.path in self._old.opened and now.path in self._new.opened
            if looked_into and before.digest != now.digest and now.path not in self._explained:
                rank = _REPACKED_RANK if now.path in self._new.envelopes else _REPACKED_NESTED_RANK
                sentence = "its bytes differ, and no member of it does"
                yield Finding(rule="DIFF-REPACKED", rank=rank, path=now.path, sentence=sentence)

    def _not_inspected(self) -> Iterator[NotInspected]:
        """Yield what nobody could look into, except what is byte for byte as before."""
        changed = {now.path: before for before, now in self._sides.differing if before.digest != now.digest}
        for one in self._new.not_inspected:
            if one.path in changed or self._sides.before(one.path) is None:
                yield one
        now_of = {before.path: path for path, before in changed.items()}
        for one in self._old.not_inspected:
            if one.path in now_of:
                yield NotInspected(path=now_of[one.path], why=f"in the release before: {one.why}")

    def _side(self, ledger: Ledger, member: Member | None) -> Side:
        if member is None:
            return Side()
        return Side(text=ledger.texts.get(member.path), looked=ledger.looked.get(member.digest))


def _containers(path: str) -> Iterable[str]:
    parts = path.split("!/")
    return ("!/".join(parts[:count]) for count in range(1, len(parts)))


def _same(before: Member, now: Member) -> bool:
    """Whether nothing but the path differs."""
    return replace(before, path=now.path) == now
