"""The database's tables, its settings, and what may be done to it.

Numbers of actions and answers are those of sqlite3.h ("Authorizer Action Codes").
"""

from __future__ import annotations

from typing import Final

LEAST_SQLITE: Final = (3, 53, 0)
"""Earlier ones can corrupt a database when a write-ahead log is reset (fixed in 3.51.3)."""

TILE_LEVELS: Final = 8
"""Subtree hashes are kept at every eighth level, so that a root costs at most 2**8 rows a level."""

PLAIN_HEADER: Final = b"SQLite format 3\x00"
"""What an unencrypted database begins with."""

SETTINGS: Final = (
    # No other connection, hence no shared-memory file: on a full disk it can still be opened.
    ("locking_mode", "EXCLUSIVE", "exclusive"),
    ("journal_mode", "WAL", "wal"),
    ("synchronous", "EXTRA", "3"),
    ("secure_delete", "ON", "1"),
    ("trusted_schema", "OFF", "0"),
    ("temp_store", "MEMORY", "2"),
    # Automatic checkpoints swallow I/O errors; ours look at the result.
    ("wal_autocheckpoint", "0", "0"),
    ("mmap_size", "0", "0"),
)
"""Name, value to set, and what the database then answers."""

_TABLES: Final = (
    (
        "CREATE TABLE entry(seq integer primary key check(seq >= 0),"
        " leaf blob not null check(length(leaf) = 32), seal blob not null check(length(seal) = 32),"
        " body blob not null) strict"
    ),
    (
        "CREATE TABLE node(level integer not null, idx integer not null,"
        " hash blob not null check(length(hash) = 32), primary key(level, idx)) strict, without rowid"
    ),
    (
        "CREATE TABLE station(id integer primary key check(id = 1), origin text not null,"
        " private_key blob not null check(length(private_key) = 32)) strict"
    ),
    (
        "CREATE TABLE segment(id integer primary key check(id = 1),"
        " number integer not null, first integer not null) strict"
    ),
    (
        "CREATE TABLE earlier(number integer primary key, first integer not null,"
        " key blob not null check(length(key) = 32)) strict"
    ),
    (
        "CREATE TABLE beside(seq integer not null, name text not null,"
        " salt blob not null check(length(salt) = 32), value blob not null,"
        " primary key(seq, name)) strict, without rowid"
    ),
    "CREATE TABLE fold(size integer primary key, body blob not null) strict",
)
_KEPT: Final = (("entry", "node", "station", "segment", "earlier"), ("update", "delete"))
_REPLACED: Final = (("beside", "fold"), ("update",))
"""What a redaction takes away, and a snapshot that a newer one replaces, are deleted and never altered."""

CHECKED: Final = ("node", "station", "segment", "earlier", "beside", "fold")
"""The tables whose rows nobody else asks for one by one."""

_TRIGGERS: Final = tuple(
    f"CREATE TRIGGER {table}_no_{verb} before {verb} on {table} begin select raise(abort, 'append-only'); end"
    for tables, verbs in (_KEPT, _REPLACED)
    for table in tables
    for verb in verbs
)
SCHEMA: Final = (*_TABLES, *_TRIGGERS)
"""The statements that make an empty journal, as the database keeps them."""

_OK, _DENY = 0, 1
_DELETE, _INSERT, _PRAGMA, _READ, _SELECT, _TRANSACTION, _FUNCTION = 9, 18, 19, 20, 21, 22, 31
_GROWING: Final = frozenset({"entry", "node", "beside", "fold"})
_SHRINKING: Final = frozenset({"beside", "fold"})
_CHECKS: Final = frozenset({"wal_checkpoint", "cipher_integrity_check", "integrity_check"})


def authorise(action: int, first: str | None, *_rest: str | None) -> int:
    """Allow reading, appending, taking redacted values away, and our own checks; deny all else."""
    appending = action == _INSERT and first in _GROWING
    redacting = action == _DELETE and first in _SHRINKING
    checking = action == _PRAGMA and first in _CHECKS
    harmless = action in {_READ, _SELECT, _TRANSACTION, _FUNCTION}
    return _OK if appending or redacting or checking or harmless else _DENY
