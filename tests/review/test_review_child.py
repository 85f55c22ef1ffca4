"""The locked child: it answers with the release diff, can do nothing else, and its death has a name."""

from __future__ import annotations

import os
import signal
import stat
from pathlib import Path

import pytest
from review.archives import diffed, raw_entry, raw_zip, wheel, zip_of

from workstation.console.progress import progress_line
from workstation.core.errors import Cancelled, Malformed, MediaError
from workstation.core.glimpse import Glimpse
from workstation.core.release_diff import ReviewVerdict
from workstation.process import frames
from workstation.process.child import Child
from workstation.process.sandbox import WallsUnavailable
from workstation.review.job import Job, Task, parse_job
from workstation.review.of_paths import diff_of_paths, named_files
from workstation.review.prepare import NamedFile, release_diff, standing_walls

OLD, NEW = "demo-1.0-py3-none-any.whl", "demo-1.1-py3-none-any.whl"
NO_SECCOMP = b"""
import ctypes
class Without(ctypes.CDLL):
    def __init__(self, name, *rest, **more):
        if name and "seccomp" in name:
            raise OSError(name)
        super().__init__(name, *rest, **more)
ctypes.CDLL = Without
"""
BEFORE = wheel("demo", "1.0", {"demo/a.py": b"x = 1\n"})
NOW = wheel("demo", "1.1", {"demo/a.py": b"x = 2\n", "demo.pth": b"import demo\n"})


