"""Somebody else's programs read what we write: another SQLCipher, another JSON, Go's own log packages."""

from __future__ import annotations

import base64
import json
import os
import random
import shutil
import string
import subprocess
from pathlib import Path

import apsw
import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st
from journal.harness_counts import count
from journal.journal_world import KEY, ORIGIN, TIME, boot
from journal.test_journal_export import STATION, public

from workstation.core.canonical import canonical, parse_canonical
from workstation.core.journal_export import key_line
from workstation.core.merkle import leaf_hash, root
from workstation.core.strict_json import MAX_INTEGER
from workstation.journal.failure import FailureName, JournalFailure
from workstation.journal.leaf_check import check_leaf_log
from workstation.journal.leaf_format import FRAME_BYTES, HEADER_BYTES
from workstation.journal.signing import checkpoint_note, station_signer

COUNT = 300
GO_PACKAGES = Path("/usr/share/gocode")
GO_PROGRAM = Path(__file__).with_name("second_reader.go")


@pytest.fixture
def closed(world):
    world.create(count=COUNT).close()
    return world


def other_sqlcipher(path, key):
    """Open the database with SQLite3 Multiple Ciphers, which shares no code with SQLCipher."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    for setting in ("cipher = 'sqlcipher'", "legacy = 4", f"key = \"x'{key.hex()}'\""):
        connection.execute(f"pragma {setting}")
    return connection


def test_another_implementation_of_the_cipher_reads_the_same_entries(closed):
    log = closed.open()
    bodies = list(log.bodies(0, COUNT + 1))
    log.close()

    connection = other_sqlcipher(closed.database, KEY)
    rows = list(connection.execute("select seq, leaf, body from entry order by seq"))
    checked = list(connection.execute("pragma integrity_check"))
    connection.close()

    assert [body for _, _, body in rows] == bodies
    assert [(seq, leaf) for seq, leaf, _ in rows] == [
        (seq, leaf_hash(body)) for seq, body in enumerate(bodies)
    ]
    assert checked == [("ok",)]


def test_another_implementation_does_not_read_it_with_another_key(closed):
    with pytest.raises(apsw.Error):
        list(other_sqlcipher(closed.database, bytes(32)).execute("select * from entry"))


def test_the_leaf_log_is_checked_without_any_key(closed):
    log = closed.open()
    head = log.head()
    log.close()

    found = check_leaf_log(closed.leaf_log)

    assert (found.size, found.root) == (head.size, head.root)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257])
def test_the_root_of_a_leaf_log_of_any_size_is_the_trees(world, size):
    log = world.create(count=size)
    leaves = [leaf_hash(body) for body in log.bodies(0, size + 1)]
    log.close()

    assert check_leaf_log(world.leaf_log).root == root(leaves)


def test_every_damage_to_a_leaf_log_is_told_without_any_key(closed):
    data = closed.leaf_log.read_bytes()

    told = set()
    for bit in range(HEADER_BYTES * 8, len(data) * 8, 641):
        turned = bytearray(data)
        turned[bit // 8] ^= 1 << bit % 8
        closed.leaf_log.write_bytes(turned)
        with pytest.raises(JournalFailure) as raised:
            check_leaf_log(closed.leaf_log)
        told.add(raised.value.name)

    assert told == {FailureName.DAMAGED}


@pytest.mark.parametrize("left", [HEADER_BYTES + FRAME_BYTES // 2, 0, 17])
def test_a_leaf_log_cut_within_a_frame_or_its_header_is_told(closed, left):
    closed.leaf_log.write_bytes(closed.leaf_log.read_bytes()[:left])

    with pytest.raises(JournalFailure):
        check_leaf_log(closed.leaf_log)


def test_frames_that_changed_places_are_told_and_a_missing_file_is(closed):
    data = bytearray(closed.leaf_log.read_bytes())
    first, second = (
        slice(HEADER_BYTES + FRAME_BYTES * at, HEADER_BYTES + FRAME_BYTES * (at + 1)) for at in (3, 4)
    )
    data[first], data[second] = data[second], data[first]
    closed.leaf_log.write_bytes(data)

    with pytest.raises(JournalFailure, match="found in place"):
        check_leaf_log(closed.leaf_log)
    closed.leaf_log.unlink()
    with pytest.raises(JournalFailure) as raised:
        check_leaf_log(closed.leaf_log)
    assert raised.value.name is FailureName.MISSING


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(string.printable), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=120, deadline=None)
@given(document=st.dictionaries(st.text(string.printable), JSON, max_size=5))
def test_our_canonical_form_is_the_librarys_and_is_read_back(document):
    found = canonical(document)

    assert found == rfc8785.dumps(document)
    assert parse_canonical(found, where="test") == document


def random_json(chance, depth=0):
    """Return a document of any shape our profile allows."""
    kind = chance.randrange(8 if depth < 5 else 5)
    if kind < 5:
        number, small = chance.randint(-MAX_INTEGER, MAX_INTEGER), chance.randint(-9, 9)
        return (None, chance.random() < 0.5, number, random_text(chance), small)[kind]
    if kind == 5:
        return [random_json(chance, depth + 1) for _ in range(chance.randrange(4))]
    return {ascii_key(chance): random_json(chance, depth + 1) for _ in range(chance.randrange(5))}


def random_text(chance):
    planes = (
        (0x20, 0x7F),
        (0x00, 0x20),
        (0x7F, 0x800),
        (0x800, 0xD800),
        (0xE000, 0x10000),
        (0x10000, 0x110000),
    )
    return "".join(chr(chance.randrange(*chance.choice(planes))) for _ in range(chance.randrange(12)))


def ascii_key(chance):
    return "".join(chr(chance.randrange(0x80)) for _ in range(chance.randrange(1, 9)))


def jcs(value):
    """Write canonical JSON as RFC 8785 says, a third way: sorted by UTF-16, escaped as section 3.2.2.2."""
    if isinstance(value, dict):
        items = sorted(value.items(), key=lambda item: item[0].encode("utf-16-be"))
        return "{" + ",".join(f"{jcs(name)}:{jcs(each)}" for name, each in items) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(jcs, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def test_random_documents_have_one_canonical_form_whoever_writes_it():
    chance = random.Random(8785)
    for _ in range(count(2_000, 200_000)):
        document = {ascii_key(chance): random_json(chance) for _ in range(chance.randrange(4))}
        found = canonical(document)
        assert found == rfc8785.dumps(document)
        assert found == jcs(document).encode()


@pytest.fixture(scope="module")
def go_reader(tmp_path_factory):
    """Build a reader from Go's own packages, as Debian ships them."""
    go = shutil.which("go")
    if go is None or not (GO_PACKAGES / "src/golang.org/x/mod/sumdb/note").is_dir():
        pytest.skip("Go and its x/mod packages (golang-go, golang-golang-x-mod-dev) are not on this machine")
    home = tmp_path_factory.mktemp("go")
    environment = os.environ | {
        "GO111MODULE": "off", "GOPATH": str(GO_PACKAGES), "GOCACHE": str(home / "cache"), "GOFLAGS": "",
    }  # fmt: skip
    subprocess.run([go, "build", "-o", home / "reader", GO_PROGRAM], check=True, env=environment, cwd=home)
    return home / "reader"


