"""Ways to strike at a workstation in the middle of something: at its lines of code, or at its system calls.

`lines`: of our own code. At each one the desk dies, alone or with its writer and its token worker, or
one of those two dies alone. `calls`: before or after a system call of desk, writer or token worker that
others can notice, which is every moment that makes a difference; all of them die, or, every other time,
the one that calls.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import traceback

from shell.station import TREE
from shell.striker import NEVER, Striker, counted

VICTIMS = (("desk",), ("writer", "worker", "desk"), ("writer",), ("worker",))


class Lines:
    """Counts the lines of ours that are executed, and strikes at one of them."""

    def __init__(self, at, strike):
        self.done, self._at, self._strike = 0, at, strike
        self._ours = tuple(str(TREE / name) for name in ("workstation", "hsm"))

    def __enter__(self):
        sys.settrace(self)

    def __exit__(self, *_error):
        sys.settrace(None)

    def __call__(self, frame, event, _argument):
        if not frame.f_code.co_filename.startswith(self._ours):
            return None
        if event == "line":
            self.done += 1
            if self.done == self._at:
                self._strike()
        return self


class ByLines:
    """Strikes at lines, each time somebody else. What is struck is `work(struck, say)`.

    `struck(desk)` is the context in which the work is done; `say` is that of `in_a_child`.
    """

    def __init__(self, _library):
        self.moments = 0

    def count(self, work):
        """Find out how many lines there are."""
        lines = Lines(NEVER, None)

        def counted_work(say):
            work(lambda _desk: lines, say)
            say({"moments": lines.done})

        self.moments = in_a_child(counted_work)["moments"]

    def strike(self, work, number, points):
        """Have it done, and struck at its share of the lines; return what was said."""
        at, victim = 1 + number * self.moments // points, VICTIMS[number % len(VICTIMS)]
        return in_a_child(lambda say: work(lambda desk: Lines(at, lambda: end(desk, victim)), say))


class ByCalls:
    """Strikes at system calls: in turn all there is, and the process that calls. See `ByLines`."""

    def __init__(self, library):
        self._striker, self.moments = Striker(library), 0

    def count(self, work):
        """Find out at how many of them others notice something."""
        self._struck(work, NEVER, group=True)

    def strike(self, work, number, points):
        """Have it done, and struck at its share of the calls; return what was said, and who was struck."""
        return self._struck(work, 1 + number * self.moments // points, group=number % 2 == 0)

    def _struck(self, work, at, *, group):
        found = {}

        def run(child):
            stops, pid = self._striker.strike(child, at, group=group)
            found.update(stops=stops, pid=pid)

        said = in_a_child(lambda say: work(lambda _desk: counted(), say), run)
        self.moments = self.moments or found["stops"]
        names = {said.get(name): name for name in ("writer", "desk")}
        return said | {"struck": names.get(found["pid"], "worker")}


WAYS = {"lines": ByLines, "calls": ByCalls}


def end(desk, victims):
    """Kill some of a workstation's processes; its own desk last, for that is who asks."""
    found = {
        "writer": desk.parts.journal._writer.pid,
        "worker": desk.parts.cards._worker.pid,
        "desk": os.getpid(),
    }
    for pid in filter(None, map(found.get, victims)):
        os.kill(pid, signal.SIGKILL)


def in_a_child(work, run=None):
    """Run `work(say)` in a forked child, itself or by `run(child)`; return what it said."""
    with tempfile.TemporaryFile("a+b", buffering=0) as said:

        def child():
            status = 1
            try:
                work(lambda words: said.write(json.dumps(words).encode() + b"\n"))
                status = 0
            except BaseException:  # noqa: BLE001 (said, and the child ends)
                traceback.print_exc()
            finally:
                os._exit(status)

        (run or in_a_fork)(child)
        said.seek(0)
        return {key: value for line in said for key, value in json.loads(line).items()}


def in_a_fork(child):
    """Run a child to its end."""
    pid = os.fork()
    if not pid:
        child()
    os.waitpid(pid, 0)
