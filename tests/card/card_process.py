"""A virtual card in a virtual reader, in a process of its own: `python -m card.card_process PORT ROOT`.

It speaks vpcd's protocol (vsmartcard): over TCP, two bytes of length and a message; one of a single byte is
about power or asks for the ATR, any other is a command. The maker's root is written to ROOT. Each line on
standard input is done and then answered: `remove`, `insert`, `tries N`.
"""

from __future__ import annotations

import socket
import sys
import threading
import time
from pathlib import Path

from card.piv_card import ATR, PivCard
from card.piv_key import Maker
from cryptography.hazmat.primitives.serialization import Encoding

ASK_ATR = 4


class Inserted:
    """A card in the reader until it is removed."""

    def __init__(self, card: PivCard, port: int) -> None:
        self._card = card
        self._channel = _connected(port)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def remove(self) -> None:
        """Take it out."""
        self._channel.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._channel.close()
        self._card.reset()

    def _serve(self) -> None:
        while message := self._received():
            if len(message) > 1:
                self._send(self._card.answer(message))
            elif message[0] == ASK_ATR:
                self._send(ATR)
            else:
                self._card.reset()

    def _send(self, data: bytes) -> None:
        self._channel.sendall(len(data).to_bytes(2, "big") + data)

    def _received(self) -> bytes:
        length = self._exactly(2)
        return self._exactly(int.from_bytes(length, "big")) if length else b""

    def _exactly(self, count: int) -> bytes:
        found = b""
        while len(found) < count:
            part = self._channel.recv(count - len(found))
            # vpcd sends length and body apart: unacknowledged, the second waits for 40 ms.
            self._channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            if not part:
                return b""
            found += part
        return found


def _connected(port: int) -> socket.socket:
    for _ in range(200):
        try:
            channel = socket.create_connection(("127.0.0.1", port))
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return channel
    raise TimeoutError(f"no reader at port {port}")


def main() -> None:
    """Put a new card into the reader, and do as told."""
    port, maker = int(sys.argv[1]), Maker()
    Path(sys.argv[2]).write_bytes(maker.root.public_bytes(Encoding.PEM))
    card = PivCard(maker)
    inserted = Inserted(card, port)
    print("ready", flush=True)
    for line in sys.stdin:
        match line.split():
            case ["remove"]:
                inserted.remove()
            case ["insert"]:
                inserted = Inserted(card, port)
            case ["tries", number]:
                card.tries = int(number)
        print("done", flush=True)


if __name__ == "__main__":
    main()
