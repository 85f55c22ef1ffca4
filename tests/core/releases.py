"""A store's history made by hand: which requests there were, what is in them, and which were released."""

from __future__ import annotations

from core.documents import PRODUCT

from workstation.core.identity import RequestId, digest_of
from workstation.core.ledger import Ledger, RequestHistory


def request_named(name: str) -> RequestId:
    """Return the id of a request."""
    return RequestId(digest_of(name.encode()))


def history(
    name: str, *artifacts: str, previous: str | None = None, channel: str = "stable", released: bool = True
) -> RequestHistory:
    """Return what happened to one request; without artifacts it has one of its own."""
    made = artifacts or (f"artifact of {name}",)
    return RequestHistory(
        request=request_named(name),
        product=PRODUCT,
        version=name,
        channel=channel,
        bundle=digest_of(f"bundle of {name}".encode()),
        previous=None if previous is None else request_named(previous),
        manifest=frozenset((one, digest_of(one.encode())) for one in made),
        admitted_seq=0,
        released=digest_of(f"release of {name}".encode()) if released else None,
    )


def ledger_of(*histories: RequestHistory) -> Ledger:
    """Return the ledger of these requests, released in this order."""
    return Ledger(
        requests={one.request: one for one in histories},
        order_released=tuple(one.request for one in histories if one.released is not None),
    )
