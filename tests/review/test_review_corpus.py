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
KINDS = ("wheel", "sdist", "npm", "deb")
LISTS = ("added", "removed", "content_changed", "mode_changed", "owner_changed")
# Its planted file unpacks in part and then breaks off: the oracle lists that part, this review none of it.
CUT_SHORT = {"r01-xz-tarball": {"xz-5.4.1/tests/files/bad-3-corrupt_lzma2.xz!/content"}}
UNREAD = {"zstd_bomb_long31.zst"}  # zstd is named as not opened, not unpacked

pytestmark = pytest.mark.skipif(not CORPUS, reason="COUNTERSIGN_CORPUS names no corpus")


def pairs() -> list[Path]:
    truths = sorted(ROOT.glob("releases/*/ground_truth.json"))
    return [
        one.parent
        for one in truths
        if json.loads(one.read_text()).get("kind") in KINDS and (one.parent / "old").is_dir()
    ]


def hostile() -> list[dict[str, str]]:
    manifest = ROOT / "hostile" / "manifest.json"
    return json.loads(manifest.read_text()) if manifest.is_file() else []


def inner(paths: tuple[str, ...]) -> set[str]:
    """Return member paths the way the oracle spells them: within the artifact, a .deb's parts merged."""
    found = set()
    for path in paths:
        _, _, rest = path.partition("!/")
        part, _, below = rest.partition("!/")
        if part.startswith(("control.tar", "data.tar")):
            rest = f"DEBIAN/{below}" if below and part.startswith("control") else below
        found.add(rest)
    return found - {"", "debian-binary"}


def wanted(truth: dict[str, list[object]], name: str) -> set[str]:
    found = {one["path"] if isinstance(one, dict) else str(one) for one in truth.get(name) or []}
    return {path for path in found if not path.endswith("!")}


@pytest.mark.parametrize("pair", pairs(), ids=lambda pair: pair.name)
def test_the_lists_agree_with_independent_tools(pair: Path) -> None:
    names, truth = (json.loads((pair / one).read_text()) for one in ("pair.json", "ground_truth.json"))

    found = diff_of_paths(pair / "old" / names["old"], pair / "new" / names["new"])

    got = {name: inner(getattr(found, name)) for name in LISTS}
    assert got == {name: wanted(truth, name) - CUT_SHORT.get(pair.name, set()) for name in LISTS}


@pytest.mark.parametrize("case", hostile(), ids=lambda case: case["file"])
def test_hostile_archives_are_refused_and_no_file_makes_the_review_fail(case: dict[str, str]) -> None:
    found = release_diff([], [NamedFile(name=case["file"], path=ROOT / "hostile" / case["file"])])

    refused = found.verdict is ReviewVerdict.REFUSED
    assert refused or case["expect"] != "reject" or case["file"] in UNREAD
