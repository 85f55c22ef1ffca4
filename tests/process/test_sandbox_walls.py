"""Each wall, seen from inside: what worked before it stands is refused after."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from workstation.process import sandbox
from workstation.process.sandbox import WallsUnavailable

ROOT = Path(__file__).parents[2]

PRELUDE = """
import errno, json, os, signal, socket, sys, threading
from pathlib import Path
from workstation.process import sandbox
from workstation.process.sandbox import confine_to, limit

def attempt(action):
    try:
        action()
    except OSError as error:
        return errno.errorcode[error.errno]
    except MemoryError:
        return "MemoryError"
    except RuntimeError as error:
        return str(error)
    return "done"

def fork():
    if (pid := os.fork()) == 0:
        os._exit(0)
    os.waitpid(pid, 0)

def spawn():
    os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)

def execute():
    os.execv("/nonexistent", ["x"])  # ENOENT where allowed, EPERM where not

def connect_tcp():
    with socket.socket() as caller:
        caller.connect(("127.0.0.1", 9))  # refused by the peer where allowed, by the kernel where not

def unix_pair():
    for end in socket.socketpair():
        end.close()

def thread():
    started = threading.Thread(target=lambda: None)
    started.start()
    started.join()

def tell(**answers):
    print(json.dumps(answers))

where = Path(sys.argv[1])
"""


def inside(script: str, where: Path) -> dict[str, str]:
    """Run `script` in a process of its own and return what it told."""
    done = subprocess.run(
        [sys.executable, "-c", PRELUDE + script, str(where)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_confined_process_opens_no_file_it_could_open_before(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")

    told = inside(
        """
read = lambda: (where / "secret").read_text()
before = attempt(read)
walls = confine_to()
tell(before=before, after=attempt(read), create=attempt(lambda: (where / "new").write_text("")),
     listing=attempt(lambda: os.listdir(where)), abi=str(walls.landlock_abi > 0), seccomp=str(walls.seccomp))
""",
        tmp_path,
    )

    assert told == {
        "before": "done",
        "after": "EACCES",
        "create": "EACCES",
        "listing": "EACCES",
        "abi": "True",
        "seccomp": "True",
    }


def test_a_confined_process_starts_no_process_but_may_start_a_thread(tmp_path: Path) -> None:
    told = inside(
        """
before = [attempt(f) for f in (fork, spawn, execute, thread)]
confine_to()
tell(before=before, after=[attempt(f) for f in (fork, spawn, execute, thread)])
""",
        tmp_path,
    )

    assert told == {
        "before": ["done", "done", "ENOENT", "done"],
        "after": ["EPERM", "EPERM", "EPERM", "done"],
    }


def test_a_confined_process_opens_no_socket(tmp_path: Path) -> None:
    told = inside(
        """
before = [attempt(f) for f in (connect_tcp, unix_pair)]
confine_to()
tell(before=before, after=[attempt(f) for f in (connect_tcp, unix_pair)])
""",
        tmp_path,
    )

    assert told == {"before": ["ECONNREFUSED", "done"], "after": ["EPERM", "EPERM"]}


def test_unix_sockets_alone_can_stay_open_and_then_tcp_is_still_refused(tmp_path: Path) -> None:
    told = inside(
        """
confine_to(deny_sockets=False)
tell(tcp=attempt(connect_tcp), unix=attempt(unix_pair), fork=attempt(fork))
""",
        tmp_path,
    )

    assert told == {"tcp": "EACCES", "unix": "done", "fork": "EPERM"}


def test_the_network_stays_open_when_asked_while_files_are_closed(tmp_path: Path) -> None:
    told = inside(
        """
confine_to(network=True)
tell(tcp=attempt(connect_tcp), files=attempt(lambda: os.listdir(where)))
""",
        tmp_path,
    )

    assert told == {"tcp": "ECONNREFUSED", "files": "EACCES"}


def test_processes_may_be_allowed_and_inherit_the_file_walls(tmp_path: Path) -> None:
    told = inside(
        """
confine_to(deny_processes=False, deny_sockets=False)
tell(fork=attempt(fork), execute=attempt(lambda: os.execv("/bin/true", ["true"])))
""",
        tmp_path,
    )

    assert told == {"fork": "done", "execute": "EACCES"}


def test_a_readable_path_can_be_read_and_never_written(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "file").write_text("x")
    (tmp_path / "beside").write_text("x")

    told = inside(
        """
