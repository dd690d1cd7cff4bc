"""Locks between processes: a file that one process holds for as long as it lives, however it ends.

The lock is the kernel's (flock), so a process that is killed lets go at once. The file's content is the holder's
process id. A process may take the lock for a child that it starts: the child inherits the open file and finds its
number in the environment (`INHERITED`).
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

INHERITED = "EXPLORER_LOCK"
PATIENCE = 1.0  # seconds: somebody who only looks (`is_held`) holds the lock for much less, on a busy machine too
PAUSE = 0.02
DIGITS = 11  # no process has a longer number


def take(path: Path, mine: bool = True, seconds: float = PATIENCE) -> int | None:
    """Take the lock; an open file to keep (closing it lets go), or None if another process holds it for `seconds`.
    Raises OSError.

    Not `mine`, it is held for a process that is about to start: nobody is the holder until it is signed.
    """
    handle = _inherited(path) or os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    end = time.monotonic() + seconds
    while not _locked(handle):
        if time.monotonic() > end:
            os.close(handle)
            return None
        time.sleep(PAUSE)
    sign(handle, os.getpid() if mine else None)
    return handle


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def sign(handle: int, process: int | None) -> None:
    """Write into a lock that is held whose it is."""
    os.ftruncate(handle, 0)
    os.pwrite(handle, str(process or "").encode(), 0)


def is_held(path: Path) -> bool:
    """Whether a living process holds the lock."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def holder(path: Path) -> int | None:
    """The process that holds the lock; None where nobody does, or where the process that shall is just being
    started.
    """
    try:
        written = path.read_text(encoding="ascii")
    except (OSError, ValueError):
        return None
    known = written.isdecimal() and len(written) < DIGITS and int(written) > 1
    return int(written) if known and is_held(path) else None


def is_inherited(path: Path) -> bool:
    """Whether the process that started this one took the lock on `path` for it."""
    number = os.environ.get(INHERITED, "")
    try:
        return number.isdecimal() and os.path.samestat(os.fstat(int(number)), path.stat())
    except (OSError, ValueError, OverflowError):
        return False


def _inherited(path: Path) -> int | None:
    """The open file that the starting process took the lock on `path` with, if it did."""
    if not is_inherited(path):
        return None
    number = int(os.environ.pop(INHERITED))
    os.set_inheritable(number, False)
    return number
