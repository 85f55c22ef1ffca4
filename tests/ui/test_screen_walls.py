"""The screen's process behind its walls: what worked before they stood is refused after."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sample_desk import DeskThread, SampleDesk

from workstation.desk.face import AskQueue, AskStation

ROOT = Path(__file__).parents[2]
MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
REFUSED = (
    "state",
    "state listing",
    "tokens",
    "token configuration",
    "write",
    "write beside",
    "module",
    "module bytes",
    "process",
    "socket",
    "tcp",
    "initialise",
)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Any:
    if not MODULE.exists():
        pytest.skip("SoftHSM is not installed, so there is no PKCS#11 module to be kept from")
    tmp_path, line = tmp_path_factory.mktemp("walls"), DeskThread(SampleDesk())
    for name in ("state", "tokens", "pictures", "elsewhere"):
        (tmp_path / name).mkdir()
    (tmp_path / "state" / "journal.db").write_text("x")
    (tmp_path / "softhsm2.conf").write_text(f"directories.tokendir = {tmp_path / 'tokens'}\n")
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(Path(__file__).parent))),
        "PROBE_DIRECTORY": str(tmp_path),
        "PROBE_MODULE": str(MODULE),
        "SOFTHSM2_CONF": str(tmp_path / "softhsm2.conf"),
        "QT_QPA_PLATFORM": "offscreen",
    }
    done = subprocess.run(
        [sys.executable, "-m", "walled_probe", str(line.fd), "--screenshots", str(tmp_path / "pictures")],
        cwd=tmp_path / "elsewhere",
        env=environment,
        pass_fds=(line.fd,),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    line.close()
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_screen_reaches_no_state_no_token_no_module_no_process_and_no_socket(told: dict[str, Any]) -> None:
    before, after = told["before"], told["after"]

    assert {name: before[name] for name in REFUSED} == dict.fromkeys(REFUSED, "done")
    assert {name: after[name] for name in REFUSED} == dict.fromkeys(REFUSED, "refused")


def test_a_screen_still_shows_its_page_and_leaves_pictures_where_it_may(told: dict[str, Any]) -> None:
    assert told["page"] == "home"
    assert told["after"]["picture"] == "done"


def test_a_screen_never_imports_the_journal_the_tokens_or_the_gate(told: dict[str, Any]) -> None:
    forbidden = (
        "sqlcipher3",
        "sqlite3",
        "pkcs11",
        "hsm",
        "workstation.gate",
        "workstation.effects",
        "workstation.journal",
        "workstation.intake",
        "workstation.vault",
        "PySide6.QtNetwork",
    )

    found = [name for name in told["modules"] if name.startswith(forbidden)]

    assert found == []


def test_the_screen_starts_as_a_process_of_its_own_and_asks_for_the_queue(tmp_path: Path) -> None:
    desk = SampleDesk()
    line = DeskThread(desk)
    process = subprocess.Popen(
        [sys.executable, "-m", "ui", str(line.fd)],
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        pass_fds=(line.fd,),
    )

    deadline = time.monotonic() + 30
    while AskQueue() not in desk.asked and time.monotonic() < deadline:
        time.sleep(0.05)
    running = process.poll() is None
    process.terminate()
    process.wait(10)
    line.close()

    assert desk.asked == [AskStation(), AskQueue()]
    assert running
