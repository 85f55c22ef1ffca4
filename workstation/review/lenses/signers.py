"""OpenPGP signatures in text: whoever signed this is somebody else than before.

Source: RFC 9580, sections 5.2 and 7 (cleartext), and detached signatures in armor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workstation.core.errors import Malformed
from workstation.core.key_readers.armor import blocks_in
from workstation.core.key_readers.openpgp_packets import Tag, packets_in
from workstation.core.key_readers.openpgp_signature import parse_signature
from workstation.core.release_diff import Fact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workstation.core.release_diff import Finding
    from workstation.review.pair import Pair

_BEGIN = b"-----BEGIN PGP SIGNATURE-----"


def signer_findings(pair: Pair) -> Iterator[Finding]:
    """Yield a finding when a text is signed by another key than it was, or not any more."""
    old, new = signers_of(pair.old_text), signers_of(pair.new_text)
    if not pair.bytes_changed or pair.old is None or old == new or not old:
        return
    now = f"by {' and '.join(new)}" if new else "by nobody"
    yield pair.found("DIFF-SIGNER", 95, f"it was signed by {' and '.join(old)} and is signed {now}")


def signer_facts(pair: Pair) -> Iterator[Fact]:
    """Yield who signed it, when that changed."""
    old, new = signers_of(pair.old_text), signers_of(pair.new_text)
    if old != new:
        yield Fact(name="signed by", old=" ".join(old), new=" ".join(new))


def signers_of(text: bytes | None) -> tuple[str, ...]:
    """Return the keys the signatures in a text name as their makers; a damaged one names "unreadable"."""
    if text is None or _BEGIN not in text:
        return ()
    try:
        armored = text[text.index(_BEGIN) :].decode("ascii", "replace")
        found = {
            issuer
            for block in blocks_in(armored, where="signature")
            for packet in packets_in(block.data, where="signature")
            if packet.tag == Tag.SIGNATURE
            for issuer in parse_signature(packet.body, where="signature").issuers
        }
    except Malformed:
        return ("unreadable",)
    return tuple(sorted(found))
