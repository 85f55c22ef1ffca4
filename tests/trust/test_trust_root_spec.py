"""What docs/spec/trust-root.md gives a stranger to run, run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

SPEC = Path(__file__).parents[2] / "docs" / "spec" / "trust-root.md"


def test_a_stranger_reads_a_trust_root_with_the_script_in_the_spec(world, tmp_path):
    made = world.make()
    (tmp_path / "pinned.json").write_bytes(made.pinned_root)
    (script,) = re.findall(r"```python\n(.*?)```", SPEC.read_text("utf-8"), re.DOTALL)

    # -I: nothing of ours is within its reach.
    arguments = [str(world.directory), str(tmp_path / "pinned.json"), str(tmp_path / "scratch")]
    done = subprocess.run(
        [sys.executable, "-I", "-c", script, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert [Path(line).read_bytes() for line in done.stdout.split()] == [world.roster, world.policy]
