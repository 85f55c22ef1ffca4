"""Names one slip away from a well-known package: what somebody registers to be taken by mistake."""

from __future__ import annotations

from typing import Final

from workstation.review.words import words

_LEAST: Final = 4  # letters; shorter names are all near each other
_WELL_KNOWN: Final = words(
    "requests urllib3 numpy pandas idna certifi charset-normalizer cryptography setuptools pip wheel "
    "pyyaml jinja2 click flask django pynacl boto3 botocore scipy pillow matplotlib sqlalchemy "
    "aiohttp pytest attrs pydantic fastapi tensorflow torch scikit-learn beautifulsoup4 colorama "
    "paramiko python-dateutil protobuf grpcio lodash react chalk debug axios express commander "
    "event-stream through semver uuid bn.js bs58 buffer electron webpack babel eslint typescript "
    "jquery moment async bluebird request underscore inquirer dotenv mongoose socket.io redux ethers "
    "web3 crossenv cross-env discord.js node-fetch ua-parser-js"
)


def near(name: str) -> str | None:
    """Return the well-known name that `name` is one letter away from (more, less, other, or two swapped)."""
    bare = name.casefold().replace("_", "-")
    if len(bare) < _LEAST or bare in _WELL_KNOWN:
        return None
    return next((known for known in sorted(_WELL_KNOWN) if _one_slip(bare, known)), None)


def _one_slip(one: str, other: str) -> bool:
    if len(one) == len(other):
        places = [place for place in range(len(one)) if one[place] != other[place]]
        if len(places) == 2:  # noqa: PLR2004 (two letters swapped)
            first, second = places
            return second == first + 1 and one[first] == other[second] and one[second] == other[first]
        return len(places) == 1
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) != 1 or len(short) < _LEAST:
        return False
    return any(long[:place] + long[place + 1 :] == short for place in range(len(long)))
