"""BER-TLV as smartcards speak it (ISO 7816-4, 5.2.2): tags of one to three bytes, definite lengths."""

from __future__ import annotations

from collections.abc import Iterator


def tlv(tag: int, *values: bytes) -> bytes:
    """Return one value under its tag; several are put together."""
    content = b"".join(values)
    return tag.to_bytes((tag.bit_length() + 7) // 8 or 1, "big") + _length(len(content)) + content


def values(data: bytes) -> dict[int, bytes]:
    """Return the values in `data` by tag; of a tag that is there twice, the last."""
    return dict(_each(data))


def _length(count: int) -> bytes:
    if count < 0x80:
        return bytes([count])
    digits = count.to_bytes((count.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(digits)]) + digits


def _each(data: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place < len(data):
        end = place + 1
        if data[place] & 0x1F == 0x1F:
            while data[end] & 0x80:
                end += 1
            end += 1
        tag = int.from_bytes(data[place:end], "big")
        length, start = data[end], end + 1
        if length >= 0x80:
            start += length & 0x7F
            length = int.from_bytes(data[end + 1 : start], "big")
        yield tag, data[start : start + length]
        place = start + length
