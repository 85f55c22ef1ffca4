"""A journey drives the real pages from another process, and says clearly where it could not go on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sample_desk import DeskThread, SampleDesk
from sample_release import PIN, REQUEST

from ui.journey_steps import Card, Open, Pin, parse_journey
from workstation.core.errors import Malformed
from workstation.core.release_words import release_words
from workstation.desk.face import AskRelease

ROOT = Path(__file__).parents[2]
Steps = list[dict[str, str]]


READ_ON: dict[str, Steps] = {
    name: [{"picture": f"told-{name}"}, {"click": "opening.read.button"}] for name in ("bob", "dana")
}
"""What those have to do besides who had a hand in it."""


def to_sign_as(card: str) -> Steps:
    return [
        {"open": "home"},
        {"select": "urllib3"},
        {"open": "opening"},
        {"card": card},
        {"pin": PIN},
        {"click": "opening.open.button"},
        *READ_ON.get(card, []),
        {"wait": "review"},
        {"look": ""},
        {"open": "sign"},
        {"words": " ".join(release_words(REQUEST))},
        {"tick": ""},
        {"card": card},
        {"pin": PIN},
        {"press": "Alt+C"},
    ]


def travel(line: DeskThread, steps: object, pictures: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "ui.journey", str(line.fd), "--screenshots", str(pictures)],
        input=json.dumps(steps).encode(),
        cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        pass_fds=(line.fd,),
        capture_output=True,
        timeout=90,
        check=False,
    )


def test_a_release_travels_from_the_queue_to_the_outgoing_medium(
    line: DeskThread, desk: SampleDesk, tmp_path: Path
) -> None:
    steps = [
        {"picture": "home"},
        *to_sign_as("bob"),
        {"wait": "refusal"},
        {"picture": "refusal"},
        *to_sign_as("alice"),
        {"wait": "done"},
        *to_sign_as("carol"),
        {"wait": "done"},
        {"click": "done.release.button"},
        {"wait": "released"},
        {"picture": "released"},
    ]

    done = travel(line, steps, tmp_path)

    assert (done.returncode, PIN in done.stderr.decode()) == (0, False), done.stderr
    assert isinstance(desk.asked[-1], AskRelease)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "01-home.png",
        "02-told-bob.png",
        "03-refusal.png",
        "04-released.png",
    ]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in tmp_path.iterdir())


def test_a_journey_says_what_did_not_appear(line: DeskThread, tmp_path: Path) -> None:
    done = travel(line, [{"select": "no such release"}], tmp_path)

    assert done.returncode == 1
    assert b"step 1: no row of home.queue.table holds 'no such release'" in done.stderr


@pytest.mark.parametrize(
    "steps",
    [
        {"open": "home"},
        [],
        [{"fly": "away"}],
        [{"open": "home", "wait": "home"}],
        [{"pin": 246810}],
        [{"picture": "../up"}],
    ],
)
def test_a_journey_that_is_not_one_is_refused(steps: object) -> None:
    with pytest.raises(Malformed):
        parse_journey(json.dumps(steps).encode())


def test_a_refused_journey_never_repeats_a_pin() -> None:
    with pytest.raises(Malformed) as refused:
        parse_journey(json.dumps([{"pin": PIN * 400}]).encode())

    assert PIN not in str(refused.value)
    assert PIN not in repr(Pin(PIN))


def test_steps_become_what_they_say() -> None:
    steps = parse_journey(b'[{"open": "home"}, {"card": "alice"}]')

    assert steps == (Open("home"), Card("alice"))
