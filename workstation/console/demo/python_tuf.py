"""python-tuf's own client over a trust root in a directory: a reader that nobody here wrote."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient.fetcher import FetcherInterface
from tuf.ngclient.updater import Updater

TARGETS = ("roster.json", "policy.json")


def downloaded(repository: Path, scratch: Path, *, root: bytes) -> tuple[Path, ...]:
    """Return where roster and policy lie once python-tuf has verified them from the pinned `root`.

    `scratch` is an empty directory of its own. Raises what python-tuf raises; LookupError for a trust root
    without one of the two.
    """
    for name in ("metadata", "targets"):
        (scratch / name).mkdir(parents=True)
    client = Updater(
        str(scratch / "metadata"),
        "file:///metadata/",
        str(scratch / "targets"),
        "file:///targets/",
        fetcher=_Files(repository),
        bootstrap=root,
    )
    client.refresh()
    return tuple(_target(client, name) for name in TARGETS)


def _target(client: Updater, name: str) -> Path:
    target = client.get_targetinfo(name)
    if target is None:
        raise LookupError(f"python-tuf knows no target {name}")
    return Path(client.download_target(target))


class _Files(FetcherInterface):
    """Fetches from a directory where python-tuf would ask a server."""

    def __init__(self, repository: Path) -> None:
        super().__init__()
        self._repository = repository

    def _fetch(self, url: str) -> Iterator[bytes]:
        path = self._repository / url.removeprefix("file:///")
        if not path.is_file():
            raise DownloadHTTPError("not there", 404)
        return iter([path.read_bytes()])
