"""Verify an exported journal with nothing but Python: `python3 -I verify_export.py [options] [DIRECTORY]`.

This one file uses the standard library alone and shares no code with the workstation that made
the export. What it checks, and what it cannot, is said in VERIFY.txt beside it. Exit status: 0 when
everything holds, 1 when something does not, 2 for a wrong command line.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import re
import struct
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, NoReturn, cast

FRAME: Final = struct.Struct(">Q32s32s")
FRAME_BYTES: Final = FRAME.size + 8
ED25519, ECDSA_P256, COSIGNATURE = 1, 2, 4
SPKI_P256: Final = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
NAME: Final = re.compile(r"[!-*,-~]{1,200}", re.ASCII)
SIZE: Final = re.compile(r"0|[1-9][0-9]{0,15}", re.ASCII)


class Wrong(Exception):
    """Something does not hold: the export is not what a sound journal gave."""


class Key(NamedTuple):
    """A key that signs checkpoints (C2SP signed-note): name, four bytes of hint, kind, and its bytes."""

    name: str
    hint: bytes
    kind: int
    data: bytes


class Note(NamedTuple):
    """A checkpoint (C2SP tlog-checkpoint): what is signed, what it says, and its signature lines."""

    body: bytes
    origin: str
    size: int
    root: bytes
    lines: list[tuple[str, bytes]]


class Tree:
    """The right edge of an RFC 6962 tree: enough to add leaves and to know the root."""

    def __init__(self, size: int, peaks: list[bytes]) -> None:
        if len(peaks) != size.bit_count():
            raise Wrong(
                f"proofs.json: {len(peaks)} hashes found before entry {size}, {size.bit_count()} wanted"
            )
        self.size, self.peaks = size, peaks

    def add(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        level = self.size
        while level & 1:
            leaf = hashlib.sha256(b"\x01" + self.peaks.pop() + leaf).digest()
            level >>= 1
        self.peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """Return the root hash."""
        if not self.peaks:
            return hashlib.sha256(b"").digest()
        found = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            found = hashlib.sha256(b"\x01" + peak + found).digest()
        return found


# ── signatures ───────────────────────────────────────────────────────────────────────────────────

P: Final = 2**255 - 19
ORDER: Final = 2**252 + 27742317777372353535851937790883648493
D: Final = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int, int, int]


def ed_add(a: Point, b: Point) -> Point:
    """Add two points of edwards25519 (RFC 8032, section 5.1.4)."""
    one, two = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    three, four = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = two - one, four - three, four + three, two + one
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def ed_times(number: int, point: Point) -> Point:
    """Multiply a point by a number."""
    found: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            found = ed_add(found, point)
        point, number = ed_add(point, point), number >> 1
    return found


def ed_point(data: bytes) -> Point | None:
    """Return the point in 32 bytes, or None (RFC 8032, section 5.1.3)."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (not x and sign):
        return None
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


