"""A card reader that is not there, with a virtual PIV card in it: pcscd, vpcd and a process for the card."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

OPENSC = Path("/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so")
DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
PCSCD_SOCKET = Path("/run/pcscd/pcscd.comm")
READER = "Virtual PIV Reader"
ASKED = os.environ.get("COUNTERSIGN_CARD") == "1"


@dataclass(frozen=True)
class Reader:
    """The reader, what its card can be told, and the maker it is of."""

    orders: IO[str]
    answers: IO[str]
    root: Path

    def tell(self, order: str) -> None:
        """Have the card taken out, put in, or its tries set; wait until it is done."""
        self.orders.write(f"{order}\n")
        self.orders.flush()
        assert self.answers.readline() == "done\n"


def lacking() -> str | None:
    """Return why there can be no reader here, if so."""
    if not ASKED:
        return "`make card` runs these: they want the card service to themselves"
    for path, package in ((OPENSC, "opensc-pkcs11"), (DRIVER, "vsmartcard-vpcd")):
        if not path.is_file():
            return f"{path} is missing: apt-get install {package}"
    if shutil.which("pcscd") is None:
        return "pcscd is missing: apt-get install pcscd"
    if os.geteuid():
        return "pcscd is started by root alone"
    return "a card service is running already" if _running() else None


@pytest.fixture(scope="session")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """Yield a reader with a new card in it, or skip and say why."""
    reason = lacking()
    if reason is not None:
        pytest.skip(reason)
    home = tmp_path_factory.mktemp("reader")
    port = _free_port()
    configuration = home / "reader.conf"
    configuration.write_text(
        f'FRIENDLYNAME "{READER}"\nDEVICENAME /dev/null:{port}\nLIBPATH {DRIVER}\nCHANNELID {port}\n'
    )
    with (home / "pcscd.log").open("wb") as log:
        service = subprocess.Popen(
            ["pcscd", "--foreground", "--config", configuration], stdout=log, stderr=log
        )
        card = subprocess.Popen(
            [sys.executable, "-m", "card.card_process", str(port), home / "root.pem"],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            _wait_for_service(service)
            assert card.stdout is not None
            assert card.stdin is not None
            assert card.stdout.readline() == "ready\n"
            yield Reader(orders=card.stdin, answers=card.stdout, root=home / "root.pem")
        finally:
            for process in (card, service):
                process.terminate()
                process.communicate(timeout=20)


def _running() -> bool:
    with socket.socket(socket.AF_UNIX) as channel:
        return channel.connect_ex(str(PCSCD_SOCKET)) == 0


def _wait_for_service(service: subprocess.Popen[bytes]) -> None:
    for _ in range(400):
        if _running():
            return
        assert service.poll() is None, "pcscd ended"
        time.sleep(0.05)
    raise TimeoutError("pcscd is not ready")


def _free_port() -> int:
    with socket.socket() as channel:
        channel.bind(("127.0.0.1", 0))
        return int(channel.getsockname()[1])
