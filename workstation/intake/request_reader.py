"""Reading a request from a medium without taking it in: its documents whole, its artifacts hashed."""

from __future__ import annotations

from pathlib import Path

from workstation.core.oci_layout import REQUEST_BUNDLE, Bundle
from workstation.core.request import REQUEST_TITLE, Request, manifest_of, parse_request
from workstation.intake.medium import Medium


def read_request(directory: Path) -> Request:
    """Return the request, every byte of its bundle compared with its digest; raises Malformed, MediaError."""
    with Medium(directory) as medium:
        bundle = medium.bundle(REQUEST_BUNDLE)
        documents = documents_of(medium, bundle)
        request = parse_request(bundle, documents, where=medium.label)
        for layer in bundle.layers:
            if layer.title not in documents:
                medium.check(layer)
    return request


def documents_of(medium: Medium, bundle: Bundle) -> dict[str, bytes]:
    """Return the request and the evidence it lists, by title, as far as the bundle has them."""
    layers = {layer.title: layer for layer in bundle.layers}
    if REQUEST_TITLE not in layers:
        return {}
    listed = manifest_of(medium.read(layers[REQUEST_TITLE]))[1]
    names = {REQUEST_TITLE, *(item.name for item in listed)}
    return {title: medium.read(layer) for title, layer in layers.items() if title in names}