ED_BASE: Final = ed_point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def ed25519_verifies(key: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether an Ed25519 signature holds (RFC 8032, section 5.1.7)."""
    if len(key) != 32 or len(signature) != 64 or ED_BASE is None:
        return False
    public, shown = ed_point(key), ed_point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if public is None or shown is None or s >= ORDER:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    left, right = ed_times(s, ED_BASE), ed_add(shown, ed_times(k, public))
    return not (
        (left[0] * right[2] - right[0] * left[2]) % P or (left[1] * right[2] - right[1] * left[2]) % P
    )


Q: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
N: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B: Final = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
BASE: Final = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
Affine = tuple[int, int] | None


def ec_add(a: Affine, b: Affine) -> Affine:
    """Add two points of P-256 (SEC 1, section 2.2.1)."""
    if a is None or b is None:
        return a or b
    if a[0] == b[0] and (a[1] + b[1]) % Q == 0:
        return None
    slope = (
        (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, Q) if a == b else (b[1] - a[1]) * pow(b[0] - a[0], -1, Q)
    )
    x = (slope * slope - a[0] - b[0]) % Q
    return (x, (slope * (a[0] - x) - a[1]) % Q)


def ec_times(number: int, point: Affine) -> Affine:
    """Multiply a point by a number."""
    found: Affine = None
    while number:
        if number & 1:
            found = ec_add(found, point)
        point, number = ec_add(point, point), number >> 1
    return found


def der_numbers(data: bytes) -> tuple[int, int] | None:
    """Return r and s of a DER signature (RFC 3279, section 2.2.3), or None for any other spelling."""
    if len(data) < 2 or data[0] != 0x30 or data[1] != len(data) - 2 or data[1] > 127:
        return None
    at = 2
    found: list[int] = []
    while at + 2 <= len(data) and data[at] == 2:
        number = data[at + 2 : at + 2 + data[at + 1]]
        if not number or len(number) != data[at + 1] or number[0] > 127:
            return None
        if len(number) > 1 and not number[0] and number[1] < 128:
            return None
        found.append(int.from_bytes(number))
        at += 2 + len(number)
    return (found[0], found[1]) if len(found) == 2 and at == len(data) else None


def p256_verifies(spki: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether an ECDSA P-256 signature over SHA-256 holds (FIPS 186-5, section 6.4.2)."""
    numbers = der_numbers(signature)
    if numbers is None or spki[:-64] != SPKI_P256 + b"\x04":
        return False
    x, y = int.from_bytes(spki[-64:-32]), int.from_bytes(spki[-32:])
    (r, s), inside = numbers, x < Q and y < Q and (y * y - x * x * x + 3 * x - B) % Q == 0
    if not inside or not (0 < r < N and 0 < s < N):
        return False
    e, w = int.from_bytes(hashlib.sha256(message).digest()), pow(s, -1, N)
    found = ec_add(ec_times(e * w % N, BASE), ec_times(r * w % N, (x, y)))
    return found is not None and found[0] % N == r


def signature_holds(key: Key, body: bytes, signature: bytes) -> bool:
    """Say whether one signature line holds over a checkpoint."""
    if key.kind == ED25519:
        return ed25519_verifies(key.data, body, signature)
    if key.kind == ECDSA_P256:
        return p256_verifies(key.data, body, signature)
    seconds = int.from_bytes(signature[:8])
    cosigned = f"cosignature/v1\ntime {seconds}\n".encode() + body
    return ed25519_verifies(key.data, cosigned, signature[8:])


# ── reading ──────────────────────────────────────────────────────────────────────────────────────


def unbase64(text: str, where: str) -> bytes:
    """Return the bytes of standard base64, in its one spelling."""
    try:
        found = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Wrong(f"{where}: base64 wanted") from error
    if base64.b64encode(found).decode() != text:
        raise Wrong(f"{where}: another spelling of base64 found")
    return found


def read_json(data: bytes, where: str) -> dict[str, Any]:
    """Return a JSON object without repeated names or numbers with a fraction."""

    def unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise Wrong(f"{where}: a name stands twice in one object")
        return dict(pairs)

    def refused(text: str) -> NoReturn:
        raise Wrong(f"{where}: {text} is not a whole number")

    try:
        found: Any = json.loads(
            data.decode(), object_pairs_hook=unrepeated, parse_float=refused, parse_constant=refused
        )
    except ValueError as error:
        raise Wrong(f"{where}: {error}") from error
    if not isinstance(found, dict):
        raise Wrong(f"{where}: an object wanted")
    return cast("dict[str, Any]", found)


def read_note(data: bytes, where: str) -> Note:
    """Return a checkpoint in its one spelling; nobody has looked at its signatures yet."""
    body, blank, rest = data.partition(b"\n\n")
    try:
        lines, signatures = body.decode().split("\n"), rest.decode().split("\n")
    except ValueError as error:
        raise Wrong(f"{where}: {error}") from error
    if not blank or len(lines) < 3 or "" in lines or signatures.pop() or not all(signatures):
        raise Wrong(f"{where}: not a signed note")
    origin, size, root = lines[:3]
    if not NAME.fullmatch(origin) or not SIZE.fullmatch(size):
        raise Wrong(f"{where}: no origin and size")
    found = Note(
        body + b"\n",
        origin,
        int(size),
        unbase64(root, where),
        [read_line(line, where) for line in signatures],
    )
    if len(found.root) != 32 or len({(name, blob[:4]) for name, blob in found.lines}) != len(found.lines):
        raise Wrong(f"{where}: a root hash and one line from each key wanted")
    return found


def read_line(line: str, where: str) -> tuple[str, bytes]:
    """Return the name and the bytes of one signature line."""
    dash, _, rest = line.partition(" ")
    name, _, text = rest.partition(" ")
    if dash != "\N{EM DASH}" or not NAME.fullmatch(name):
        raise Wrong(f"{where}: not a signature line")
    return name, unbase64(text, where)


def read_key(line: str, where: str) -> Key:
    """Return the key in a line `name+hint+base64` (C2SP signed-note, "Verifier keys")."""
    parts = line.split("+", 2)
    if len(parts) != 3 or not NAME.fullmatch(parts[0]):
        raise Wrong(f"{where}: name+hint+key wanted")
    data = unbase64(parts[2], where)
    kind, key = data[:1], data[1:]
    named = key if kind == bytes([ECDSA_P256]) else parts[0].encode() + b"\n" + data
    hint = hashlib.sha256(named).digest()[:4]
    if kind not in {bytes([each]) for each in (ED25519, ECDSA_P256, COSIGNATURE)} or hint.hex() != parts[1]:
        raise Wrong(f"{where}: the hint does not belong to the key")
    return Key(parts[0], hint, kind[0], key)


def read_frames(data: bytes, start: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield leaf hash and seal of each frame of the leaf log's slice."""
    if len(data) % FRAME_BYTES:
        raise Wrong("leaf.log: it ends within a frame")
    for number, at in enumerate(range(0, len(data), FRAME_BYTES), start):
        frame = data[at : at + FRAME.size]
        if hashlib.sha256(b"\x03" + frame).digest()[:8] != data[at + FRAME.size : at + FRAME_BYTES]:
            raise Wrong(f"leaf.log: frame {number} is damaged")
        seq, leaf, seal = FRAME.unpack(frame)
        if seq != number:
            raise Wrong(f"leaf.log: frame {seq} found where {number} was wanted")
        yield leaf, seal


# ── verifying ────────────────────────────────────────────────────────────────────────────────────


def signers_of(note: Note, keys: Sequence[Key], where: str) -> list[Key]:
    """Return whose signatures hold; raises Wrong when a known key's does not, or no known key signed."""
    found: list[Key] = []
    for name, blob in note.lines:
        for key in keys:
            if (key.name, key.hint) == (name, blob[:4]):
                if not signature_holds(key, note.body, blob[4:]):
                    raise Wrong(f"{where}: the signature of {name} does not hold")
                found.append(key)
    if not found:
        raise Wrong(f"{where}: no known key signed it")
    return found


def consistency_holds(old: int, new: int, roots: tuple[bytes, bytes], proof: Sequence[bytes]) -> bool:
    """Say whether the tree of `new` leaves begins with that of `old` (RFC 9162, section 2.1.4.2)."""
    if old == new:
        return not proof and roots[0] == roots[1]
    path = [roots[0], *proof] if old & (old - 1) == 0 else list(proof)
    index, last = old - 1, new - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    if not proof or old <= 0:
        return False
    first = second = path[0]
    for each in path[1:]:
        if not last:
            return False
        if index & 1 or index == last:
            first, second = (hashlib.sha256(b"\x01" + each + one).digest() for one in (first, second))
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            second = hashlib.sha256(b"\x01" + second + each).digest()
        index, last = index >> 1, last >> 1
    return not last and (first, second) == roots


def inclusion_holds(leaf: bytes, index: int, note: Note, proof: Sequence[bytes]) -> bool:
    """Say whether a leaf stands at its index under a checkpoint (RFC 9162, section 2.1.3.2)."""
    last, found = note.size - 1, leaf
    if index > last:
        return False
    for each in proof:
        if not last:
            return False
        if index & 1 or index == last:
            found = hashlib.sha256(b"\x01" + each + found).digest()
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            found = hashlib.sha256(b"\x01" + found + each).digest()
        index, last = index >> 1, last >> 1
    return not last and found == note.root


class Export:
    """One export, read and held against itself and against what was kept elsewhere."""

    def __init__(self, directory: Path, outside: Sequence[Note]) -> None:
        self.directory, self.outside = directory, outside
        self.said = read_json(self._bytes("proofs.json"), "proofs.json")
        if self.said.keys() != {"origin", "start", "stop", "before", "after"}:
            raise Wrong("proofs.json: origin, start, stop, before and after wanted")
        self.start, self.stop = int(self.said["start"]), int(self.said["stop"])
        self.bodies = self._bytes("entries.jsonl").split(b"\n")
        if self.bodies.pop() or len(self.bodies) != self.stop - self.start:
            raise Wrong(f"entries.jsonl: {self.stop - self.start} lines wanted")
        self.note = read_note(self._bytes("checkpoint"), "checkpoint")
        if self.said["origin"] != self.note.origin:
            raise Wrong(f"checkpoint: of {self.note.origin} found, of {self.said['origin']} wanted")
        self.keys = [read_key(line, "keys.txt") for line in self._bytes("keys.txt").decode().splitlines()]
        self.entries: list[dict[str, Any]] = []
        self.leaves: list[bytes] = []
        self.seals: list[bytes] = []
        self.roots: dict[int, bytes] = {}
        self.kept_notes: dict[int, Note] = {}

    def verify(self) -> None:
        """Check everything that can be checked from the export alone."""
        self._verify_sums()
        self._verify_entries()
        self._verify_beside()
        self._read_kept_notes()
        self._grow_tree()
        self._verify_genesis()
        signers_of(self.note, self.keys, "checkpoint")
        after = [unbase64(text, "proofs.json: after") for text in self.said["after"]]
        if not consistency_holds(self.stop, self.note.size, (self.roots[self.stop], self.note.root), after):
            raise Wrong("checkpoint: the entries do not lead to its root")
        self._verify_kept_notes()
        for path in sorted(self.directory.glob("proofs/*.tlog-proof")):
            self._verify_proof(path)

    def verify_seals(self, first: bytes) -> None:
        """Check every seal, given K_0, which is kept away from the workstation."""
        if (
            self.start == 0
            and self.entries[0]["payload"].get("seal") != hashlib.sha256(b"\x04" + first).hexdigest()
        ):
            raise Wrong("K_0: it is not the one entry 0 names")
        key = first
        for number in range(self.stop):
            if number >= self.start:
                at = number - self.start
                if hmac.digest(key, number.to_bytes(8, "big") + self.leaves[at], "sha256") != self.seals[at]:
                    raise Wrong(f"entry {number}: its seal was not made when it was written")
            key = hashlib.sha256(b"\x02" + key).digest()

    def verify_outside(self) -> None:
        """Check the checkpoints that were kept elsewhere: history must go through each."""
        for note in self.outside:
            where = f"the checkpoint of {note.size} entries kept elsewhere"
            signers_of(note, self.keys, where)
            if note.size > self.note.size:
                raise Wrong(f"{where}: this journal has {self.note.size}: entries are gone")
            known = self.note.root if note.size == self.note.size else self.roots.get(note.size)
            if known is None:
                raise Wrong(f"{where}: outside of this export, {self.start} to {self.stop}")
            if note.origin != self.note.origin or known != note.root:
                raise Wrong(f"{where}: this history does not go through it")

    def _bytes(self, name: str) -> bytes:
        try:
            return (self.directory / name).read_bytes()
        except OSError as error:
            raise Wrong(f"{name}: {error.strerror}") from error

    def _verify_sums(self) -> None:
        for line in self._bytes("SHA256SUMS").decode().splitlines():
            digest, _, name = line.partition("  ")
            if hashlib.sha256(self._bytes(name)).hexdigest() != digest:
                raise Wrong(f"{name}: not the bytes that were exported")

    def _verify_entries(self) -> None:
        frames = list(read_frames(self._bytes("leaf.log"), self.start))
        if len(frames) != len(self.bodies):
            raise Wrong(f"leaf.log: {len(frames)} frames found, {len(self.bodies)} wanted")
        before: str | None = None if self.start else "0" * 64
        for seq, (body, (leaf, seal)) in enumerate(zip(self.bodies, frames, strict=True), self.start):
            entry = read_json(body, f"entry {seq}")
            if hashlib.sha256(b"\x00" + body).digest() != leaf:
                raise Wrong(f"entry {seq}: its bytes are not the ones in the leaf log")
            place = (entry.get("v"), entry.get("seq"), entry.get("log"))
            if place != (1, seq, self.note.origin) or before not in {None, entry.get("prev")}:
                raise Wrong(f"entry {seq}: it does not follow the entry before it")
            before = leaf.hex()
            self.entries.append(entry)
            self.leaves.append(leaf)
            self.seals.append(seal)

    def _verify_beside(self) -> None:
        *lines, rest = self._bytes("beside.jsonl").split(b"\n")
        if rest:
            raise Wrong("beside.jsonl: it does not end with a line")
        for line in lines:
            said = read_json(line, "beside.jsonl")
            seq, name, text = int(said["seq"]), str(said["name"]), str(said["text"])
            salt = bytes.fromhex(said["salt"])
            where = f"beside.jsonl: the {name} of entry {seq}"
            if not self.start <= seq < self.stop:
                raise Wrong(f"{where}: outside of this export")
            hashed = hashlib.sha256(b"\x07" + salt + text.encode()).hexdigest()
            if (
                salt.hex() != said["salt"]
                or self.entries[seq - self.start].get("beside", {}).get(name) != hashed
            ):
                raise Wrong(f"{where}: not the text it was written with")

    def _grow_tree(self) -> None:
        kept = [note.size for note in self.kept_notes.values()]
        wanted = {self.start, self.stop, *kept, *(note.size for note in self.outside)}
        tree = Tree(self.start, [unbase64(text, "proofs.json: before") for text in self.said["before"]])
        for leaf in [*self.leaves, None]:
            if tree.size in wanted:
                self.roots[tree.size] = tree.root()
            if leaf is not None:
                tree.add(leaf)

    def _verify_genesis(self) -> None:
        if self.start or not self.entries:
            return
        stations = [
            key.data.hex() for key in self.keys if key.kind == ED25519 and key.name == self.note.origin
        ]
        said = self.entries[0].get("payload", {}).get("station")
        if self.entries[0].get("kind") != "journal.genesis" or said not in stations:
            raise Wrong("entry 0: it does not begin a journal of the station in keys.txt")

    def _read_kept_notes(self) -> None:
        for entry in self.entries:
            text = entry["payload"].get("note")
            if isinstance(text, str) and entry["kind"] == "journal.checkpoint":
                self.kept_notes[entry["seq"]] = read_note(
                    text.encode(), f"the checkpoint in entry {entry['seq']}"
                )

    def _verify_kept_notes(self) -> None:
        for seq, note in self.kept_notes.items():
            where = f"the checkpoint in entry {seq}"
            signed = {key.name for key in signers_of(note, self.keys, where)}
            card = self._card_of(self.entries[seq - self.start])
            if note.origin not in signed or (card is not None and card not in signed):
                raise Wrong(f"{where}: it is not signed by the station, and by the card that countersigned")
            if note.size >= self.start and self.roots[note.size] != note.root:
                raise Wrong(f"{where}: it is not of this history")

    def _card_of(self, kept: dict[str, Any]) -> str | None:
        """Return the name of the known card a checkpoint was signed with, if one countersigned then."""
        allowed = kept["ref"] if kept["payload"].get("cause") == "countersign" else None
        if allowed is None or allowed < self.start:
            return None
        name = f"card/{self.entries[allowed - self.start]['actor']['key'][:16]}"
        return name if name in {key.name for key in self.keys} else None

    def _verify_proof(self, path: Path) -> None:
        head, blank, data = path.read_bytes().partition(b"\n\n")
        first, index, *hashes = head.decode().split("\n")
        seq, note = int(index.removeprefix("index ")), read_note(data, path.name)
        signers_of(note, self.keys, path.name)
        proof = [unbase64(text, path.name) for text in hashes]
        if not blank or first != "c2sp.org/tlog-proof@v1" or not self.start <= seq < self.stop:
            raise Wrong(f"{path.name}: not a proof of an entry in this export")
        if not inclusion_holds(self.leaves[seq - self.start], seq, note, proof):
            raise Wrong(f"{path.name}: the proof does not lead to the checkpoint's root")


def main(arguments: Sequence[str]) -> int:
    """Verify, and say what was found."""
    words = argparse.ArgumentParser(description="Verify an exported journal.")
    words.add_argument("directory", nargs="?", default=Path(__file__).parent, type=Path)
    words.add_argument(
        "--seal", type=Path, metavar="FILE", help="K_0 (32 bytes), kept since the commissioning"
    )
    words.add_argument(
        "--checkpoint", type=Path, action="append", default=[], metavar="FILE", help="one kept elsewhere"
    )
    words.add_argument("--keys", type=Path, metavar="FILE", help="the keys you trust, instead of keys.txt")
    asked = words.parse_args(arguments)
    try:
        export = Export(
            asked.directory, [read_note(path.read_bytes(), str(path)) for path in asked.checkpoint]
        )
        if asked.keys is not None:
            export.keys = [read_key(line, str(asked.keys)) for line in asked.keys.read_text().splitlines()]
        export.verify()
        if asked.seal is not None:
            export.verify_seals(asked.seal.read_bytes())
        export.verify_outside()
    except (Wrong, OSError, KeyError, TypeError, ValueError) as error:
        print(
            f"DOES NOT HOLD: {type(error).__name__ if not isinstance(error, Wrong) else ''} {error}".replace(
                "  ", " "
            )
        )
        return 1
    tell(export, asked)
    return 0


def tell(export: Export, asked: argparse.Namespace) -> None:
    """Say what holds, and what nobody has looked at."""
    count, last = export.stop - export.start, export.stop - 1
    print(f"HOLDS: {count} entries, {export.start} to {last}, of {export.note.origin}")
    print(f"  tree of {export.note.size} entries, root {export.note.root.hex()}")
    print(f"  signed by {', '.join(key.name for key in signers_of(export.note, export.keys, 'checkpoint'))}")
    if asked.keys is None:
        print("  NOT CHECKED: whose the keys in keys.txt are; compare them, or give your own with --keys")
    if asked.seal is None:
        print("  NOT CHECKED: the seals, for want of K_0 (--seal)")
    if not asked.checkpoint:
        print(
            "  NOT CHECKED: whether history goes on, for want of a checkpoint kept elsewhere (--checkpoint)"
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
