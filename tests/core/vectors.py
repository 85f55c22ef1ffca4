"""Makes the files of docs/spec/vectors, and the examples in docs/spec that show them.

Run it (`python tests/core/vectors.py`) when a format changes on purpose. Everybody in the world of the
vectors has an Ed25519 key, whose signatures are the same every time.
"""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Final

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from core.documents import EDWARDS, Document, json_bytes, roster_bytes, signed
from core.keys import edwards, p256, p384
from core.receipts import receipt_of
from core.world import World
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from workstation.core.countersignature import bind
from workstation.core.dsse import parse_envelope
from workstation.core.identity import Digest, digest_of
from workstation.core.public_key import PublicKey, from_loaded
from workstation.core.receipt import Result
from workstation.core.refusal import refusal_statement
from workstation.core.release_contents import RELEASE_TITLE
from workstation.core.review import RENDERER
from workstation.core.strict_json import JsonValue
from workstation.core.verdict import Blocked

VECTORS: Final = Path(__file__).parents[2] / "docs" / "spec" / "vectors"
RSA: Final = VECTORS / "keys" / "rsa.pem"
"""The one key that cannot be made from a name: it is read, not written."""


SHOWN: Final = {
    "request.md": "request.dsse.json",
    "countersignature.md": "countersignature.alice.dsse.json",
    "refusal.md": "refusal.dsse.json",
    "release.md": "release.dsse.json",
    "receipt.md": "receipt.dsse.json",
}
"""Which vector's payload a page shows first."""


def vectors() -> dict[str, bytes]:
    """Return every file, by its path below docs/spec/vectors."""
    world = World(keys=EDWARDS).admit()
    refused = refusal(world)
    for minutes, name in enumerate(("alice", "carol"), start=1):
        world.now += timedelta(minutes=minutes)
        world.countersign(name)
    documents = dict(world.release().documents)
    documents["refusal.dsse.json"] = refused
    documents["receipt.dsse.json"] = receipt(world, digest_of(documents[RELEASE_TITLE]))
    documents["roster.json"] = roster_bytes(world.roster)
    documents["policy.json"] = json_bytes(world.policy)
    return {
        **{f"release/{title}": data for title, data in (documents | world.build.artifacts).items()},
        **{f"keys/{name}.pem": pem for name, pem in pems().items()},
        "keys/fingerprints.json": listing({name: named(pem) for name, pem in pems().items()}),
        "digests.json": listing({title: digest_of(data) for title, data in documents.items()}),
    }


def pems() -> dict[str, bytes]:
    """Return one public key of each kind."""
    made = {
        "p256": p256("vector").private.public_key(),
        "p384": p384("vector").private.public_key(),
        "ed25519": edwards("vector").private.public_key(),
        "rsa": load_pem_public_key(RSA.read_bytes()),
    }
    form = Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    return {name: key.public_bytes(*form) for name, key in made.items()}


def named(pem: bytes) -> dict[str, str]:
    """Return what names the key."""
    key: PublicKey = from_loaded(load_pem_public_key(pem), where="vector")
    return {"fingerprint": key.fingerprint, "keyid": key.keyid}


def refusal(world: World) -> bytes:
    """Return what the workstation signs when bob tries with his second card."""
    action = world.countersigning("bob-second")
    verdict = world.judge(action)
    assert isinstance(verdict, Blocked)
    binding = bind(
        world.request,
        world.trust,
        world.builders,
        review=world.review.digest,
        renderer=RENDERER,
        station=world.keys["station"].public.fingerprint,
        at=world.now,
        journal=world.head,
    )
    statement = refusal_statement(world.request.manifest, binding, action.approver, verdict)
    return signed(statement, world.keys["station"]).received


def receipt(world: World, release: Digest) -> bytes:
    """Return what frank signs after installing the release."""
    said = receipt_of(world, release=release, result=Result.INSTALLED, verified=("everything",))
    return signed(said.to_statement(world.request.manifest), world.keys["frank"]).received


def listing(found: object) -> bytes:
    """Return a list for people and programs."""
    return (json.dumps(found, indent=2, sort_keys=True) + "\n").encode()


def main() -> None:
    """Write every file, and the first example of every page that shows one."""
    for name, data in vectors().items():
        path = VECTORS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    for name, shown in examples().items():
        page = VECTORS.parent / name
        before, fence, rest = page.read_text("utf-8").partition("```json\n")
        page.write_text(before + fence + pretty(shown) + "\n```" + rest.partition("\n```")[2], "utf-8")


def examples() -> dict[str, JsonValue]:
    """Return what each page shows first: a payload, the policy, and a person and a service of the roster."""
    made = {name.removeprefix("release/"): data for name, data in vectors().items()}
    found: dict[str, JsonValue] = {
        page: json.loads(parse_envelope(made[title], where=page).payload) for page, title in SHOWN.items()
    }
    found["policy.md"] = json.loads(made["policy.json"])
    found["roster.md"] = part_of_roster(json.loads(made["roster.json"]))
    return found


def part_of_roster(roster: Document) -> JsonValue:
    """Return the heading, a person and a service without its keys."""
    alice: Document = next(person for person in roster["people"] if person["id"] == "alice")
    service = {name: value for name, value in roster["services"][0].items() if name != "credentials"}
    heading = {name: roster[name] for name in ("schema", "version", "created")}
    return {**heading, "people": [alice], "services": [service]}


def pretty(value: JsonValue, indent: int = 0, width: int = 112) -> str:
    """Return JSON for a page: whatever fits on a line stands on one."""
    line = json.dumps(value, ensure_ascii=False)
    if len(line) + indent <= width or not isinstance(value, dict | list):
        return line
    gap = ",\n" + " " * (indent + 1)
    if isinstance(value, dict):
        fields = (f"{json.dumps(n)}: {pretty(v, indent + 1, width - len(n) - 4)}" for n, v in value.items())
        return "{" + gap.join(fields) + "}"
    return "[" + gap.join(pretty(item, indent + 1, width) for item in value) + "]"


if __name__ == "__main__":
    main()