confine_to(read=[where / "in", where / "missing"])
inner = where / "in" / "file"
tell(read=attempt(inner.read_text), write=attempt(lambda: inner.write_text("y")),
     delete=attempt(inner.unlink), beside=attempt((where / "beside").read_text))
""",
        tmp_path,
    )

    assert told == {"read": "done", "write": "EACCES", "delete": "EACCES", "beside": "EACCES"}


def test_a_single_file_can_be_opened_up(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("x")
    (tmp_path / "two").write_text("x")

    told = inside(
        """
confine_to(read=[where / "one"])
tell(one=attempt((where / "one").read_text), two=attempt((where / "two").read_text))
""",
        tmp_path,
    )

    assert told == {"one": "done", "two": "EACCES"}


def test_a_writable_path_can_be_read_written_and_moved_within_but_not_executed(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "run").write_text("#!/bin/true\n")
    (tmp_path / "out" / "run").chmod(0o755)

    told = inside(
        """
confine_to(write=[where / "out"], deny_processes=False)
out = where / "out"
tell(write=attempt(lambda: (out / "new").write_text("y")), read=attempt((out / "run").read_text),
     move=attempt(lambda: (out / "new").rename(out / "renamed")), folder=attempt((out / "deep").mkdir),
     beside=attempt(lambda: (where / "new").write_text("y")),
     execute=attempt(lambda: os.execv(out / "run", ["run"])))
""",
        tmp_path,
    )

    assert told == {
        "write": "done",
        "read": "done",
        "move": "done",
        "folder": "done",
        "beside": "EACCES",
        "execute": "EACCES",
    }


def test_a_file_opened_before_the_walls_stays_readable(tmp_path: Path) -> None:
    (tmp_path / "given").write_text("x")

    told = inside(
        """
fd = os.open(where / "given", os.O_RDONLY)
confine_to()
tell(content=os.read(fd, 10).decode())
""",
        tmp_path,
    )

    assert told == {"content": "x"}


def test_a_confined_process_signals_nobody_outside(tmp_path: Path) -> None:
    told = inside(
        """
before = attempt(lambda: os.kill(os.getppid(), 0))
confine_to()
tell(before=before, after=attempt(lambda: os.kill(os.getppid(), 0)))
""",
        tmp_path,
    )

    assert told == {"before": "done", "after": "EPERM"}


def test_limits_bound_memory_files_and_dumps(tmp_path: Path) -> None:
    told = inside(
        """
import resource
big = lambda: bytearray(600 << 20)
many = lambda: [os.dup(1) for _ in range(40)]
before = attempt(big)
limit(memory_bytes=400 << 20, cpu_seconds=30, open_files=16)
core = resource.getrlimit(resource.RLIMIT_CORE)
tell(before=before, memory=attempt(big), files=attempt(many), core=str(core))
""",
        tmp_path,
    )

    assert told == {"before": "done", "memory": "MemoryError", "files": "EMFILE", "core": "(0, 0)"}


def test_a_process_that_loops_is_ended_by_its_cpu_limit(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            PRELUDE + "limit(memory_bytes=1 << 30, cpu_seconds=1, open_files=16)\nwhile True: pass",
            str(tmp_path),
        ],
        cwd=ROOT,
        timeout=60,
        check=False,
    )

    assert done.returncode < 0


OLDER_KERNEL = """
real = sandbox._landlock_call
def older(number, *arguments):
    if number == 444 and arguments[-1] == 1:
        return {abi}
    return real(number, *arguments)
sandbox._landlock_call = older
"""


@pytest.mark.parametrize("abi", [1, 2, 3, 4, 5, 6])
def test_an_older_landlock_still_closes_files(tmp_path: Path, abi: int) -> None:
    (tmp_path / "out").mkdir()

    told = inside(
        OLDER_KERNEL.format(abi=abi)
        + """
walls = confine_to(write=[where / "out"], deny_sockets=False, deny_processes=False)
tell(abi=str(walls.landlock_abi), outside=attempt(lambda: os.listdir(where)),
     inside=attempt(lambda: (where / "out" / "f").write_text("")), tcp=attempt(connect_tcp))
