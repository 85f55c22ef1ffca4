"""Any change a release diff can hold, for laws."""

from __future__ import annotations

from hypothesis import strategies as st
from sample_release import member

from workstation.core.release_diff import ChangeKind, FileChange, RowKind, TextRow

PATHS = st.text(min_size=1, max_size=30)


@st.composite
def text_rows(draw: st.DrawFn) -> TextRow:
    kind = draw(st.sampled_from([RowKind.ADDED, RowKind.REMOVED, RowKind.CONTEXT]))
    text = draw(st.text(max_size=90) | st.text(alphabet="ab", min_size=100, max_size=300))
    return TextRow(kind=kind, old=draw(st.integers(1, 999)), new=draw(st.integers(1, 999)), text=text)


def changes() -> st.SearchStrategy[FileChange]:
    return st.builds(
        lambda old, new, rows: FileChange(
            kind=ChangeKind.MOVED, old=member(old, old), new=member(new, new), rows=tuple(rows)
        ),
        PATHS,
        PATHS,
        st.lists(text_rows(), max_size=6),
    )
