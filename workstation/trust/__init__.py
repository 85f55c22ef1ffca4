"""The trust root: TUF metadata signed by custodians, delivering roster and policy.

securesystemslib imports python-pkcs11 wherever it is installed, to sign with tokens of its own
choosing. Only the token worker may load that, so it is hidden here, before anything of TUF is loaded.
"""

from __future__ import annotations

import sys
from typing import cast


def _load_without_pkcs11() -> None:
    modules = cast("dict[str, object]", sys.modules)
    present = modules.get("pkcs11")
    # None makes an import fail as if the package were not installed (importlib's documented rule).
    modules["pkcs11"] = None
    try:
        __import__("securesystemslib.signer")
    finally:
        del modules["pkcs11"]
        if present is not None:
            modules["pkcs11"] = present


_load_without_pkcs11()
