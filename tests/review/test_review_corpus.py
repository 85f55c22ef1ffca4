"""Real pairs of releases and hostile archives, held against what independent tools found.

Set COUNTERSIGN_CORPUS to the unpacked corpus; without it these say that they are skipped.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from workstation.core.release_diff import ReviewVerdict
from workstation.review.of_paths import diff_of_paths
from workstation.review.prepare import NamedFile, release_diff

CORPUS = os.environ.get("COUNTERSIGN_CORPUS")
ROOT = Path(CORPUS) if CORPUS else Path("/nonexistent")
LISTS = ("added", "removed", "content_changed", "mode_changed", "owner_changed", "link_changed")
SPELLED = {"link_changed": "symlink_target_changed"}
# Its planted file unpacks in part and then breaks off: the oracle lists that part, this review none of it.
CUT_SHORT = {"r01-xz-tarball": {"xz-5.4.1/tests/files/bad-3-corrupt_lzma2.xz!/content"}}
# What this review shows and the oracle does not: an RPM's list of files and signatures, an image's index.
OURS = {"about/files", "about/signature", "index.json"}
WHOLE = ("debian-source", "bundle")  # several files: compared by artifact, or as a whole folder

pytestmark = pytest.mark.skipif(not CORPUS, reason="COUNTERSIGN_CORPUS names no corpus")


def truths() -> list[tuple[Path, dict[str, object]]]:
    found = sorted(ROOT.glob("releases/*/ground_truth.json"))
    return [(one.parent, json.loads(one.read_text())) for one in found if (one.parent / "old").is_dir()]


def pairs(*, whole: bool) -> list[Path]:
    return [one for one, truth in truths() if (truth["kind"] in WHOLE) == whole and "added" in truth]


def hostile() -> list[dict[str, str]]:
    manifest = ROOT / "hostile" / "manifest.json"
    return json.loads(manifest.read_text()) if manifest.is_file() else []


def inner(paths: tuple[str, ...]) -> set[str]:
    """Return member paths the way the oracle spells them: within the artifact, a .deb's parts merged."""
    found = set()
    for path in paths:
        _, _, rest = path.partition("!/")
        part, _, below = rest.partition("!/")
        if part.startswith(("control.tar", "data.tar", "payload")):
            rest = f"DEBIAN/{below}" if below and part.startswith("control") else below
        elif part == "linux-amd64/rootfs":
            rest = f"ROOTFS/{below}"
        elif rest.startswith("linux-amd64/"):
            rest = f"META/{rest.removeprefix('linux-amd64/')}"
        elif rest not in OURS:
            rest = rest.replace("about/", "RPMMETA/") if rest.startswith("about/") else rest
        found.add(rest)
    return found - {"", "debian-binary"} - OURS


def wanted(truth: dict[str, list[object]], name: str) -> set[str]:
    found = {one["path"] if isinstance(one, dict) else str(one) for one in truth.get(name) or []}
    return {path for path in found if not path.endswith("!")}


@pytest.mark.parametrize("pair", pairs(whole=False), ids=lambda pair: pair.name)
def test_the_lists_agree_with_independent_tools(pair: Path) -> None:
    names, truth = (json.loads((pair / one).read_text()) for one in ("pair.json", "ground_truth.json"))

    found = diff_of_paths(pair / "old" / names["old"], pair / "new" / names["new"])

    got = {name: inner(getattr(found, name)) for name in LISTS}
    assert got == {
        name: wanted(truth, SPELLED.get(name, name)) - CUT_SHORT.get(pair.name, set()) for name in LISTS
    }


@pytest.mark.parametrize("case", hostile(), ids=lambda case: case["file"])
def test_hostile_archives_are_refused_and_no_file_makes_the_review_fail(case: dict[str, str]) -> None:
    found = release_diff([], [NamedFile(name=case["file"], path=ROOT / "hostile" / case["file"])])

    refused = found.verdict is ReviewVerdict.REFUSED
    assert refused or case["expect"] != "reject"
