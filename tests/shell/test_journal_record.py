"""What is read from a workstation's journal by command: its story, an export, the auditor's report."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from shell.station import Station, told

from workstation.core.unfinished import UNKNOWN_AFTER_CRASH


def verified(directory: Path, *options: str | Path) -> tuple[int, str]:
    """Run the verifier that came with an export."""
    ended = subprocess.run(
        [sys.executable, "-I", directory / "verify_export.py", *options],
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stdout


def test_the_story_can_be_narrowed_down_to_the_refusals_of_a_release(released: Station) -> None:
    said = released.run("journal", "show", "--release", "1.1", "--refused")

    lines = said.words.splitlines()
    assert said.status == 0
    assert [line for line in lines if "REFUSED" in line] == [line for line in lines if "because" not in line]
    assert all(name in said.words for name in ("Bob was REFUSED", "Ned was REFUSED", "SOD-BUILDER"))
    assert "Alice" not in said.words


def test_the_story_of_one_person_is_about_nobody_else(released: Station) -> None:
    said = released.run("journal", "show", "--person", "p-alice", "--since", "2020-01-01T00:00:00Z")

    assert "Alice countersigned pkg:pypi/tidemark@1.1." in said.words
    assert not any(name in said.words for name in ("Bob", "Ned", "Carol", "The workstation"))


@pytest.mark.parametrize(
    "words",
    [("--release", "9.9"), ("--since", "yesterday"), ("--until", "2026-11-20"), ("--person", "no person")],
)
def test_a_filter_that_means_nothing_is_malformed(released: Station, words: tuple[str, str]) -> None:
    said = released.run("journal", "show", *words)

    assert said.status == 3


def test_an_export_is_verified_without_a_workstation(released: Station, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text(released.run("journal", "checkpoint").document["checkpoint"])

    said = released.run("journal", "export", "--out", str(tmp_path / "export"), "--ocsf")
    status, words = verified(tmp_path / "export", "--seal", released.seal, "--checkpoint", kept)

    assert said.status == 0
    assert status == 0, words
    assert (tmp_path / "export" / "ocsf.jsonl").read_bytes().count(b"\n") == said.document["stop"]
    last = released.entries()[-2]
    assert (last.kind.value, last.outcome.value) == ("journal.export", "done")
    assert last.payload["digest"] == said.document["sums"]


def test_a_part_is_exported_and_what_is_not_there_is_refused_and_put_on_record(
    released: Station, tmp_path: Path
) -> None:
    part = released.run("journal", "export", "--out", str(tmp_path / "part"), "--from", "5", "--to", "9")
    over = released.run("journal", "export", "--out", str(tmp_path / "part"))
    beyond = released.run("journal", "export", "--out", str(tmp_path / "beyond"), "--to", "100000")

    assert (part.status, over.status, beyond.status) == (0, 3, 6)
    assert verified(tmp_path / "part", "--seal", released.seal)[0] == 0
    assert not (tmp_path / "beyond").exists()
    ends = [
        entry.outcome.value
        for entry in released.entries()
        if entry.kind.value == "journal.export" and entry.ref
    ]
    assert ends == ["allowed", "done", "allowed", "failed", "allowed", "failed"]


def test_an_action_whose_end_nobody_knows_is_ended_in_the_open_at_the_next_start(admitted: Station) -> None:
    program = (
        "import os, signal, sys\n"
        "from workstation.console.main import main\n"
        "from workstation.gate import gate\n"
        "gate.run = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "sys.exit(main())\n"
    )
    killed = admitted.spawn("journal", "show", program=("-c", program))
    shown = admitted.run("journal", "show")

    assert killed.status == -9
    assert "HOW IT ENDED IS UNKNOWN" in shown.words
    (ended,) = [entry for entry in admitted.entries() if entry.rule == UNKNOWN_AFTER_CRASH]
    assert (ended.kind.value, ended.outcome.value) == ("journal.read", "failed")
    assert told(admitted.entries())[-1] != ("journal.read", "failed")


def pages(pdf: Path) -> str:
    """Return the text of a PDF, read by somebody else's program."""
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("pdftotext is not on this machine")
    return subprocess.run([reader, "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout


def test_the_auditors_report_shows_who_did_what_and_how_complete_it_is(
    released: Station, tmp_path: Path
) -> None:
    said = released.run(
        "journal", "report", "--out", str(tmp_path / "report.pdf"), "--seal", str(released.seal)
    )
    again = released.run("journal", "report", "--out", str(tmp_path / "report.pdf"))

    text = " ".join(pages(tmp_path / "report.pdf").split())
    assert (said.status, said.document["findings"], said.document["refusals"]) == (0, [], 2)
    assert again.status == 3
    for words in (
        "Built by Bob (p-bob), Ned (p-ned)",
        "Approved by Alice (p-alice), Carol (p-carol)",
        "Builder, approver and deployer are different people.",
        "Bob was REFUSED to countersign pkg:pypi/tidemark@1.1.",
        "The seals were verified with K_0",
        "AU-10",
        "10.3.2-10.3.4",
    ):
        assert words in text
    assert "does NOT verify" not in text


def test_a_report_without_the_seal_key_says_what_was_not_looked_at(released: Station, tmp_path: Path) -> None:
    released.run(
        "journal", "report", "--out", str(tmp_path / "report.pdf"), "--since", "2100-01-01T00:00:00Z"
    )

    text = " ".join(pages(tmp_path / "report.pdf").split())
    assert "The seals were NOT verified" in text
    assert text.count("None in this period.") == 5


def test_a_proof_of_one_entry_is_written_as_a_file_of_its_own(released: Station, tmp_path: Path) -> None:
    said = released.run("journal", "prove", "3", "--out", str(tmp_path / "3.tlog-proof"))
    again = released.run("journal", "prove", "3", "--out", str(tmp_path / "3.tlog-proof"))

    lines = (tmp_path / "3.tlog-proof").read_text().split("\n")
    assert (said.status, again.status) == (0, 3)
    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 3"]
    assert lines[2 : lines.index("")] == said.document["inclusion"]
