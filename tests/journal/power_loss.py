"""What a disk may hold after the power went: states made from a record of every call.

What was synced is there. Of what was not, any write may be missing, whole or in part by sectors,
in any order; a name that was made or removed may not be, until its directory was synced.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

SECTOR = 512


@dataclass(slots=True)
class File:
    """One file: what is surely on the disk, and what was done to it since."""

    durable: bytearray = field(default_factory=bytearray)
    pending: list = field(default_factory=list)


@dataclass(slots=True)
class Disk:
    """The files by name as a running program sees them, and the names as they surely are."""

    files: dict = field(default_factory=dict)
    names: dict = field(default_factory=dict)
    acknowledged: int = 0

    def after(self, call):
        """Take one more call."""
        match call.what:
            case "M":
                self.acknowledged = int(call.name)
            case "C":
                self.files[call.name] = File()
            case "U":
                del self.files[call.name]
            case "F" if call.name == ".":
                self.names = dict(self.files)
            case "F":
                file = self.files[call.name]
                for pending in file.pending:
                    apply(file.durable, pending)
                file.pending.clear()
            case "W" | "T":
                self.files[call.name].pending.append(call)
            case _:
                raise ValueError(call.what)

    def state(self, chance):
        """Return one thing the disk may hold now: bytes by name."""
        names = dict(self.names)
        for name in {*self.names, *self.files}:
            # A change to a name is made durable alone, in any order with others.
            if self.names.get(name) is not self.files.get(name) and chance.random() < chance.choice(
                (0, 0.5, 1)
            ):
                names.pop(name, None)
                if name in self.files:
                    names[name] = self.files[name]
        how = chance.choice((_nothing, _everything, _prefix, _some, _torn))
        return {name: bytes(how(file, chance)) for name, file in names.items()}


def apply(data, call):
    """Do one write or cut to the bytes of a file."""
    if call.what == "T":
        data[call.at :] = bytes(max(0, call.at - len(data)))
        return
    data.extend(bytes(max(0, call.at - len(data))))
    data[call.at : call.at + len(call.data)] = call.data


def _nothing(file, _chance):
    return file.durable


def _everything(file, _chance):
    return _with(file, file.pending)


def _prefix(file, chance):
    return _with(file, file.pending[: chance.randint(0, len(file.pending))])


def _some(file, chance):
    share = chance.random()
    return _with(file, [call for call in file.pending if chance.random() < share])


def _torn(file, chance):
    share = chance.random()
    return _with(file, [part for call in file.pending for part in sectors(call) if chance.random() < share])


def _with(file, calls):
    data = bytearray(file.durable)
    for call in calls:
        apply(data, call)
    return data


def sectors(call):
    """Return a write as the writes of sectors it may be torn into."""
    if call.what == "T":
        return [call]
    cuts = [0, *range(SECTOR - call.at % SECTOR, len(call.data), SECTOR), len(call.data)]
    return [
        type(call)(call.what, call.name, call.at + start, call.data[start:stop])
        for start, stop in pairwise(cuts)
    ]
