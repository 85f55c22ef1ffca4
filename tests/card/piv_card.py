"""A PIV card (SP 800-73-4) with the commands YubiKeys add, in memory. TEST ONLY: its secrets are none.

It answers one command APDU after another: SELECT, VERIFY, GET and PUT DATA, GENERAL AUTHENTICATE (with the
management key, and to sign), GENERATE, ATTEST, metadata; commands in chains and answers in parts.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final

from card.piv_key import CURVES, Maker, PivKey, attestation, made
from card.piv_tlv import tlv, values
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

ATR: Final = bytes.fromhex("3bfd1300008131fe158073c021c057597562694b657940")
PIN: Final = b"271828"
MANAGEMENT_KEY: Final = bytes.fromhex("010203040506070801020304050607080102030405060708")
SERIAL: Final = 4711
_PIV: Final = bytes.fromhex("a000000308")
_AES192: Final = 0x0A
_OBJECTS: Final = {0x9A: 0x5FC105, 0x9C: 0x5FC10A, 0x9D: 0x5FC10B, 0x9E: 0x5FC101, 0xF9: 0x5FFF01}
_PIN_POLICY: Final = {0x9C: 3, 0x9E: 1}

OK, SECURITY, BLOCKED, WRONG_DATA, NOT_FOUND, NO_REFERENCE, NO_INSTRUCTION = (
    0x9000, 0x6982, 0x6983, 0x6A80, 0x6A82, 0x6A88, 0x6D00,
)  # fmt: skip


class Refused(Exception):
    """The card answers with a status word that is no success."""

    def __init__(self, status: int) -> None:
        super().__init__(f"{status:04x}")
        self.status = status


class PivCard:
    """One card: keys and objects that last, and who is logged in until it is reset."""

    def __init__(
        self, maker: Maker, *, serial: int = SERIAL, version: tuple[int, int, int] = (5, 7, 1)
    ) -> None:
        self.serial, self.version = serial, version
        self.tries = self.tries_most = 3
        self.f9 = made(0x11, pin=1, touch=1)
        self.keys: dict[int, PivKey] = {}
        guid = serial.to_bytes(16, "big")
        self.objects = {
            # CHUID and CCC (SP 800-73-4 part 1, 3.1.2 and 3.1.1), as much as readers ask of them.
            0x5FC102: tlv(0x30, bytes(25)) + tlv(0x34, guid) + tlv(0x35, b"20521231") + tlv(0x3E) + tlv(0xFE),
            0x5FC107: tlv(0xF0, bytes.fromhex("a000000116ff02") + guid[:14]) + _capabilities(),
            _OBJECTS[0xF9]: tlv(0x70, maker.certify(self.f9)) + tlv(0x71, b"\0") + tlv(0xFE),
        }
        self.reset()

    def reset(self) -> None:
        """Forget who was logged in, as when power is taken away."""
        self._pin_given = self._pin_fresh = self._managed = False
        self._challenge = self._chained = self._rest = b""

    def answer(self, apdu: bytes) -> bytes:
        """Return the answer to a command, with its status word."""
        try:
            data, status = self._answered(apdu)
        except Refused as refused:
            data, status = b"", refused.status
        except (KeyError, ValueError, IndexError):
            data, status = b"", WRONG_DATA
        return data + status.to_bytes(2, "big")

    def _answered(self, apdu: bytes) -> tuple[bytes, int]:
        data, most, long = _body(apdu[4:])
        if apdu[1] == 0xC0:  # GET RESPONSE
            return self._parted(self._rest, most)
        self._chained, data = b"", self._chained + data
        if apdu[0] & 0x10:  # more of it follows
            self._chained = data
            return b"", OK
        found = self._performed(apdu[1], apdu[2], apdu[3], data)
        return (found, OK) if long else self._parted(found, most)

    def _parted(self, data: bytes, most: int) -> tuple[bytes, int]:
        self._rest = data[most:]
        return data[:most], (0x6100 | min(len(self._rest), 0xFF)) if self._rest else OK

    def _performed(self, instruction: int, p1: int, p2: int, data: bytes) -> bytes:
        fresh, self._pin_fresh = self._pin_fresh, False
        commands: dict[int, Callable[[], bytes]] = {
            0xA4: lambda: self._select(data),
            0x20: lambda: self._verify(p2, data),
            0xCB: lambda: self._get(data),
            0xDB: lambda: self._put(data),
            0x87: lambda: self._manage(data) if p2 == 0x9B else self._sign(p1, p2, data, fresh=fresh),
            0x47: lambda: self._generate(p2, data),
            0xF7: lambda: self._metadata(p2),
            0xF8: lambda: self.serial.to_bytes(4, "big"),
            0xF9: lambda: self._attest(p1),
            0xFD: lambda: bytes(self.version),
        }
        if instruction not in commands:
            raise Refused(NO_INSTRUCTION)
        return commands[instruction]()

    def _select(self, aid: bytes) -> bytes:
        if not aid.startswith(_PIV):
            raise Refused(NOT_FOUND)
        self._pin_given = self._managed = False
        return tlv(0x61, tlv(0x4F, bytes.fromhex("000010000100")), tlv(0x79, tlv(0x4F, _PIV)))

    def _verify(self, reference: int, data: bytes) -> bytes:
        if reference != 0x80:
            raise Refused(NO_REFERENCE)
        if not data and self._pin_given:
            return b""
        if data and self.tries and data == PIN.ljust(8, b"\xff"):
            self.tries, self._pin_given, self._pin_fresh = self.tries_most, True, True
            return b""
        if data:
            self.tries, self._pin_given = max(self.tries - 1, 0), False
        raise Refused(0x63C0 | self.tries if self.tries else BLOCKED)

    def _get(self, data: bytes) -> bytes:
        tag = int.from_bytes(values(data)[0x5C], "big")
        if tag == 0x7E:  # what applications there are, and that a PIN is one (SP 800-73-4 part 1, 3.3.2)
            return tlv(0x7E, tlv(0x4F, _PIV + bytes.fromhex("000010000100")), tlv(0x5F2F, b"\x40\x00"))
        if tag not in self.objects:
            raise Refused(NOT_FOUND)
        return tlv(0x53, self.objects[tag])

    def _put(self, data: bytes) -> bytes:
        self._refuse_unmanaged()
        found = values(data)
        self.objects[int.from_bytes(found[0x5C], "big")] = found[0x53]
        return b""

    def _manage(self, data: bytes) -> bytes:
        """Let the management key in, each side showing that it has it (SP 800-73-4 part 2, A.1)."""
        found = values(values(data)[0x7C])
        encryptor = Cipher(algorithms.AES(MANAGEMENT_KEY), modes.ECB()).encryptor()
        if found.get(0x80) == b"":
            self._challenge = os.urandom(16)
            return tlv(0x7C, tlv(0x80, encryptor.update(self._challenge)))
        if found[0x80] != self._challenge or not self._challenge:
            raise Refused(SECURITY)
        self._managed = True
        return tlv(0x7C, tlv(0x82, encryptor.update(found[0x81])))

    def _sign(self, algorithm: int, slot: int, data: bytes, *, fresh: bool) -> bytes:
        key = self.keys.get(slot)
        if key is None:
            raise Refused(NO_REFERENCE)
        if (
            (key.pin == 3 and not fresh)
            or (key.pin == 2 and not self._pin_given)
            or key.algorithm != algorithm
        ):
            raise Refused(SECURITY)
        return tlv(0x7C, tlv(0x82, key.sign(values(values(data)[0x7C])[0x81])))

    def _generate(self, slot: int, data: bytes) -> bytes:
        self._refuse_unmanaged()
        wanted = values(values(data)[0xAC])
        algorithm = wanted[0x80][0]
        if algorithm not in CURVES:
            raise Refused(WRONG_DATA)
        pin = wanted.get(0xAA, b"\0")[0] or _PIN_POLICY.get(slot, 2)
        key = made(algorithm, pin=pin, touch=wanted.get(0xAB, b"\0")[0] or 1)
        self.keys[slot] = key
        return tlv(0x7F49, key.public)

    def _metadata(self, slot: int) -> bytes:
        if slot == 0x80:
            return tlv(1, b"\xff") + tlv(5, b"\0") + tlv(6, bytes([self.tries_most, self.tries]))
        if slot == 0x9B:
            return tlv(1, bytes([_AES192])) + tlv(2, b"\0\1") + tlv(5, b"\1")
        key = self.keys.get(slot)
        if key is None:
            raise Refused(NO_REFERENCE)
        policy = bytes([key.pin, key.touch])
        return tlv(1, bytes([key.algorithm])) + tlv(2, policy) + tlv(3, b"\1") + tlv(4, key.public)

    def _attest(self, slot: int) -> bytes:
        key = self.keys.get(slot)
        if key is None:
            raise Refused(NO_REFERENCE)
        return attestation(key, self.f9, slot=slot, serial=self.serial, version=self.version)

    def _refuse_unmanaged(self) -> None:
        if not self._managed:
            raise Refused(SECURITY)


def _capabilities() -> bytes:
    return tlv(0xF1, b"\x21") + tlv(0xF2, b"\x21") + b"".join(tlv(tag) for tag in range(0xF3, 0xFF))


def _body(body: bytes) -> tuple[bytes, int, bool]:
    """Return the data of a command, the most bytes wanted, and whether its lengths are the long ones."""
    if not body or len(body) == 1:
        return b"", (body[0] if body else 0) or 256, False
    if body[0] == 0 and len(body) >= 3:
        count = int.from_bytes(body[1:3], "big")
        return (b"", 65536, True) if len(body) == 3 else (body[3 : 3 + count], 65536, True)
    count = body[0]
    most = body[1 + count] if len(body) > 1 + count else 0
    return body[1 : 1 + count], most or 256, False
