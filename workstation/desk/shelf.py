"""The shelf: requests as they lie in the vault, and their review against what was released last."""

from __future__ import annotations

from workstation.core.errors import Malformed
from workstation.core.glimpse import Watch
from workstation.core.identity import RequestId
from workstation.core.ledger import Ledger, RequestHistory
from workstation.core.oci_layout import parse_bundle
from workstation.core.release_diff import ReleaseDiff
from workstation.core.request import REQUEST_TITLE, Request, manifest_of, parse_request
from workstation.core.request_diff import with_request
from workstation.core.review import Review
from workstation.intake.bytes_read import BytesRead
from workstation.review.prepare import NamedFile, release_diff
from workstation.vault.store import Vault


class Shelf:
    """Reads requests from the vault and has them compared; remembers diffs it has seen made."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._diffs: dict[tuple[RequestId | None, RequestId], ReleaseDiff] = {}

    def request(self, history: RequestHistory) -> Request:
        """Return an admitted request, parsed again from its bytes; raises Untrusted when they changed."""
        where = f"store/{history.bundle}"
        bundle = parse_bundle(self._vault.read(history.bundle), where=where)
        layers = {layer.title: layer for layer in bundle.layers}
        first = self._vault.read(layers[REQUEST_TITLE].digest)
        documents = {item.name: self._vault.read(item.digest) for item in manifest_of(first)[1]}
        return parse_request(bundle, documents | {REQUEST_TITLE: first}, where=where)

    def previous(self, request: Request, ledger: Ledger) -> Request | None:
        """Return what a request is compared with: the last release, or what a released one followed."""
        history = ledger.requests.get(request.id)
        if history is not None and history.released is not None:
            before = None if history.previous is None else ledger.requests[history.previous]
        else:
            before = ledger.last_released(request.product, request.channel)
        return None if before is None else self.request(before)

    def review(self, request: Request, ledger: Ledger, watch: Watch | None = None) -> Review:
        """Return the review of a request, its artifacts hashed again just before.

        Raises Cancelled when `watch` does: then nothing is remembered of it.
        """
        previous = self.previous(request, ledger)
        key = (None if previous is None else previous.id, request.id)
        artifacts = (*request.manifest, *(() if previous is None else previous.manifest))
        # They are read once for their digests, and once more where they have to be compared.
        rounds = 1 if key in self._diffs else 2
        reading = BytesRead(watch, sum(artifact.size for artifact in artifacts) * rounds)
        for artifact in artifacts:
            self._vault.verify(artifact.digest, reading.read)
        if key not in self._diffs:
            found = release_diff(self._files(previous), self._files(request), watch=reading.further)
            self._diffs[key] = with_request(found, previous, request)
        return Review(request=request, previous=key[0], diff=self._diffs[key])

    def _files(self, request: Request | None) -> tuple[NamedFile, ...]:
        manifest = () if request is None else request.manifest
        return tuple(NamedFile(name=a.name, path=self._vault.path(a.digest)) for a in manifest)


def find(ledger: Ledger, prefix: str) -> RequestHistory:
    """Return the one request whose id begins with `prefix` (at least six digits); raises Malformed."""
    least = 6
    found = [history for request, history in ledger.requests.items() if request.startswith(prefix)]
    if len(prefix) < least or len(found) != 1:
        wanted = "the beginning of exactly one request's id wanted"
        raise Malformed(f"request {prefix[:64]!a}", f"{len(found)} requests found, {wanted} (see queue)")
    return found[0]
