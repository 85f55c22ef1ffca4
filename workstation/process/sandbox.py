"""Walls a process puts around itself: Landlock, seccomp and resource limits, by ctypes.

Walls hold for the calling process and all it starts, and cannot be taken down again. Landlock
binds the calling thread only, so call `confine_to` before any thread is started and after
everything needed is imported. What it stops fails with EPERM or EACCES; nothing is killed.

Source: Linux `Documentation/userspace-api/landlock.rst`, `seccomp(2)`, libseccomp 2.5.
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import stat
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from workstation.core.errors import WorkstationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

# The three Landlock system calls have the same numbers on every architecture (asm-generic/unistd.h).
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_GIVE_VERSION: Final = 1
_RULE_PATH_BENEATH: Final = 1
_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_MAKE_CHAR, _MAKE_BLOCK = 1 << 6, 1 << 11
_FIRST_RIGHTS: Final = (1 << 13) - 1
_REFER, _TRUNCATE, _IOCTL_DEVICE = 1 << 13, 1 << 14, 1 << 15  # since ABI 2, 3 and 5
_FILE_RIGHTS: Final = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEVICE
_TCP: Final = 0b11  # bind and connect, since ABI 4
_SCOPES: Final = 0b11  # abstract sockets and signals, since ABI 6
_SCOPE_SIGNALS: Final = 0b10

_ALLOW: Final = 0x7FFF0000
_ERRNO: Final = 0x00050000
_SYNC_THREADS: Final = 4  # SCMP_FLTATR_CTL_TSYNC
_MASKED_EQUAL: Final = 7
_NO_SUCH_CALL: Final = -1
_CLONE_THREAD: Final = 0x00010000
# io_uring would open sockets past the filter, so it goes with either family.
_RING: Final = ("io_uring_setup",)
_SOCKET_CALLS: Final = ("socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", *_RING)
_MEMORY_CALLS: Final = ("ptrace", "process_vm_readv", "process_vm_writev")
# Every call that opens, makes, moves or marks something by its path or handle, for kernels without Landlock.
_FILE_CALLS: Final = (
    *("open", "openat", "openat2", "creat", "truncate", "open_by_handle_at", "name_to_handle_at", "mq_open"),
    *("rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat", "unlink", "unlinkat"),
    *("mkdir", "mkdirat", "rmdir", "mknod", "mknodat", "chmod", "fchmodat", "chown", "lchown", "fchownat"),
    *("utime", "utimes", "utimensat", "futimesat", "setxattr", "lsetxattr", "removexattr", "lremovexattr"),
    *("mount", "umount2", "pivot_root", "chroot", "chdir", "fchdir", "swapon", "acct", "uselib"),
    *(
        "kill",
        "bpf",
        "perf_event_open",
        "userfaultfd",
        "keyctl",
        "add_key",
        "request_key",
        "shmget",
        "msgget",
    ),
)
_PROCESS_CALLS: Final = ("execve", "execveat", "fork", "vfork", *_MEMORY_CALLS, *_RING)


class WallsUnavailable(WorkstationError):
    """This machine cannot confine a process as asked: which wall, and why."""

    def __init__(self, wall: str, why: str) -> None:
        super().__init__(f"{wall}: {why}")
        self.wall = wall
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Walls:
    """What was put in place: the Landlock ABI used (0: none) and whether seccomp filters."""

    landlock_abi: int
    seccomp: bool


class _Comparison(ctypes.Structure):
    """`struct scmp_arg_cmp` of libseccomp."""

    _fields_ = (
        ("argument", ctypes.c_uint),
        ("operator", ctypes.c_int),
        ("datum_a", ctypes.c_uint64),
        ("datum_b", ctypes.c_uint64),
    )


def limit(*, memory_bytes: int, cpu_seconds: int, open_files: int) -> None:
    """Bound address space (bytes), CPU time (seconds) and open files; leave no core dump.

    Past the memory bound an allocation raises MemoryError; past the CPU bound the kernel ends
    the process.
    """
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_NOFILE, (open_files, open_files))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _prctl(_PR_SET_DUMPABLE, 0)


def confine_to(
    *,
    read: Sequence[Path] = (),
    write: Sequence[Path] = (),
    network: bool = False,
    deny_processes: bool = True,
    deny_sockets: bool = True,
    deny_files: bool = False,
    best_effort: bool = False,
) -> Walls:
    """Close every file but those beneath `read` and `write`; close processes, sockets and the network.

    A path that is not there stays closed. `write` includes reading. Executing is never granted.
    `network` leaves TCP, abstract sockets and all socket calls open; `deny_sockets=False` alone
    leaves Unix sockets. `deny_files` closes files by seccomp too, so that a kernel without Landlock will
    do. Files already open stay usable. Raises WallsUnavailable when a wall cannot
    be built, unless `best_effort`, and then the answer says which stand.
    """
    names = _denied_calls(deny_processes=deny_processes, deny_sockets=deny_sockets and not network)
    names += _FILE_CALLS if deny_files else ()
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    # Landlock last: the filter's library still has to be opened.
    filtered = _built(lambda: _seccomp(names, deny_processes=deny_processes), best_effort=best_effort) > 0
    closed_already = deny_files and filtered
    abi = _built(lambda: _landlock(read, write, network=network), best_effort=best_effort or closed_already)
    return Walls(landlock_abi=abi, seccomp=filtered)


def _built(wall: Callable[[], int], *, best_effort: bool) -> int:
    try:
        return wall()
    except WallsUnavailable:
        if not best_effort:
            raise
        return 0


def _denied_calls(*, deny_processes: bool, deny_sockets: bool) -> tuple[str, ...]:
    calls = (_PROCESS_CALLS if deny_processes else ()) + (_SOCKET_CALLS if deny_sockets else ())
    return tuple(dict.fromkeys(calls))


def _libc() -> ctypes.CDLL:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    return libc


def _prctl(option: int, value: int) -> None:
    zero = ctypes.c_ulong(0)
    if _libc().prctl(option, ctypes.c_ulong(value), zero, zero, zero):
        raise WallsUnavailable("prctl", f"option {option}: {os.strerror(ctypes.get_errno())}")


def _landlock(read: Sequence[Path], write: Sequence[Path], *, network: bool) -> int:
    """Build and enter the ruleset; return the ABI it was built for."""
    abi = _landlock_call(_CREATE_RULESET, None, 0, _GIVE_VERSION)
    rights = _known_rights(abi)
    attribute = _ruleset_attribute(abi, rights, network=network)
    ruleset = _landlock_call(_CREATE_RULESET, ctypes.c_char_p(attribute), len(attribute), 0)
    try:
        for path, wanted in _rules(read, write):
            _open_path(ruleset, path, wanted & rights)
        _landlock_call(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
    return abi


def _known_rights(abi: int) -> int:
    later = ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL_DEVICE))
    return _FIRST_RIGHTS | sum(right for since, right in later if abi >= since)


def _ruleset_attribute(abi: int, rights: int, *, network: bool) -> bytes:
    """Return `struct landlock_ruleset_attr`, as long as this ABI knows it."""
    tcp = _TCP if abi >= 4 and not network else 0  # noqa: PLR2004 (an ABI number, as in the kernel's table)
    scopes = _SCOPE_SIGNALS if network else _SCOPES
    if abi >= 6:  # noqa: PLR2004 (as above)
        return struct.pack("=QQQ", rights, tcp, scopes)
    if abi >= 4:  # noqa: PLR2004 (as above)
        return struct.pack("=QQ", rights, tcp)
    return struct.pack("=Q", rights)


def _rules(read: Sequence[Path], write: Sequence[Path]) -> Iterator[tuple[Path, int]]:
    every = _FIRST_RIGHTS | _REFER | _TRUNCATE | _IOCTL_DEVICE
    yield from ((path, _READ_FILE | _READ_DIR) for path in read)
    yield from ((path, every & ~(_EXECUTE | _MAKE_CHAR | _MAKE_BLOCK)) for path in write)


def _open_path(ruleset: int, path: Path, rights: int) -> None:
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        allowed = rights if stat.S_ISDIR(os.fstat(fd).st_mode) else rights & _FILE_RIGHTS
        rule = struct.pack("=Qi", allowed, fd)
        _landlock_call(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, ctypes.c_char_p(rule), 0)
    finally:
        os.close(fd)


def _landlock_call(number: int, *arguments: ctypes.c_char_p | int | None) -> int:
    # Variadic: every integer has to be widened to a register by hand.
    wide = [ctypes.c_long(item) if isinstance(item, int) else item for item in arguments]
    answer = int(_libc().syscall(ctypes.c_long(number), *wide))
    if answer < 0:
        raise WallsUnavailable("landlock", f"call {number}: {os.strerror(ctypes.get_errno())}")
    return answer


def _seccomp(names: Sequence[str], *, deny_processes: bool) -> int:
    """Load a filter that answers EPERM to `names`, if any; return how many calls it stops."""
    if not names:
        return 0
    library = _libseccomp()
    context = library.seccomp_init(_ALLOW)
    if not context:
        raise WallsUnavailable("seccomp", "no filter could be made")
    try:
        for name in names:
            _deny(library, context, name, errno.EPERM)
        if deny_processes:
            # The flags of clone3 are behind a pointer; told it is missing, libc falls back to clone.
            _deny(library, context, "clone3", errno.ENOSYS)
            _deny(library, context, "clone", errno.EPERM, _Comparison(0, _MASKED_EQUAL, _CLONE_THREAD, 0))
        _expect_zero("attribute", library.seccomp_attr_set(context, _SYNC_THREADS, 1))
        _expect_zero("load", library.seccomp_load(context))
    finally:
        library.seccomp_release(context)
    return len(names)


def _libseccomp() -> ctypes.CDLL:
    try:
        library = ctypes.CDLL("libseccomp.so.2")
    except OSError as error:
        raise WallsUnavailable("seccomp", "libseccomp.so.2 is not on this machine") from error
    pointer, number, wide = ctypes.c_void_p, ctypes.c_int, ctypes.c_uint32
    library.seccomp_init.restype, library.seccomp_init.argtypes = pointer, [wide]
    library.seccomp_release.restype, library.seccomp_release.argtypes = None, [pointer]
    library.seccomp_load.argtypes = [pointer]
    library.seccomp_attr_set.argtypes = [pointer, number, wide]
    library.seccomp_syscall_resolve_name.argtypes = [ctypes.c_char_p]
    comparisons = ctypes.POINTER(_Comparison)
    library.seccomp_rule_add_array.argtypes = [pointer, wide, number, ctypes.c_uint, comparisons]
    return library


def _deny(library: ctypes.CDLL, context: int, name: str, code: int, *when: _Comparison) -> None:
    number = library.seccomp_syscall_resolve_name(name.encode())
    if number == _NO_SUCH_CALL:
        return  # a call of newer kernels, or of other machines
    conditions = (_Comparison * len(when))(*when)
    _expect_zero(name, library.seccomp_rule_add_array(context, _ERRNO | code, number, len(when), conditions))


def _expect_zero(what: str, answer: int) -> None:
    if answer:
        raise WallsUnavailable("seccomp", f"{what}: {os.strerror(-answer)}")
