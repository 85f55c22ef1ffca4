"""`request plan`: asked by a builder before a build is started."""

from __future__ import annotations

from argparse import Namespace
from datetime import datetime
from pathlib import Path
from typing import Final

from workstation import bootstrap
from workstation.console.opening import state_directory
from workstation.console.reply import REFUSED, Reply
from workstation.core.errors import MediaError, Usage
from workstation.core.plan_changes import sentence
from workstation.core.plan_scene import Scene
from workstation.core.plan_search import WaysOut, plan_of, ways_out
from workstation.core.planner import Plan, PlannedBuild, Prospect
from workstation.core.roster import Roster
from workstation.core.shape import Shape
from workstation.core.strict_json import JsonObject, JsonValue
from workstation.core.trust_snapshot import TrustSnapshot
from workstation.trust.directory import read_repository
from workstation.trust.store import load
from workstation.trust.verification import verify_repository

ROOT_FILE: Final = "root.json"


def plan(arguments: Namespace) -> Reply:
    """Say who may still countersign a build before it is started, and what would make a quorum possible."""
    now = bootstrap.current_time() if arguments.at is None else Shape(arguments.at, "--at").time()
    product = Shape(arguments.product, "--product").purl(with_version="@" in arguments.product)
    build = PlannedBuild(
        product=product,
        channel=Shape(arguments.channel, "--channel").identifier(),
        actors=tuple(arguments.trigger),
        builder_ids=tuple(arguments.builder),
        others=tuple(arguments.also),
    )
    scene = Scene(_trust(arguments, now), build, now)
    found, ways = plan_of(scene), ways_out(scene)
    lines = (*_plan_lines(found, scene), *_way_lines(ways, scene.trust.roster))
    document = _plan_document(found, ways, scene.trust.roster)
    return Reply(document=document, lines=lines, status=0 if found.possible else REFUSED)


def _trust(arguments: Namespace, now: datetime) -> TrustSnapshot:
    if arguments.trust is None:
        stored = load(state_directory(arguments) / "trust", now=now)
        if stored is None:
            raise Usage(
                "--trust",
                "nothing found, and no trust root has been applied here; the directory of one wanted",
            )
        return stored.snapshot
    files = read_repository(Path(arguments.trust))
    # A plan decides nothing, so the repository's own first root will do where none is at hand.
    root = files.get(ROOT_FILE) if arguments.root is None else _bytes(Path(arguments.root))
    if root is None:
        raise Usage("--root", f"nothing found, and {arguments.trust} holds no {ROOT_FILE}; a file wanted")
    return verify_repository(files, root=root, now=now).snapshot


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise MediaError(str(path), f"cannot be read: {error.strerror}") from error


def _plan_lines(found: Plan, scene: Scene) -> list[str]:
    build, names = scene.build, scene.trust.roster
    lines = [f"Plan for {build.product.to_string()} in channel {build.channel}", "  who has a hand in it:"]
    lines += [
        f"    {names.name_of(edge.person)} ← {' ← '.join(edge.because)}" for edge in found.builders.edges
    ]
    lines += ["  who may countersign it:", *prospect_lines(found.prospects)]
    lines += [f"  needed: {one.need.at_least} {one.need.role}, possible: {one.have}" for one in found.needs]
    lines += [f"  BLOCKED {one.rule}: {one.detail}" for one in found.blockers]
    lines.append("✔ A quorum is possible." if found.possible else "■ No quorum can come together.")
    return lines


def prospect_lines(prospects: tuple[Prospect, ...]) -> list[str]:
    """Return a line for everybody who approves at all, and one for all the others."""
    approving = [one for one in prospects if "APPROVER-ROLE" not in {found.rule for found in one.against}]
    lines = [_prospect_line(prospect) for prospect in approving]
    if others := len(prospects) - len(approving):
        lines.append(f"    {others} without a role that counts here")
    return lines


def _prospect_line(prospect: Prospect) -> str:
    named = f"{prospect.person.name} ({prospect.person.id})"
    if prospect.may_sign:
        return f"    ✔ {named}"
    first, more = prospect.against[0].detail, len(prospect.against) - 1
    return f"    ✘ {named}: {first}{f' (and {more} more)' if more else ''}"


def _way_lines(ways: WaysOut, roster: Roster) -> list[str]:
    lines = [f"  → {'; and '.join(sentence(one, roster) for one in way)}" for way in ways.ways]
    if lines:
        lines.insert(0, "Any one of these would make a quorum possible, and nothing smaller was found:")
    if not ways.complete:
        lines.append("  (there may be other ways, as small as these)")
    return lines


def _plan_document(found: Plan, ways: WaysOut, roster: Roster) -> JsonObject:
    people: list[JsonValue] = [prospect_json(prospect) for prospect in found.prospects]
    needs: list[JsonValue] = [
        {"role": one.need.role, "atLeast": one.need.at_least, "possible": one.have} for one in found.needs
    ]
    changes: list[JsonValue] = [[sentence(one, roster) for one in way] for way in ways.ways]
    return {
        "possible": found.possible,
        "builders": [*found.builders.to_json()],
        "people": people,
        "needs": needs,
        "blockers": [violation.to_json() for violation in found.blockers],
        "changes": changes,
        "complete": ways.complete,
    }


def prospect_json(prospect: Prospect) -> JsonObject:
    """Return a person and all that is against their countersignature."""
    return {
        "person": prospect.person.id,
        "name": prospect.person.name,
        "maySign": prospect.may_sign,
        "against": [violation.to_json() for violation in prospect.against],
    }
