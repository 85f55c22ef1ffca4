"""Who signed files that are open here; apart from the review, so that a deployer loads none of its lenses."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from workstation.core.artifact_signer import ArtifactSigner
from workstation.core.errors import Malformed
from workstation.review.artifact_signatures import artifact_signers
from workstation.review.source import FileSource

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from workstation.review.job import Given


def signers_of_artifacts(given: Iterable[Given], names: Collection[str]) -> tuple[ArtifactSigner, ...]:
    """Return who signed artifacts given as open files, sorted; one that cannot be read names nobody.

    `names` are the names of all of them.
    """
    found = set[ArtifactSigner]()
    for one in given:
        source = FileSource(one.fd, os.fstat(one.fd).st_size)
        try:
            found.update(artifact_signers(one.name, source, names))
        except (Malformed, MemoryError):
            found.add(ArtifactSigner(one.name, "damaged", "unnamed:damaged"))
    return tuple(sorted(found))
