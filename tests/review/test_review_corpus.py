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


@pytest.mark.parametrize("pair", [one for one in pairs(whole=True) if (one / "old" / "release").is_dir()])
def test_a_folder_of_artifacts_agrees_artifact_by_artifact(pair: Path) -> None:
    truth = json.loads((pair / "ground_truth.json").read_text())

    found = diff_of_paths(pair / "old" / "release", pair / "new" / "release")

    touched = {path.partition("!/")[0] for name in LISTS for path in getattr(found, name)}
    come, gone = wanted(truth, "added"), wanted(truth, "removed")
    # A new version is compared with the one before, whose name stands only beside what is gone from it.
    assert touched - gone == come | wanted(truth, "content_changed")


@pytest.mark.parametrize("pair", [one for one in pairs(whole=True) if list(one.glob("new/*.dsc"))])
def test_a_debian_source_agrees_in_its_packaging_and_its_patches_name_the_rest(pair: Path) -> None:
    truth = json.loads((pair / "ground_truth.json").read_text())

    found = diff_of_paths(pair / "old", pair / "new")

    # Modes are left out: the oracle unpacked, which sets them anew.
    for name in ("added", "removed", "content_changed"):
        packaging = {path.partition("!/")[2] for path in getattr(found, name) if "!/debian/" in path}
        assert packaging == {path for path in wanted(truth, name) if path.startswith("debian/")}
    # The oracle applied the patches; this review shows the patches that were added.
    patches = [change for change in found.changes if "/patches/" in change.path and change.old is None]
    patched = "\n".join(row.text for change in patches for row in change.rows)
    changed = {path for path in wanted(truth, "content_changed") if path.startswith("src/")}
    assert [path for path in changed if path not in patched] == []
    assert any(path.endswith(".dsc") for path in found.added)


@pytest.mark.parametrize("case", hostile(), ids=lambda case: case["file"])
def test_every_hostile_file_has_its_outcome_with_a_sentence(case: dict[str, str]) -> None:
    found = release_diff([], [NamedFile(name=case["file"], path=ROOT / "hostile" / case["file"])])

    match case["expect"]:
        case "reject":
            assert found.verdict is ReviewVerdict.REFUSED
        case "flag":
            assert found.findings or found.not_inspected
    assert all(one.sentence and one.path.startswith(case["file"][:200]) for one in found.findings)
    assert all(one.why for one in found.not_inspected)
