"""README.txt of the demo's world: the commands to go on with by hand, and the demo cards' PINs."""

from __future__ import annotations

import sys
from pathlib import Path

from workstation.console.demo.releases import AFTER, PACKAGE
from workstation.console.demo.world import PASSPHRASE, World


def write_readme(world: World) -> None:
    """Write the file."""
    (world.directory / "README.txt").write_text(_text(world))


def _text(world: World) -> str:
    program = Path(sys.executable).with_name("countersign")
    release = world.stick_out / f"{PACKAGE}-{AFTER.version}-stable"
    pins = "\n".join(f"    {name:14} {card.pin:10} {card.uri}" for name, card in world.holders.items())
    return f"""The demo's world. Nothing here is secret: keys and PINs are in the source tree.

    trust/       root.json and the custodians' repository
    stick-in/    requests as builders brought them
    stick-out/   releases as they left
    state/       the workstation: journal, store, trust root
    far-side/    the deployer: root.json, known versions, receipt, K_0 of the journal
    screenshots/ the pages of the desk
    review.html  the release diff as a page

To go on by hand, first:

    export SOFTHSM2_CONF={world.cards / "softhsm2.conf"}
    export COUNTERSIGN_STATE={world.state}
    export COUNTERSIGN_MODULE={world.module}
    alias countersign={program}

The passphrase of the journal is: {PASSPHRASE.decode()}

A request for {PACKAGE} {AFTER.version} in channel candidate is waiting:

    countersign queue
    countersign review REQUEST                                            (read by nobody: no card)
    countersign review REQUEST --token 'pkcs11:token=bob-second'          (Bob is told before he reads)
    countersign countersign REQUEST --token 'pkcs11:token=bob-second'     (refused: Bob built it)
    countersign countersign REQUEST --token 'pkcs11:token=dave'
    countersign countersign REQUEST --token 'pkcs11:token=erin'
    countersign release REQUEST --out {world.stick_out / "by-hand"}
    countersign desk                                                      (the same on the screen)

What left can be verified anywhere:

    countersign verify {release} --root {world.far_side / "root.json"}

Cards (name, PIN, URI):

{pins}
"""
