"""Writing a slip to the outgoing medium, where nothing is ever written over."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from workstation.core.errors import MediaError
from workstation.core.identity import Digest, digest_of
from workstation.core.slip import PrintedSlip

_FOLDER: Final = "slips"
_MOST: Final = 1000


def write_slip(slip: PrintedSlip, outgoing: Path, name: str) -> tuple[Path, Digest]:
    """Write a slip as `slips/NAME.pdf`, or NAME-2.pdf and so on; raises MediaError."""
    data = slip.to_pdf()
    try:
        (outgoing / _FOLDER).mkdir(parents=True, exist_ok=True)
        return _written(data, outgoing / _FOLDER, name), digest_of(data)
    except OSError as error:
        raise MediaError(str(outgoing), f"the slip cannot be written: {error.strerror}") from error


def _written(data: bytes, folder: Path, name: str) -> Path:
    for number in range(1, _MOST):
        path = folder / (f"{name}.pdf" if number == 1 else f"{name}-{number}.pdf")
        try:
            with path.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        except FileExistsError:
            continue
        except OSError:
            path.unlink(missing_ok=True)
            raise
        return path
    raise MediaError(str(folder), f"{_MOST} slips of this name are there already")
