"""The page of a release diff: everything is on it, and nothing on it acts."""

# ruff: noqa: RUF001 (the signs inert text is spelled with)
from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st
from review.archives import diffed, raw_entry, raw_zip, tar_of

from workstation.core.release_diff import (
    ChangeKind,
    Evidence,
    Fact,
    FileChange,
    Finding,
    Member,
    MemberKind,
    NotInspected,
    ReleaseDiff,
)
from workstation.review.html import page
from workstation.review.html_parts import Section

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&\u202e"


TAGS = {
    *("html", "head", "meta", "title", "style", "body"),
    *("h1", "h2", "p", "code", "table", "tr", "td", "th", "div", "br", "details", "summary", "mark"),
}


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.attributes.update(name for name, _ in attrs)


def tags_of(text: str) -> Tags:
    tags = Tags()
    tags.feed(text)
    return tags


@given(st.text(st.characters(exclude_categories=["Cs"])) | st.just(HOSTILE))
def test_hostile_names_and_sentences_stay_text(hostile: str) -> None:
    member = Member(path=hostile, kind=MemberKind.LINK, target=hostile, owner=hostile)
    diff = ReleaseDiff(
        changes=(
            FileChange(
                kind=ChangeKind.ADDED, new=member, facts=(Fact(name=hostile, old=hostile, new=hostile),)
            ),
        ),
        findings=(
            Finding(
                rule="DIFF-X",
                rank=50,
                path=hostile,
                sentence=hostile,
                paths=(hostile, "b"),
                evidence=(Evidence(path=hostile, where=hostile, shown=hostile),),
            ),
        ),
        not_inspected=(NotInspected(path=hostile, why=hostile),),
    )

    tags = tags_of(page(diff, [Section(title=hostile, rows=((hostile,),), otherwise=hostile)]))

    assert tags.found <= TAGS
    assert tags.attributes <= {"lang", "charset", "http-equiv", "content", "class", "open"}


def test_the_page_holds_the_changed_lines_made_inert() -> None:
    found = page(diffed({"a.py": b"x = 1\n"}, {"a.py": "x = '<b>\u202e'\n".encode()}))

    text = html.unescape(re.sub(r"</?mark>", "", found))
    assert "x = '<b>‹U+202E›'" in text
    assert "x = 1" in text


def test_the_page_says_what_moved_from_where_to_where() -> None:
    found = page(diffed({"a.tar": tar_of({"here": b"x"})}, {"a.tar": tar_of({"there": b"x"})}))

    assert "moved" in found
    assert "a.tar!/here" in found
    assert "a.tar!/there" in found


def test_a_refused_release_says_so_first() -> None:
    refused = page(diffed({}, {"a.zip": raw_zip([(b"../x", *raw_entry(b"../x", b"y"))])}))

    assert refused.index("■ Refused") < refused.index("leads out of the archive")


def test_the_page_names_its_digest_and_what_could_not_be_inspected() -> None:
    diff = ReleaseDiff(not_inspected=(NotInspected(path="a.rpm", why="not opened"),))

    found = page(diff)

    assert diff.digest() in found
    assert "not opened" in found


def test_an_empty_diff_has_a_page_too() -> None:
    found = page(ReleaseDiff())

    assert "Nothing changed." in found
    assert "Everything was inspected." in found


def test_changed_words_are_marked_and_noise_is_folded() -> None:
    found = page(diffed({"a.py": b"limit = 10\n", "b.md": b"x"}, {"a.py": b"limit = 99\n", "b.md": b"y"}))

    assert "limit = <mark>99</mark>" in found
    assert "Folded: 1 kinds of noise, in 1 places" in found


def test_evidence_and_members_of_a_finding_can_be_opened() -> None:
    found = page(diffed({"a.py": b"x\n"}, {"a.py": b"import socket\n", "b.pth": b"import x\n"}))

    assert "evidence" in found
    assert '<td class="text">import socket</td>' in found


def test_every_element_that_opens_closes_again() -> None:
    release = {"a.tar": tar_of({"x.py": b"eval(x)\n", "b.pth": b"\xff\n", "c": b"\0" * 99})}

    found = page(diffed({}, release))

    strict = re.sub(r"<(?:meta[^>]*|br|!DOCTYPE html)>", "", found).replace("<details open>", "<details>")
    assert ET.fromstring(strict).find("body") is not None
