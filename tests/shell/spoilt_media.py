"""Ways to spoil a request bundle on a medium, and where and what an intake then says."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from shell.deliveries import blob_of

from workstation.intake.medium import MAX_BLOBS

SHA: Final = Path("blobs", "sha256")


def wheel_of(medium: Path) -> Path:
    return blob_of(medium, "tidemark-1.1-py3-none-any.whl")


def missing(medium: Path) -> None:
    wheel_of(medium).unlink()


def wrong(medium: Path) -> None:
    blob = wheel_of(medium)
    blob.write_bytes(bytes(blob.stat().st_size))


def longer(medium: Path) -> None:
    blob = wheel_of(medium)
    blob.write_bytes(blob.read_bytes() + b"\0")


def shorter(medium: Path) -> None:
    blob = wheel_of(medium)
    blob.write_bytes(blob.read_bytes()[:-1])


def huge(medium: Path) -> None:
    os.truncate(wheel_of(medium), 1 << 40)


def huge_index(medium: Path) -> None:
    os.truncate(medium / "index.json", 1 << 40)


def linked(medium: Path) -> None:
    blob = wheel_of(medium)
    shutil.move(blob, medium.parent / "elsewhere")
    blob.symlink_to(medium.parent / "elsewhere")


def linked_index(medium: Path) -> None:
    shutil.move(medium / "index.json", medium.parent / "elsewhere")
    (medium / "index.json").symlink_to(medium.parent / "elsewhere")


def linked_blobs(medium: Path) -> None:
    shutil.move(medium / "blobs", medium.parent / "elsewhere")
    (medium / "blobs").symlink_to(medium.parent / "elsewhere")


def linked_sha256(medium: Path) -> None:
    shutil.move(medium / SHA, medium.parent / "elsewhere")
    (medium / SHA).symlink_to(medium.parent / "elsewhere")


def hard_linked(medium: Path) -> None:
    os.link(wheel_of(medium), medium.parent / "second name")


def pipe(medium: Path) -> None:
    blob = wheel_of(medium)
    blob.unlink()
    os.mkfifo(blob)


def pipe_for_index(medium: Path) -> None:
    (medium / "index.json").unlink()
    os.mkfifo(medium / "index.json")


def folder(medium: Path) -> None:
    blob = wheel_of(medium)
    blob.unlink()
    blob.mkdir()


def extra_at_the_top(medium: Path) -> None:
    (medium / "autorun.inf").write_text("")


def extra_algorithm(medium: Path) -> None:
    (medium / "blobs" / "sha512").mkdir()


def extra_name(medium: Path) -> None:
    (medium / SHA / "\u202egpj.exe").write_text("")


def extra_blob(medium: Path) -> None:
    (medium / SHA / ("0" * 64)).write_text("")


def many_blobs(medium: Path) -> None:
    for number in range(MAX_BLOBS + 1):
        (medium / SHA / f"{number:064x}").touch()


def no_layout(medium: Path) -> None:
    (medium / "oci-layout").unlink()


def other_layout(medium: Path) -> None:
    (medium / "oci-layout").write_text('{"imageLayoutVersion":"2.0.0"}')


def no_json(medium: Path) -> None:
    (medium / "index.json").write_text('{"schemaVersion": 2,')


def double_key(medium: Path) -> None:
    text = (medium / "index.json").read_text()
    (medium / "index.json").write_text(text.replace("{", '{"schemaVersion":2,', 1))


def not_an_object(medium: Path) -> None:
    (medium / "index.json").write_text("[]")


def deep(medium: Path) -> None:
    (medium / "index.json").write_text("[" * 100_000)


def two_manifests(medium: Path) -> None:
    index = json.loads((medium / "index.json").read_bytes())
    index["manifests"] *= 2
    (medium / "index.json").write_text(json.dumps(index))


def other_bundle_type(medium: Path) -> None:
    text = (medium / "index.json").read_text()
    (medium / "index.json").write_text(text.replace("countersign.request", "countersign.release"))


Spoil = Callable[[Path], None]

SPOILT: Final[dict[Spoil, tuple[str, str]]] = {
    missing: ("medium/tidemark-1.1-py3-none-any.whl", "is missing from the medium"),
    wrong: ("medium/tidemark-1.1-py3-none-any.whl", "sha256 "),
    longer: ("medium/tidemark-1.1-py3-none-any.whl", "at most"),
    shorter: ("medium/tidemark-1.1-py3-none-any.whl", "bytes found"),
    huge: ("medium/tidemark-1.1-py3-none-any.whl", "at most"),
    huge_index: ("medium/index.json", "more than 4194304 bytes"),
    linked: ("medium/tidemark-1.1-py3-none-any.whl", "a symbolic link"),
    linked_index: ("medium/index.json", "a symbolic link"),
    linked_blobs: ("medium/blobs", "a symbolic link"),
    linked_sha256: ("medium/sha256", "a symbolic link"),
    hard_linked: ("medium/tidemark-1.1-py3-none-any.whl", "2 links found, one wanted"),
    pipe: ("medium/tidemark-1.1-py3-none-any.whl", "something other than a regular file"),
    pipe_for_index: ("medium/index.json", "something other than a regular file"),
    folder: ("medium/tidemark-1.1-py3-none-any.whl", "something other than a regular file"),
    extra_at_the_top: ("medium/'autorun.inf'", "an unexpected file found, none wanted"),
    extra_algorithm: ("medium/blobs/'sha512'", "an unexpected file found, none wanted"),
    extra_name: ("\\u202egpj.exe", "an unexpected file found, none wanted"),
    extra_blob: ("0" * 64, "a blob the manifest does not list"),
    many_blobs: ("medium/blobs", f"more than {MAX_BLOBS} blobs"),
    no_layout: ("medium/oci-layout", "nothing found"),
    other_layout: ("oci-layout.imageLayoutVersion", "'1.0.0' wanted"),
    no_json: ("medium/index.json", "not JSON at line 1"),
    double_key: ("medium/index.json", "'schemaVersion' found twice"),
    not_an_object: ("medium/index.json", "an array found, an object wanted"),
    deep: ("medium/index.json", "nested deeper than 32"),
    two_manifests: ("medium/index.json.manifests", "2 items found, 1 to 1 wanted"),
    other_bundle_type: ("medium/index.json", "countersign.request.v1 wanted"),
}
