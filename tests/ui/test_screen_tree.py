"""The tree of changed files: nothing is lost in it, and the riskiest stands first. No window."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st
from sample_release import member

from ui.files_tree import Branch, FilesTree
from ui.risk import RankedChange
from workstation.core.release_diff import ChangeKind, FileChange

PARTS = st.text(alphabet="ab-.\x00\x01\x02\x03\x04!", min_size=1, max_size=3)
PATHS = st.builds("".join, st.lists(PARTS | st.sampled_from(["/", "!/"]), min_size=1, max_size=7))
RANKS = st.integers(0, 100)


def ranked(path: str, rank: int = 0) -> RankedChange:
    return RankedChange(change=FileChange(kind=ChangeKind.ADDED, new=member(path, path)), rank=rank)


def tree_of(*paths: str | tuple[str, int]) -> FilesTree:
    """Return a tree over changes in the order given: the first is the riskiest."""
    return FilesTree.of([ranked(path) if isinstance(path, str) else ranked(*path) for path in paths])


def below(tree: FilesTree, branch: Branch) -> Iterator[Branch]:
    for best in tree.children(branch):
        child = tree.child(branch, best)
        yield child
        yield from below(tree, child)


def drawn(tree: FilesTree, branch: Branch | None = None, depth: int = 0) -> list[str]:
    """Every branch on a line, as far in as it lies deep."""
    branch = branch or tree.root()
    found: list[str] = []
    for best in tree.children(branch):
        child = tree.child(branch, best)
        found += ["  " * depth + child.label, *drawn(tree, child, depth + 1)]
    return found


def test_folders_stand_in_the_order_of_the_riskiest_change_in_them() -> None:
    tree = tree_of("src/b/risky.py", "docs/index.md", "src/a/calm.py", "src/b/calm.py")

    assert drawn(tree) == ["src", "  b", "    risky.py", "    calm.py", "  a/calm.py", "docs/index.md"]


def test_folders_that_hold_nothing_but_one_folder_are_one_line_with_it() -> None:
    tree = tree_of("a.tar.gz!/a-1.0/src/x.py", "a.tar.gz!/a-1.0/src/y.py")

    assert drawn(tree) == ["a.tar.gz!/a-1.0/src", "  x.py", "  y.py"]


def test_an_archive_is_one_branch_with_its_own_change() -> None:
    tree = tree_of("a.whl!/m/x.py", "a.whl", "a.whl!/m/y.py", "a-b.whl")
    archive = tree.child(tree.root(), 0)

    assert drawn(tree) == ["a.whl", "  m", "    x.py", "    y.py", "a-b.whl"]
    assert (archive.own, archive.inside) == (1, 2)


def test_a_folder_and_an_archive_of_one_name_lose_nothing() -> None:
    tree = tree_of("a/x", "a!/x", "a/x")

    found = sorted(one.own for one in below(tree, tree.root()) if one.own is not None)

    assert found == [0, 1, 2]


@given(st.lists(st.tuples(PATHS, RANKS), max_size=12))
def test_every_change_is_in_the_tree_once_and_the_way_to_it_leads_there(found: list[tuple[str, int]]) -> None:
    tree = tree_of(*found)

    places = sorted(one.own for one in below(tree, tree.root()) if one.own is not None)
    ends = [_at_the_end(tree, tree.way_to(place)).own for place in range(len(found))]

    assert places == list(range(len(found)))
    assert ends == places


@given(st.lists(PATHS, max_size=12, unique=True))
def test_no_branch_stands_before_a_riskier_one_and_none_is_empty(paths: list[str]) -> None:
    tree = tree_of(*paths)

    for branch in (tree.root(), *below(tree, tree.root())):
        inside = [child.best for child in (tree.child(branch, best) for best in tree.children(branch))]
        assert inside == sorted(inside)
        assert branch is not tree.root() or branch.inside == len(paths)


@given(st.lists(PATHS, min_size=1, max_size=12, unique=True))
def test_a_label_is_what_a_path_says_after_the_branch_above(paths: list[str]) -> None:
    tree = tree_of(*paths)

    for place, path in enumerate(paths):
        branch, said = tree.root(), list[str]()
        for best in tree.way_to(place):
            branch = tree.child(branch, best)
            said.append(branch.label)
        assert _joins(path, said)


@given(st.lists(PATHS, min_size=1, max_size=12, unique=True), st.data())
def test_a_filter_leaves_what_is_wanted_in_the_same_order(paths: list[str], data: st.DataObject) -> None:
    wanted = data.draw(st.lists(st.booleans(), min_size=len(paths), max_size=len(paths)))

    tree = tree_of(*paths).only(wanted)

    assert list(tree.in_order) == [place for place, kept in enumerate(wanted) if kept]
    assert sorted(one.own for one in below(tree, tree.root()) if one.own is not None) == list(tree.in_order)
    assert [place in tree for place in range(len(paths))] == wanted


def _at_the_end(tree: FilesTree, way: tuple[int, ...]) -> Branch:
    branch = tree.root()
    for best in way:
        assert best in tree.children(branch)
        branch = tree.child(branch, best)
    return branch


def _joins(path: str, labels: list[str]) -> bool:
    """Whether labels are a path cut at its separators."""
    if len(labels) == 1:
        return path == labels[0]
    rest = path.removeprefix(labels[0])
    return any(
        rest.startswith(separator) and _joins(rest.removeprefix(separator), labels[1:])
        for separator in ("!/", "/")
    )
