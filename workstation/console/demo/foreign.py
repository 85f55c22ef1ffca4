"""Tools nobody here wrote: openssl over one countersignature, python-tuf over the trust root."""

from __future__ import annotations

import shutil
from pathlib import Path

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

from workstation.bootstrap import current_time
from workstation.console.demo.narrator import Narrator
from workstation.console.demo.world import World
from workstation.core.countersignature import parse_countersignature
from workstation.core.errors import WorkstationError
from workstation.core.identity import PersonId
from workstation.core.release_contents import countersignature_title
from workstation.intake.release_reader import read_release
from workstation.trust.verification import verify_repository


def openssl_checks(narrator: Narrator, world: World, release: Path, person: str) -> None:
    """Have openssl alone verify one countersignature over the DSSE pre-authentication encoding."""
    read = read_release(release)
    title = countersignature_title(PersonId(person))
    signed = parse_countersignature(read.documents[title], where=title)
    trust = verify_repository(
        read.contents.trust, root=(world.far_side / "root.json").read_bytes(), now=current_time()
    )
    held = trust.snapshot.roster.holder_of(signed.countersignature.fingerprint)
    if held is None:
        raise WorkstationError(f"{person}'s key is not in the roster")
    key = load_der_public_key(held.credential.key.spki)
    files = {
        "key.pem": key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "signature.der": signed.envelope.signatures[0].value,
        "signed.pae": signed.envelope.signed_bytes,
    }
    bench = world.far_side / "openssl"
    bench.mkdir(exist_ok=True)
    for name, data in files.items():
        (bench / name).write_bytes(data)
    narrator.foreign(
        "openssl", "dgst", "-sha256",
        "-verify", str(bench / "key.pem"),
        "-signature", str(bench / "signature.der"),
        str(bench / "signed.pae"),
    )  # fmt: skip


def python_tuf_checks(narrator: Narrator, world: World) -> None:
    """Have python-tuf's own client verify the trust root from the pinned root.json."""
    # urllib3, which it brings, tries a socket when it is imported: no other command may come near it.
    from workstation.console.demo.python_tuf import downloaded  # noqa: PLC0415 (see above)

    scratch = world.far_side / "python-tuf"
    shutil.rmtree(scratch, ignore_errors=True)
    for path in downloaded(world.repository, scratch, root=(world.far_side / "root.json").read_bytes()):
        narrator.say(f"  python-tuf verified {path.name}")