def read_by_go(reader, **said):
    """Ask the Go program whether a note, and the proofs under it, hold."""
    ended = subprocess.run(
        [reader], input=json.dumps(said), capture_output=True, text=True, check=False, timeout=60
    )
    return ended.returncode == 0, ended.stdout + ended.stderr


def asked_of_go(log, old, seq):
    head = log.head()
    (body,) = log.bodies(seq, seq + 1)
    at_old = root([leaf_hash(each) for each in log.bodies(0, old)])
    return {
        "key": key_line(station_signer(ORIGIN, public(STATION))),
        "note": checkpoint_note(log).decode(),
        "seq": seq,
        "leaf": encoded(leaf_hash(body)),
        "inclusion": [encoded(each) for each in log.tree.inclusion(seq, head.size)],
        "old": old,
        "oldRoot": encoded(at_old),
        "consistency": [encoded(each) for each in log.tree.consistency(old, head.size)],
    }


def encoded(data):
    return base64.b64encode(data).decode()


@pytest.mark.parametrize(
    ("size", "old", "seq"), [(1, 1, 0), (7, 4, 3), (64, 64, 63), (299, 128, 17), (300, 299, 299)]
)
def test_gos_own_packages_take_our_checkpoints_and_proofs(go_reader, world, size, old, seq):
    log = world.create(count=size - 1)

    held, said = read_by_go(go_reader, **asked_of_go(log, old, seq))

    log.close()
    assert held, said


@pytest.mark.parametrize("spoiled", ["leaf", "oldRoot", "inclusion", "consistency", "note"])
def test_gos_own_packages_refuse_what_we_would_refuse(go_reader, world, spoiled):
    log = world.create(count=41)
    asked = asked_of_go(log, 20, 17)
    log.append(boot(), TIME)
    other = asked_of_go(log, 21, 18)
    log.close()

    held, said = read_by_go(
        go_reader,
        **asked | {spoiled: other[spoiled].replace("42", "41") if spoiled == "note" else other[spoiled]},
    )

    assert not held, said
