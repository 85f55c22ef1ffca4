"""What stands on the page of a review before the diff: the request, who had a hand in it, what stops it."""

from __future__ import annotations

from collections.abc import Iterator

from workstation.desk.face import ReviewPage
from workstation.review.html_parts import Section


def review_sections(shown: ReviewPage) -> tuple[Section, ...]:
    """Return the sections of a review, in the order of an approver's questions."""
    return tuple(_sections(shown))


def _sections(shown: ReviewPage) -> Iterator[Section]:
    item = shown.item
    yield Section(
        title=shown.sentence,
        rows=(
            ("request", item.request),
            ("review", shown.review),
            ("product", f"{item.product} {item.version}, channel {item.channel}"),
            ("countersignatures", f"{item.have} of {item.need}"),
        ),
    )
    hands = tuple((line.name, " \u2190 ".join(line.because)) for line in shown.builders)
    unknown = tuple(("unknown", what) for what in shown.unresolved)
    yield Section(title="Who had a hand in it", rows=hands + unknown, otherwise="Nobody is known.")
    stops = tuple((one.rule, one.detail) for one in shown.blockers)
    yield Section(title="What stops it now", rows=stops, otherwise="Nothing stands against it.")
    signed = tuple(
        (one.name, one.at, one.fingerprint, "" if one.counts else "does not count") for one in shown.approvals
    )
    yield Section(title="Countersignatures", rows=signed, otherwise="None yet.")
    files = tuple((one.name, f"{one.size} bytes", one.digest) for one in shown.manifest)
    yield Section(title="Artifacts", rows=files, otherwise="None.")
    evidence = tuple(
        (one.name, one.summary, ", ".join(one.signers) or "signed by nobody", one.digest)
        for one in shown.evidence
    )
    yield Section(title="Evidence", rows=evidence, otherwise="None.")
