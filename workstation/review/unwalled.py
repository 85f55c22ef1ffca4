"""Who signed artifacts, found out without a child: for a deployer, and never for the desk.

A deployer's process holds nothing, and may be walled itself.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from workstation.review.job import Given, check_names
from workstation.review.prepare import open_regular
from workstation.review.signed_files import signers_of_artifacts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from workstation.core.artifact_signer import ArtifactSigner
    from workstation.review.prepare import NamedFile


def artifact_signers_in_process(artifacts: Sequence[NamedFile]) -> tuple[ArtifactSigner, ...]:
    """Return who signed these artifacts themselves.

    Raises Malformed for odd names and MediaError when a file cannot be read.
    """
    names = [file.name for file in artifacts]
    check_names(names, "artifacts")
    return signers_of_artifacts(_one_by_one(artifacts), names)


def _one_by_one(files: Sequence[NamedFile]) -> Iterator[Given]:
    """Lend each file while it is looked at, so that there may be more of them than open files."""
    for file in files:
        with ExitStack() as open_file:
            yield Given(name=file.name, fd=open_regular(file.path, open_file))
