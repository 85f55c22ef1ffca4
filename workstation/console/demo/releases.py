"""Two real successive releases of a public package, fetched with pip at pinned hashes."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from workstation.core.errors import MediaError
from workstation.process.child import clean_environment
from workstation.process.command import run

PACKAGE: Final = "urllib3"
SOURCE: Final = "git+https://github.com/urllib3/urllib3"
KEPT: Final = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRelease:
    """One version: the SHA-256 of its wheel and of its source archive, and its tag."""

    version: str
    wheel: str
    sdist: str

    @property
    def tag(self) -> str:
        """The tag in the package's own repository."""
        return self.version

    @property
    def files(self) -> tuple[tuple[str, str, str], ...]:
        """File name, SHA-256 and the pip option that asks for this kind of file."""
        return (
            (f"{PACKAGE}-{self.version}-py3-none-any.whl", self.wheel, "--only-binary"),
            (f"{PACKAGE}-{self.version}.tar.gz", self.sdist, "--no-binary"),
        )


BEFORE: Final = PublicRelease(
    version="2.2.1",
    wheel="450b20ec296a467077128bff42b73080516e71b56ff59a60a02bef2232c4fa9d",
    sdist="d0570876c61ab9e520d776c38acbbb5b05a776d3f9ff98a5c8fd5162a444cf19",
)
AFTER: Final = PublicRelease(
    version="2.2.2",
    wheel="a448b2f64d686155468037e1ace9f2d2199776e17f0a46610480d311f73e3472",
    sdist="dd505485549a7a552833da5e6063639d0d177c04f23bc3864e41e5dc5f612168",
)


def fetch(release: PublicRelease, directory: Path) -> list[Path]:
    """Download a release's files with pip; raises MediaError when one cannot be had at its hash."""
    directory.mkdir(parents=True, exist_ok=True)
    return [_fetch(release, directory, *wanted) for wanted in release.files]


def _fetch(release: PublicRelease, directory: Path, name: str, digest: str, option: str) -> Path:
    pinned = directory / "requirements.txt"
    pinned.write_text(f"{PACKAGE}=={release.version} --hash=sha256:{digest}\n")
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
        "--no-cache-dir", "--no-deps", "--no-build-isolation", "--require-hashes", option, ":all:",
        "--requirement", str(pinned), "--dest", str(directory),
    ]  # fmt: skip
    environment = clean_environment((*KEPT, *_pip_settings()))
    ended = run(command, environment=environment)
    found = directory / name
    pinned.unlink()
    if ended.status or not found.is_file():
        raise MediaError(name, f"pip could not fetch it: {ended.err.strip()[-400:]}")
    return found


def _pip_settings() -> tuple[str, ...]:
    return (
        "PIP_INDEX_URL",
        "PIP_EXTRA_INDEX_URL",
        "PIP_CERT",
        "PIP_CONFIG_FILE",
        "PIP_FIND_LINKS",
        "PIP_CACHE_DIR",
    )
