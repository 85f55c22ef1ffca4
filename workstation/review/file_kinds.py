"""Which files are code, and which are only read by people."""

from __future__ import annotations

import re
from typing import Final

_CODE: Final = re.compile(
    r".*\.(?:py|pyi|pyx|pth|js|mjs|cjs|ts|jsx|tsx|sh|bash|ps1|bat|cmd|pl|pm|rb|php|lua|tcl|c|h|cc|cpp|cxx|hpp|rs|go"
    r"|java|kt|scala|swift|cs|m4|ac|am|in|cmake|mk|json|toml|cfg|ini|ya?ml|service|rules|gyp|gradle|sql)"
    r"|(?:.*/)?(?:configure|Makefile|Dockerfile|rules|preinst|postinst|prerm|postrm|config)",
    re.DOTALL,
)
_PROSE: Final = re.compile(
    r".*\.(?:md|rst|txt|po|pot|map|html|css|svg)"
    r"|(?:.*/)?(?:README|NEWS|CHANGES|CHANGELOG|HISTORY|AUTHORS|LICENSE|COPYING)[^/]*"
    r"|(?:.*/)?[^/]+\.(?:dist|egg)-info/.*|(?:.*/)?PKG-INFO",
    re.DOTALL | re.IGNORECASE,
)
_TESTS: Final = re.compile(r"(?:^|/)(?:tests?|testing|testdata)/")


def is_test(name: str) -> bool:
    """Whether a file stands among tests; it is delivered all the same, and only ranked lower."""
    return _TESTS.search(name) is not None


def is_prose(name: str) -> bool:
    """Whether a file is documentation or package metadata."""
    return bool(_PROSE.fullmatch(name))


def is_code(name: str, text: bytes | None) -> bool:
    """Whether a file is something a machine follows: by its name, or by its first line."""
    return bool(_CODE.fullmatch(name)) or (text is not None and text.startswith(b"#!"))
