"""What a Debian package says of its files, held against them."""

from __future__ import annotations

import gzip
import hashlib
import lzma

import pytest
from review.archives import ar_of, refusals, tar_info, tar_of, walked

from workstation.review.ledger import Ledger

FILES = {"./usr/bin/x": b"program\n" * 50_000, "./etc/x.conf": b"a = 1\n"}


def sums(**changed: str) -> bytes:
    listed = {name[2:]: hashlib.md5(data).hexdigest() for name, data in FILES.items()} | changed
    return "".join(f"{digest}  {name}\n" for name, digest in listed.items()).encode()


def package(md5sums: bytes = b"", conffiles: bytes = b"/etc/x.conf\n") -> Ledger:
    control = {"./control": b"Package: x\n", "./conffiles": conffiles}
    control |= {"./md5sums": md5sums} if md5sums else {}
    link = tar_info("./usr/bin/y", type=b"1", linkname="./usr/bin/x")
    parts = [
        ("debian-binary", b"2.0\n"),
        (
            "control.tar.gz",
            gzip.compress(tar_of({name: data for name, data in control.items() if data}), mtime=0),
        ),
        ("data.tar.xz", lzma.compress(tar_of(FILES, link))),
    ]
    return walked("x_1.0_all.deb", ar_of(parts))


@pytest.mark.parametrize("md5sums", [b"", sums(), sums(**{"usr/bin/y": "0" * 32})])
def test_a_package_that_tells_the_truth_is_not_refused(md5sums: bytes) -> None:
    assert refusals(package(md5sums)) == []


@pytest.mark.parametrize("name", ["usr/bin/x", "etc/x.conf"])
def test_a_file_with_other_bytes_than_listed_refuses(name: str) -> None:
    ledger = package(sums(**{name: "0" * 32}))

    assert refusals(ledger) == ["its MD5 is another than md5sums says"]
    assert ledger.findings[0].path == f"x_1.0_all.deb!/data.tar.xz!/{name}"


def test_a_listed_file_that_is_not_there_refuses() -> None:
    assert refusals(package(sums(gone="0" * 32))) == ["md5sums lists it, and it is not there"]


@pytest.mark.parametrize("line", ["/etc/gone.conf", "etc/x.conf"])
def test_a_conffile_that_is_none_is_pointed_out(line: str) -> None:
    ledger = package(conffiles=f"/etc/x.conf\n{line}\nremove-on-upgrade /etc/old\n".encode())

    assert refusals(ledger) == []
    assert [one.rank for one in ledger.findings if "etc/old" in one.sentence] == []
    assert [one.rank for one in ledger.findings if line.removeprefix("/") in one.sentence] == [45]


def test_a_line_that_is_no_digest_is_pointed_out() -> None:
    ledger = package(sums() + b"hello\n")

    assert [(one.rank, one.path) for one in ledger.findings] == [
        (45, "x_1.0_all.deb!/control.tar.gz!/md5sums")
    ]
