"""`demo`: the whole journey, told step by step."""

from __future__ import annotations

import time
from argparse import Namespace
from pathlib import Path

from workstation.console.demo import foreign, releases, setting
from workstation.console.demo.by_hand import write_readme
from workstation.console.demo.ci import evidence_for
from workstation.console.demo.narrator import Narrator
from workstation.console.demo.releases import AFTER, BEFORE, PACKAGE, SOURCE, PublicRelease
from workstation.console.demo.screen import open_desk_screen, travel
from workstation.console.demo.world import World, has_display
from workstation.console.reply import Reply
from workstation.tokens.pem import PemKey


def demo(arguments: Namespace) -> Reply:
    """Run the whole journey on two real releases of a public package, with SoftHSM for cards."""
    world = World(Path(arguments.directory).absolute())
    narrator, began = Narrator(world), time.monotonic()
    _prepare(narrator, world)
    _baseline(narrator, world)
    _journey(narrator, world)
    _far_side(narrator, world)
    _record(narrator, world)
    narrator.step("One request is left open, to go through by hand")
    _request(narrator, world, AFTER, "candidate")
    write_readme(world)
    seconds = time.monotonic() - began
    narrator.say("", f"Done in {seconds:.0f} s. What to do next by hand: {world.directory / 'README.txt'}")
    if has_display():
        open_desk_screen(narrator, world)
    return Reply(document={"directory": str(world.directory), "screenshots": str(world.screenshots)})


def _prepare(narrator: Narrator, world: World) -> None:
    setting.empty(world)
    narrator.step(f"Two real releases of {PACKAGE} are fetched at pinned hashes")
    for release in (BEFORE, AFTER):
        for path in releases.fetch(release, world.downloads):
            narrator.say(f"  {path.name}")
    narrator.step("SoftHSM plays everybody's cards")
    setting.mint_cards(narrator, world)
    narrator.step("A workstation is commissioned")
    station = setting.commission(narrator, world)
    narrator.step("Custodians draft the roster, and two of three sign it with the policy")
    roster = setting.draft_roster(narrator, world, station)
    setting.sign_trust_root(narrator, world, roster)


def _baseline(narrator: Narrator, world: World) -> None:
    narrator.step(f"{PACKAGE} {BEFORE.version} is released first, so that there is something to compare with")
    for channel in ("stable", "candidate"):
        request = _request(narrator, world, BEFORE, channel)
        for name in ("alice", "carol"):
            _countersign(narrator, world, request, name)
        out = world.stick_out / f"{PACKAGE}-{BEFORE.version}-{channel}"
        narrator.countersign("release", request, "--out", str(out), passphrase=True)


def _journey(narrator: Narrator, world: World) -> None:
    narrator.step(f"A builder asks for {AFTER.version}, and the workstation takes the request in")
    request = _request(narrator, world, AFTER, "stable")
    narrator.step("What changed, who built it, and what stands against it")
    narrator.countersign("review", request, "--html", str(world.directory / "review.html"), passphrase=True)
    narrator.step("At the desk: the builder and the CI's controller are refused, two approvers countersign")
    travel(narrator, world, request)


def _far_side(narrator: Narrator, world: World) -> None:
    release = world.stick_out / f"{PACKAGE}-{AFTER.version}-stable"
    root, known = world.far_side / "root.json", world.far_side / "known"
    narrator.step("On the far side: everything is recomputed from what travelled, with only the trust root")
    narrator.countersign("verify", str(release), "--root", str(root), "--known", str(known))
    narrator.step("openssl alone checks one countersignature; python-tuf's own client checks the trust root")
    foreign.openssl_checks(narrator, world, release, "p-alice")
    foreign.python_tuf_checks(narrator, world)
    narrator.step("A deployer returns a receipt, and it is admitted")
    receipt, frank = world.far_side / "receipt.dsse.json", world.card("frank")
    narrator.countersign(
        "receipt", "create", str(release), "--environment", "plant-3", "--result", "installed",
        "--token", frank.uri, "--root", str(root), "--out", str(receipt),
        pins=(frank.pin,),
    )  # fmt: skip
    narrator.countersign("receipt", "admit", str(receipt), passphrase=True)


def _record(narrator: Narrator, world: World) -> None:
    narrator.step("The whole journal is verified, and tells its story")
    seal = world.far_side / "K0.seal"
    narrator.countersign("journal", "verify", "--seal", str(seal), passphrase=True)
    narrator.countersign("journal", "show", passphrase=True)


def _request(narrator: Narrator, world: World, release: PublicRelease, channel: str) -> str:
    key = world.cards / "keys" / "ci-7.pem"
    artifacts = releases.fetch(release, world.downloads)
    out = world.evidence / f"{release.version}-{channel}"
    evidence = evidence_for(release, artifacts, PemKey(key), out)
    stick = world.stick_in / f"{PACKAGE}-{release.version}-{channel}"
    words = ["request", "create", "--product", f"pkg:pypi/{PACKAGE}@{release.version}", "--channel", channel]
    words += ["--artifact", *map(str, artifacts), "--evidence", *map(str, evidence)]
    words += ["--source", SOURCE, "--to", release.tag]
    if release is AFTER:
        previous = world.stick_out / f"{PACKAGE}-{BEFORE.version}-{channel}"
        words += ["--from", BEFORE.tag, "--previous", str(previous)]
    words += ["--key", f"pem:{world.cards / 'keys' / 'bob-build.pem'}", "--out", str(stick)]
    narrator.countersign(*words)
    taken: str = narrator.countersign("intake", str(stick), passphrase=True)["request"]
    return taken


def _countersign(narrator: Narrator, world: World, request: str, name: str) -> None:
    card = world.card(name)
    narrator.countersign("countersign", request[:12], "--token", card.uri, pins=(card.pin,), passphrase=True)