def put(folder: Path, **files: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture
def releases(tmp_path: Path) -> tuple[Path, Path]:
    return put(tmp_path / "old", **{OLD: BEFORE}), put(tmp_path / "new", **{NEW: NOW})


def test_the_child_finds_what_this_process_would_find(releases: tuple[Path, Path]) -> None:
    found = diff_of_paths(*releases)

    assert found == diffed({OLD: BEFORE}, {NEW: NOW})
    assert found.verdict is ReviewVerdict.REVIEWABLE


def test_two_files_are_compared_whatever_they_are_called(tmp_path: Path) -> None:
    put(tmp_path, one=b"a\n", other=b"b\n")

    found = diff_of_paths(tmp_path / "one", tmp_path / "other")

    assert found.content_changed == ("other",)
    assert found.changes[0].old.path == "one"


def test_the_child_can_open_nothing_start_nothing_and_reach_nobody() -> None:
    walls = standing_walls()

    assert walls.refused == dict.fromkeys(
        ("open", "create", "socket", "fork", "execute", "trace", "memory"), True
    )
    assert walls.landlock_abi > 0


def test_a_hostile_archive_is_refused_not_raised(tmp_path: Path) -> None:
    entries = [(name, *raw_entry(name, b"one")) for name in (b"a", b"b")]
    put(tmp_path / "new", **{"bomb.zip": raw_zip(entries, offsets=[0, 0])})

    found = release_diff([], named_files(tmp_path / "new"))

    assert found.verdict is ReviewVerdict.REFUSED
    assert found.findings[0].path == "bomb.zip!/b"


def test_a_zip_name_in_an_old_code_page_is_read_behind_the_walls(tmp_path: Path) -> None:
    put(tmp_path / "new", **{"a.zip": raw_zip([(b"gr\x81n.txt", *raw_entry(b"gr\x81n.txt", b"x"))])})

    found = release_diff([], named_files(tmp_path / "new"))

    assert "a.zip!/gr\u00fcn.txt" in found.added


def test_a_review_that_takes_too_long_is_ended(releases: tuple[Path, Path]) -> None:
    with pytest.raises(Malformed, match="could not be reviewed within 0 seconds"):
        release_diff(named_files(releases[0]), named_files(releases[1]), seconds=0)


def test_a_child_that_dies_has_a_name(releases: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    class Dying(Child):
        """A child that gets killed as soon as it started, as by the memory of the machine."""

        def __init__(self, *arguments: object, **fields: object) -> None:
            super().__init__(*arguments, **fields)
            os.kill(self.pid, signal.SIGKILL)

    monkeypatch.setattr("workstation.review.prepare.Child", Dying)

    with pytest.raises(Malformed, match="the review child was ended by SIGKILL without an answer"):
        release_diff(named_files(releases[0]), named_files(releases[1]))


def test_a_machine_that_cannot_lock_the_child_says_which_wall(
    releases: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The real child, on a machine whose seccomp library cannot be found.
    monkeypatch.setenv(
        "PYTHONPATH", str(put(releases[0].parent / "site", **{"sitecustomize.py": NO_SECCOMP}))
    )

    with pytest.raises(WallsUnavailable, match=r"seccomp: libseccomp\.so\.2 is not on this machine"):
        release_diff(named_files(releases[0]), named_files(releases[1]))
    without = release_diff(named_files(releases[0]), named_files(releases[1]), unsafe_without_walls=True)
    assert without.verdict is ReviewVerdict.REVIEWABLE


def test_a_child_serves_one_job_and_ends(releases: tuple[Path, Path]) -> None:
    child = Child("workstation.review.child")

    answer = child.ask(Job(task=Task.SIGNERS).to_json(), seconds=30)

    assert answer["signers"] == []
    assert child.wait(30) == 0
    with pytest.raises(frames.PeerGone):
        child.ask(Job(task=Task.SIGNERS).to_json(), seconds=30)


def test_a_file_that_is_not_there_is_a_matter_of_the_medium(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="cannot be opened"):
        release_diff([], [NamedFile(name="a", path=tmp_path / "missing")])


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc/passwd")

    with pytest.raises(MediaError, match="cannot be opened"):
        release_diff([], [NamedFile(name="a", path=tmp_path / "link")])


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(MediaError, match="a regular file wanted"):
        release_diff([], [NamedFile(name="a", path=tmp_path / "pipe")])


@pytest.mark.parametrize("names", [["a!/b"], [""], ["a\nb"], ["a", "a"]])
def test_artifact_names_that_mislead_are_refused(tmp_path: Path, names: list[str]) -> None:
    put(tmp_path, a=b"x")

    with pytest.raises(Malformed):
        release_diff([], [NamedFile(name=name, path=tmp_path / "a") for name in names])


@pytest.mark.parametrize(
    "message",
    [
        {"task": "compare", "old": [], "new": [], "more": 1},
        {"task": "sign", "old": [], "new": []},
        {"task": "compare", "old": [1], "new": []},
        {"task": "compare", "old": ["a!/b"], "new": []},
        {"task": "compare", "old": ["a", "a"], "new": []},
        {},
    ],
)
def test_a_job_that_is_not_one_is_malformed(message: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        parse_job(message)


def test_the_artifacts_of_a_folder_are_named_by_their_path_in_it(tmp_path: Path) -> None:
    put(tmp_path / "sub", b=b"2")
    put(tmp_path, a=b"1")

    found = named_files(tmp_path)

    assert [file.name for file in found] == ["a", "sub/b"]


@pytest.mark.parametrize("kind", ["link", "folder link", "pipe"])
def test_a_folder_with_links_or_special_files_is_refused(tmp_path: Path, kind: str) -> None:
    match kind:
        case "link":
            (tmp_path / "x").symlink_to("/etc/passwd")
        case "folder link":
            (tmp_path / "x").symlink_to("/etc")
        case _:
            os.mkfifo(tmp_path / "x")

    with pytest.raises(MediaError, match="a file or folder wanted"):
        named_files(tmp_path)


def test_a_path_that_is_not_there_is_a_matter_of_the_medium(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="cannot be read"):
        named_files(tmp_path / "missing")


def test_a_review_writes_nothing(releases: tuple[Path, Path]) -> None:
    everything = lambda: {  # noqa: E731 (asked twice)
        path: (path.stat().st_mtime_ns, stat.S_IMODE(path.stat().st_mode))
        for path in releases[0].parent.rglob("*")
    }
    before = everything()

    diff_of_paths(*releases)

    assert everything() == before


def test_many_files_are_handed_over(tmp_path: Path) -> None:
    names = [f"{number:03}.txt" for number in range(120)]
    folder = put(tmp_path / "new", **dict.fromkeys(names, b"x"))

    found = release_diff([], named_files(folder))

    assert list(found.added) == names


def test_a_jar_in_a_zip_is_looked_into(tmp_path: Path) -> None:
    old = put(tmp_path / "old", **{"a.zip": zip_of({"lib/b.jar": zip_of({"C.class": b"\0one"})})})
    new = put(tmp_path / "new", **{"a.zip": zip_of({"lib/b.jar": zip_of({"C.class": b"\0two"})})})

    found = diff_of_paths(old, new)

    assert found.content_changed == ("a.zip!/lib/b.jar", "a.zip!/lib/b.jar!/C.class")


def test_a_folder_may_have_more_files_than_a_process_may_have_open(tmp_path: Path) -> None:
    names = [f"{number:04}.txt" for number in range(1500)]
    old = put(tmp_path / "old", **dict.fromkeys(names, b"x"))
    new = put(tmp_path / "new", **{**dict.fromkeys(names, b"x"), "0700.txt": b"y"})

    assert diff_of_paths(old, new).content_changed == ("0700.txt",)


def test_what_was_seen_is_shown_while_the_rest_is_walked(tmp_path: Path) -> None:
    texts = {f"{number:02}.txt": b"%d\n" % number * 200_000 for number in range(40)}
    old = put(tmp_path / "old", **texts)
    new = put(tmp_path / "new", **{**texts, "01.txt": b"new\n"})
    glimpses = list[Glimpse]()

    found = release_diff(named_files(old), named_files(new), watch=glimpses.append)

    paths = [path for one in glimpses for path in one.paths]
    first = next(one for one in glimpses if "01.txt" in one.changed)
    assert found.content_changed == ("01.txt",)
    assert sorted(paths) == sorted(texts)
    assert {path for one in glimpses for path in one.changed} == {"01.txt"}
    assert first.bytes_read < first.bytes_total
    assert [one.bytes_read for one in glimpses] == sorted(one.bytes_read for one in glimpses)


def test_the_first_findings_come_before_the_end(tmp_path: Path) -> None:
    new = put(tmp_path / "new", **{"a.zip": zip_of({"../x": b"1"}), "b.txt": b"line\n" * 8_000_000})
    glimpses = list[Glimpse]()

    release_diff([], named_files(new), watch=glimpses.append)

    first = next(one for one in glimpses if one.findings)
    assert first.findings[0].rule == "DIFF-NAME"
    assert first.bytes_read < first.bytes_total


def test_a_review_is_cancelled_at_any_moment(tmp_path: Path) -> None:
    new = put(tmp_path / "new", **{"b.txt": b"line\n" * 8_000_000})
    pids = list[int]()

    def watch(glimpse: Glimpse) -> None:
        pids.extend(children_of(os.getpid()))
        raise Cancelled("no more of it")

    with pytest.raises(Cancelled):
        release_diff([], named_files(new), watch=watch)
    assert pids
    assert not children_of(os.getpid()) & set(pids)


def children_of(pid: int) -> set[int]:
    return {int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"lend": [["old", 5]]}, "asked for a file that is not there"),
        ({"lend": [["elsewhere", 0]]}, "asked for a file that is not there"),
        ({"lend": [["new", -1]]}, "review child"),
        ({"lend": "all"}, "review child"),
        ({"seen": {"bytes": -1}}, "review child"),
        ({"changes": [{"kind": "added"}]}, "review child"),
        ({"changes": 5}, "review child"),
        ({"nothing": 1}, "gave no release diff"),
    ],
)
def test_a_child_taken_over_gets_no_other_file(
    releases: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, message: dict[str, object], words: str
) -> None:
    code = (
        f"import sys; from workstation.process import frames; frames.send_json(int(sys.argv[1]), {message!r})"
    )
    package = put(releases[0].parent / "site", **{"taken_over.py": (code + "\n").encode()})
    monkeypatch.setenv("PYTHONPATH", f"{package}:{Path(__file__).parents[2]}")
    monkeypatch.setattr("workstation.review.prepare._CHILD", "taken_over")

    with pytest.raises(Malformed, match=words):
        release_diff(named_files(releases[0]), named_files(releases[1]))


def test_an_endless_loop_is_ended_and_named(
    releases: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "import resource, signal\nresource.setrlimit(resource.RLIMIT_CPU, (1, 2))\nwhile True:\n    pass\n"
    package = put(releases[0].parent / "site", **{"looping.py": code.encode()})
    monkeypatch.setenv("PYTHONPATH", str(package))
    monkeypatch.setattr("workstation.review.prepare._CHILD", "looping")

    with pytest.raises(Malformed, match="more than 60 seconds of processor time"):
        release_diff(named_files(releases[0]), named_files(releases[1]))


NO_LANDLOCK = b"""
from workstation.process import sandbox
def absent(number, *arguments):
    raise sandbox.WallsUnavailable("landlock", "not in this kernel")
sandbox._landlock_call = absent
"""


def test_the_child_is_as_closed_without_landlock(
    releases: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The real child, on a kernel that does not know Landlock.
    package = put(releases[0].parent / "site", **{"sitecustomize.py": NO_LANDLOCK})
    monkeypatch.setenv("PYTHONPATH", f"{package}:{Path(__file__).parents[2]}")

    walls = standing_walls()
    found = diff_of_paths(*releases)

    assert walls.landlock_abi == 0
    assert set(walls.refused.values()) == {True}
    assert found == diffed({OLD: BEFORE}, {NEW: NOW})


def test_progress_is_one_line_with_bytes_and_entries() -> None:
    glimpse = Glimpse(bytes_read=1_500_000, bytes_total=3_000_000, entries=12)

    assert progress_line(glimpse) == " 50 %  1.5 of 3.0 MB, 12 entries"