""",
        tmp_path,
    )

    tcp = "EACCES" if abi >= 4 else "ECONNREFUSED"
    assert told == {"abi": str(abi), "outside": "EACCES", "inside": "done", "tcp": tcp}


NO_LANDLOCK = """
def absent(number, *arguments):
    raise sandbox.WallsUnavailable("landlock", "not in this kernel")
sandbox._landlock_call = absent
"""


def test_a_kernel_without_landlock_is_refused(tmp_path: Path) -> None:
    told = inside(
        NO_LANDLOCK
        + """
try:
    confine_to()
except sandbox.WallsUnavailable as error:
    tell(wall=error.wall, why=error.why)
""",
        tmp_path,
    )

    assert told == {"wall": "landlock", "why": "not in this kernel"}


def test_best_effort_says_what_stands_and_builds_the_rest(tmp_path: Path) -> None:
    told = inside(
        NO_LANDLOCK
        + """
walls = confine_to(best_effort=True)
tell(abi=walls.landlock_abi, seccomp=walls.seccomp, fork=attempt(fork))
""",
        tmp_path,
    )

    assert told == {"abi": 0, "seccomp": True, "fork": "EPERM"}


def test_a_machine_without_libseccomp_is_refused_unless_best_effort(tmp_path: Path) -> None:
    told = inside(
        """
def absent():
    raise sandbox.WallsUnavailable("seccomp", "missing")
sandbox._libseccomp = absent
try:
    confine_to(read=[Path("/")])
except sandbox.WallsUnavailable as error:
    refused = error.wall
walls = confine_to(read=[Path("/")], best_effort=True)
tell(refused=refused, seccomp=walls.seccomp, landlock=walls.landlock_abi > 0)
""",
        tmp_path,
    )

    assert told == {"refused": "seccomp", "seccomp": False, "landlock": True}


def test_a_kernel_call_that_fails_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(WallsUnavailable, match=r"landlock: call 444: Invalid argument"):
        sandbox._landlock_call(444, None, 0, 999)


CLOSED_FILES = """
(where / "given").write_text("x")
{before}
walls = confine_to(deny_files=True)
calls = dict(
    open=lambda: os.open(where / "given", os.O_RDONLY), create=lambda: (where / "new").write_text(""),
    delete=lambda: (where / "given").unlink(), move=lambda: (where / "given").rename(where / "b"),
    folder=lambda: (where / "d").mkdir(), link=lambda: (where / "l").symlink_to("x"),
    mode=lambda: (where / "given").chmod(0), shorten=lambda: os.truncate(where / "given", 0),
    socket=lambda: socket.socket(), fork=fork, execute=execute, signal=lambda: os.kill(os.getppid(), 0))
tell(abi=walls.landlock_abi > 0, **{{name: attempt(call) for name, call in calls.items()}})
"""


@pytest.mark.parametrize("landlock", [True, False])
def test_files_stay_closed_by_seccomp_alone(tmp_path: Path, landlock: bool) -> None:
    told = inside(CLOSED_FILES.format(before="" if landlock else NO_LANDLOCK), tmp_path)

    assert told.pop("abi") is landlock
    assert set(told.values()) == {"EPERM"}
    assert (tmp_path / "given").read_text() == "x"
    assert [path.name for path in tmp_path.iterdir()] == ["given"]


def test_a_file_opened_before_can_be_read_where_seccomp_closes_the_others(tmp_path: Path) -> None:
    (tmp_path / "given").write_text("x")

    told = inside(
        NO_LANDLOCK
        + """
fd = os.open(where / "given", os.O_RDONLY)
confine_to(deny_files=True)
tell(content=os.read(fd, 10).decode())
""",
        tmp_path,
    )

    assert told == {"content": "x"}


def test_without_libseccomp_a_kernel_with_landlock_alone_is_refused(tmp_path: Path) -> None:
    told = inside(
        """
def absent():
    raise sandbox.WallsUnavailable("seccomp", "missing")
sandbox._libseccomp = absent
try:
    confine_to(deny_files=True)
except sandbox.WallsUnavailable as error:
    tell(wall=error.wall)
""",
        tmp_path,
    )

    assert told == {"wall": "seccomp"}
