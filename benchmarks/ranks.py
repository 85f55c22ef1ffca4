"""How good the ranks are: over real pairs of releases, and over replays of known incidents.

    python benchmarks/ranks.py CORPUS

CORPUS (or COUNTERSIGN_CORPUS in the environment; without either it is skipped) holds `releases/*/` with
`old/`, `new/`, `pair.json` and `ground_truth.json`, as independent tools and people wrote them: what one
has to notice, and which pairs replay an incident. Reported are

- recall: of the lines that must be noticed, how many are among the first ten findings;
- the incident of each replay among the first two findings;
- precision: of the findings ranked 80 and above, how many a line of the truth asks for; others are false.

A line and a finding belong together when the finding's rule is one that the kind of line asks for, and when
the line names a path, the finding is about it. The kinds are below; a line of no kind counts as missed.
"""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from workstation.core.release_diff import Finding, ReleaseDiff
from workstation.review.of_paths import diff_of_paths

FIRST, AT_ONCE, RED = 10, 2, 80
PACKAGE = ("DIFF-DEPENDENCY", "DIFF-DEPENDENCY-VERSION", "DIFF-DEPENDENCY-GONE", "DIFF-RESPELLED")
FIELD = ("DIFF-METADATA-FIELD", "DIFF-LICENCE", "DIFF-PUBLISHER")
HARDENING = ("DIFF-HARDENING",)
KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"(?:wheel_METADATA|sdist_PKG-INFO) \w+: Requires-Dist: .*", PACKAGE),
    (r"(?:wheel_METADATA|sdist_PKG-INFO) \w+: .*", FIELD),
    (r"wheel_WHEEL changed", FIELD),
    (r"package\.json scripts changed", ("DIFF-SCRIPT", "DIFF-INSTALL-SCRIPT")),
    (r"package\.json dependencies changed|new runtime dependency.*", PACKAGE),
    (r"new preinstall lifecycle script", ("DIFF-INSTALL-SCRIPT",)),
    (r"deb control Depends changed|rpm_requires changed", PACKAGE),
    (r"deb control Maintainer changed", FIELD),
    (r"deb maintainer script/conffiles changed: DEBIAN/(.*)", ("DIFF-RUNS-ITSELF", "DIFF-CONTROL-FILE")),
    (r"rpm_scripts changed|\.pth file with import added", ("DIFF-RUNS-ITSELF",)),
    (r"ELF undef changed: (.*)", ("DIFF-IMPORTS",)),
    (r"ELF needed changed: (.*)", ("DIFF-LIBRARY", "DIFF-LIBRARY-VERSION")),
    (r"ELF (?:rpath|gnu_stack|hardening) changed: (.*)", HARDENING),
    (r"PIE, RELRO, canary lost|executable stack|RPATH .*", HARDENING),
    (r"new NEEDED .*", ("DIFF-LIBRARY",)),
    (r"ELF added: (.*)", ("DIFF-PROGRAM-ADDED",)),
    (r"high-entropy data after the last ELF section", ("DIFF-PROGRAM-OVERLAY",)),
    (r"executable added: (.*)", ("DIFF-EXECUTABLE", "DIFF-PROGRAM-ADDED")),
    (r"new executable script", ("DIFF-EXECUTABLE", "DIFF-RUNS-ITSELF")),
    (r"symlink added: (.*?) -> .*", ("DIFF-LINK",)),
    (r"setuid/setgid/sticky bits new: (.*?) \d+|xz became setuid root", ("DIFF-SETUID",)),
    (r"mode changed: (.*?) \d+->\d+", ("DIFF-MODE", "DIFF-SETUID")),
    (r"source signed by a different key", ("DIFF-SIGNER",)),
    (r"component added: (.*)", ("DIFF-COMPONENT",)),
    (r"version (\S+): .*", ("DIFF-COMPONENT-VERSION", "DIFF-COMPONENT-BACK")),
    (r"added (.*)", ("DIFF-ARTIFACT",)),
    (r"OCI config .*", ("DIFF-IMAGE-CONFIG",)),
    (r"m4 macro added|configure\.ac and generated configure changed", ("DIFF-BUILD-FILE",)),
    (r"binary test files added.*", ("DIFF-DENSE", "DIFF-BINARY")),
    (r"same version, different content", ("DIFF-SAME-VERSION",)),
    (r"subprocess import added.*", ("DIFF-FIRST-USE", "DIFF-USE")),
    (r"bidi control characters.*", ("DIFF-BIDI",)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How one pair did: lines noticed among the first ten and missed, its reds, and whether it replays."""

    noticed: list[str]
    missed: list[str]
    red: int
    false_red: list[Finding]
    replay: bool
    at_once: bool


def main() -> None:
    """Score every pair and print."""
    corpus = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("COUNTERSIGN_CORPUS")
    if corpus is None:
        print("skipped: no corpus was named")
        return
    scores = [
        (path, _score(path)) for path in sorted(Path(corpus).glob("releases/*/")) if (path / "old").is_dir()
    ]
    for path, score in scores:
        lines = len(score.noticed) + len(score.missed)
        incident = ("incident at once" if score.at_once else "INCIDENT LATE") if score.replay else ""
        print(f"{path.name:26} {len(score.noticed):3}/{lines:<3} red {score.red:2}  {incident}")
        for line in score.missed:
            print(f"    missed: {line}")
        for finding in score.false_red:
            print(f"    false red: {finding.rank} {finding.rule} {finding.path}: {finding.sentence[:80]}")
    _totals([score for _, score in scores])


def _totals(scores: list[Score]) -> None:
    noticed, missed = sum(len(one.noticed) for one in scores), sum(len(one.missed) for one in scores)
    red, false = sum(one.red for one in scores), sum(len(one.false_red) for one in scores)
    replays = [one for one in scores if one.replay]
    print(f"recall    {noticed}/{noticed + missed} lines among the first {FIRST} findings")
    print(f"precision {red - false}/{red} findings of rank {RED} and above asked for by the truth")
    print(
        f"incidents {sum(one.at_once for one in replays)}/{len(replays)} among the first {AT_ONCE} findings"
    )


def _score(path: Path) -> Score:
    pair, truth = (json.loads((path / name).read_text()) for name in ("pair.json", "ground_truth.json"))
    diff = diff_of_paths(path / "old" / pair["old"], path / "new" / pair["new"])
    lines: list[str] = truth.get("reviewer_must_notice") or []
    extra: list[str] = pair.get("must_extra") or []
    red = [one for one in diff.findings if one.rank >= RED]
    noticed = [line for line in lines if _among(line, diff.findings[:FIRST])]
    return Score(
        noticed=noticed,
        missed=[line for line in lines if line not in noticed],
        red=len(red),
        false_red=[
            one for one in red if not any(_among(line, (one,)) for line in (*lines, *_implied(truth, diff)))
        ],
        replay=bool(pair.get("replay")),
        at_once=any(
            _among(line, diff.findings[:AT_ONCE])
            for line in extra
            if line != "same version, different content"
        )
        or (len(extra) == 1 and _among(extra[0], diff.findings[:AT_ONCE])),
    )


def _implied(truth: dict[str, object], diff: ReleaseDiff) -> list[str]:
    """Return what the truth says elsewhere than among the lines: image settings, and what runs by itself."""
    settings = (truth.get("metadata") or {}).get("oci_config") or {}  # type: ignore[attr-defined]
    added = [str(one) for one in truth.get("added") or []]  # type: ignore[attr-defined]
    runs = (
        [".pth file with import added"]
        if any("/etc/" in one or one.endswith(".pth") for one in added)
        else []
    )
    scripts = [".pth file with import added"] if any("install" in one for one in added) else []
    same = (
        ["same version, different content"]
        if any(one.rule == "DIFF-SAME-VERSION" for one in diff.findings)
        else []
    )
    return [*(f"OCI config {name}" for name in settings), *runs, *scripts, *same]


def _among(line: str, findings: tuple[Finding, ...]) -> bool:
    for pattern, rules in KINDS:
        found = re.fullmatch(pattern, line)
        if found:
            place = next((one for one in found.groups() if one), "")
            return any(one.rule in rules and _about(one, place) for one in findings)
    return False


def _about(finding: Finding, place: str) -> bool:
    bare = place.removeprefix("ROOTFS/")
    named = any(one == bare or one.endswith((f"/{bare}", f"!/{bare}")) for one in finding.members)
    return not bare or named or f" {bare}" in finding.sentence or finding.sentence.startswith(f"{bare}:")


if __name__ == "__main__":
    main()
